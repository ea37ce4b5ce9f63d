/* SPDX-License-Identifier: Apache-2.0 */
#include "command/db_update.h"
#include "command/db_selection.h"
#include "command/db_show.h"
#include "command/progress.h"
#include "db/transfer.h"
#include "feed/feed.h"
#include "feed/source.h"
#include "feed/urls.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

struct update {
    struct pl_arena arena;
    struct pl_db_builder *builder;
    const struct pl_progress *progress;
    struct pl_db_origin origin; /* of the source at hand */
    bool accept_shrink;
    struct pl_feed_selection selection;
    pl_str selection_text;
    struct pl_strs begun; /* slices of this run */
    bool is_list; /* the source at hand is a line of URLs */
    struct pl_strs failures; /* texts */
    struct pl_strs missing; /* texts about what the publisher does not have */
    size_t ended; /* slices that were taken */
    size_t unchanged; /* URLs that have what they had */
    size_t resumed; /* slices of an update that was killed */
    uint64_t repeated; /* records that others with their id stand for */
};

static void update_release(struct update *update)
{
    pl_db_builder_free(update->builder);
    pl_arena_release(&update->arena);
}

/* The time now, RFC 3339 in UTC. */
static pl_str now_text(struct pl_arena *arena)
{
    time_t now = time(NULL);
    struct tm parts = {0};
    char text[32];
    gmtime_r(&now, &parts);
    size_t len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return pl_arena_dup(arena, pl_str_make(text, len));
}

