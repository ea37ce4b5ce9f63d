/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scan_options - what scan and sbom have in common on the command line: the source, how to inspect
 * it, and the way to the printed report and the exit status.
 */
#include "command/output.h"
#include "engine/scan.h"

/* Rows for the option tables of both commands. */
#define PL_SCAN_OPTIONS                                                                            \
    {.name = "jobs",                                                                               \
     .argument = "N",                                                                              \
     .summary = "layers inspected at once; default: the number of cores"},                         \
        {.name = "limit",                                                                          \
         .argument = "NAME=VALUE",                                                                 \
         .summary = "change a limit, such as layer-bytes=128G or file-bytes=2G",                   \
         .repeats = true},                                                                         \
        {.name = "platform",                                                                       \
         .argument = "OS/ARCH",                                                                    \
         .summary = "which image of an index; default: this machine's"},                           \
        {.name = "scope",                                                                          \
         .argument = "SCOPE",                                                                      \
         .summary = "installed, declared or all components; default: installed for images, all "   \
                    "for directories"},                                                            \
    {                                                                                              \
        .name = "strict", .summary = "exit with 4 when something could not be seen"                \
    }

/* Fills in everything but the database, the policy and the progress. */
enum pl_status pl_scan_options_read(const struct pl_args *args, struct pl_scan_options *ret,
                                    struct pl_error *err);

/* Scans with these options, showing progress, and prints the report; in `otherwise` where no format
 * is asked for. Gives the exit status: 0, 1 outside policy, 4 with gaps under --strict. */
int pl_scan_and_print(const struct pl_args *args, struct pl_scan_options *options,
                      const char *otherwise, struct pl_error *err);
