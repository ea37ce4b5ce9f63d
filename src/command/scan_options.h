/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scan_options - what scan and sbom have in common on the command line: the source, how to inspect
 * it, and the way to the printed report and the exit status.
 */
#include "command/output.h"
#include "command/registry_options.h"
#include "engine/scan.h"

/* Rows for the option tables of both commands. */
#define PL_SCAN_OPTIONS                                                                            \
    {.name = "all-tags", .summary = "every tag of the repository: SOURCE is [registry:]NAME"},     \
        {.name = "catalogers",                                                                     \
         .argument = "NAMES",                                                                      \
         .summary = "only these, with commas between, or all but those with a '-' before them"},   \
        {.name = "jobs",                                                                           \
         .argument = "N",                                                                          \
         .summary = "layers inspected at once; default: the number of cores"},                     \
        {.name = "limit",                                                                          \
         .argument = "NAME=VALUE",                                                                 \
         .summary = "change a limit, such as layer-bytes=128G or file-bytes=2G",                   \
         .repeats = true},                                                                         \
        PL_CACHE_OPTION,                                                                           \
        {.name = "platform",                                                                       \
         .argument = "OS/ARCH",                                                                    \
         .summary = "which image of an index; default: this machine's"},                           \
        {.name = "scope",                                                                          \
         .argument = "SCOPE",                                                                      \
         .summary = "installed, declared or all components; default: installed for images, all "   \
                    "for directories"},                                                            \
        PL_REGISTRY_OPTIONS,                                                                       \
    {                                                                                              \
        .name = "strict", .summary = "exit with 4 when something could not be seen"                \
    }

struct pl_scan_source {
    pl_str spelling;
    const struct pl_error *failure; /* the tags of this repository could not be listed; or NULL */
};

/* What the command line says beside the scan's own options; what it points to lives in the arena or
 * in argv. */
struct pl_scan_request {
    struct pl_arena arena;
    struct pl_scan_options options;
    struct {
        PL_VEC_FIELDS(struct pl_scan_source);
    } sources;
    struct pl_cache *cache;
    struct pl_suppressions suppressions; /* of files */
    struct pl_output_details details;
};

void pl_scan_request_release(struct pl_scan_request *request);
#define pl_autorequest PL_CLEANUP(pl_scan_request_release)

/* Fills in everything but the database, the policy and the progress. Sources are the arguments from
 * `first` on. */
enum pl_status pl_scan_request_read(const struct pl_args *args, size_t first,
                                    struct pl_scan_request *request, struct pl_error *err);

/* Scans one of the sources, showing progress. */
enum pl_status pl_scan_request_run(struct pl_scan_request *request, size_t number,
                                   struct pl_arena *arena, struct pl_report *report,
                                   struct pl_error *err);

/* Scans each source, showing progress, and prints the report, or the reports with a summary; in
 * `otherwise` where no format is asked for. Gives the exit status: 0, 1 outside policy, 4 with gaps
 * under --strict. Of several sources one that fails does not keep the others from being scanned;
 * the exit status is that of the worst: a failure, then outside policy, then gaps. */
int pl_scan_and_print(const struct pl_args *args, struct pl_scan_request *request,
                      const char *otherwise, struct pl_error *err);
