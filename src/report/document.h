/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * document - the parts of the JSON report, shared by the formats that print it whole or in part.
 *
 * The document is a contract: docs/schema/report-1.0.json. A member that the contract names is
 * always there, null when nothing is stated.
 */
#include "format/json_writer.h"
#include "model/report.h"

/* Raised in its second part by additions, in its first when a member changes its meaning. */
#define PL_REPORT_SCHEMA_VERSION "1.0"

/* Each writes one member of the document, key and value. */
void pl_document_subject(struct pl_json_writer *json, const struct pl_subject *subject);
void pl_document_components(struct pl_json_writer *json, const struct pl_components *components);
void pl_document_findings(struct pl_json_writer *json, const struct pl_findings *findings);
/* "suppressed": findings that do not count, each with why; "suppressions": what became of rules. */
void pl_document_suppressed(struct pl_json_writer *json, const struct pl_report *report);
void pl_document_gaps(struct pl_json_writer *json, const struct pl_gaps *gaps);
/* "container", within the subject: how it is set up and what changed since its image. */
void pl_document_container(struct pl_json_writer *json, const struct pl_subject *subject);
/* "sandbox": what the kernel lacked; no member where nothing lacked, so that reports of the same
 * input agree between machines that have it all. */
void pl_document_sandbox(struct pl_json_writer *json, const struct pl_report *report);
void pl_document_verdict(struct pl_json_writer *json, const struct pl_report *report);
void pl_document_database(struct pl_json_writer *json, const struct pl_report *report);
