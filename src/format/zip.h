/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * zip - the members of a zip archive, one after the other, through libarchive.
 *
 * The archive may lie: about sizes, names, checksums and the number of its members. Each of those
 * is an error that names the member; what a member's name means is the caller's business, and it
 * must not become a path. Limits are fixed when the archive is opened. Not shared between threads.
 */
#include "base/buf.h"

struct pl_zip;

struct pl_zip_limits {
    uint64_t entries;
    uint64_t entry_bytes; /* one member, open */
    uint64_t total_bytes; /* all that are read, open */
};

struct pl_zip_entry {
    pl_str name; /* good until the next call */
    bool is_file; /* a regular file; directories and links are not */
};

/* Reads from `fd`, a regular file that stays the caller's and must outlive the zip. `name` is for
 * messages. */
enum pl_status pl_zip_open(int fd, const char *name, const struct pl_zip_limits *limits,
                           struct pl_zip **ret, struct pl_error *err);
void pl_zip_close(struct pl_zip *zip);
PL_DEFINE_CLEANUP(struct pl_zip, pl_zip_close)

/* The next member; *ret_more is false at the end. */
enum pl_status pl_zip_next(struct pl_zip *zip, bool *ret_more, struct pl_zip_entry *ret,
                           struct pl_error *err);

/* Up to `size` more bytes of the member at hand, at once; 0 at its end. */
enum pl_status pl_zip_read_some(struct pl_zip *zip, uint8_t *into, size_t size, size_t *ret_got,
                                struct pl_error *err);