/* Of a clock that nobody sets. */
static uint64_t now_milliseconds(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A second source may have a slice of the same name: that stands beside the first, under the name
 * that it had before. */
static pl_str name_of(struct update *update, pl_str slice)
{
    const struct pl_db_manifest *manifest = pl_db_builder_manifest(update->builder);
    for (size_t i = 0; i < manifest->slices.count; i++) {
        const struct pl_db_slice_info *known = &manifest->slices.items[i];
        pl_str base = pl_str_sub(known->name, 0, pl_str_find_char(known->name, '#'));
        if (pl_str_eq(base, slice) && pl_str_eq(known->source, update->origin.source) &&
            !pl_strs_contain(&update->begun, known->name)) {
            return pl_arena_dup(&update->arena, known->name);
        }
    }
    pl_str name = pl_arena_dup(&update->arena, slice);
    for (unsigned i = 2; pl_strs_contain(&update->begun, name); i++) {
        name = pl_arena_format(&update->arena, PL_STR_FMT "#%u", PL_STR_ARG(slice), i);
    }
    return name;
}

static enum pl_status begin_slice(void *context, pl_str slice, bool has_changes,
                                  struct pl_error *err)
{
    struct update *update = context;
    pl_str name = name_of(update, slice);
    *pl_vec_push(&update->arena, &update->begun) = name;
    return has_changes ? pl_db_builder_begin_on(update->builder, name, err)
                       : pl_db_builder_begin(update->builder, name, err);
}

static void drop_slice(void *context)
{
    struct update *update = context;
    pl_db_builder_drop(update->builder);
}

static enum pl_status remove_record(void *context, pl_str id, struct pl_error *err)
{
    struct update *update = context;
    return pl_db_builder_remove_record(update->builder, id, err);
}

static void note_failure(struct update *update, const char *text)
{
    *pl_vec_push(&update->arena, &update->failures) =
        pl_arena_dup(&update->arena, pl_str_from(text));
}

/* Waits for the slice that was ended first. One that is refused keeps what it had, and does not
 * keep the others from being taken. */
static enum pl_status settle_slice(struct update *update, bool *ret_any, struct pl_error *err)
{
    struct pl_db_slice_built built = {0};
    struct pl_error refused = PL_ERROR_INIT;
    enum pl_status st = pl_db_builder_settle(update->builder, ret_any, &built, &refused);
    if (st == PL_E_CONFLICT) {
        note_failure(update, refused.msg);
        return PL_OK;
    }
    if (st < 0) {
        return pl_error_set(err, st, "%s", refused.msg);
    }
    update->repeated += built.replaced;
    update->ended += *ret_any;
    if (*ret_any && pl_http_is_url(update->origin.source)) {
        pl_db_builder_checkpoint(update->builder);
    }
    return PL_OK;
}

static enum pl_status end_slice(void *context, struct pl_error *err)
{
    struct update *update = context;
    bool any = false;
    enum pl_status st =
        pl_db_builder_is_full(update->builder) ? settle_slice(update, &any, err) : PL_OK;
    return st < 0 ? st
                  : pl_db_builder_end(update->builder, &update->origin, update->accept_shrink, err);
}

static enum pl_status take(void *context, pl_str slice, const struct pl_advisory *advisory,
                           struct pl_error *err)
{
    struct update *update = context;
    return pl_db_builder_add(update->builder, advisory, err);
}

static enum pl_status take_exploitation(void *context, pl_str slice,
                                        const struct pl_exploitation *exploitation,
                                        struct pl_error *err)
{
    struct update *update = context;
    return pl_db_builder_add_exploitation(update->builder, exploitation, err);
}

/* A URL without what may be secret in it; a path as it is. */
static pl_str shown(struct update *update, pl_str source)
{
    return pl_http_is_url(source) ? pl_http_url_for_people(&update->arena, source)
                                  : pl_arena_dup(&update->arena, source);
}

/* All slices of one source were read together, so the first tells of all. */
static void recall(void *context, pl_str url, struct pl_remote_known *ret)
{
    struct update *update = context;
    const struct pl_db_manifest *manifest = pl_db_builder_manifest(update->builder);
    pl_str source = shown(update, url);
    update->resumed += pl_db_builder_resume(update->builder, source, update->selection_text);
    for (size_t i = 0; i < manifest->slices.count; i++) {
        const struct pl_db_slice_info *slice = &manifest->slices.items[i];
        if (pl_str_eq(slice->source, source)) {
            bool is_same = pl_str_eq(slice->selection, update->selection_text);
            *ret = (struct pl_remote_known){
                .is_known = is_same && slice->etag.len + slice->last_modified.len > 0,
                .version = {slice->etag, slice->last_modified},
                .cursor = slice->cursor};
            return;
        }
    }
}

static void set_origin(struct update *update, pl_str url, const struct pl_http_version *version,
                       pl_str cursor)
{
    update->origin =
        (struct pl_db_origin){.source = shown(update, url),
                              .etag = pl_arena_dup(&update->arena, version->etag),
                              .last_modified = pl_arena_dup(&update->arena, version->last_modified),
                              .selection = update->selection_text,
                              .cursor = pl_arena_dup(&update->arena, cursor),
                              .fetched = now_text(&update->arena)};
}

static void fetched(void *context, pl_str url, const struct pl_remote *remote)
{
    set_origin(context, url, &remote->version, remote->cursor);
}

static void unchanged(void *context, pl_str url, const struct pl_remote *remote)
{
    struct update *update = context;
    const struct pl_db_manifest *manifest = pl_db_builder_manifest(update->builder);
    struct pl_remote_known known = {.is_known = false};
    recall(update, url, &known);
    bool is_told = remote->version.etag.len + remote->version.last_modified.len > 0;
    set_origin(update, url, is_told ? &remote->version : &known.version, remote->cursor);
    for (size_t i = 0; i < manifest->slices.count; i++) {
        if (pl_str_eq(manifest->slices.items[i].source, update->origin.source)) {
            pl_db_builder_confirm(update->builder, manifest->slices.items[i].name, &update->origin);
        }
    }
    update->unchanged++;
}

/* What a publisher does not have, and never had, is no failure: lists of releases and repositories
 * name some that are to come, or gone. */
static void failed(void *context, pl_str url, const struct pl_error *failure)
{
    struct update *update = context;
    struct pl_remote_known known = {.is_known = false};
    recall(update, url, &known);
    if (failure->status == PL_E_NOT_FOUND && !known.is_known && update->is_list) {
        *pl_vec_push(&update->arena, &update->missing) =
            pl_arena_dup(&update->arena, pl_str_from(failure->msg));
        return;
    }
    note_failure(update, failure->msg);
}

static void tell_problems(const struct update *update, const struct pl_source_result *result)
{
    for (size_t i = 0; i < update->missing.count; i++) {
        fprintf(stderr, "plimsoll: " PL_STR_FMT "; left out\n",
                PL_STR_ARG(update->missing.items[i]));
    }
    struct pl_tally sum;
    pl_source_result_sum(result, &sum);
    if (sum.malformed > 0) {
        fprintf(stderr, "plimsoll: %llu malformed records were left out:\n",
                (unsigned long long)sum.malformed);
        for (size_t i = 0; i < sum.problems.count; i++) {
            fprintf(stderr, "  %s\n", sum.problems.items[i].text);
        }
        if (sum.malformed > sum.problems.count) {
            fprintf(stderr, "  and more\n");
        }
    }
    if (result->unknown > 0) {
        fprintf(stderr, "plimsoll: %llu documents were skipped, being of no known feed:\n",
                (unsigned long long)result->unknown);
        for (size_t i = 0; i < result->unknown_names.count; i++) {
            fprintf(stderr, "  %s\n", result->unknown_names.items[i].text);
        }
        if (result->unknown > result->unknown_names.count) {
            fprintf(stderr, "  and more\n");
        }
    }
}

static enum pl_status unknown_feed(struct update *update, const char *name, struct pl_error *err)
{
    size_t count = 0;
    const struct pl_feed *const *feeds = pl_feeds(&count);
    const char **names = PL_ARENA_ARRAY(&update->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        names[i] = feeds[i]->name;
    }
    return pl_command_unknown("feed", name, names, err);
}

/* The URL of a feed that was asked for by its name. */
static enum pl_status find_feed(struct update *update, const char *name, pl_str *ret,
                                struct pl_error *err)
{
    size_t count = 0;
    const struct pl_feed *const *feeds = pl_feeds(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(feeds[i]->name, name) != 0) {
            continue;
        }
        if (!feeds[i]->url) {
            return pl_error_set(err, PL_E_USAGE,
                                "%s has no one address to fetch it from: give its documents with "
                                "--from",
                                name);
        }
        *ret = pl_str_from(feeds[i]->url);
        return PL_OK;
    }
    return unknown_feed(update, name, err);
}

