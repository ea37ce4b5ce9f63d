/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * feed - reads the input with the feed that its first byte picks: what a feed hands over has an id,
 * and packages with names, in UTF-8 or not as the document has it. All feeds bid for it before.
 */
#include "feed/feeds.h"
#include "feed/sink.h"
#include "target.h"

static enum pl_status fuzz_take(void *context, pl_str slice, const struct pl_advisory *advisory,
                                struct pl_error *err)
{
    if (advisory->id.len == 0) {
        abort();
    }
    for (size_t i = 0; i < advisory->affected.count; i++) {
        const struct pl_affected *affected = &advisory->affected.items[i];
        if (affected->name.len == 0 || affected->ecosystem.len == 0) {
            abort();
        }
        for (size_t k = 0; k < affected->ranges.count; k++) {
            if (affected->ranges.items[k].count == 0) {
                abort();
            }
        }
    }
    return PL_OK;
}

static enum pl_status fuzz_take_exploitation(void *context, pl_str slice,
                                             const struct pl_exploitation *exploitation,
                                             struct pl_error *err)
{
    if (exploitation->id.len == 0 || exploitation->epss > 1) {
        abort();
    }
    return PL_OK;
}

/* The name is one that a feed takes a day from. */
static int fuzz_feeds(const struct pl_feed *const *feeds, size_t count, const uint8_t *data,
                      size_t size)
{
    static const struct pl_feed_taker taker = {.take = fuzz_take,
                                               .take_exploitation = fuzz_take_exploitation};
    if (size == 0) {
        return 0;
    }
    const struct pl_feed *feed = feeds[data[0] % count];
    struct pl_feed_sink sink = {.taker = &taker, .slice = pl_str_from(feed->name)};
    struct pl_feed_document document = {.name = PL_STR("epss_scores-2021-04-14.csv"),
                                        .text = pl_str_make((const char *)data + 1, size - 1)};
    (void)pl_feeds_bid(&document);
    if (pl_feed_sink_read(&sink, feed, &document, 0, NULL) < 0) {
        abort();
    }
    pl_feed_sink_release(&sink);
    return 0;
}
