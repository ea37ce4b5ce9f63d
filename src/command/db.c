/* SPDX-License-Identifier: Apache-2.0 */
/* Gets the advisory database, and answers questions about what is in it. */
#include "db/db.h"
#include "command/command.h"
#include "command/db_show.h"
#include "command/progress.h"
#include "db/build.h"
#include "feed/source.h"
#include <limits.h>
#include <stdio.h>

/* Hands a feed's advisory to the builder. */
static enum pl_status add_to_builder(void *context, pl_str slice,
                                     const struct pl_advisory *advisory, struct pl_error *err)
{
    return pl_db_builder_add(context, slice, advisory, err);
}

static enum pl_status refuse_exploitation(void *context, pl_str slice,
                                          const struct pl_exploitation *exploitation,
                                          struct pl_error *err)
{
    return pl_error_set(err, PL_E_UNSUPPORTED, "the database keeps nothing on exploitation");
}

static void tell_problems(const struct pl_source_result *result)
{
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

static enum pl_status read_sources(const struct pl_args *args, struct pl_db_builder *builder,
                                   const struct pl_source_options *options,
                                   struct pl_source_result *result, struct pl_error *err)
{
    struct pl_feed_taker taker = {
        .take = add_to_builder, .take_exploitation = refuse_exploitation, .context = builder};
    const char *source = pl_args_nth(args, "from", 0);
    if (!source) {
        source = PL_SOURCE_DEFAULT_URL;
    }
    enum pl_status st = PL_OK;
    for (size_t i = 0; source && st == PL_OK; i++) {
        st = pl_source_read(source, options, &taker, result, err);
        source = pl_args_nth(args, "from", i + 1);
    }
    struct pl_tally sum;
    pl_source_result_sum(result, &sum);
    if (st == PL_OK && sum.taken == 0) {
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
    struct pl_source_options options = {
        .ecosystems = &ecosystems, .temp_dir = dir, .progress = &line.progress};
    struct pl_source_result result PL_CLEANUP(pl_source_result_release) = {0};
    struct pl_db_built built = {.records = 0};
    st = read_sources(args, builder, &options, &result, err);
    if (st == PL_OK) {
        st = pl_db_builder_finish(builder, &line.progress, &built, err);
    }
    pl_progress_line_end(&line);
    tell_problems(&result);
    if (st < 0) {
        return st;
    }
    return pl_db_show_update(args, &result, &built, err);
}

static const struct {
    const char *name;
    enum pl_status (*act)(const struct pl_args *args, const char *dir, struct pl_error *err);
} actions[] = {
    {"affected", pl_db_show_affected}, {"feeds", pl_db_show_feeds},   {"search", pl_db_show_search},
    {"show", pl_db_show_advisory},     {"status", pl_db_show_status}, {"update", update},
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
     .summary = "update: a file, directory, archive or URL",
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
    "plimsoll db update --from /mnt/osv-export --from https://security.archlinux.org/all.json",
    "makes one database of two publishers' data",
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
             "affected PURL [--ecosystem NAME]\nshow ID\nfeeds",
    .details =
        "update reads what publishers have and swaps in a new generation of the database; a scan\n"
        "that is running keeps the old one. All sources together make the new generation.\n"
        "SOURCE is a file, a directory, a zip, a tar, any of them compressed, or the URL of one;\n"
        "what they are is told by what is in them, and feeds lists the formats that are read.\n"
        "A directory or URL with <Ecosystem>/all.zip is an export in the OSV format; without a\n"
        "SOURCE it is " PL_SOURCE_DEFAULT_URL ",\n"
        "where --ecosystem saves much of the download.",
    .examples = examples,
    .options = options,
    .run = run,
};
