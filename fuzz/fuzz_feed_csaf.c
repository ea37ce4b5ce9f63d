/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

extern const struct pl_feed pl_feed_openeuler_csaf;
extern const struct pl_feed pl_feed_redhat_csaf;
extern const struct pl_feed pl_feed_suse_csaf;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pl_feed *const feeds[] = {&pl_feed_redhat_csaf, &pl_feed_suse_csaf,
                                                  &pl_feed_openeuler_csaf};
    return fuzz_feeds(feeds, PL_ARRAY_LEN(feeds), data, size);
}
