/* SPDX-License-Identifier: Apache-2.0 */
/* Suppressions in the format that the first byte picks: what is taken is a rule again when it comes
 * back from the database, and that one is taken as the same record. */
#include "feed/feeds.h"
#include "feed/reader/suppression.h"
#include "feed/sink.h"
#include "target.h"

extern const struct pl_feed pl_feed_suppressions;
extern const struct pl_feed pl_feed_trivyignore;

static enum pl_status take_again(void *context, pl_str slice, const struct pl_advisory *advisory,
                                 struct pl_error *err)
{
    if (!pl_str_eq(advisory->id, *(const pl_str *)context)) {
        abort();
    }
    return PL_OK;
}

static enum pl_status take(void *context, pl_str slice, const struct pl_advisory *advisory,
                           struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_suppression rule = {0};
    pl_str id = advisory->id;
    const struct pl_feed_taker again = {.take = take_again, .context = &id};
    struct pl_feed_sink sink = {.taker = &again, .slice = slice};
    if (pl_suppression_of_advisory(&arena, advisory, slice, &rule, NULL) < 0 ||
        rule.names.count == 0 || pl_suppression_take(&sink, &rule, NULL) < 0) {
        abort();
    }
    pl_feed_sink_release(&sink);
    return PL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const struct pl_feed *feed;
        const char *name;
    } formats[] = {{&pl_feed_suppressions, "rules.yaml"},
                   {&pl_feed_trivyignore, ".trivyignore"},
                   {&pl_feed_trivyignore, ".trivyignore.yaml"}};
    static const struct pl_feed_taker taker = {.take = take};
    if (size == 0) {
        return 0;
    }
    size_t at = data[0] % PL_ARRAY_LEN(formats);
    struct pl_feed_sink sink = {.taker = &taker, .slice = PL_STR("suppressions/x")};
    struct pl_feed_document document = {.name = pl_str_from(formats[at].name),
                                        .text = pl_str_make((const char *)data + 1, size - 1)};
    (void)pl_feeds_bid(&document);
    if (pl_feed_sink_read(&sink, formats[at].feed, &document, 0, NULL) < 0) {
        abort();
    }
    pl_feed_sink_release(&sink);
    return 0;
}