/* Is the feed read though it was not named? Its ecosystems are noted: an export may lack them. */
static bool is_meant(struct update *update, const struct pl_feed *feed)
{
    pl_str ecosystems = pl_str_from(feed->ecosystems);
    pl_str ecosystem = PL_STR_EMPTY;
    bool is_selected = ecosystems.len == 0;
    while (pl_str_next_piece(&ecosystems, ',', &ecosystem)) {
        ecosystem = pl_str_trim(ecosystem);
        if (pl_feed_selection_has(&update->selection, ecosystem)) {
            is_selected = true;
            *pl_vec_push(&update->arena, &update->selection.elsewhere) = ecosystem;
        }
    }
    bool is_all = update->selection.names.count == 0;
    return is_selected &&
           (feed->reading == PL_FEED_ALWAYS || (feed->reading == PL_FEED_WHEN_SELECTED && !is_all));
}

/* What --from and --feed name; without either the feeds that belong to every database, and those
 * that the selected ecosystems need. */
static enum pl_status list_sources(struct update *update, const struct pl_args *args,
                                   struct pl_strs *ret, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    const char *name = NULL;
    for (size_t i = 0; (name = pl_args_nth(args, "from", i)); i++) {
        *pl_vec_push(&update->arena, ret) = pl_str_from(name);
    }
    for (size_t i = 0; st == PL_OK && (name = pl_args_nth(args, "feed", i)); i++) {
        st = find_feed(update, name, pl_vec_push(&update->arena, ret), err);
    }
    size_t count = 0;
    const struct pl_feed *const *feeds = pl_feeds(&count);
    bool is_named = ret->count > 0;
    for (size_t i = 0; i < count && !is_named; i++) {
        if (feeds[i]->reading != PL_FEED_WHEN_NAMED && is_meant(update, feeds[i])) {
            *pl_vec_push(&update->arena, ret) = pl_str_from(feeds[i]->url);
        }
    }
    return st;
}

