/* SPDX-License-Identifier: Apache-2.0 */
/* Gets the advisory database, and answers questions about what is in it. */
#include "db/db.h"
#include "command/command.h"
#include "command/db_show.h"
#include "command/progress.h"
#include "db/build.h"
#include "feed/export.h"
#include <limits.h>
#include <stdio.h>
#include <time.h>

/* Hands a feed's advisory to the builder. */
static enum pl_status add_to_builder(void *context, pl_str feed, const struct pl_advisory *advisory,
                                     struct pl_error *err)
{
    return pl_db_builder_add(context, advisory, err);
}

/* Older generations that are kept, for scans as of an earlier day. */
enum { KEPT_GENERATIONS = 7 };

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

static void tell_problems(const struct pl_export_result *result)
{
    if (result->malformed == 0) {
        return;
    }
    fprintf(stderr, "plimsoll: %llu malformed records were left out:\n",
            (unsigned long long)result->malformed);
    for (size_t i = 0; i < result->problem_count; i++) {
        fprintf(stderr, "  %s\n", result->problems[i].error.msg);
    }
    if (result->malformed > result->problem_count) {
        fprintf(stderr, "  and more\n");
    }
}

static enum pl_status read_sources(const struct pl_args *args, struct pl_db_builder *builder,
                                   const struct pl_export_options *options,
                                   struct pl_export_result *result, struct pl_error *err)
{
    struct pl_export_sink sink = {.take = add_to_builder, .context = builder};
    const char *source = pl_args_nth(args, "from", 0);
    if (!source) {
        source = PL_EXPORT_DEFAULT_URL;
    }
    enum pl_status st = PL_OK;
    for (size_t i = 0; source && st == PL_OK; i++) {
        st = pl_export_read(source, options, &sink, result, err);
        source = pl_args_nth(args, "from", i + 1);
    }
    if (st == PL_OK && result->records == 0) {
        st = pl_error_set(err, PL_E_NOT_FOUND,
                          "the sources hold no usable advisories; the database stays as it was");
    }
    return st;
}

static enum pl_status update(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_builder *builder PL_CLEANUP(pl_db_builder_freep) = NULL;
    enum pl_status st = pl_args_expect(args, 1, 1, err);
    if (st == PL_OK) {
        st = pl_db_builder_new(dir, &builder, err);
    }
    if (st == PL_OK) {
        st = pl_db_builder_begin(builder, PL_STR("osv"), err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_strs ecosystems = {0};
    const char *name = NULL;
    for (size_t i = 0; (name = pl_args_nth(args, "ecosystem", i)); i++) {
        *pl_vec_push(&arena, &ecosystems) = pl_str_from(name);
    }
    struct pl_progress_line line pl_autoprogress;
    pl_progress_line_begin(&line);
    struct pl_export_options options = {
        .ecosystems = &ecosystems, .temp_dir = dir, .progress = &line.progress};
    struct pl_export_result result = {0};
    struct pl_db_built built = {.records = 0};
    struct pl_db_slice_built slice = {.records = 0};
    struct pl_db_origin origin = {.fetched = now_text(&arena)};
    st = read_sources(args, builder, &options, &result, err);
    if (st == PL_OK) {
        st = pl_db_builder_end(builder, &origin, true, &line.progress, &slice, err);
    }
    if (st == PL_OK) {
        st = pl_db_builder_finish(builder, origin.fetched, KEPT_GENERATIONS, &built, err);
    }
    pl_progress_line_end(&line);
    tell_problems(&result);
    if (st < 0) {
        return st;
    }
    return pl_db_show_update(args, &result, &built, slice.replaced, err);
}

static const struct {
    const char *name;
    enum pl_status (*act)(const struct pl_args *args, const char *dir, struct pl_error *err);
} actions[] = {
    {"affected", pl_db_show_affected},
    {"search", pl_db_show_search},
    {"show", pl_db_show_advisory},
    {"status", pl_db_show_status},
    {"update", update},
};

static enum pl_status act(const struct pl_args *args, struct pl_error *err)
{
    const char *names[PL_ARRAY_LEN(actions) + 1] = {NULL};
    const char *given = pl_args_positional(args, 0);
    const char *format = pl_args_value(args, "format", "table");
    if (!pl_str_eq(pl_str_from(format), PL_STR("table")) &&
        !pl_str_eq(pl_str_from(format), PL_STR("json"))) {
        return pl_command_unknown("format", format, (const char *const[]){"json", "table", NULL},
                                  err);
    }
    char buffer[PATH_MAX];
    const char *dir = pl_command_db_dir(args, buffer, sizeof(buffer));
    for (size_t i = 0; i < PL_ARRAY_LEN(actions); i++) {
        names[i] = actions[i].name;
        if (given && pl_str_eq(pl_str_from(given), pl_str_from(names[i]))) {
            return actions[i].act(args, dir, err);
        }
    }
    return pl_command_unknown("action", given ? given : "", names, err);
}

static int run(const struct pl_args *args, struct pl_error *err)
{
    enum pl_status st = act(args, err);
    return st < 0 ? pl_command_failed(st) : 0;
}

static const struct pl_option options[] = {
    {.name = "db", .argument = "DIR", .summary = "the database's directory"},
    {.name = "from",
     .argument = "SOURCE",
     .summary = "update: an export's directory, a zip or a URL",
     .repeats = true},
    {.name = "ecosystem",
     .argument = "NAME",
     .summary = "update: read these alone; affected: look here (\"Debian:12\")",
     .repeats = true},
    {.name = "limit", .argument = "N", .summary = "search: at most so many results (100)"},
    {.name = "format", .argument = "NAME", .summary = "table or json"},
    {.name = NULL},
};

static const char *const examples[] = {
    "plimsoll db update --ecosystem Debian --ecosystem PyPI",
    "downloads two ecosystems of the OSV export and makes them the database",
    "plimsoll db update --from /mnt/osv-export",
    "builds the database without a network",
    "plimsoll db affected 'pkg:deb/debian/openssl@3.0.11-1?distro=debian-12'",
    "lists the advisories that affect this version",
    "plimsoll db show CVE-2024-3094",
    "prints what is known of it",
    NULL,
};

const struct pl_command pl_command_db = {
    .name = "db",
    .summary = "get the advisory database and look things up in it",
    .usage = "update [--from SOURCE]... [--ecosystem NAME]...\nstatus\nsearch TEXT\n"
             "affected PURL [--ecosystem NAME]\nshow ID",
    .details =
        "update reads exports in the OSV format and swaps in a new generation of the database; a\n"
        "scan that is running keeps the old one. All sources together make the new generation.\n"
        "SOURCE is a directory with <Ecosystem>/all.zip, a directory of .json records, a zip, or\n"
        "a URL; without one it is " PL_EXPORT_DEFAULT_URL ",\n"
        "where --ecosystem saves much of the download.",
    .examples = examples,
    .options = options,
    .run = run,
};
