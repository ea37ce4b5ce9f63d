/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports of scanners in their own JSON, as far as they list packages.
 *
 * Syft: {"artifacts": [{"id", "name", "version", "type", "purl", "cpes", "licenses", "locations":
 * [{"path", "layerID"}], "metadata": {...}}], "artifactRelationships": [{"parent", "child",
 * "type"}], "distro": {"id", "versionID"}, "schema": {...}}. Of "dependency-of" the parent is what
 * is needed.
 *
 * Trivy: {"SchemaVersion": 2, "Metadata": {"OS": {"Family", "Name"}}, "Results": [{"Class", "Type",
 * "Packages": [{"ID", "Name", "Version", "Release", "Epoch", "Arch", "SrcName", ..., "Identifier":
 * {"PURL"}, "DependsOn", "Layer"}]}]}; packages are there with --list-all-pkgs alone.
 *
 * plimsoll: docs/schema/report-1.0.json; the inventory of a scan, or of several.
 */
#include "model/evidence.h"
#include "sbom/reading.h"

static void add(struct pl_arena *arena, struct pl_sbom_properties *list, const char *name,
                pl_str value)
{
    if (value.len > 0) {
        *pl_vec_push(arena, list) = (struct pl_sbom_property){pl_str_from(name), value};
    }
}

static void add_texts(struct pl_arena *arena, struct pl_strs *list, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        pl_str text = pl_json_text(json_array_get(array, i));
        if (text.len > 0) {
            *pl_vec_push(arena, list) = text;
        }
    }
}

/* Syft's items are strings in older schemas, objects in newer ones. */
static void add_values(struct pl_arena *arena, struct pl_strs *list, const json_t *array,
                       const char *key)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        pl_str text = json_is_string(item) ? pl_json_text(item) : pl_json_str(item, key);
        if (text.len > 0) {
            *pl_vec_push(arena, list) = text;
        }
    }
}

static void read_syft_package(struct pl_sbom_reading *reading, const json_t *artifact)
{
    struct pl_arena scratch pl_autoarena = {0};
    const json_t *metadata = pl_json_object(artifact, "metadata");
    struct pl_sbom_said said = {.ref = pl_json_str(artifact, "id"),
                                .purl = pl_json_str(artifact, "purl"),
                                .name = pl_json_str(artifact, "name"),
                                .version = pl_json_str(artifact, "version"),
                                .supplier = pl_json_str(metadata, "maintainer")};
    add(&scratch, &said.properties, "syft:metadata:source", pl_json_str(metadata, "source"));
    add(&scratch, &said.properties, "syft:metadata:sourceVersion",
        pl_json_str(metadata, "sourceVersion"));
    add(&scratch, &said.properties, "syft:metadata:sourceRpm", pl_json_str(metadata, "sourceRpm"));
    add(&scratch, &said.properties, "syft:metadata:originPackage",
        pl_json_str(metadata, "originPackage"));
    add_values(&scratch, &said.licenses, pl_json_array(artifact, "licenses"), "value");
    add_values(&scratch, &said.cpes, pl_json_array(artifact, "cpes"), "cpe");
    const json_t *locations = pl_json_array(artifact, "locations");
    for (size_t i = 0; i < json_array_size(locations); i++) {
        const json_t *item = json_array_get(locations, i);
        *pl_vec_push(&scratch, &said.locations) =
            (struct pl_location){pl_json_str(item, "path"), pl_json_str(item, "layerID")};
    }
    pl_sbom_reading_package(reading, &said);
}

void pl_sbom_read_syft(struct pl_sbom_reading *reading, const json_t *document)
{
    struct pl_arena scratch pl_autoarena = {0};
    const json_t *distro = pl_json_object(document, "distro");
    const json_t *artifacts = pl_json_array(document, "artifacts");
    const json_t *edges = pl_json_array(document, "artifactRelationships");
    struct pl_sbom_properties properties = {0};
    add(&scratch, &properties, "syft:distro:prettyName", pl_json_str(distro, "prettyName"));
    add(&scratch, &properties, "plimsoll:os:version_codename",
        pl_json_str(distro, "versionCodename"));
    add(&scratch, &properties, "syft:distro:idLike:0",
        pl_json_text(json_array_get(pl_json_array(distro, "idLike"), 0)));
    pl_sbom_reading_os(reading, pl_json_str(distro, "id"), pl_json_str(distro, "versionID"),
                       &properties);
    const json_t *source = pl_json_object(document, "source");
    pl_sbom_reading_subject(reading, pl_json_str(source, "name"), pl_json_str(source, "version"),
                            PL_STR_EMPTY);
    for (size_t i = 0; i < json_array_size(artifacts); i++) {
        read_syft_package(reading, json_array_get(artifacts, i));
    }
    for (size_t i = 0; i < json_array_size(edges); i++) {
        const json_t *edge = json_array_get(edges, i);
        if (pl_str_eq(pl_json_str(edge, "type"), PL_STR("dependency-of"))) {
            pl_sbom_reading_edge(reading, pl_json_str(edge, "child"), pl_json_str(edge, "parent"));
        }
    }
}

