/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * document - a report made ready to be written as a software bill of materials, in any format.
 *
 * What all formats need and none should work out for itself: references, package URLs, resolved
 * dependencies, licences in SPDX's terms, the properties that no format has a field for. The same
 * report and time make the same document, down to its identity, which is a hash of what it says.
 *
 * The package URLs carry the qualifiers "upstream" (the source package) and "distro" (the system's
 * release), so that whoever carries a package URL carries what matching advisories needs.
 *
 * Everything lives in the given arena or in the report, which must live as long.
 */
#include "model/report.h"

/* A name of plimsoll's own ("plimsoll:scope") and what it is; names may repeat. */
struct pl_sbom_property {
    pl_str name;
    pl_str value;
};

struct pl_sbom_properties {
    PL_VEC_FIELDS(struct pl_sbom_property);
};

/* A licence that SPDX has no identifier for, named in a document by a reference of its own. */
struct pl_sbom_extracted {
    pl_str id; /* "LicenseRef-..." */
    pl_str text; /* what the package states; empty: nothing beyond the reference */
};

struct pl_sbom_extracted_list {
    PL_VEC_FIELDS(struct pl_sbom_extracted);
};

/* Places of packages within the document, ascending. */
struct pl_sbom_places {
    PL_VEC_FIELDS(size_t);
};

struct pl_sbom_package {
    const struct pl_component *component;
    pl_str ref; /* unique in the document; letters, digits, '.' and '-' */
    pl_str purl; /* empty when its parts make none */
    pl_str group; /* of its name, what the ecosystem puts before the name proper; may be empty */
    pl_str name; /* the rest */
    pl_str supplier; /* the vendor's name without the address; may be empty */
    pl_str supplier_email; /* may be empty */
    pl_str cpe; /* the first that CPE's grammar allows; may be empty */
    pl_str declared; /* licence expression, with references to what has no identifier; or empty */
    struct pl_sbom_properties properties;
    struct pl_sbom_places needs;
};

struct pl_sbom_packages {
    PL_VEC_FIELDS(struct pl_sbom_package);
};

struct pl_sbom {
    const struct pl_report *report;
    pl_str uuid; /* 36 characters */
    pl_str created; /* "YYYY-MM-DDThh:mm:ssZ", or empty */
    pl_str subject_ref;
    pl_str subject_purl; /* pkg:oci/..., or empty */
    pl_str os_ref; /* empty: no system is known */
    struct pl_sbom_properties subject_properties;
    struct pl_sbom_properties os_properties;
    struct pl_sbom_packages packages; /* in the report's order */
    struct pl_sbom_places roots; /* which no other needs */
    struct pl_sbom_extracted_list extracted; /* in order of id */
    struct pl_strs gaps; /* what was not seen, a sentence each */
};

/* `created` is the time that the document shall state, or empty for the subject's own. */
void pl_sbom_prepare(struct pl_arena *arena, const struct pl_report *report, pl_str created,
                     struct pl_sbom *ret);

/* Those of a component's hashes ("sha256:HEX") whose algorithm a format has a name for, each by
 * that name with its digits. `names` are pairs of our name and the format's, and end in NULL. */
struct pl_sbom_properties pl_sbom_hashes(struct pl_arena *arena, const struct pl_strs *hashes,
                                         const char *const names[][2]);

/* Where it was found, as one text: "LAYER PATH", or the path alone. */
pl_str pl_sbom_location(struct pl_arena *arena, const struct pl_location *location);
