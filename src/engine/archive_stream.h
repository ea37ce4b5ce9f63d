/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * archive_stream - an image archive that is compressed as a whole, read in one pass.
 *
 * In `docker save | gzip` no layer can be reached but by decompressing all before it, and the
 * manifest may stand last. So one sandboxed child streams the archive once: small JSON members are
 * kept as documents, and everything else is inspected as if it were a layer. The manifest then
 * tells which of them are, and the digests taken on the way are compared with what it says.
 */
#include "base/budget.h"
#include "base/progress.h"
#include "catalog/match.h"
#include "image/store.h"

struct pl_archive_stream {
    int fd; /* at the start of the archive */
    struct pl_ring_reader *ring; /* or NULL; where it comes from in place of `fd` */
    uint64_t size_bytes; /* for the progress; 0: nobody knows */
    int spill_fd;
    bool hash_beside;
    struct pl_budget_limits limits;
    const struct pl_catalog_matcher *matcher;
    const struct pl_progress *progress; /* told "reading the archive"; or NULL */
    _Atomic uint64_t *read_bytes; /* in shared memory, for the progress; filled in here */
};

/* Fills `ret` with the parts that the archive has; takes nothing over. */
enum pl_status pl_archive_stream_read(struct pl_arena *arena,
                                      const struct pl_archive_stream *stream, struct pl_store *ret,
                                      struct pl_error *err);
