/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * archive - an archive file while it is written: under another name beside its place, and renamed
 * when it is whole. Private to image/copy/.
 */
#include "format/tar_writer.h"
#include "image/copy/ends.h"

struct pl_copy_archive {
    struct pl_arena *arena;
    const char *path;
    const char *beside; /* NULL: none was made */
    int fd;
    struct pl_tar_writer tar;
};

/* What is at `path` stays until the end; UNSUPPORTED when that is no regular file. */
enum pl_status pl_copy_archive_begin(struct pl_arena *arena, const char *path,
                                     struct pl_copy_archive *ret, struct pl_error *err);
enum pl_status pl_copy_archive_add(struct pl_copy_archive *archive, const char *name, pl_str bytes,
                                   struct pl_error *err);
/* A failure says which archive. */
enum pl_status pl_copy_archive_finish(struct pl_copy_archive *archive, struct pl_error *err);
/* What was not finished is removed. */
void pl_copy_archive_close(struct pl_copy_archive *archive);

/* For reading: UNSUPPORTED for what is compressed as a whole. */
enum pl_status pl_copy_open_archive(const char *path, int *ret_fd, struct pl_error *err);
