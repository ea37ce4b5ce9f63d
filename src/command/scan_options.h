/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scan_options - what scan and sbom have in common on the command line: the source, how to inspect
 * it, where reports go.
 */
#include "command/command.h"
#include "engine/scan.h"

/* Rows for the option tables of both commands. */
#define PL_SCAN_SHARED_OPTIONS                                                                    \
    {"format", "NAME[=FILE]", "how to print, and where to; may be given several times", true},    \
        {"platform", "OS/ARCH", "which image of several; default this machine's", false},         \
        {"jobs", "N", "layers inspected at once; default the number of cores", false},            \
        {"limit", "NAME=VALUE", "raise or lower a limit, such as layer-bytes=128G", true},        \
        {"strict", NULL, "exit with 4 when something could not be seen", false}

/* Fills in everything but the database and the policy. */
enum pl_status pl_scan_options_read(const struct pl_args *args, struct pl_scan_options *ret,
                                    struct pl_error *err);

/* Writes the report in each format asked for; `default_format` to standard output when none is. */
enum pl_status pl_scan_print(const struct pl_args *args, const struct pl_report *report,
                             const char *default_format, struct pl_error *err);

/* The exit status of a finished report under the command contract. */
int pl_scan_exit(const struct pl_args *args, const struct pl_report *report);

/* Tells progress on standard error, on a terminal alone, once work has lasted half a second. */
struct pl_progress pl_scan_progress(void);
void pl_scan_progress_end(void);
