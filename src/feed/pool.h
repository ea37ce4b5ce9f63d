/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * pool - threads that read documents, while one thread gets the next ones.
 *
 * The getting thread fills batches with small documents and submits them; a large document is a
 * batch of its own, in a temporary file that is mapped. There is a fixed number of batches, and
 * large documents in flight are bounded (PL_LIMIT_FEED_FLIGHT_BYTES), so the getting thread waits
 * when the workers fall behind. Workers hand the records to the taker, several at once and in no
 * order. All documents between two calls of drain are of one slice.
 */
#include "base/buf.h"
#include "feed/feeds.h"
#include "feed/source.h"

/* What the documents are read as. */
struct pl_feed_job {
    struct pl_source_slice *slice;
    size_t feed; /* its place in pl_feeds */
    bool is_sure; /* no bids: all are of this feed */
    bool is_first; /* documents without a feed are counted; else they have been */
    bool *others; /* of PL_FEEDS_MOST: is set for feeds that bid higher, whose documents wait */
};

struct pl_feed_pool;
struct pl_feed_batch;

/* `taker` and *result are borrowed until the pool is freed; *result is added to. `sequence` is of
 * the first document. */
struct pl_feed_pool *pl_feed_pool_new(unsigned workers, const struct pl_feed_taker *taker,
                                      struct pl_source_result *result, uint64_t sequence);
/* Stops the workers; what was not read by then is dropped. */
void pl_feed_pool_free(struct pl_feed_pool *pool);
PL_DEFINE_CLEANUP(struct pl_feed_pool, pl_feed_pool_free)

/* An empty batch, once one is free; the error that ended the work otherwise. */
enum pl_status pl_feed_pool_batch(struct pl_feed_pool *pool, const struct pl_feed_job *job,
                                  struct pl_feed_batch **ret, struct pl_error *err);

/* Where the text of the next document is to be appended. */
struct pl_buf *pl_feed_batch_text(struct pl_feed_batch *batch);
/* How long that document is so far. */
size_t pl_feed_batch_open_bytes(const struct pl_feed_batch *batch);
/* Takes that document out again. */
void pl_feed_batch_drop_open(struct pl_feed_batch *batch);
/* Says that what was appended since the last call is one document, called `name` in messages. True
 * when the batch is full and should be submitted. */
bool pl_feed_batch_end(struct pl_feed_batch *batch, pl_str name);
/* Makes the first `size` bytes of `fd` the only document of an empty batch. */
enum pl_status pl_feed_batch_map(struct pl_feed_batch *batch, pl_str name, int fd, uint64_t size,
                                 struct pl_error *err);

/* The batch is the pool's again. Waits while too many large documents are in flight. */
void pl_feed_pool_submit(struct pl_feed_pool *pool, struct pl_feed_batch *batch);

/* Waits until everything is read. */
enum pl_status pl_feed_pool_drain(struct pl_feed_pool *pool, struct pl_error *err);

/* What the next document's sequence would be. */
uint64_t pl_feed_pool_sequence(struct pl_feed_pool *pool);
