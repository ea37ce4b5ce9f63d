/* SPDX-License-Identifier: Apache-2.0 */
#include "report/format.h"
#include "sbom/write.h"

static enum pl_status write_cyclonedx_json(const struct pl_report *report,
                                           const struct pl_report_options *options,
                                           struct pl_writer *writer, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_sbom sbom = {0};
    pl_sbom_prepare(&arena, report, options->created, &sbom);
    pl_sbom_write_cyclonedx_json(&sbom, writer);
    return PL_OK;
}

const struct pl_report_format pl_report_format_cyclonedx_json = {
    .name = "cyclonedx-json",
    .summary = "a bill of materials as CycloneDX 1.6 in JSON",
    .media_type = "application/vnd.cyclonedx+json",
    .write = write_cyclonedx_json,
    .aliases = (const char *const[]){"cyclonedx", NULL},

};
