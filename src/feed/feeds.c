/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/feeds.h"
#include "base/compiler.h"

#define PL_FEED(name) extern const struct pl_feed pl_feed_##name;
#include "feed/feeds.def"
#undef PL_FEED

/* The closing NULL keeps the array from being empty and is not counted. */
static const struct pl_feed *const all_feeds[] = {
#define PL_FEED(name) &pl_feed_##name,
#include "feed/feeds.def"
#undef PL_FEED
    NULL,
};

_Static_assert(PL_ARRAY_LEN(all_feeds) - 1 <= PL_FEEDS_MOST, "sets of feeds have no room for all");

const struct pl_feed *const *pl_feeds(size_t *ret_count)
{
    *ret_count = PL_ARRAY_LEN(all_feeds) - 1;
    return all_feeds;
}

size_t pl_feeds_find(pl_str name)
{
    for (size_t i = 0; all_feeds[i]; i++) {
        if (pl_str_eq(name, pl_str_from(all_feeds[i]->name))) {
            return i;
        }
    }
    return SIZE_MAX;
}

size_t pl_feeds_bid(const struct pl_feed_document *document)
{
    struct pl_feed_document head = *document;
    head.text = pl_str_sub(document->text, 0, PL_FEED_HEAD_BYTES);
    size_t best = SIZE_MAX;
    int best_bid = 0;
    for (size_t i = 0; all_feeds[i]; i++) {
        int bid = all_feeds[i]->bid(&head);
        if (bid > best_bid) {
            best_bid = bid;
            best = i;
        }
    }
    return best;
}
