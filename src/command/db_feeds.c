/* SPDX-License-Identifier: Apache-2.0 */
/* What feeds there are, and what came of reading them. */
#include "command/db_show.h"
#include "feed/reader/osv.h"
#include "feed/urls.h"
#include "format/json_writer.h"
#include "report/grid.h"
#include <sys/ioctl.h>
#include <unistd.h>

static bool is_json(const struct pl_args *args)
{
    return pl_str_eq(pl_str_from(pl_args_value(args, "format", "table")), PL_STR("json"));
}

static void write_counts(struct pl_json_writer *json, const struct pl_tally *tally)
{
    const struct {
        const char *key;
        uint64_t value;
    } members[] = {{"documents", tally->documents},
                   {"advisories", tally->taken},
                   {"exploitations", tally->exploitations},
                   {"malformed", tally->malformed}};
    for (size_t i = 0; i < PL_ARRAY_LEN(members); i++) {
        pl_json_writer_key(json, members[i].key);
        pl_json_writer_uint(json, members[i].value);
    }
    pl_json_writer_key(json, "skipped");
    pl_json_writer_begin_object(json);
    for (size_t i = 0; i < tally->reasons; i++) {
        pl_json_writer_key(json, tally->skipped[i].reason);
        pl_json_writer_uint(json, tally->skipped[i].count);
    }
    pl_json_writer_end_object(json);
}

static void update_json(struct pl_json_writer *json, const struct pl_source_result *result,
                        const struct pl_tally *sum, const struct pl_db_outcome *outcome)
{
    const struct pl_db_built *built = &outcome->built;
    const struct {
        const char *key;
        uint64_t value;
    } members[] = {{"records", built->records},
                   {"packages", built->keys},
                   {"size_bytes", built->size_bytes},
                   {"read_bytes", sum->bytes},
                   {"malformed", sum->malformed},
                   {"repeated", outcome->repeated},
                   {"unchanged", result->unchanged},
                   {"resumed", outcome->resumed},
                   {"failed", result->failed},
                   {"fetched_bytes", result->fetched_bytes},
                   {"milliseconds", outcome->milliseconds},
                   {"git_ranges_skipped", pl_tally_skipped(sum, PL_OSV_SKIPPED_GIT)},
                   {"unknown_documents", result->unknown}};
    pl_json_writer_begin_object(json);
    pl_json_writer_member(json, "generation", pl_str_from(built->generation));
    pl_json_writer_member(json, "selection", outcome->selection);
    for (size_t i = 0; i < PL_ARRAY_LEN(members); i++) {
        pl_json_writer_key(json, members[i].key);
        pl_json_writer_uint(json, members[i].value);
    }
    pl_json_writer_key(json, "changed");
    pl_json_writer_bool(json, built->changed);
    pl_json_writer_key(json, "slices");
    pl_json_writer_begin_array(json);
    for (size_t i = 0; i < result->slices.count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "name", result->slices.items[i]->name);
        write_counts(json, &result->slices.items[i]->tally);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
    pl_json_writer_finish(json);
}

enum pl_status pl_db_show_update(const struct pl_args *args, const struct pl_source_result *result,
                                 const struct pl_db_outcome *outcome, struct pl_error *err)
{
    const struct pl_db_built *built = &outcome->built;
    struct pl_tally sum;
    struct pl_writer out;
    pl_source_result_sum(result, &sum);
    pl_writer_init_fd(&out, STDOUT_FILENO);
    if (is_json(args)) {
        struct pl_json_writer json;
        pl_json_writer_init(&json, &out);
        update_json(&json, result, &sum, outcome);
        return pl_writer_finish(&out, err);
    }
    pl_writer_format(&out, "read %llu advisories of %zu feed%s from %.1f MB of documents",
                     (unsigned long long)(sum.taken + sum.exploitations), result->slices.count,
                     result->slices.count == 1 ? "" : "s", (double)sum.bytes / 1e6);
    if (result->unchanged > 0) {
        pl_writer_format(&out, "; %llu had nothing new", (unsigned long long)result->unchanged);
    }
    if (outcome->resumed > 0) {
        pl_writer_format(&out, "; %llu were there from an update that did not end",
                         (unsigned long long)outcome->resumed);
    }
    if (result->fetched_bytes > 0) {
        pl_writer_format(&out, "\nfetched %.1f MB, all in %.1f s",
                         (double)result->fetched_bytes / 1e6, (double)outcome->milliseconds / 1e3);
    }
    pl_writer_format(&out, "\nthe database has %llu advisories on %llu packages in %.1f MB\n",
                     (unsigned long long)built->records, (unsigned long long)built->keys,
                     (double)built->size_bytes / 1e6);
    if (outcome->selection.len > 0) {
        pl_writer_format(&out, "kept to " PL_STR_FMT " (--ecosystems all takes everything)\n",
                         PL_STR_ARG(outcome->selection));
    }
    pl_writer_format(&out, "generation %s%s\n", built->generation,
                     built->changed ? "" : ", the same as before");
    return pl_writer_finish(&out, err);
}

