/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * output - where the report goes: --format NAME[=FILE], as often as wanted.
 *
 * Without FILE a format goes to standard output, one at most. A FILE is written without a name, or
 * where the file system cannot do so under one beside it, and gets its name once it is whole:
 * nobody reads half a report. What exists and is no regular file (a pipe, /dev/null, a symbolic
 * link) is opened and written as it is. Colour and the width are used on a terminal alone, and no
 * colour with NO_COLOR (https://no-color.org) or TERM=dumb.
 */
#include "command/command.h"
#include "report/summary.h"

#define PL_OUTPUT_FORMATS                                                                          \
    "table, json, plimsoll-json, cyclonedx-json, cyclonedx-xml, spdx-json, spdx-tag-value, purl"

/* The row of a command's option table. */
#define PL_OUTPUT_OPTION                                                                           \
    {                                                                                              \
        .name = "format", .argument = "NAME[=FILE]",                                               \
        .summary = "how to print, and where to: " PL_OUTPUT_FORMATS, .repeats = true               \
    }

/* PL_E_USAGE for a format that does not exist, an empty FILE or a second one for standard output.
 * Asked before the work begins. */
enum pl_status pl_output_check(const struct pl_args *args, struct pl_error *err);

struct pl_output_date {
    char text[32];
};

/* The time that documents shall state, for builds that are to come out the same each time
 * (https://reproducible-builds.org/specs/source-date-epoch/); a view of the buffer, or empty. */
pl_str pl_output_source_date(struct pl_output_date *buffer);

/* What the report for people has only when somebody asks (report/format.h). */
struct pl_output_details {
    bool with_suppressed;
    bool with_differences;
};

struct pl_output;

/* Ready to write in each format asked for; in `otherwise` to standard output when none is. With
 * `is_set` several reports and a summary make up each document. */
enum pl_status pl_output_open(const struct pl_args *args, const char *otherwise, bool is_set,
                              const struct pl_output_details *details, struct pl_output **ret,
                              struct pl_error *err);
enum pl_status pl_output_add(struct pl_output *output, const struct pl_report *report,
                             struct pl_error *err);
/* Ends every document and puts files in their places. `summary` counts for a set alone. */
enum pl_status pl_output_finish(struct pl_output *output, const struct pl_summary *summary,
                                struct pl_error *err);
/* Files that were not finished are removed. */
void pl_output_free(struct pl_output *output);
PL_DEFINE_CLEANUP(struct pl_output, pl_output_free)
