/* SPDX-License-Identifier: Apache-2.0 */
#include "command/sbom.h"

static const struct {
    const char *name;
    int (*run)(const struct pl_args *args, struct pl_error *err);
} actions[] = {
    {"attach", pl_sbom_run_attach},
    {"diff", pl_sbom_run_diff},
    {"merge", pl_sbom_run_merge},
};

static int list(const struct pl_args *args, struct pl_error *err)
{
    struct pl_scan_request request pl_autorequest = {0};
    enum pl_status st = pl_scan_request_read(args, 0, &request, err);
    if (st < 0) {
        return pl_command_failed(st);
    }
    return pl_scan_and_print(args, &request, "plimsoll-json", err);
}

/* The first word is an action, or else a source: an image that is called like an action is reached
 * by its scheme. */
static int run(const struct pl_args *args, struct pl_error *err)
{
    const char *first = pl_args_positional(args, 0);
    for (size_t i = 0; first && i < PL_ARRAY_LEN(actions); i++) {
        if (strcmp(first, actions[i].name) == 0) {
            return actions[i].run(args, err);
        }
    }
    return list(args, err);
}

const struct pl_command pl_command_sbom = {
    .name = "sbom",
    .summary = "bills of materials of images, containers and root file systems",
    .usage = "[options] SOURCE...\nattach [options] IMAGE [FILE]\ndiff [options] SOURCE SOURCE\n"
             "merge [options] SOURCE...",
    .details =
        "Lists what a source holds; no advisory database is needed. Several sources give one\n"
        "document with a summary, in formats that can hold several.\n"
        "\n"
        "attach puts the document, or the one in FILE, into the image's registry, where it refers\n"
        "to the image. diff says what was added, removed, changed, and relicensed. merge makes\n"
        "one document of several. For an image that is called like one of these words, give the\n"
        "scheme as well: docker:diff.\n"
        "\n"
        "A document says the time that SOURCE_DATE_EPOCH states, else when the image was made;\n"
        "the same image gives the same bytes.",
    .examples =
        (const char *const[]){
            "plimsoll sbom --format cyclonedx-json=app.cdx.json --format spdx-json=app.spdx.json "
            "app:1",
            "write two documents in one run",
            "plimsoll scan sbom:app.cdx.json",
            "find the vulnerabilities of what a document lists, whoever wrote it",
            "plimsoll sbom attach registry.example/app:1",
            "put a CycloneDX document into the registry beside the image",
            "plimsoll sbom diff app:1 app:2",
            "see what an update brings",
            "plimsoll sbom merge --format spdx-json web.cdx.json worker.spdx > all.spdx.json",
            "one document of several",
            "plimsoll sbom --format table dir:/",
            "read what is installed on this machine",
            NULL,
        },
    .options = (const struct pl_option[]){PL_OUTPUT_OPTION, PL_SCAN_OPTIONS, {0}},
    .takes_sources = true,
    .run = run,
};
