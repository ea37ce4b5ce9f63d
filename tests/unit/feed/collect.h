/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * collect - gives one document to the feed that bids for it, for tests of feeds.
 */
#include "feed/feeds.h"
#include "feed/sink.h"
#include "unit/test.h"

/* Checks each advisory for what all must have. */
static inline enum pl_status pl_collect_take(void *context, pl_str slice,
                                             const struct pl_advisory *advisory,
                                             struct pl_error *err)
{
    assert_true(advisory->id.len > 0);
    for (size_t i = 0; i < advisory->affected.count; i++) {
        assert_true(advisory->affected.items[i].ecosystem.len > 0);
        assert_true(advisory->affected.items[i].name.len > 0);
    }
    return PL_OK;
}

static inline enum pl_status
pl_collect_take_exploitation(void *context, pl_str slice,
                             const struct pl_exploitation *exploitation, struct pl_error *err)
{
    assert_true(exploitation->id.len > 0);
    return PL_OK;
}

/* The counts of one document, read by the feed of that name. */
static inline struct pl_tally pl_collect(const char *feed, const char *name, pl_str text)
{
    static const struct pl_feed_taker taker = {.take = pl_collect_take,
                                               .take_exploitation = pl_collect_take_exploitation};
    size_t count = 0;
    size_t at = pl_feeds_find(pl_str_from(feed));
    assert_true(at != SIZE_MAX);
    struct pl_feed_document document = {.name = pl_str_from(name), .text = text};
    struct pl_feed_sink sink = {.taker = &taker, .slice = pl_str_from(feed)};
    assert_int_equal(pl_feed_sink_read(&sink, pl_feeds(&count)[at], &document, 0, NULL), PL_OK);
    struct pl_tally tally = sink.tally;
    pl_feed_sink_release(&sink);
    return tally;
}

/* The name of the feed that bids highest; NULL for none. */
static inline const char *pl_collect_bidder(const char *name, pl_str text)
{
    size_t count = 0;
    struct pl_feed_document document = {.name = pl_str_from(name), .text = text};
    size_t at = pl_feeds_bid(&document);
    return at == SIZE_MAX ? NULL : pl_feeds(&count)[at]->name;
}
