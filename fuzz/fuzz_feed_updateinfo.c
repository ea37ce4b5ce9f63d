/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

extern const struct pl_feed pl_feed_almalinux_updateinfo;
extern const struct pl_feed pl_feed_amazon_updateinfo;
extern const struct pl_feed pl_feed_bottlerocket_updateinfo;
extern const struct pl_feed pl_feed_fedora_updateinfo;
extern const struct pl_feed pl_feed_rocky_updateinfo;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pl_feed *const feeds[] = {
        &pl_feed_almalinux_updateinfo, &pl_feed_amazon_updateinfo, &pl_feed_bottlerocket_updateinfo,
        &pl_feed_fedora_updateinfo, &pl_feed_rocky_updateinfo};
    return fuzz_feeds(feeds, PL_ARRAY_LEN(feeds), data, size);
}
