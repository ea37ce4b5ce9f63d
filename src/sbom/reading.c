/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where tools put what matching needs, as seen in their output:
 *
 *     source package   qualifier upstream (Syft: "openssl@3.0.1", "openssl-3.0.1-2.el9.src.rpm"),
 *                      aquasecurity:trivy:SrcName, SrcVersion, SrcRelease, SrcEpoch,
 *                      syft:metadata:source, sourceVersion, originPackage, sourceRpm,
 *                      SPDX sourceInfo "built package from: openssl 3.0.1-2" (Trivy)
 *     release          qualifier distro ("debian-12") or os_name and os_version, a component or
 * package that is the system epoch            qualifier epoch, for rpm; some write it for deb
 * beside the version's own
 */
#include "sbom/reading.h"
#include "base/buf.h"
#include "base/limits.h"
#include "model/evidence.h"
#include "model/package_type.h"
#include "sbom/upstream.h"

enum { NAMED_GAPS = 5 };

void pl_sbom_reading_init(struct pl_sbom_reading *reading, struct pl_sink *sink)
{
    *reading = (struct pl_sbom_reading){.sink = sink};
}

void pl_sbom_reading_release(struct pl_sbom_reading *reading)
{
    pl_map_release(&reading->places);
    pl_arena_release(&reading->arena);
}

pl_str pl_sbom_property(const struct pl_sbom_properties *properties, const char *name)
{
    for (size_t i = 0; i < properties->count; i++) {
        if (pl_str_eq(properties->items[i].name, pl_str_from(name))) {
            return properties->items[i].value;
        }
    }
    return PL_STR_EMPTY;
}

static void push_properties(struct pl_sink *sink, struct pl_strs *list,
                            const struct pl_sbom_properties *properties, const char *name)
{
    for (size_t i = 0; i < properties->count; i++) {
        if (pl_str_eq(properties->items[i].name, pl_str_from(name))) {
            pl_sink_push(sink, list, properties->items[i].value);
        }
    }
}

/* What the parts of one package are put together from. */
struct package {
    struct pl_sbom_reading *reading;
    const struct pl_sbom_said *said;
    struct pl_purl purl; /* without a type: none is stated */
    const struct pl_package_type *type; /* NULL: no kind that is known here */
    pl_str type_name;
    pl_str name;
    pl_str version;
};

static pl_str property(const struct package *package, const char *name)
{
    return pl_sbom_property(&package->said->properties, name);
}

static void note_nameless(struct pl_sbom_reading *reading, const struct pl_sbom_said *said)
{
    if (reading->nameless.count < NAMED_GAPS) {
        *pl_vec_push(&reading->arena, &reading->nameless) = pl_str_sub(said->name, 0, 60);
    }
    reading->nameless_count++;
}

static void read_purl(struct package *package)
{
    struct pl_sbom_reading *reading = package->reading;
    const struct pl_sbom_said *said = package->said;
    struct pl_error err = PL_ERROR_INIT;
    pl_str own = property(package, "plimsoll:type");
    if (said->purl.len > 0 &&
        pl_purl_parse(&reading->arena, said->purl, &package->purl, &err) < 0) {
        pl_sink_gap(reading->sink, "package '" PL_STR_FMT "': %s",
                    PL_STR_ARG(pl_str_sub(said->name, 0, 100)), err.msg);
        package->purl = (struct pl_purl){0};
    }
    if (own.len > 0) {
        package->type = pl_package_type_find(own);
        package->type_name = own;
    } else if (package->purl.type.len > 0) {
        package->type = pl_package_type_of_purl(package->purl.type);
        package->type_name = package->type ? pl_str_from(package->type->name) : package->purl.type;
    } else {
        package->type_name = PL_STR("binary");
        note_nameless(reading, said);
    }
}