/* One source after the other; one that fails is noted. */
static void read_sources(struct update *update, const struct pl_strs *sources,
                         const struct pl_source_options *options, struct pl_source_result *result)
{
    const struct pl_feed_taker taker = {.begin_slice = begin_slice,
                                        .end_slice = end_slice,
                                        .drop_slice = drop_slice,
                                        .remove = remove_record,
                                        .take = take,
                                        .take_exploitation = take_exploitation,
                                        .context = update,
                                        .selection = &update->selection};
    for (size_t i = 0; i < sources->count; i++) {
        struct pl_error failed = PL_ERROR_INIT;
        update->origin = (struct pl_db_origin){.source = shown(update, sources->items[i]),
                                               .selection = update->selection_text,
                                               .fetched = now_text(&update->arena)};
        update->is_list = pl_feed_urls_is_line(sources->items[i]);
        if (pl_source_read(sources->items[i].ptr, options, &taker, result, &failed) < 0) {
            pl_db_builder_drop(update->builder);
            note_failure(update, failed.msg);
        }
    }
    for (bool any = true; any;) {
        struct pl_error failed = PL_ERROR_INIT;
        if (settle_slice(update, &any, &failed) < 0) {
            note_failure(update, failed.msg);
        }
    }
}

/* All failures in one error, after what could be done was done. */
static enum pl_status settle(const struct update *update, struct pl_error *err)
{
    const struct pl_strs *failures = &update->failures;
    if (failures->count == 0) {
        return PL_OK;
    }
    for (size_t i = 1; i < failures->count; i++) {
        fprintf(stderr, "plimsoll: " PL_STR_FMT "\n", PL_STR_ARG(failures->items[i]));
    }
    return pl_error_set(err, PL_E_IO, PL_STR_FMT "%s", PL_STR_ARG(failures->items[0]),
                        update->ended + update->unchanged == 0 ? "; the database stays as it was"
                                                               : "");
}

