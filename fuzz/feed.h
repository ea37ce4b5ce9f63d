/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * feed - reads the input with the feed that its first byte picks: what a feed hands over has an id,
 * and packages with names, in UTF-8 or not as the document has it.
 */
#include "feed/sink.h"
#include "target.h"

static enum pl_status fuzz_take(void *context, pl_str slice, const struct pl_advisory *advisory,
                                struct pl_error *err)
{
    (void)context;
    (void)slice;
    (void)err;
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

static int fuzz_feeds(const struct pl_feed *const *feeds, size_t count, const uint8_t *data,
                      size_t size)
{
    static const struct pl_feed_taker taker = {.take = fuzz_take};
    if (size == 0) {
        return 0;
    }
    const struct pl_feed *feed = feeds[data[0] % count];
    struct pl_feed_sink sink = {.taker = &taker, .slice = pl_str_from(feed->name)};
    struct pl_feed_document document = {.name = PL_STR("d"),
                                        .text = pl_str_make((const char *)data + 1, size - 1)};
    (void)feed->bid(&document);
    (void)pl_feed_sink_read(&sink, feed, &document, 0, NULL);
    pl_feed_sink_release(&sink);
    return 0;
}
