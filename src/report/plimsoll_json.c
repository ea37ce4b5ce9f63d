/* SPDX-License-Identifier: Apache-2.0 */
/* The inventory alone, in the words of the JSON report: subject, components and gaps. */
#include "report/document.h"
#include "report/set.h"

static enum pl_status write_inventory(const struct pl_report *report,
                                      const struct pl_report_options *options,
                                      struct pl_writer *writer, struct pl_error *err)
{
    struct pl_json_writer json;
    pl_json_writer_init(&json, writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member(&json, "schema_version", PL_STR(PL_REPORT_SCHEMA_VERSION));
    pl_document_subject(&json, &report->subject);
    pl_document_components(&json, &report->components);
    pl_document_gaps(&json, &report->gaps);
    pl_document_sandbox(&json, report);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
    return PL_OK;
}

const struct pl_report_format pl_report_format_plimsoll_json = {
    .name = "plimsoll-json",
    .summary = "the inventory alone, for programs: subject, components and gaps",
    .media_type = "application/json",
    .write = write_inventory,
    .set = &pl_report_set_json,
};
