/* SPDX-License-Identifier: Apache-2.0 */
/* The trackers of distributions; the first byte picks one. */
#include "feed/feeds.h"
#include "feed/sink.h"
#include "target.h"

static enum pl_status take(void *context, pl_str slice, const struct pl_advisory *advisory,
                           struct pl_error *err)
{
    for (size_t i = 0; i < advisory->affected.count; i++) {
        if (advisory->affected.items[i].ecosystem.len == 0 ||
            advisory->affected.items[i].name.len == 0) {
            abort();
        }
    }
    return advisory->id.len == 0 ? PL_E_IO : PL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"alpine-secdb", "arch", "debian-list", "debian-tracker"};
    static const struct pl_feed_taker taker = {.take = take};
    if (size == 0) {
        return 0;
    }
    size_t count = 0;
    size_t feed = pl_feeds_find(pl_str_from(names[data[0] % (sizeof(names) / sizeof(*names))]));
    struct pl_feed_document document = {.name = PL_STR("f"),
                                        .text = pl_str_make((const char *)data + 1, size - 1)};
    struct pl_feed_sink sink = {.taker = &taker, .slice = PL_STR("s")};
    pl_feeds_bid(&document);
    if (pl_feed_sink_read(&sink, pl_feeds(&count)[feed], &document, 0, NULL) < 0) {
        abort();
    }
    pl_feed_sink_release(&sink);
    return 0;
}
