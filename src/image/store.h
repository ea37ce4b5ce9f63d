/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store - the named parts of an image that lies on disk: a directory (OCI image layout) or the
 * members of an archive (docker save, OCI archive).
 *
 * A part is found by its name relative to the store's root. A layer is a range of a file that a
 * sandboxed child can be given; or, where the archive itself is compressed, it was inspected while
 * the archive was streamed and its evidence is there already. Everything lives in the arena given
 * at opening; the store owns the descriptors it hands out.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "model/evidence.h"

struct pl_tar;
struct pl_tar_entry;
struct pl_fetch;
struct pl_layer_dir;

struct pl_part {
    pl_str name;
    pl_str link; /* a link to another part, resolved by pl_store_find */
    int fd; /* with `offset` and `length`: where the bytes lie; -1 when they do not */
    uint64_t offset;
    uint64_t length;
    pl_str document; /* the bytes themselves, of a small part of a compressed archive */
    const struct pl_fetch *fetch; /* how the bytes are got, where they lie elsewhere; or NULL */
    const struct pl_layer_dir *dir; /* the layer unpacked, where that is what there is; or NULL */
    const struct pl_evidence *evidence; /* of a layer inspected while streaming, or NULL */
    bool is_known; /* the evidence was kept from an earlier run */
    pl_str problem; /* why it could not be inspected then; empty when it could */
};

struct pl_parts {
    PL_VEC_FIELDS(struct pl_part);
};

struct pl_store {
    struct pl_arena *arena;
    int dir_fd; /* a directory, or -1 */
    int file_fd; /* an archive, or -1 */
    struct pl_parts parts; /* of an archive; of a directory those opened so far */
};

enum pl_status pl_store_open_dir(struct pl_arena *arena, const char *path, struct pl_store *ret,
                                 struct pl_error *err);

/* A plain tar archive: its headers are read by a sandboxed child. Takes `fd` over. */
enum pl_status pl_store_open_archive(struct pl_arena *arena, int fd, struct pl_store *ret,
                                     struct pl_error *err);

/* The next member of an image archive, as pl_tar_next; `*count` is how many there were. PL_E_LIMIT
 * when there are more than any image has. */
enum pl_status pl_store_next_member(struct pl_tar *tar, size_t *count, struct pl_tar_entry *ret,
                                    struct pl_error *err);

void pl_store_close(struct pl_store *store);
#define pl_autostore PL_CLEANUP(pl_store_close)

/* Follows links among the parts. NOT_FOUND, naming it, when it is not there. */
enum pl_status pl_store_find(struct pl_store *store, pl_str name, struct pl_part *ret,
                             struct pl_error *err);
bool pl_store_has(struct pl_store *store, pl_str name);

/* A small part's bytes, up to `ceiling_bytes`. */
enum pl_status pl_store_read(struct pl_store *store, pl_str name, size_t ceiling_bytes, pl_str *ret,
                             struct pl_error *err);
