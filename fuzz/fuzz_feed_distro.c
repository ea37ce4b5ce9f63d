/* SPDX-License-Identifier: Apache-2.0 */
/* The trackers of distributions; the first byte picks one. */
#include "feed.h"

extern const struct pl_feed pl_feed_alpine_secdb;
extern const struct pl_feed pl_feed_arch;
extern const struct pl_feed pl_feed_debian_list;
extern const struct pl_feed pl_feed_debian_tracker;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pl_feed *const feeds[] = {&pl_feed_alpine_secdb, &pl_feed_arch,
                                                  &pl_feed_debian_list, &pl_feed_debian_tracker};
    return fuzz_feeds(feeds, PL_ARRAY_LEN(feeds), data, size);
}
