/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sink - where the records of feeds go, and what a reader of documents has in its hands meanwhile.
 *
 * A slice is what one feed publishes in one place: "debian-tracker", or "osv/PyPI" of an export
 * that has a directory for each ecosystem. The records of a slice come from several threads at
 * once, but slices come one after the other, and begin and end are called by the thread that reads
 * the source.
 */
#include "feed/feed.h"
#include "feed/selection.h"
#include "feed/tally.h"

struct pl_feed_taker {
    /* May be NULL. A name may begin again when several sources have such documents. With
     * `has_changes` come only the records that changed since the slice was read last. */
    enum pl_status (*begin_slice)(void *context, pl_str slice, bool has_changes,
                                  struct pl_error *err);
    enum pl_status (*end_slice)(void *context, struct pl_error *err);
    /* In place of end: what came of the slice is void. May be NULL. */
    void (*drop_slice)(void *context);
    /* Of a slice with changes: the record is there no more. May be NULL. */
    enum pl_status (*remove)(void *context, pl_str id, struct pl_error *err);
    /* Take what is good during the call. PARSE and LIMIT are about the record, which then counts
     * as malformed; what else they fail with ends the work. */
    enum pl_status (*take)(void *context, pl_str slice, const struct pl_advisory *advisory,
                           struct pl_error *err);
    enum pl_status (*take_exploitation)(void *context, pl_str slice,
                                        const struct pl_exploitation *exploitation,
                                        struct pl_error *err);
    void *context;
    /* Only what is said of these ecosystems is handed over; NULL: all. */
    const struct pl_feed_selection *selection;
};

/* One for each thread. */
struct pl_feed_sink {
    const struct pl_feed_taker *taker;
    pl_str slice;
    const struct pl_feed_document *document; /* at hand */
    uint64_t sequence; /* of the document */
    char last_day[sizeof("YYYY-MM-DD")]; /* that a change can be of: tomorrow */
    struct pl_tally tally;
    struct pl_arena scratch;
};

void pl_feed_sink_release(struct pl_feed_sink *sink);

/* Gives the document to the feed, and counts what comes of it: at the least that there are no
 * records in it. A document that cannot be read is malformed; fails with what the taker fails with.
 * A record that was changed on a day to come is taken as one that does not say when it was. */
enum pl_status pl_feed_sink_read(struct pl_feed_sink *sink, const struct pl_feed *feed,
                                 const struct pl_feed_document *document, uint64_t sequence,
                                 struct pl_error *err);
