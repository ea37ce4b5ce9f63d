/* SPDX-License-Identifier: Apache-2.0 */
#include "command/scan_options.h"
#include <limits.h>

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
        st = pl_db_open(pl_command_db_dir(args, buffer, sizeof(buffer)), &db, err);
    }
    if (st < 0) {
        return pl_command_failed(st);
    }
    request.options.db = db;
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
            NULL,
        },
    .options =
        (const struct pl_option[]){
            {.name = "db", .argument = "DIR", .summary = "the advisory database; also PLIMSOLL_DB"},
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
