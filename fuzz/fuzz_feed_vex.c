/* SPDX-License-Identifier: Apache-2.0 */
/* VEX documents of anybody; the first byte picks the format. */
#include "feed.h"

extern const struct pl_feed pl_feed_csaf_vex;
extern const struct pl_feed pl_feed_cyclonedx_vex;
extern const struct pl_feed pl_feed_openvex;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pl_feed *const feeds[] = {&pl_feed_csaf_vex, &pl_feed_cyclonedx_vex,
                                                  &pl_feed_openvex};
    return fuzz_feeds(feeds, PL_ARRAY_LEN(feeds), data, size);
}
