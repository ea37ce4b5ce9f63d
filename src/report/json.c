/* SPDX-License-Identifier: Apache-2.0 */
/* The whole report as one JSON document: docs/schema/report-1.0.json. */
#include "report/document.h"
#include "report/set.h"

static enum pl_status write_json(const struct pl_report *report,
                                 const struct pl_report_options *options, struct pl_writer *writer,
                                 struct pl_error *err)
{
    struct pl_json_writer json;
    pl_json_writer_init(&json, writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member(&json, "schema_version", PL_STR(PL_REPORT_SCHEMA_VERSION));
    pl_document_subject(&json, &report->subject);
    pl_document_components(&json, &report->components);
    if (report->has_findings) {
        pl_document_findings(&json, &report->findings);
        pl_document_suppressed(&json, report);
    }
    pl_document_gaps(&json, &report->gaps);
    pl_document_sandbox(&json, report);
    if (report->has_findings) {
        pl_document_verdict(&json, report);
        pl_document_database(&json, report);
    }
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
    return PL_OK;
}

const struct pl_report_format pl_report_format_json = {
    .name = "json",
    .summary = "everything, for programs; the schema is part of the documentation",
    .media_type = "application/json",
    .write = write_json,
    .set = &pl_report_set_json,
};
