/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * documents - the documents in a file, an archive or a directory, one after the other.
 *
 * What a file is, its content tells and not its name: a zip, a tar, either of them or a single
 * document compressed by gzip, zstd, xz or bzip2, or the document itself. Files in archives and
 * directories are opened in the same way, to PL_LIMIT_FEED_NESTING levels. Directories are walked
 * recursively, sorted by name; hidden names, symbolic links and what is no regular file are left
 * out. A damaged archive is an error, as nobody can say what it lacks.
 */
#include "feed/feed.h"

/* One document, of which the beginning is known. */
struct pl_documents_item {
    pl_str name; /* with the path within its directory or archive */
    pl_str head; /* its first PL_FEED_HEAD_BYTES, or all of it when it is shorter */
    bool is_whole; /* there is nothing after the head */
    /* What follows the head, piece by piece: *ret_got 0 at the end. */
    enum pl_status (*read)(void *context, uint8_t *into, size_t size, size_t *ret_got,
                           struct pl_error *err);
    void *context;
};

/* The rest of an item need not be read. Items and their strings are good during the call. */
typedef enum pl_status pl_documents_take(void *context, const struct pl_documents_item *item,
                                         struct pl_error *err);

struct pl_documents {
    const char *temp_dir; /* for archives within archives; NULL as base/tempfile.h says */
    pl_documents_take *take;
    void *context;
    uint64_t count; /* of all walks together */
};

/* `fd` is a regular file, read from its start. */
enum pl_status pl_documents_walk_file(struct pl_documents *documents, int fd, const char *name,
                                      struct pl_error *err);

/* The names in a directory but hidden ones, sorted, in the arena; with `dirs` the directories, else
 * the regular files. */
enum pl_status pl_documents_list(struct pl_arena *arena, int dir_fd, const char *name, bool dirs,
                                 struct pl_strs *ret, struct pl_error *err);

/* All below a directory, or with `is_flat` only the files in it. */
enum pl_status pl_documents_walk_dir(struct pl_documents *documents, int dir_fd, const char *name,
                                     bool is_flat, struct pl_error *err);
