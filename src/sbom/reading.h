/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * reading - what the readers of all formats hand over, and what is made of it.
 *
 * A reader says of each package what its format has (struct pl_sbom_said) and leaves the meaning of
 * package URLs and of tools' own properties to this module. After the last package
 * pl_sbom_reading_finish settles what only the whole document tells: the system's release, and
 * which packages need which.
 */
#include "base/map.h"
#include "format/json.h"
#include "sbom/document.h"

struct pl_sink;

/* Of one package; strings of the document, empty where it says nothing. */
struct pl_sbom_said {
    pl_str ref; /* what dependencies call it */
    pl_str purl;
    pl_str name;
    pl_str version;
    pl_str supplier;
    pl_str source_info; /* SPDX's free text on where a package comes from */
    bool is_dev;
    bool is_optional;
    struct pl_strs licenses;
    struct pl_strs hashes; /* "sha256:HEX" */
    struct pl_strs cpes;
    struct pl_locations locations;
    struct pl_sbom_properties properties;
};

/* "This needs that", by references. */
struct pl_sbom_edge {
    pl_str from;
    pl_str to;
};

struct pl_sbom_edges {
    PL_VEC_FIELDS(struct pl_sbom_edge);
};

/* The release that a package says it is of. */
struct pl_sbom_release {
    pl_str distro; /* "debian-12" */
    pl_str namespace; /* of its package URL */
    size_t place; /* of the component */
};

struct pl_sbom_releases {
    PL_VEC_FIELDS(struct pl_sbom_release);
};

struct pl_sbom_reading {
    struct pl_sink *sink;
    struct pl_arena arena; /* scratch of the whole reading */
    struct pl_map places; /* of components by reference, from 1 */
    struct pl_sbom_edges edges;
    struct pl_sbom_releases releases;
    struct pl_os os; /* as the document says itself */
    struct pl_strs nameless; /* packages without a package URL, the first few */
    size_t nameless_count;
};

void pl_sbom_reading_init(struct pl_sbom_reading *reading, struct pl_sink *sink);
void pl_sbom_reading_release(struct pl_sbom_reading *reading);
#define pl_autoreading PL_CLEANUP(pl_sbom_reading_release)

/* Adds the component; one without a name or a version becomes a gap. */
void pl_sbom_reading_package(struct pl_sbom_reading *reading, const struct pl_sbom_said *said);

/* The system: its name and release as a tool calls them, and properties that say more. */
void pl_sbom_reading_os(struct pl_sbom_reading *reading, pl_str name, pl_str version,
                        const struct pl_sbom_properties *properties);

/* What the document is about; the first that is said counts. */
void pl_sbom_reading_subject(struct pl_sbom_reading *reading, pl_str name, pl_str version,
                             pl_str purl);

/* `from` and `to` are references of packages, said before or after. */
void pl_sbom_reading_edge(struct pl_sbom_reading *reading, pl_str from, pl_str to);

void pl_sbom_reading_finish(struct pl_sbom_reading *reading);

/* The value of the first property of this name, or empty. */
pl_str pl_sbom_property(const struct pl_sbom_properties *properties, const char *name);

/* Readers; each takes a document of its own shape. */
void pl_sbom_read_cyclonedx(struct pl_sbom_reading *reading, const json_t *document);
void pl_sbom_read_spdx(struct pl_sbom_reading *reading, const json_t *document);
void pl_sbom_read_syft(struct pl_sbom_reading *reading, const json_t *document);
void pl_sbom_read_trivy(struct pl_sbom_reading *reading, const json_t *document);
void pl_sbom_read_plimsoll(struct pl_sbom_reading *reading, const json_t *document);
void pl_sbom_read_purls(struct pl_sbom_reading *reading, pl_str text);

/* SPDX's tag-value and CycloneDX's XML in the shape of the JSON that says the same. */
enum pl_status pl_sbom_tag_value_to_json(pl_str text, json_t **ret, struct pl_error *err);
enum pl_status pl_sbom_xml_to_json(pl_str text, json_t **ret, struct pl_error *err);