static pl_str version_of(const struct package *package)
{
    pl_str version = pl_purl_full_version(&package->reading->arena, &package->purl);
    pl_str stated = package->said->version;
    /* Package URLs of some types fold the case. */
    return version.len == 0 || pl_str_eq_nocase(version, stated) ? stated : version;
}

static pl_str name_of(const struct package *package)
{
    pl_str own = property(package, "plimsoll:name");
    if (own.len > 0) {
        return own;
    }
    if (package->purl.name.len == 0) {
        return package->said->name;
    }
    return package->type
               ? pl_package_type_join(package->type, &package->reading->arena, &package->purl)
               : package->purl.name;
}

/* What the component's own fields do not say stays a qualifier. */
static void fill_qualifiers(const struct package *package, struct pl_component *component)
{
    static const char *const taken[] = {"arch",    "distro",     "epoch",      "os_distro",
                                        "os_name", "os_version", "package-id", "upstream"};
    struct pl_sink *sink = package->reading->sink;
    for (size_t i = 0; i < package->purl.qualifier_count; i++) {
        const struct pl_purl_qualifier *qualifier = &package->purl.qualifiers[i];
        bool is_taken = false;
        for (size_t j = 0; j < PL_ARRAY_LEN(taken); j++) {
            is_taken = is_taken || pl_str_eq(qualifier->key, pl_str_from(taken[j]));
        }
        if (!is_taken) {
            pl_sink_push(sink, &component->qualifiers,
                         pl_arena_format(&package->reading->arena, PL_STR_FMT "=" PL_STR_FMT,
                                         PL_STR_ARG(qualifier->key), PL_STR_ARG(qualifier->value)));
        }
    }
    bool has_namespace = package->type && package->type->naming != PL_PACKAGE_NAMING_SLASH &&
                         package->type->naming != PL_PACKAGE_NAMING_COLON;
    if (has_namespace || !package->type) {
        component->vendor_id = pl_sink_str(sink, package->purl.namespace);
    }
    pl_str arch = pl_purl_qualifier(&package->purl, PL_STR("arch"));
    component->arch = pl_sink_str(sink, arch.len > 0 ? arch : property(package, "plimsoll:arch"));
}

static void fill_source(const struct package *package, struct pl_component *component)
{
    struct pl_sbom_upstream upstream = {
        .type = package->type_name, .name = component->name, .version = component->version};
    pl_sbom_upstream_find(&package->reading->arena, package->said, &package->purl, &upstream);
    component->source_name = pl_sink_str(package->reading->sink, upstream.source_name);
    component->source_version = pl_sink_str(package->reading->sink, upstream.source_version);
}

/* SPDX's two words for nothing. */
static bool is_nothing(pl_str s)
{
    return pl_str_eq(s, PL_STR("NOASSERTION")) || pl_str_eq(s, PL_STR("NONE"));
}

static void fill_licenses(const struct package *package, struct pl_component *component)
{
    struct pl_sink *sink = package->reading->sink;
    const struct pl_strs *stated = &package->said->licenses;
    push_properties(sink, &component->licenses, &package->said->properties, "plimsoll:license");
    for (size_t i = 0; i < stated->count && component->licenses.count < PL_LIMIT_LICENSES; i++) {
        bool is_own = property(package, "plimsoll:license").len > 0;
        if (!is_own && !is_nothing(stated->items[i]) &&
            !pl_strs_contain(&component->licenses, stated->items[i])) {
            pl_sink_push(sink, &component->licenses, stated->items[i]);
        }
    }
}

static void fill_locations(const struct package *package, struct pl_component *component)
{
    struct pl_sink *sink = package->reading->sink;
    const struct pl_locations *said = &package->said->locations;
    enum { MOST_LOCATIONS = 1000 };
    for (size_t i = 0; i < said->count && i < MOST_LOCATIONS; i++) {
        pl_str path = said->items[i].path;
        while (pl_str_starts_with(path, PL_STR("/"))) {
            path = pl_str_skip(path, 1);
        }
        path = pl_sink_str(sink, path);
        if (path.len > 0) {
            *pl_vec_push(sink->arena, &component->locations) =
                (struct pl_location){path, pl_sink_str(sink, said->items[i].layer)};
        }
    }
}

