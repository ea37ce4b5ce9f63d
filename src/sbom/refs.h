/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * refs - what names the parts of a document and holds them together: references, dependencies
 * between packages, and the document's own identity.
 */
#include "sbom/document.h"

/* Gives each package its reference: what it is, and a hash of that and of where it lies, so that it
 * stays the same while the package does. */
void pl_sbom_name_packages(struct pl_arena *arena, struct pl_sbom *sbom);

/* Resolves what packages need ("name" or "name@version" of the same type) to packages of the
 * document. What cannot be told, or is not there, becomes the property "plimsoll:depends". */
void pl_sbom_link_packages(struct pl_arena *arena, struct pl_sbom *sbom);

/* A UUID (RFC 9562, version 8) of everything else in the document. */
pl_str pl_sbom_identity(struct pl_arena *arena, const struct pl_sbom *sbom);
