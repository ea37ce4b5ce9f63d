/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * pool - threads that turn JSON records into advisories, while one thread reads the next ones.
 *
 * The reading thread fills batches and submits them; workers parse each record and hand it to the
 * sink, several at once and in no order. There is a fixed number of batches, so the reader waits
 * when the workers fall behind, and memory is bounded. A malformed record is counted and named and
 * does not end the work; an error of the sink does, unless it is about that record (PARSE, LIMIT).
 */
#include "base/buf.h"
#include "feed/export.h"

struct pl_feed_pool;
struct pl_feed_batch;

/* `sink` and *result are borrowed until the pool is freed; *result is added to. */
struct pl_feed_pool *pl_feed_pool_new(unsigned workers, const struct pl_export_sink *sink,
                                      struct pl_export_result *result);
/* Stops the workers; what was not parsed by then is dropped. */
void pl_feed_pool_free(struct pl_feed_pool *pool);
PL_DEFINE_CLEANUP(struct pl_feed_pool, pl_feed_pool_free)

/* An empty batch for records of `feed`, once one is free; the error that ended the work otherwise.
 */
enum pl_status pl_feed_pool_batch(struct pl_feed_pool *pool, pl_str feed,
                                  struct pl_feed_batch **ret, struct pl_error *err);

/* Where the text of the next record is to be appended. */
struct pl_buf *pl_feed_batch_text(struct pl_feed_batch *batch);
/* Says that what was appended since the last call is one record, called `name` in messages. True
 * when the batch is full and should be submitted. */
bool pl_feed_batch_end_record(struct pl_feed_batch *batch, pl_str name);

/* The batch is the pool's again. */
void pl_feed_pool_submit(struct pl_feed_pool *pool, struct pl_feed_batch *batch);

/* Waits until everything is parsed. */
enum pl_status pl_feed_pool_finish(struct pl_feed_pool *pool, struct pl_error *err);