static bool is_true(const struct package *package, const char *name)
{
    return pl_str_eq(property(package, name), PL_STR("true"));
}

/* "direct", "transitive", and Trivy's "indirect". */
static enum pl_relation relation_of(pl_str text)
{
    return pl_str_eq(text, PL_STR("direct")) ? PL_RELATION_DIRECT
           : pl_str_eq(text, PL_STR("transitive")) || pl_str_eq(text, PL_STR("indirect"))
               ? PL_RELATION_TRANSITIVE
               : PL_RELATION_UNKNOWN;
}

static void fill_facts(const struct package *package, struct pl_component *component)
{
    struct pl_sink *sink = package->reading->sink;
    const struct pl_sbom_said *said = package->said;
    pl_str scope = property(package, "plimsoll:scope");
    uint64_t confidence = 0;
    component->scope = pl_str_eq(scope, pl_str_from(pl_scope_to_string(PL_SCOPE_DECLARED)))
                           ? PL_SCOPE_DECLARED
                           : PL_SCOPE_INSTALLED;
    pl_str relation = property(package, "plimsoll:relation");
    component->relation = relation_of(
        relation.len > 0 ? relation : property(package, "aquasecurity:trivy:Relationship"));
    component->is_dev = said->is_dev || is_true(package, "plimsoll:dev");
    component->is_optional = said->is_optional || is_true(package, "plimsoll:optional");
    component->is_pseudo = is_true(package, "plimsoll:pseudo");
    if (pl_str_to_uint(property(package, "plimsoll:confidence"), 100, &confidence)) {
        component->confidence = (unsigned)confidence;
        component->basis = pl_sink_str(sink, property(package, "plimsoll:basis"));
    }
    component->origin = pl_sink_str(sink, property(package, "plimsoll:third-party"));
    component->vendor =
        is_nothing(said->supplier) ? PL_STR_EMPTY : pl_sink_str(sink, said->supplier);
    for (size_t i = 0; i < said->hashes.count; i++) {
        pl_sink_push(sink, &component->hashes, said->hashes.items[i]);
    }
    for (size_t i = 0; i < said->cpes.count; i++) {
        pl_sink_push(sink, &component->cpes, said->cpes.items[i]);
    }
    push_properties(sink, &component->cpes, &said->properties, "plimsoll:cpe");
    push_properties(sink, &component->cpes, &said->properties, "syft:cpe23");
    push_properties(sink, &component->contains, &said->properties, "plimsoll:contains");
    push_properties(sink, &component->depends, &said->properties, "plimsoll:depends");
}

static void note_release(const struct package *package, size_t place)
{
    pl_str distro = pl_purl_qualifier(&package->purl, PL_STR("distro"));
    pl_str name = pl_purl_qualifier(&package->purl, PL_STR("os_name"));
    pl_str version = pl_purl_qualifier(&package->purl, PL_STR("os_version"));
    if (distro.len == 0 && name.len > 0) {
        distro = pl_arena_format(&package->reading->arena, PL_STR_FMT "%s" PL_STR_FMT,
                                 PL_STR_ARG(name), version.len > 0 ? "-" : "", PL_STR_ARG(version));
    }
    if (distro.len > 0 && package->type && package->type->is_system) {
        *pl_vec_push(&package->reading->arena, &package->reading->releases) =
            (struct pl_sbom_release){distro, package->purl.namespace, place};
    }
}

