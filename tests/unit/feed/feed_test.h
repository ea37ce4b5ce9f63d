/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * feed_test - reads one document with one feed, and writes down what it gives, a line a statement.
 */
#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "feed/sink.h"
#include "model/suppression.h"
#include "unit/feed/hostile.h"
#include <stdio.h>

static inline void pl_test_write_affected(struct pl_buf *into, const struct pl_affected *affected)
{
    pl_buf_append_format(into, "  " PL_STR_FMT " | " PL_STR_FMT " | " PL_STR_FMT " |",
                         PL_STR_ARG(affected->ecosystem), PL_STR_ARG(affected->name),
                         PL_STR_ARG(affected->module));
    for (size_t i = 0; i < affected->ranges.count; i++) {
        const struct pl_range *range = &affected->ranges.items[i];
        for (size_t k = 0; k < range->count; k++) {
            pl_buf_append_format(into, " %s " PL_STR_FMT,
                                 pl_event_type_to_string(range->items[k].type),
                                 PL_STR_ARG(range->items[k].version));
        }
    }
    for (size_t i = 0; i < affected->versions.count; i++) {
        pl_buf_append_format(into, " " PL_STR_FMT, PL_STR_ARG(affected->versions.items[i]));
    }
    pl_buf_append_format(into, " | %s", pl_affect_to_string(affected->state));
    if (affected->urgency.len > 0) {
        pl_buf_append_format(into, " " PL_STR_FMT, PL_STR_ARG(affected->urgency));
    }
    pl_buf_append_char(into, '\n');
}

static inline enum pl_status pl_test_take(void *context, pl_str slice,
                                          const struct pl_advisory *advisory, struct pl_error *err)
{
    struct pl_buf *into = context;
    if (pl_str_starts_with(advisory->id, PL_STR(PL_SUPPRESSION_ID_PREFIX))) {
        pl_buf_append_format(into, "rule " PL_STR_FMT "\n", PL_STR_ARG(advisory->details));
        return PL_OK;
    }
    pl_buf_append_format(into, PL_STR_FMT " [", PL_STR_ARG(advisory->id));
    for (size_t i = 0; i < advisory->upstream.count; i++) {
        pl_buf_append_format(into, "%s" PL_STR_FMT, i > 0 ? " " : "",
                             PL_STR_ARG(advisory->upstream.items[i]));
    }
    pl_buf_append(into, PL_STR("]"));
    for (size_t i = 0; i < advisory->severities.count; i++) {
        pl_buf_append_format(into, " " PL_STR_FMT "=" PL_STR_FMT,
                             PL_STR_ARG(advisory->severities.items[i].type),
                             PL_STR_ARG(advisory->severities.items[i].score));
    }
    pl_buf_append_format(into, " " PL_STR_FMT "\n", PL_STR_ARG(advisory->summary));
    for (size_t i = 0; i < advisory->affected.count; i++) {
        pl_test_write_affected(into, &advisory->affected.items[i]);
    }
    return PL_OK;
}

/* What a feed says of a text, and then what it left out. */
static inline void pl_test_read_feed(const struct pl_feed *feed, pl_str text, struct pl_buf *into,
                                     struct pl_tally *ret)
{
    struct pl_feed_taker taker = {.take = pl_test_take, .context = into};
    struct pl_feed_sink sink = {.taker = &taker, .slice = pl_str_from(feed->name)};
    struct pl_feed_document document = {.name = PL_STR("d"), .text = text};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_feed_sink_read(&sink, feed, &document, 0, &err), PL_OK);
    for (size_t i = 0; i < sink.tally.reasons; i++) {
        pl_buf_append_format(into, "skipped: %s: %llu\n", sink.tally.skipped[i].reason,
                             (unsigned long long)sink.tally.skipped[i].count);
    }
    for (size_t i = 0; i < sink.tally.problems.count; i++) {
        pl_buf_append_format(into, "malformed: %s\n", sink.tally.problems.items[i].text);
    }
    *ret = sink.tally;
    pl_feed_sink_release(&sink);
}

/* A file of tests/data/feeds gives what is wanted; no beginning of it does harm, or is taken for a
 * whole, and no change of it does harm. */
static inline void pl_test_expect_feed(const struct pl_feed *feed, const char *file,
                                       const char *wanted)
{
    char path[4096];
    struct pl_buf content pl_autobuf = PL_BUF_INIT(1 << 20);
    snprintf(path, sizeof(path), "%s/feeds/%s", pl_test_dir("PL_TEST_DATA"), file);
    assert_int_equal(pl_io_read_file(path, &content, NULL), PL_OK);
    pl_str text = pl_buf_str(&content);
    struct pl_buf got pl_autobuf = PL_BUF_INIT(1 << 24);
    struct pl_tally tally;
    struct pl_feed_document document = {.name = PL_STR("d"), .text = text};
    assert_in_range(feed->bid(&document), 1, 100);
    pl_test_read_feed(feed, text, &got, &tally);
    assert_string_equal(got.ptr ? got.ptr : "", wanted);
    for (size_t len = 0; len < pl_str_trim(text).len; len++) {
        char *prefix pl_autofree = pl_mem_alloc(len + 1, 1);
        memcpy(prefix, text.ptr, len);
        document.text = pl_str_make(prefix, len);
        (void)feed->bid(&document);
        pl_buf_clear(&got);
        pl_test_read_feed(feed, document.text, &got, &tally);
        assert_int_not_equal(tally.malformed, 0);
    }
    pl_hostile_document(feed->name, text);
}
