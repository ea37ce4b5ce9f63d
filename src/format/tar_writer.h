/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * tar_writer - writes a tar archive of regular files, the same bytes for the same content: headers
 * through libarchive in GNU's form, with mtime 0, mode 0644 and no owner.
 *
 * A member's length need not be known before its data: the header is written when the data has
 * ended, so the descriptor must be a regular file. A member that was begun can be dropped again.
 */
#include "base/error.h"
#include "base/str.h"

/* The longest name: "blobs/sha512/" and 128 digits, with room to spare. */
#define PL_TAR_WRITER_NAME_BYTES 255

struct pl_tar_writer {
    int fd; /* borrowed; written from offset 0 on */
    uint64_t end; /* of the last whole member */
    char name[PL_TAR_WRITER_NAME_BYTES + 1]; /* of the member that was begun */
    size_t header_bytes; /* of its header */
    uint64_t member_bytes; /* of data since the member was begun */
};

static inline void pl_tar_writer_init(struct pl_tar_writer *tar, int fd)
{
    *tar = (struct pl_tar_writer){.fd = fd};
}

/* Makes room for the header; what was begun before and not ended is dropped. LIMIT for a name that
 * is too long. */
enum pl_status pl_tar_writer_begin(struct pl_tar_writer *tar, const char *name,
                                   struct pl_error *err);
enum pl_status pl_tar_writer_data(struct pl_tar_writer *tar, pl_span bytes, struct pl_error *err);
enum pl_status pl_tar_writer_end(struct pl_tar_writer *tar, struct pl_error *err);

/* A whole member. */
enum pl_status pl_tar_writer_add(struct pl_tar_writer *tar, const char *name, pl_str bytes,
                                 struct pl_error *err);

/* The end of the archive. A member that was begun and not ended is dropped. */
enum pl_status pl_tar_writer_finish(struct pl_tar_writer *tar, struct pl_error *err);