enum pl_status pl_db_update(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct update update PL_CLEANUP(update_release) = {.accept_shrink =
                                                           pl_args_flag(args, "accept-shrink")};
    struct pl_strs sources = {0};
    enum pl_status st = pl_args_expect(args, 1, 1, err);
    if (st == PL_OK) {
        st = pl_db_builder_new(dir, &update.builder, err);
    }
    if (st == PL_OK) {
        st = pl_db_selection_read(args, pl_db_builder_manifest(update.builder), &update.arena,
                                  &update.selection, err);
        update.selection_text = pl_feed_selection_text(&update.arena, &update.selection);
    }
    if (st == PL_OK) {
        st = list_sources(&update, args, &sources, err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_progress_line line pl_autoprogress;
    pl_progress_line_begin(&line);
    update.progress = &line.progress;
    const struct pl_source_memory memory = {.recall = recall,
                                            .unchanged = unchanged,
                                            .fetched = fetched,
                                            .failed = failed,
                                            .context = &update};
    const struct pl_source_options options = {
        .memory = &memory, .temp_dir = dir, .progress = &line.progress};
    struct pl_source_result result PL_CLEANUP(pl_source_result_release) = {0};
    struct pl_db_outcome outcome = {.repeated = 0};
    uint64_t began = now_milliseconds();
    read_sources(&update, &sources, &options, &result);
    size_t done = update.ended + update.unchanged;
    if (done > 0) {
        pl_db_selection_keep(&update.selection, update.builder);
        st = pl_db_builder_finish(update.builder, now_text(&update.arena), PL_DB_KEPT_GENERATIONS,
                                  &outcome.built, err);
    } else if (update.failures.count == 0) {
        st = pl_error_set(err, PL_E_NOT_FOUND,
                          "the sources hold no usable advisories; the database stays as it was");
    }
    pl_progress_line_end(&line);
    tell_problems(&update, &result);
    if (st == PL_OK && done > 0) {
        outcome.repeated = update.repeated;
        outcome.selection = update.selection_text;
        outcome.resumed = update.resumed;
        outcome.milliseconds = now_milliseconds() - began;
        st = pl_db_show_update(args, &result, &outcome, err);
    }
    return st < 0 ? st : settle(&update, err);
}

enum pl_status pl_db_export_file(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    enum pl_status st = pl_args_expect(args, 2, 2, err);
    if (st < 0) {
        return st;
    }
    const char *path = pl_args_positional(args, 1);
    struct pl_arena arena pl_autoarena = {0};
    const char *part = pl_arena_format(&arena, "%s.part", path).ptr;
    int fd pl_autoclose = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) {
        return pl_error_sys(err, errno, "writing %s", part);
    }
    struct pl_progress_line line pl_autoprogress;
    pl_progress_line_begin(&line);
    uint64_t bytes = 0;
    st = pl_db_export(dir, fd, &line.progress, &bytes, err);
    pl_progress_line_end(&line);
    if (st == PL_OK && (fsync(fd) < 0 || rename(part, path) < 0)) {
        st = pl_error_sys(err, errno, "writing %s", path);
    }
    if (st < 0) {
        unlink(part);
        return st;
    }
    printf("wrote %.1f MB to %s\n", (double)bytes / 1e6, path);
    return PL_OK;
}

enum pl_status pl_db_import_file(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    enum pl_status st = pl_args_expect(args, 2, 2, err);
    if (st < 0) {
        return st;
    }
    const char *path = pl_args_positional(args, 1);
    int fd pl_autoclose = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return pl_error_sys(err, errno, "%s", path);
    }
    struct pl_progress_line line pl_autoprogress;
    struct pl_db_built built = {.records = 0};
    pl_progress_line_begin(&line);
    st = pl_db_import(dir, fd, path, PL_DB_KEPT_GENERATIONS, &line.progress, &built, err);
    pl_progress_line_end(&line);
    if (st == PL_OK) {
        printf("the database has %llu advisories on %llu packages in %.1f MB\ngeneration %s%s\n",
               (unsigned long long)built.records, (unsigned long long)built.keys,
               (double)built.size_bytes / 1e6, built.generation,
               built.changed ? "" : ", the same as before");
    }
    return st;
}

enum pl_status pl_db_remove(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct update update PL_CLEANUP(update_release) = {0};
    struct pl_db_built built = {.records = 0};
    enum pl_status st = pl_args_expect(args, 2, SIZE_MAX, err);
    if (st == PL_OK) {
        st = pl_db_builder_new(dir, &update.builder, err);
    }
    const char *name = NULL;
    for (size_t i = 1; st == PL_OK && (name = pl_args_positional(args, i)); i++) {
        if (!pl_db_builder_remove(update.builder, pl_str_from(name))) {
            st = pl_error_set(err, PL_E_NOT_FOUND,
                              "the database has no slice \"%s\"; plimsoll db status lists them",
                              name);
        }
    }
    if (st == PL_OK) {
        st = pl_db_builder_finish(update.builder, now_text(&update.arena), PL_DB_KEPT_GENERATIONS,
                                  &built, err);
    }
    return st;
}
