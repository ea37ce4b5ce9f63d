/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vcpkg.json of vcpkg for C and C++ (learn.microsoft.com/vcpkg, "vcpkg.json Reference"):
 *
 *     { "name": "app", "dependencies": ["fmt", { "name": "zlib", "version>=": "1.2.12" }],
 *       "overrides": [{ "name": "zlib", "version": "1.2.13", "port-version": 1 }] }
 *
 * Only overrides pin a version, written under one of four names; a port's own revision is behind a
 * '#'. Everything else is a lower bound.
 */
#include "catalog/distinct.h"
#include "format/json.h"

static pl_str version_of(struct pl_arena *arena, const json_t *override)
{
    static const char *const keys[] = {"version", "version-string", "version-semver",
                                       "version-date"};
    pl_str version = PL_STR_EMPTY;
    for (size_t i = 0; i < PL_ARRAY_LEN(keys) && version.len == 0; i++) {
        version = pl_json_str(override, keys[i]);
    }
    uint64_t revision = pl_json_uint(override, "port-version");
    return revision > 0 && version.len > 0
               ? pl_arena_format(arena, PL_STR_FMT "#%llu", PL_STR_ARG(version),
                                 (unsigned long long)revision)
               : version;
}

static enum pl_status read_vcpkg_manifest(struct pl_sink *sink, const struct pl_catalog_file *file,
                                          struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &document, err);
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "vcpkg", .scope = PL_SCOPE_DECLARED};
    const json_t *overrides = pl_json_array(document, "overrides");
    for (size_t i = 0; i < json_array_size(overrides); i++) {
        const json_t *override = json_array_get(overrides, i);
        const struct pl_distinct_facts facts = {0};
        pl_distinct_add(&list, pl_json_str(override, "name"), version_of(&scratch, override),
                        &facts);
    }
    return st;
}

const struct pl_cataloger pl_cataloger_vcpkg_manifest = {
    .name = "vcpkg-manifest",
    .summary = "vcpkg.json of vcpkg: the versions that it pins",
    .patterns = (const char *const[]){"**/vcpkg.json", NULL},
    .read = read_vcpkg_manifest,
};
