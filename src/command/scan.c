/* SPDX-License-Identifier: Apache-2.0 */
#include "command/scan_options.h"
#include "db/manifest.h"
#include "engine/suppressions.h"
#include <limits.h>
#include <stdio.h>
#include <time.h>

/* "2026-11-21", or with a time, as far as that is given. */
static bool is_day(const char *text)
{
    static const char shape[] = "0000-00-00T00:00:00Z";
    size_t len = strlen(text);
    for (size_t i = 0; i < len && i < sizeof(shape) - 1; i++) {
        bool fits = shape[i] == '0' ? pl_char_is_digit(text[i]) : text[i] == shape[i];
        if (!fits) {
            return false;
        }
    }
    return len == strlen("0000-00-00") || len == sizeof(shape) - 1;
}

/* Warns of a database that is old, and fails when --max-db-age says so. */
static enum pl_status check_age(const struct pl_args *args, struct pl_db *db, struct pl_error *err)
{
    enum { DAY = 24 * 60 * 60, OLD_DAYS = 7 };
    const char *given = pl_args_value(args, "max-db-age", NULL);
    uint64_t most_days = OLD_DAYS;
    struct tm made = {0};
    if (given && !pl_str_to_uint(pl_str_from(given), 36500, &most_days)) {
        return pl_error_set(err, PL_E_USAGE, "--max-db-age takes a number of days, not \"%s\"",
                            given);
    }
    struct pl_arena arena pl_autoarena = {0};
    pl_str day = pl_arena_dup(&arena, pl_db_manifest_fetched(pl_db_manifest(db)));
    if (!strptime(day.ptr, "%Y-%m-%dT%H:%M:%SZ", &made)) {
        return PL_OK;
    }
    double days = difftime(time(NULL), timegm(&made)) / DAY;
    if (days <= (double)most_days) {
        return PL_OK;
    }
    if (given) {
        return pl_error_set(err, PL_E_LIMIT,
                            "the advisory database is %.0f days old, and --max-db-age allows %s; "
                            "run \"plimsoll db update\"",
                            days, given);
    }
    fprintf(stderr,
            "plimsoll: the advisory database is %.0f days old; \"plimsoll db update\" brings it up "
            "to date\n",
            days);
    return PL_OK;
}

static enum pl_status open_db(const struct pl_args *args, const char *dir, struct pl_db **ret,
                              struct pl_error *err)
{
    const char *day = pl_args_value(args, "as-of", NULL);
    if (!day) {
        enum pl_status st = pl_db_open(dir, ret, err);
        return st < 0 ? st : check_age(args, *ret, err);
    }
    if (!is_day(day)) {
        return pl_error_set(err, PL_E_USAGE,
                            "--as-of takes a day (2026-11-21) or a time "
                            "(2026-11-21T08:00:00Z), not \"%s\"",
                            day);
    }
    return pl_db_open_as_of(dir, pl_str_from(day), ret, err);
}

/* The day by which suppressions expire: that of --as-of, else of SOURCE_DATE_EPOCH, else today. */
static pl_str day_of(const struct pl_args *args, struct pl_arena *arena)
{
    enum { DAY_LEN = 10 };
    struct pl_output_date buffer = {{0}};
    pl_str text = pl_str_from(pl_args_value(args, "as-of", ""));
    text = text.len > 0 ? text : pl_output_source_date(&buffer);
    char now[32];
    time_t clock = time(NULL);
    struct tm parts = {0};
    if (text.len == 0 && gmtime_r(&clock, &parts)) {
        text = pl_str_make(now, strftime(now, sizeof(now), "%Y-%m-%d", &parts));
    }
    return pl_arena_dup(arena, pl_str_sub(text, 0, DAY_LEN));
}