/* [EPOCH:]VERSION[-RELEASE], which Trivy states in parts. */
static pl_str join_version(struct pl_arena *arena, const json_t *package, const char *epoch_key,
                           const char *version_key, const char *release_key)
{
    uint64_t epoch = pl_json_uint(package, epoch_key);
    pl_str version = pl_json_str(package, version_key);
    pl_str release = pl_json_str(package, release_key);
    pl_str joined = pl_arena_format(arena, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(version),
                                    release.len > 0 ? "-" : "", PL_STR_ARG(release));
    return epoch > 0 && version.len > 0
               ? pl_arena_format(arena, "%llu:" PL_STR_FMT, (unsigned long long)epoch,
                                 PL_STR_ARG(joined))
               : joined;
}

/* The kind of package behind Trivy's name of a result, for reports from before they had package
 * URLs; empty when it is not known. */
static pl_str trivy_type(pl_str type)
{
    static const char *const types[][2] = {
        {"alma", "rpm"},     {"alpine", "apk"},  {"amazon", "rpm"},        {"bundler", "gem"},
        {"cargo", "cargo"},  {"centos", "rpm"},  {"composer", "composer"}, {"conan", "conan"},
        {"debian", "deb"},   {"fedora", "rpm"},  {"gemspec", "gem"},       {"gobinary", "golang"},
        {"gomod", "golang"}, {"jar", "maven"},   {"node-pkg", "npm"},      {"npm", "npm"},
        {"nuget", "nuget"},  {"oracle", "rpm"},  {"pip", "pypi"},          {"pipenv", "pypi"},
        {"pnpm", "npm"},     {"poetry", "pypi"}, {"pom", "maven"},         {"python-pkg", "pypi"},
        {"redhat", "rpm"},   {"rocky", "rpm"},   {"rustbinary", "cargo"},  {"ubuntu", "deb"},
        {"yarn", "npm"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(types); i++) {
        if (pl_str_eq(type, pl_str_from(types[i][0]))) {
            return pl_str_from(types[i][1]);
        }
    }
    return PL_STR_EMPTY;
}

static void read_trivy_package(struct pl_sbom_reading *reading, const json_t *result,
                               const json_t *package)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_sbom_said said = {.ref = pl_json_str(package, "ID"),
                                .purl = pl_json_str(pl_json_object(package, "Identifier"), "PURL"),
                                .name = pl_json_str(package, "Name"),
                                .version =
                                    join_version(&scratch, package, "Epoch", "Version", "Release"),
                                .supplier = pl_json_str(package, "Maintainer"),
                                .is_dev = json_is_true(json_object_get(package, "Dev"))};
    struct pl_sbom_properties *properties = &said.properties;
    pl_str type = trivy_type(pl_json_str(result, "Type"));
    bool is_rpm = pl_str_eq(type, PL_STR("rpm"));
    if (said.purl.len == 0) {
        add(&scratch, properties, "plimsoll:type", type);
        add(&scratch, properties, "plimsoll:arch", pl_json_str(package, "Arch"));
    }
    pl_str source = pl_json_str(package, "SrcName");
    if (source.len > 0) {
        /* The name of a source rpm has no epoch. */
        add(&scratch, properties, "plimsoll:source:name", source);
        add(&scratch, properties, "plimsoll:source:version",
            join_version(&scratch, package, is_rpm ? "" : "SrcEpoch", "SrcVersion", "SrcRelease"));
    }
    add(&scratch, properties, "aquasecurity:trivy:Relationship",
        pl_json_str(package, "Relationship"));
    add_texts(&scratch, &said.licenses, pl_json_array(package, "Licenses"));
    pl_str path = pl_json_str(package, "FilePath");
    pl_str target = pl_json_str(result, "Target");
    *pl_vec_push(&scratch, &said.locations) = (struct pl_location){
        path.len > 0 ? path : target, pl_json_str(pl_json_object(package, "Layer"), "DiffID")};
    pl_sbom_reading_package(reading, &said);
    const json_t *needs = pl_json_array(package, "DependsOn");
    for (size_t i = 0; i < json_array_size(needs); i++) {
        pl_sbom_reading_edge(reading, said.ref, pl_json_text(json_array_get(needs, i)));
    }
}

void pl_sbom_read_trivy(struct pl_sbom_reading *reading, const json_t *document)
{
    static const struct pl_sbom_properties none = {0};
    const json_t *os = pl_json_object(pl_json_object(document, "Metadata"), "OS");
    const json_t *results = pl_json_array(document, "Results");
    bool has_packages = false;
    pl_sbom_reading_subject(reading, pl_json_str(document, "ArtifactName"), PL_STR_EMPTY,
                            PL_STR_EMPTY);
    pl_sbom_reading_os(reading, pl_json_str(os, "Family"), pl_json_str(os, "Name"), &none);
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *result = json_array_get(results, i);
        const json_t *packages = pl_json_array(result, "Packages");
        has_packages = has_packages || json_array_size(packages) > 0;
        for (size_t j = 0; j < json_array_size(packages); j++) {
            read_trivy_package(reading, result, json_array_get(packages, j));
        }
    }
    if (!has_packages) {
        pl_sink_gap(reading->sink, "this report lists no packages: Trivy does so with "
                                   "--list-all-pkgs alone");
    }
}

