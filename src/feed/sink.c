/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/sink.h"
#include "base/limits.h"
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

void pl_feed_sink_release(struct pl_feed_sink *sink)
{
    pl_arena_release(&sink->scratch);
}

struct pl_arena *pl_feed_scratch(struct pl_feed_sink *sink)
{
    return &sink->scratch;
}

void pl_feed_skip(struct pl_feed_sink *sink, const char *reason)
{
    pl_tally_skip(&sink->tally, reason, 1);
}

/* Counts it, and notes it as "slice: document: text". */
static void note_malformed(struct pl_feed_sink *sink, const char *text)
{
    struct pl_error err = PL_ERROR_INIT;
    pl_error_set(&err, PL_E_PARSE, PL_STR_FMT ": " PL_STR_FMT "%s%s", PL_STR_ARG(sink->slice),
                 PL_STR_ARG(sink->document->name), sink->document->name.len > 0 ? ": " : "", text);
    sink->tally.malformed++;
    pl_tally_note(&sink->tally.problems, sink->sequence, err.msg);
}

void pl_feed_malformed(struct pl_feed_sink *sink, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    note_malformed(sink, text);
}

/* Is the failure about the one record, so that the others can go on? */
static bool is_about_record(enum pl_status st)
{
    return st == PL_E_PARSE || st == PL_E_LIMIT;
}

/* Ids are printed, and are keys: no control characters. */
static bool is_id(pl_str id)
{
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.ptr[i];
        if (c < 0x20 || c == 0x7f) {
            return false;
        }
    }
    return id.len > 0 && id.len <= PL_LIMIT_ADVISORY_ID_BYTES;
}

/* Clocks are off by some hours at most. */
static bool is_of_future(const struct pl_feed_sink *sink, pl_str time)
{
    return pl_str_cmp(pl_str_sub(time, 0, strlen(sink->last_day)), pl_str_from(sink->last_day)) > 0;
}

/* What the advisory says of the ecosystems that are wanted; false when that is nothing. */
static bool select_packages(struct pl_feed_sink *sink, struct pl_advisory *advisory)
{
    const struct pl_affecteds *all = &advisory->affected;
    struct pl_affecteds wanted = {0};
    for (size_t i = 0; i < all->count; i++) {
        if (pl_feed_selection_takes(sink->taker->selection, all->items[i].ecosystem)) {
            *pl_vec_push(&sink->scratch, &wanted) = all->items[i];
        }
    }
    advisory->affected = wanted;
    return wanted.count > 0;
}

enum pl_status pl_feed_take(struct pl_feed_sink *sink, const struct pl_advisory *advisory,
                            struct pl_error *err)
{
    struct pl_error problem = PL_ERROR_INIT;
    struct pl_advisory selected = *advisory;
    if (!is_id(advisory->id)) {
        note_malformed(sink, "a record has no usable id");
        return PL_OK;
    }
    const struct pl_feed_selection *selection = sink->taker->selection;
    if (selection && selection->names.count > 0 && !select_packages(sink, &selected)) {
        pl_feed_skip(sink, "no package of the ecosystems asked for");
        return PL_OK;
    }
    /* Of two records with one id the later counts: for ever, if this was believed. */
    if (is_of_future(sink, advisory->modified)) {
        selected.modified = PL_STR_EMPTY;
        pl_feed_skip(sink, "time of a change that is yet to come");
    }
    enum pl_status st = sink->taker->take(sink->taker->context, sink->slice, &selected, &problem);
    if (is_about_record(st)) {
        pl_feed_malformed(sink, PL_STR_FMT ": %s", PL_STR_ARG(advisory->id), problem.msg);
        return PL_OK;
    }
    if (st < 0) {
        if (err) {
            *err = problem;
        }
        return st;
    }
    sink->tally.taken++;
    return PL_OK;
}

enum pl_status pl_feed_take_exploitation(struct pl_feed_sink *sink,
                                         const struct pl_exploitation *exploitation,
                                         struct pl_error *err)
{
    struct pl_error problem = PL_ERROR_INIT;
    if (!is_id(exploitation->id)) {
        note_malformed(sink, "an entry has no usable id");
        return PL_OK;
    }
    enum pl_status st =
        sink->taker->take_exploitation(sink->taker->context, sink->slice, exploitation, &problem);
    if (is_about_record(st)) {
        pl_feed_malformed(sink, PL_STR_FMT ": %s", PL_STR_ARG(exploitation->id), problem.msg);
        return PL_OK;
    }
    if (st < 0) {
        if (err) {
            *err = problem;
        }
        return st;
    }
    sink->tally.exploitations++;
    return PL_OK;
}

static void set_last_day(struct pl_feed_sink *sink)
{
    enum { DAY_SECONDS = 24 * 60 * 60 };
    time_t tomorrow = time(NULL) + DAY_SECONDS;
    struct tm parts = {0};
    gmtime_r(&tomorrow, &parts);
    strftime(sink->last_day, sizeof(sink->last_day), "%Y-%m-%d", &parts);
}

/* What was counted so far, so that a document that gives nothing is noticed. */
static uint64_t counted(const struct pl_tally *tally)
{
    uint64_t sum = tally->taken + tally->exploitations + tally->malformed;
    for (size_t i = 0; i < tally->reasons; i++) {
        sum += tally->skipped[i].count;
    }
    return sum;
}

enum pl_status pl_feed_sink_read(struct pl_feed_sink *sink, const struct pl_feed *feed,
                                 const struct pl_feed_document *document, uint64_t sequence,
                                 struct pl_error *err)
{
    struct pl_error problem = PL_ERROR_INIT;
    sink->document = document;
    sink->sequence = sequence;
    sink->tally.documents++;
    sink->tally.bytes += document->text.len;
    set_last_day(sink);
    uint64_t before = counted(&sink->tally);
    enum pl_status st = feed->read(sink, document, &problem);
    if (is_about_record(st) || st == PL_E_UNSUPPORTED) {
        /* The file's name is put before every text, and may stand in it already. */
        note_malformed(sink, problem.msg);
        st = PL_OK;
    } else if (st < 0 && err) {
        *err = problem;
        pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(sink->slice));
    }
    if (st == PL_OK && counted(&sink->tally) == before) {
        pl_feed_skip(sink, "document without records");
    }
    pl_arena_clear(&sink->scratch);
    return st;
}
