/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX 1.2 to 1.6: {"bomFormat": "CycloneDX", "specVersion", "metadata": {"component": what
 * the document is about}, "components": [...], "dependencies": [{"ref", "dependsOn": [...]}]}.
 *
 * A component has "type", "bom-ref", "group", "name", "version", "purl", "cpe", "licenses" (a
 * licence with "id" or "name", or one "expression"), "hashes", "properties", and may hold
 * "components" of its own. One of type "operating-system" is the system; a "file" is no package,
 * and neither is what has no version and holds others (Trivy's lock files).
 */
#include "base/limits.h"
#include "model/evidence.h"
#include "sbom/reading.h"

/* How deep components may hold components; the JSON itself nests no deeper than this twice. */
enum { MOST_NESTING = PL_LIMIT_JSON_DEPTH / 2 };

static void read_properties(struct pl_arena *arena, const json_t *component,
                            struct pl_sbom_properties *ret)
{
    const json_t *list = pl_json_array(component, "properties");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        *pl_vec_push(arena, ret) =
            (struct pl_sbom_property){pl_json_str(item, "name"), pl_json_str(item, "value")};
    }
}

static void read_licenses(struct pl_arena *arena, const json_t *component, struct pl_strs *ret)
{
    const json_t *list = pl_json_array(component, "licenses");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const json_t *license = pl_json_object(item, "license");
        pl_str id = pl_json_str(license, "id");
        pl_str expression = pl_json_str(item, "expression");
        *pl_vec_push(arena, ret) = expression.len > 0 ? expression
                                   : id.len > 0       ? id
                                                      : pl_json_str(license, "name");
    }
}

/* "SHA-256" becomes "sha256:". */
static void read_hashes(struct pl_arena *arena, const json_t *component, struct pl_strs *ret)
{
    static const char *const names[][2] = {{"MD5", "md5"},
                                           {"SHA-1", "sha1"},
                                           {"SHA-256", "sha256"},
                                           {"SHA-384", "sha384"},
                                           {"SHA-512", "sha512"}};
    const json_t *list = pl_json_array(component, "hashes");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        for (size_t j = 0; j < PL_ARRAY_LEN(names); j++) {
            pl_str hex = pl_json_str(item, "content");
            if (hex.len > 0 && pl_str_eq(pl_json_str(item, "alg"), pl_str_from(names[j][0]))) {
                *pl_vec_push(arena, ret) =
                    pl_arena_format(arena, "%s:" PL_STR_FMT, names[j][1], PL_STR_ARG(hex));
            }
        }
    }
}

/* Syft and Trivy state places as properties of their own. */
static void read_locations(struct pl_arena *arena, const json_t *component,
                           const struct pl_sbom_properties *properties, struct pl_locations *ret)
{
    const json_t *list = pl_json_array(pl_json_object(component, "evidence"), "occurrences");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        pl_str layer = pl_json_str(item, "additionalContext");
        *pl_vec_push(arena, ret) = (struct pl_location){
            pl_json_str(item, "location"),
            pl_str_starts_with(layer, PL_STR("sha256:")) ? layer : PL_STR_EMPTY};
    }
    if (ret->count > 0) {
        return;
    }
    pl_str path = pl_sbom_property(properties, "syft:location:0:path");
    pl_str layer = pl_sbom_property(properties, "syft:location:0:layerID");
    if (path.len == 0) {
        path = pl_sbom_property(properties, "aquasecurity:trivy:FilePath");
        layer = pl_sbom_property(properties, "aquasecurity:trivy:LayerDiffID");
    }
    if (path.len > 0) {
        *pl_vec_push(arena, ret) = (struct pl_location){path, layer};
    }
}

/* What CycloneDX calls group is part of the name that the ecosystem uses. */
static pl_str name_of(struct pl_arena *arena, const json_t *component)
{
    pl_str group = pl_json_str(component, "group");
    pl_str name = pl_json_str(component, "name");
    return group.len == 0 ? name
                          : pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(group),
                                            PL_STR_ARG(name));
}

static pl_str supplier_of(struct pl_arena *arena, const json_t *component)
{
    const json_t *supplier = pl_json_object(component, "supplier");
    const json_t *contact = json_array_get(pl_json_array(supplier, "contact"), 0);
    pl_str name = pl_json_str(supplier, "name");
    pl_str email = pl_json_str(contact, "email");
    if (name.len == 0) {
        return pl_json_str(component, "publisher");
    }
    return email.len == 0 ? name
                          : pl_arena_format(arena, PL_STR_FMT " <" PL_STR_FMT ">", PL_STR_ARG(name),
                                            PL_STR_ARG(email));
}