static void read_plimsoll_package(struct pl_sbom_reading *reading, const json_t *component)
{
    static const char *const members[][2] = {
        {"type", "plimsoll:type"},   {"name", "plimsoll:name"},         {"arch", "plimsoll:arch"},
        {"scope", "plimsoll:scope"}, {"relation", "plimsoll:relation"}, {"basis", "plimsoll:basis"},
    };
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_sbom_said said = {.purl = pl_json_str(component, "purl"),
                                .name = pl_json_str(component, "name"),
                                .version = pl_json_str(component, "version"),
                                .is_dev = json_is_true(json_object_get(component, "dev")),
                                .is_optional =
                                    json_is_true(json_object_get(component, "optional"))};
    struct pl_sbom_properties *properties = &said.properties;
    const json_t *source = pl_json_object(component, "source");
    for (size_t i = 0; i < PL_ARRAY_LEN(members); i++) {
        add(&scratch, properties, members[i][1], pl_json_str(component, members[i][0]));
    }
    add(&scratch, properties, "plimsoll:source:name", pl_json_str(source, "name"));
    add(&scratch, properties, "plimsoll:source:version", pl_json_str(source, "version"));
    uint64_t confidence = pl_json_uint(component, "confidence");
    if (confidence > 0) {
        add(&scratch, properties, "plimsoll:confidence",
            pl_arena_format(&scratch, "%llu", (unsigned long long)confidence));
    }
    struct pl_strs contains = {0};
    struct pl_strs depends = {0};
    add_texts(&scratch, &contains, pl_json_array(component, "contains"));
    add_texts(&scratch, &depends, pl_json_array(component, "depends"));
    for (size_t i = 0; i < contains.count; i++) {
        add(&scratch, properties, "plimsoll:contains", contains.items[i]);
    }
    for (size_t i = 0; i < depends.count; i++) {
        add(&scratch, properties, "plimsoll:depends", depends.items[i]);
    }
    add_texts(&scratch, &said.licenses, pl_json_array(component, "licenses"));
    add_texts(&scratch, &said.hashes, pl_json_array(component, "hashes"));
    add_texts(&scratch, &said.cpes, pl_json_array(component, "cpes"));
    const json_t *locations = pl_json_array(component, "locations");
    for (size_t i = 0; i < json_array_size(locations); i++) {
        const json_t *item = json_array_get(locations, i);
        *pl_vec_push(&scratch, &said.locations) =
            (struct pl_location){pl_json_str(item, "path"), pl_json_str(item, "layer")};
    }
    pl_sbom_reading_package(reading, &said);
}

void pl_sbom_read_plimsoll(struct pl_sbom_reading *reading, const json_t *document)
{
    static const char *const fields[] = {"name",    "version",  "pretty_name", "version_codename",
                                         "id_like", "cpe_name", "variant_id",  "build_id"};
    struct pl_arena scratch pl_autoarena = {0};
    const json_t *subject = pl_json_object(document, "subject");
    const json_t *os = pl_json_object(subject, "os");
    pl_sbom_reading_subject(reading, pl_json_str(subject, "name"), pl_json_str(subject, "digest"),
                            PL_STR_EMPTY);
    const json_t *components = pl_json_array(document, "components");
    const json_t *gaps = pl_json_array(document, "gaps");
    struct pl_sbom_properties properties = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
        add(&scratch, &properties, pl_arena_format(&scratch, "plimsoll:os:%s", fields[i]).ptr,
            pl_json_str(os, fields[i]));
    }
    pl_sbom_reading_os(reading, pl_json_str(os, "id"), pl_json_str(os, "version_id"), &properties);
    for (size_t i = 0; i < json_array_size(components); i++) {
        read_plimsoll_package(reading, json_array_get(components, i));
    }
    for (size_t i = 0; i < json_array_size(gaps); i++) {
        const json_t *gap = json_array_get(gaps, i);
        pl_str path = pl_json_str(gap, "path");
        pl_sink_gap(reading->sink, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(path),
                    path.len > 0 ? ": " : "", PL_STR_ARG(pl_json_str(gap, "reason")));
    }
    /* Several reports of one run: all that they list. */
    const json_t *reports = pl_json_array(document, "reports");
    for (size_t i = 0; i < json_array_size(reports); i++) {
        const json_t *report = json_array_get(reports, i);
        if (!pl_json_array(report, "reports")) {
            pl_sbom_read_plimsoll(reading, report);
        }
    }
}

void pl_sbom_read_purls(struct pl_sbom_reading *reading, pl_str text)
{
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        line = pl_str_trim(line);
        if (line.len > 0 && line.ptr[0] != '#') {
            struct pl_sbom_said said = {.purl = line, .name = line};
            pl_sbom_reading_package(reading, &said);
        }
    }
}
