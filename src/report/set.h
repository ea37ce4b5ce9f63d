/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * set - several reports as one document, for people and for programs; used by the formats.
 */
#include "report/format.h"

/* {"schema_version", "reports": [...], "summary": [...]} around JSON documents:
 * docs/schema/report-set-1.0.json. */
extern const struct pl_report_set pl_report_set_json;
/* The reports one below the other, and a table with a row for each. */
extern const struct pl_report_set pl_report_set_table;
/* The documents one after the other, for lists with an item on each line. */
extern const struct pl_report_set pl_report_set_lines;
