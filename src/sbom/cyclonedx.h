/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cyclonedx - what the JSON and the XML of CycloneDX have in common.
 */
#include "sbom/document.h"

/* The type of the component that the document is about. */
const char *pl_cyclonedx_subject_type(const struct pl_sbom *sbom);
/* The type of a package: "library", or "application" for what is none of a package manager. */
const char *pl_cyclonedx_package_type(const struct pl_sbom_package *package);
/* "optional", "excluded", or NULL for what is required. */
const char *pl_cyclonedx_scope(const struct pl_component *component);
/* CycloneDX's name of "sha256"; NULL for one that it has not. */
const char *pl_cyclonedx_hash_name(pl_str algorithm);
/* Property of a package: the layers it lies in, each once. */
struct pl_strs pl_cyclonedx_layers(struct pl_arena *arena, const struct pl_component *component);
