/* SPDX-License-Identifier: Apache-2.0 */
#include "report/format.h"
#include "report/set.h"
#include "sbom/write.h"
static enum pl_status write_purls(const struct pl_report *report,
                                  const struct pl_report_options *options, struct pl_writer *writer,
                                  struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_sbom sbom = {0};
    pl_sbom_prepare(&arena, report, options->created, &sbom);
    pl_sbom_write_purls(&sbom, writer);
    return PL_OK;
}

const struct pl_report_format pl_report_format_purl = {
    .name = "purl",
    .summary = "the package URL of each component, one on a line",
    .media_type = "text/plain",
    .write = write_purls,
    .aliases = (const char *const[]){"purls", NULL},
    .set = &pl_report_set_lines,
};
