/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

extern const struct pl_feed pl_feed_almalinux_oval;
extern const struct pl_feed pl_feed_azurelinux_oval;
extern const struct pl_feed pl_feed_debian_oval;
extern const struct pl_feed pl_feed_oracle_oval;
extern const struct pl_feed pl_feed_photon_oval;
extern const struct pl_feed pl_feed_suse_oval;
extern const struct pl_feed pl_feed_ubuntu_oval;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pl_feed *const feeds[] = {&pl_feed_almalinux_oval, &pl_feed_azurelinux_oval,
                                                  &pl_feed_debian_oval,    &pl_feed_oracle_oval,
                                                  &pl_feed_photon_oval,    &pl_feed_suse_oval,
                                                  &pl_feed_ubuntu_oval};
    return fuzz_feeds(feeds, PL_ARRAY_LEN(feeds), data, size);
}