void pl_sbom_reading_package(struct pl_sbom_reading *reading, const struct pl_sbom_said *said)
{
    struct package package = {.reading = reading, .said = said};
    read_purl(&package);
    package.name = name_of(&package);
    package.version = version_of(&package);
    if (package.name.len == 0 || package.version.len == 0) {
        pl_sink_gap(reading->sink, "package '" PL_STR_FMT "' lacks its %s",
                    PL_STR_ARG(pl_str_sub(said->name.len > 0 ? said->name : said->ref, 0, 100)),
                    package.name.len > 0 ? "version" : "name");
        return;
    }
    struct pl_component *component = pl_sink_component(reading->sink);
    if (!component) {
        return;
    }
    component->type = pl_sink_str(reading->sink, package.type_name);
    component->name = pl_sink_str(reading->sink, package.name);
    component->version = pl_sink_str(reading->sink, package.version);
    fill_qualifiers(&package, component);
    fill_source(&package, component);
    fill_licenses(&package, component);
    fill_locations(&package, component);
    fill_facts(&package, component);
    size_t place = reading->sink->file->components.count;
    note_release(&package, place - 1);
    if (said->ref.len > 0) {
        *pl_map_at(&reading->places, said->ref) = (void *)(uintptr_t)place;
    }
}

void pl_sbom_reading_subject(struct pl_sbom_reading *reading, pl_str name, pl_str version,
                             pl_str purl)
{
    struct pl_evidence_subject *subject = &reading->sink->file->subject;
    if (subject->name.len == 0) {
        subject->name = pl_sink_str(reading->sink, name);
        subject->version = pl_sink_str(reading->sink, version);
        subject->purl = pl_sink_str(reading->sink, purl);
    }
}

void pl_sbom_reading_edge(struct pl_sbom_reading *reading, pl_str from, pl_str to)
{
    if (reading->edges.count == PL_LIMIT_SBOM_EDGES) {
        pl_sink_gap(reading->sink, "it has more than %d dependencies; the rest is left out",
                    PL_LIMIT_SBOM_EDGES);
    }
    if (reading->edges.count <= PL_LIMIT_SBOM_EDGES) {
        *pl_vec_push(&reading->arena, &reading->edges) = (struct pl_sbom_edge){from, to};
    }
}

static void link_edges(struct pl_sbom_reading *reading)
{
    struct pl_components *components = &reading->sink->file->components;
    for (size_t i = 0; i < reading->edges.count && i < PL_LIMIT_SBOM_EDGES; i++) {
        const struct pl_sbom_edge *edge = &reading->edges.items[i];
        size_t from = (uintptr_t)pl_map_find(&reading->places, edge->from);
        size_t to = (uintptr_t)pl_map_find(&reading->places, edge->to);
        if (from == 0 || to == 0) {
            continue;
        }
        struct pl_component *needer = &components->items[from - 1];
        const struct pl_component *needed = &components->items[to - 1];
        if (pl_str_eq(needer->type, needed->type)) {
            struct pl_arena scratch pl_autoarena = {0};
            pl_sink_push(reading->sink, &needer->depends,
                         pl_arena_format(&scratch, PL_STR_FMT "@" PL_STR_FMT,
                                         PL_STR_ARG(needed->name), PL_STR_ARG(needed->version)));
        }
    }
}

void pl_sbom_reading_finish(struct pl_sbom_reading *reading)
{
    struct pl_buf names pl_autobuf = PL_BUF_INIT(NAMED_GAPS * 64);
    for (size_t i = 0; i < reading->nameless.count; i++) {
        pl_buf_append_format(&names, "%s" PL_STR_FMT, i > 0 ? ", " : "",
                             PL_STR_ARG(reading->nameless.items[i]));
    }
    if (reading->nameless_count > 0) {
        pl_sink_gap(
            reading->sink,
            "%zu packages have no package URL, so that no advisory is found for them: " PL_STR_FMT
            "%s",
            reading->nameless_count, PL_STR_ARG(pl_buf_str(&names)),
            reading->nameless_count > reading->nameless.count ? ", ..." : "");
    }
    link_edges(reading);
    pl_sbom_settle_release(reading);
}