static enum pl_status read_suppressions(const struct pl_args *args, struct pl_scan_request *request,
                                        struct pl_error *err)
{
    static const char *const options[] = {"suppress", "vex"};
    for (size_t i = 0; i < PL_ARRAY_LEN(options); i++) {
        const char *file = NULL;
        for (size_t k = 0; (file = pl_args_nth(args, options[i], k)); k++) {
            enum pl_status st =
                pl_suppressions_read(&request->arena, file, &request->suppressions, err);
            if (st < 0) {
                return st;
            }
        }
    }
    request->options.suppressions = &request->suppressions;
    request->options.today = day_of(args, &request->arena);
    return PL_OK;
}

static int run(const struct pl_args *args, struct pl_error *err)
{
    struct pl_scan_request request pl_autorequest = {0};
    enum pl_status st = pl_scan_request_read(args, 0, &request, err);
    const char *fail_on = pl_args_value(args, "fail-on", NULL);
    if (st == PL_OK && fail_on) {
        st = pl_policy_parse(pl_str_from(fail_on), &request.options.policy, err);
    }
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    char buffer[PATH_MAX];
    if (st == PL_OK) {
        st = read_suppressions(args, &request, err);
    }
    if (st == PL_OK) {
        st = open_db(args, pl_command_db_dir(args, buffer, sizeof(buffer)), &db, err);
    }
    if (st < 0) {
        return pl_command_failed(st);
    }
    request.options.db = db;
    request.details =
        (struct pl_output_details){.with_suppressed = pl_args_flag(args, "show-suppressed"),
                                   .with_differences = pl_args_flag(args, "explain")};
    return pl_scan_and_print(args, &request, "table", err);
}

const struct pl_command pl_command_scan = {
    .name = "scan",
    .summary = "find the known vulnerabilities of images, containers and root file systems",
    .usage = "[options] SOURCE...",
    .details =
        "Several sources give one document with a summary; one that fails does not keep the "
        "others\n"
        "from being scanned. Nothing is unpacked or pulled, every byte is checked against its\n"
        "digest, and parsing runs in a sandbox.\n"
        "\n"
        "Exit status: 0 within policy, 1 outside of it (--fail-on), 2 wrong usage, 3 it could not\n"
        "be done, 4 something could not be seen (--strict).",
    .examples =
        (const char *const[]){
            "plimsoll scan nginx:1.27",
            "scan an image of this machine's engines, or else of its registry",
            "plimsoll scan container:web dir:/",
            "scan a container as it is now, and this machine",
            "plimsoll scan --all-tags --format json=tags.json registry.example/team/app",
            "scan every image of a repository",
            "plimsoll scan --fail-on high --format table --format json=report.json image.tar",
            "fail a build on findings of high severity or worse, and keep the JSON",
            "plimsoll scan --suppress plimsoll-suppressions.yaml --vex vex.json app:1.0",
            "leave out what somebody looked at and answered",
            NULL,
        },
    .options =
        (const struct pl_option[]){
            {.name = "db", .argument = "DIR", .summary = "the advisory database; also PLIMSOLL_DB"},
            {.name = "as-of",
             .argument = "DATE",
             .summary = "with the advisory database as it was on this day, if it is still there"},
            {.name = "max-db-age",
             .argument = "DAYS",
             .summary = "fail when the advisory database is older; without it a week is warned of"},
            {.name = "suppress",
             .argument = "FILE",
             .summary = "findings that do not count, and why (docs/suppressions.md)",
             .repeats = true},
            {.name = "vex",
             .argument = "FILE",
             .summary = "the same, as VEX documents",
             .repeats = true},
            {.name = "show-suppressed",
             .summary = "table: also list what is suppressed, and suppressions that meant nothing"},
            {.name = "explain",
             .summary = "table: also say where sources differ, and who says what in VEX"},
            {.name = "fail-on",
             .argument = "SEVERITY",
             .summary = "exit with 1 for a finding of this severity or worse"},
            PL_OUTPUT_OPTION,
            PL_SCAN_OPTIONS,
            {0},
        },
    .takes_sources = true,
    .run = run,
};
