/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * blob - a layer's bytes as a stream: read, hashed, decompressed, hashed again.
 *
 * The stream hands out uncompressed blocks and computes on the way the digest of the bytes as
 * stored and that of the uncompressed tar (diff_id). It holds a few blocks and never the whole.
 * With `hash_beside` the hashing runs in a thread of its own beside the decompression.
 */
#include "base/budget.h"
#include "base/ring.h"
#include "format/decompress.h"
#include "format/digest.h"

/* Where the bytes come from: reads up to `size`, gives 0 at the end. */
struct pl_blob_reader {
    enum pl_status (*read)(void *context, uint8_t *into, size_t size, size_t *ret_got,
                           struct pl_error *err);
    void *context;
};

/* A reader over a part of a file, or over a ring to its end. */
struct pl_blob_range {
    int fd; /* borrowed */
    uint64_t offset;
    uint64_t left_bytes;
    _Atomic uint64_t
        *read_bytes; /* grows with what was read, for another process to see; or NULL */
    struct pl_ring_reader *ring; /* borrowed; NULL: `fd` is read, from `offset` on */
};
enum pl_status pl_blob_range_read(void *range, uint8_t *into, size_t size, size_t *ret_got,
                                  struct pl_error *err);

struct pl_blob_options {
    struct pl_blob_reader reader;
    struct pl_budget *budget; /* borrowed */
    const struct pl_digest *stored_like; /* whose algorithm to use, or NULL */
    /* Not NULL where somebody else checks that the stored bytes have this digest: it is taken for
     * theirs, and only what comes out of a compressed layer is hashed here. */
    const struct pl_digest *stored_known;
    const struct pl_digest *diff_like;
    bool hash_beside;
};

struct pl_blob_stream;

enum pl_status pl_blob_open(const struct pl_blob_options *options, struct pl_blob_stream **ret,
                            struct pl_error *err);
void pl_blob_close(struct pl_blob_stream *stream);
PL_DEFINE_CLEANUP(struct pl_blob_stream, pl_blob_close)

/* A pl_tar_pull: the next uncompressed block, of length zero at the end. */
enum pl_status pl_blob_next(void *stream, pl_span *ret_block, struct pl_error *err);

/* Reads and hashes what is left as stored, without decompressing: after a failure, so that the
 * stored digest can still be told. The uncompressed digest is lost then. */
enum pl_status pl_blob_drain_stored(struct pl_blob_stream *stream, struct pl_error *err);

/* To be asked once, after the end: the digests and sizes. `diff_id` is empty when the stream was
 * not decompressed to its end. */
struct pl_blob_result {
    struct pl_digest stored;
    struct pl_digest diff_id;
    uint64_t stored_bytes;
    uint64_t tar_bytes;
    enum pl_compression compression;
};
struct pl_blob_result pl_blob_finish(struct pl_blob_stream *stream);
