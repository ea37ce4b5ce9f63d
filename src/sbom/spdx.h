/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * spdx - what the JSON and the tag-value form of SPDX have in common.
 */
#include "sbom/document.h"

/* SPDX demands a time; a document that has none states this one, which is no time of anything. */
#define PL_SPDX_NO_TIME "1970-01-01T00:00:00Z"

/* SPDX's name of "sha256"; NULL for one that it has not. */
const char *pl_spdx_hash_name(pl_str algorithm);
/* "Organization: NAME (EMAIL)", or NOASSERTION; on one line. */
pl_str pl_spdx_supplier(struct pl_arena *arena, const struct pl_sbom_package *package);
/* Where the information comes from: the source package, and where the package lies. */
pl_str pl_spdx_source_info(struct pl_arena *arena, const struct pl_component *component);
/* The primary purpose of the subject and of a package. */
const char *pl_spdx_subject_purpose(const struct pl_sbom *sbom);
const char *pl_spdx_package_purpose(const struct pl_sbom_package *package);
/* A property as the comment of an annotation: "NAME=VALUE". */
pl_str pl_spdx_annotation(struct pl_arena *arena, const struct pl_sbom_property *property);
/* The properties of a package, and where it lies. */
struct pl_sbom_properties pl_spdx_properties(struct pl_arena *arena,
                                             const struct pl_sbom_package *package);
/* The text that SPDX demands with a reference. */
pl_str pl_spdx_extracted_text(const struct pl_sbom_extracted *extracted);
/* A name for the document that is on one line and not empty. */
pl_str pl_spdx_document_name(struct pl_arena *arena, const struct pl_sbom *sbom);
/* Without line ends, which single-line fields have no form for. */
pl_str pl_spdx_line(struct pl_arena *arena, pl_str text);
