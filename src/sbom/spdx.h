/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * spdx - what the JSON and the tag-value form of SPDX have in common: what is stated of a package,
 * and the walk over packages and relationships. A form writes what it is handed.
 */
#include "sbom/document.h"

/* Who says so, in the document's head and in each annotation. */
#define PL_SPDX_TOOL "Tool: plimsoll-" PL_VERSION

/* The subject, the system, or one that was found. Texts may be empty where nothing is said. */
struct pl_spdx_package {
    pl_str ref;
    pl_str name; /* on one line and not empty */
    pl_str version;
    pl_str supplier; /* "Organization: NAME (EMAIL)", or NOASSERTION; on one line */
    pl_str declared; /* the licence, or NOASSERTION */
    pl_str source_info; /* the source package, and where the package lies; on one line */
    pl_str description;
    const char *purpose; /* as in JSON; tag-value has hyphens for its underscores */
    pl_str purl;
    pl_str cpe;
    struct pl_sbom_properties checksums; /* by SPDX's names of the algorithms */
    struct pl_sbom_properties properties; /* and where it lies */
};

/* The packages in order. Lives in the arena, which is cleared after each. */
void pl_spdx_packages(struct pl_arena *arena, const struct pl_sbom *sbom,
                      void (*write)(void *out, const struct pl_spdx_package *package), void *out);

/* Between references, of which the document's is "DOCUMENT". */
void pl_spdx_relationships(const struct pl_sbom *sbom,
                           void (*write)(void *out, pl_str from, const char *type, pl_str to),
                           void *out);

/* "SPDXRef-REF". */
pl_str pl_spdx_id(struct pl_arena *arena, pl_str ref);
/* SPDX demands a time; a document that has none states the begin of 1970. */
pl_str pl_spdx_time(const struct pl_sbom *sbom);
/* A property as the comment of an annotation: "NAME=VALUE". */
pl_str pl_spdx_annotation(struct pl_arena *arena, const struct pl_sbom_property *property);
/* What was not seen, as a property of the document. */
struct pl_sbom_property pl_spdx_gap(pl_str gap);
/* The text that SPDX demands with a reference. */
pl_str pl_spdx_extracted_text(const struct pl_sbom_extracted *extracted);
/* A name for the document that is on one line and not empty. */
pl_str pl_spdx_document_name(struct pl_arena *arena, const struct pl_sbom *sbom);
/* Without line ends, which single-line fields have no form for. */
pl_str pl_spdx_line(struct pl_arena *arena, pl_str text);