/* "Debian, Ubuntu" as a list. */
static void write_words(struct pl_json_writer *json, pl_str words)
{
    pl_str word = PL_STR_EMPTY;
    pl_json_writer_begin_array(json);
    while (pl_str_next_piece(&words, ',', &word)) {
        pl_json_writer_string(json, pl_str_trim(word));
    }
    pl_json_writer_end_array(json);
}

static struct pl_feed_urls urls_of(struct pl_arena *arena, const struct pl_feed *feed)
{
    struct pl_feed_urls urls = {0};
    if (feed->url) {
        pl_feed_urls_expand(arena, pl_str_from(feed->url), pl_feed_urls_this_year(), &urls, NULL);
    }
    return urls;
}

/* "https://example.org/all.json", or "24 files of example.org". */
static pl_str place_of(struct pl_arena *arena, const struct pl_feed *feed)
{
    struct pl_feed_urls urls = urls_of(arena, feed);
    pl_str host = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    if (urls.count < 2) {
        return urls.count > 0 ? urls.items[0].url : PL_STR_EMPTY;
    }
    size_t scheme = pl_str_find(urls.items[0].url, PL_STR("://"));
    pl_str_cut(pl_str_skip(urls.items[0].url, scheme + 3), '/', &host, &rest);
    return pl_arena_format(arena, "%zu files of " PL_STR_FMT, urls.count, PL_STR_ARG(host));
}

static void feeds_json(struct pl_json_writer *json)
{
    struct pl_arena arena pl_autoarena = {0};
    size_t count = 0;
    const struct pl_feed *const *feeds = pl_feeds(&count);
    pl_json_writer_begin_object(json);
    pl_json_writer_key(json, "feeds");
    pl_json_writer_begin_array(json);
    for (size_t i = 0; i < count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "name", pl_str_from(feeds[i]->name));
        pl_json_writer_member(json, "summary", pl_str_from(feeds[i]->summary));
        pl_json_writer_key(json, "urls");
        pl_json_writer_begin_array(json);
        struct pl_feed_urls urls = urls_of(&arena, feeds[i]);
        for (size_t k = 0; k < urls.count; k++) {
            pl_json_writer_string(json, urls.items[k].url);
        }
        pl_json_writer_end_array(json);
        pl_json_writer_member_bool(json, "default", feeds[i]->reading == PL_FEED_ALWAYS);
        pl_json_writer_key(json, "ecosystems");
        write_words(json, pl_str_from(feeds[i]->ecosystems));
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
    pl_json_writer_finish(json);
}

static void feeds_table(struct pl_writer *out)
{
    static const struct pl_grid_column columns[] = {{"FEED", 24}, {"ECOSYSTEMS", 28}, {"WHAT", 0}};
    enum { DEFAULT_WIDTH = 100 };
    struct pl_arena arena pl_autoarena = {0};
    struct winsize size = {0};
    bool is_terminal = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    size_t count = 0;
    const struct pl_feed *const *feeds = pl_feeds(&count);
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < count; i++) {
        struct pl_grid_row *row = pl_vec_push(&arena, &grid);
        row->cells[0].text = pl_arena_format(&arena, "%s%s", feeds[i]->name,
                                             feeds[i]->reading == PL_FEED_ALWAYS ? " *" : "");
        row->cells[1].text =
            feeds[i]->ecosystems[0] ? pl_str_from(feeds[i]->ecosystems) : PL_STR("any");
        row->cells[2].text =
            pl_arena_format(&arena, "%s%s" PL_STR_FMT, feeds[i]->summary, feeds[i]->url ? "; " : "",
                            PL_STR_ARG(place_of(&arena, feeds[i])));
    }
    pl_grid_write(&grid, is_terminal ? size.ws_col : DEFAULT_WIDTH, false, out);
}

enum pl_status pl_db_show_feeds(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct pl_writer out;
    enum pl_status st = pl_args_expect(args, 1, 1, err);
    if (st < 0) {
        return st;
    }
    pl_writer_init_fd(&out, STDOUT_FILENO);
    if (is_json(args)) {
        struct pl_json_writer json;
        pl_json_writer_init(&json, &out);
        feeds_json(&json);
    } else {
        feeds_table(&out);
    }
    return pl_writer_finish(&out, err);
}
