/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * output - where the report goes: --format NAME[=FILE], as often as wanted.
 *
 * Without FILE a format goes to standard output, one at most. A FILE is written under a temporary
 * name beside it and renamed, so that nobody reads half a report; what exists and is no regular
 * file (a pipe, /dev/null, a symbolic link) is opened and written as it is. Colour and the width
 * are used on a terminal alone, and no colour with NO_COLOR (https://no-color.org) or TERM=dumb.
 */
#include "command/command.h"
#include "model/report.h"

/* The row of a command's option table. */
#define PL_OUTPUT_OPTION                                                                           \
    {                                                                                              \
        .name = "format", .argument = "NAME[=FILE]",                                               \
        .summary = "how to print, and where to: table, json, plimsoll-json", .repeats = true       \
    }

/* PL_E_USAGE for a format that does not exist, an empty FILE or a second one for standard output.
 * Asked before the work begins. */
enum pl_status pl_output_check(const struct pl_args *args, struct pl_error *err);

/* Writes the report in each format asked for; in `otherwise` to standard output when none is. */
enum pl_status pl_output_write(const struct pl_args *args, const char *otherwise,
                               const struct pl_report *report, struct pl_error *err);
