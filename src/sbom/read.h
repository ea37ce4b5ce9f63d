/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * read - software bills of materials of any tool, as facts.
 *
 * The format is told by the content: CycloneDX 1.2 to 1.6 as JSON and 1.0 to 1.6 as XML, SPDX 2.2
 * and 2.3 as JSON and tag-value, a list of package URLs, Syft's and Trivy's own JSON, plimsoll's
 * reports. A JSON document may be wrapped in an in-toto statement, as attestations are.
 *
 * What is not said in so many words is taken from where tools put it: the source package and the
 * system's release from qualifiers of the package URL or from a tool's own properties. The document
 * is hostile: it is read within the limits, in the sandbox, with time linear in its length. What it
 * says that cannot be understood becomes a gap.
 */
#include "base/error.h"
#include "model/evidence.h"

/* Fills the sink's file: components with their own locations, the system, gaps. PL_E_PARSE for what
 * is no bill of materials, or a damaged one. */
enum pl_status pl_sbom_read(struct pl_sink *sink, pl_span content, struct pl_error *err);

/* Do its first bytes (some hundred) look like one, and like no archive? */
bool pl_sbom_looks_like_one(pl_span head);
