/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * write - a prepared document in each format that is written; one file per format.
 *
 * Failures of the writer are left to pl_writer_finish. Each document ends in a line end.
 */
#include "base/writer.h"
#include "sbom/document.h"

/* CycloneDX 1.6 (ECMA-424). */
void pl_sbom_write_cyclonedx_json(const struct pl_sbom *sbom, struct pl_writer *writer);
void pl_sbom_write_cyclonedx_xml(const struct pl_sbom *sbom, struct pl_writer *writer);

/* SPDX 2.3 (ISO/IEC 5962 is 2.2.1). */
void pl_sbom_write_spdx_json(const struct pl_sbom *sbom, struct pl_writer *writer);
void pl_sbom_write_spdx_tag_value(const struct pl_sbom *sbom, struct pl_writer *writer);

/* A package URL on each line, sorted, each once. Packages that have none are left out: the list has
 * no way to name them. */
void pl_sbom_write_purls(const struct pl_sbom *sbom, struct pl_writer *writer);
