/* SPDX-License-Identifier: Apache-2.0 */
#include "command/scan_options.h"

static int run(const struct pl_args *args, struct pl_error *err)
{
    struct pl_scan_request request pl_autorequest = {0};
    enum pl_status st = pl_scan_request_read(args, &request, err);
    if (st < 0) {
        return pl_command_failed(st);
    }
    return pl_scan_and_print(args, &request, "plimsoll-json", err);
}

const struct pl_command pl_command_sbom = {
    .name = "sbom",
    .summary = "list the components of images, containers and root file systems",
    .usage = "[options] SOURCE...",
    .details = "Several sources give one document with a summary. No advisory database is needed.",
    .examples =
        (const char *const[]){
            "plimsoll sbom image.tar > components.json",
            "keep the list of components as JSON",
            "plimsoll sbom --format table dir:/",
            "read what is installed on this machine",
            NULL,
        },
    .options = (const struct pl_option[]){PL_OUTPUT_OPTION, PL_SCAN_OPTIONS, {0}},
    .takes_sources = true,
    .run = run,
};
