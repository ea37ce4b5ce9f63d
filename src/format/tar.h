/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * tar - the entries of a tar stream, through libarchive: ustar, GNU (long names, sparse files,
 * base-256 numbers) and pax.
 *
 * The stream is pulled block by block through a callback, so nothing is held but one block. Entry
 * strings are good until the next pl_tar_next. Data of an entry that is not read is skipped by
 * pulling it, so that whoever hashes the stream sees every byte.
 */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

/* Gives the next block, of length zero at the end of the stream; good until the next call. */
typedef enum pl_status pl_tar_pull(void *context, pl_span *ret_block, struct pl_error *err);

enum pl_tar_type {
    PL_TAR_FILE,
    PL_TAR_DIRECTORY,
    PL_TAR_SYMLINK,
    PL_TAR_HARDLINK,
    PL_TAR_OTHER, /* device, FIFO, socket */
};

struct pl_tar_entry {
    pl_str path; /* as written */
    pl_str link; /* target of a symlink or hard link, as written */
    enum pl_tar_type type;
    uint64_t size_bytes; /* with the holes of a sparse file */
    uint32_t mode;
};

struct pl_tar;

enum pl_status pl_tar_open(pl_tar_pull *pull, void *context, struct pl_tar **ret,
                           struct pl_error *err);
void pl_tar_close(struct pl_tar *tar);
PL_DEFINE_CLEANUP(struct pl_tar, pl_tar_close)

/* PL_E_NOT_FOUND (without text) after the last entry; PL_E_PARSE for a damaged archive; what the
 * pull callback failed with. */
enum pl_status pl_tar_next(struct pl_tar *tar, struct pl_tar_entry *ret, struct pl_error *err);

/* The next piece of the current entry's data and where in the file it belongs: what lies between
 * pieces is zeros. PL_E_NOT_FOUND at the end. */
enum pl_status pl_tar_read(struct pl_tar *tar, pl_span *ret_piece, uint64_t *ret_offset,
                           struct pl_error *err);