static bool is_package(const json_t *component)
{
    static const char *const others[] = {"file", "operating-system", "device", "data",
                                         "cryptographic-asset"};
    pl_str type = pl_json_str(component, "type");
    for (size_t i = 0; i < PL_ARRAY_LEN(others); i++) {
        if (pl_str_eq(type, pl_str_from(others[i])) && pl_json_str(component, "purl").len == 0) {
            return false;
        }
    }
    /* A lock file that Trivy lists as an application, with what is in it. */
    struct pl_sbom_properties properties = {0};
    struct pl_arena scratch pl_autoarena = {0};
    read_properties(&scratch, component, &properties);
    bool is_lock_file = pl_json_str(component, "purl").len == 0 &&
                        pl_sbom_property(&properties, "aquasecurity:trivy:Class").len > 0;
    return !is_lock_file;
}

static void read_package(struct pl_sbom_reading *reading, const json_t *component)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str scope = pl_json_str(component, "scope");
    pl_str cpe = pl_json_str(component, "cpe");
    struct pl_sbom_said said = {.ref = pl_json_str(component, "bom-ref"),
                                .purl = pl_json_str(component, "purl"),
                                .name = name_of(&scratch, component),
                                .version = pl_json_str(component, "version"),
                                .supplier = supplier_of(&scratch, component),
                                .is_dev = pl_str_eq(scope, PL_STR("excluded")),
                                .is_optional = pl_str_eq(scope, PL_STR("optional"))};
    read_properties(&scratch, component, &said.properties);
    read_licenses(&scratch, component, &said.licenses);
    read_hashes(&scratch, component, &said.hashes);
    read_locations(&scratch, component, &said.properties, &said.locations);
    if (cpe.len > 0) {
        *pl_vec_push(&scratch, &said.cpes) = cpe;
    }
    pl_sbom_reading_package(reading, &said);
}

static void read_os(struct pl_sbom_reading *reading, const json_t *component)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_sbom_properties properties = {0};
    read_properties(&scratch, component, &properties);
    pl_sbom_reading_os(reading, pl_json_str(component, "name"), pl_json_str(component, "version"),
                       &properties);
}

static void read_components(struct pl_sbom_reading *reading, const json_t *list, unsigned depth)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *component = json_array_get(list, i);
        if (pl_str_eq(pl_json_str(component, "type"), PL_STR("operating-system"))) {
            read_os(reading, component);
        }
        if (is_package(component)) {
            read_package(reading, component);
        }
        if (depth < MOST_NESTING) {
            read_components(reading, pl_json_array(component, "components"), depth + 1);
        }
    }
}

static void read_dependencies(struct pl_sbom_reading *reading, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const json_t *needs = pl_json_array(item, "dependsOn");
        for (size_t j = 0; j < json_array_size(needs); j++) {
            pl_sbom_reading_edge(reading, pl_json_str(item, "ref"),
                                 pl_json_text(json_array_get(needs, j)));
        }
    }
}

/* What the one who made the list could not see is not seen by whoever reads it. */
static void read_gaps(struct pl_sbom_reading *reading, const json_t *metadata)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_sbom_properties properties = {0};
    read_properties(&scratch, metadata, &properties);
    for (size_t i = 0; i < properties.count; i++) {
        if (pl_str_eq(properties.items[i].name, PL_STR("plimsoll:gap"))) {
            pl_sink_gap(reading->sink, PL_STR_FMT, PL_STR_ARG(properties.items[i].value));
        }
    }
}

void pl_sbom_read_cyclonedx(struct pl_sbom_reading *reading, const json_t *document)
{
    const json_t *metadata = pl_json_object(document, "metadata");
    const json_t *subject = pl_json_object(metadata, "component");
    read_gaps(reading, metadata);
    pl_sbom_reading_subject(reading, pl_json_str(subject, "name"), pl_json_str(subject, "version"),
                            pl_json_str(subject, "purl"));
    read_components(reading, pl_json_array(document, "components"), 0);
    read_components(reading, pl_json_array(subject, "components"), 0);
    read_dependencies(reading, pl_json_array(document, "dependencies"));
}
