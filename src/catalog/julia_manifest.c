/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifest.toml of Julia (pkgdocs.julialang.org, "Project.toml and Manifest.toml"):
 *
 *     julia_version = "1.8.5"
 *     manifest_format = "2.0"
 *     [[deps.JSON]]                               [[JSON]] in format 1
 *     deps = ["Dates", "Parsers"]                 or a table of names to UUIDs
 *     git-tree-sha1 = "31e9..."
 *     uuid = "682c06a0-de6a-54ab-a142-c8b1cf79cde6"
 *     version = "0.21.4"
 *
 * What is part of Julia itself has no version, unless it is also released apart; with a "path" it
 * is a folder of one's own. What is loaded is told apart by its UUID, of which a name may have
 * several. Files of this name that are not Julia's have no such tables.
 */
#include "base/map.h"
#include "catalog/distinct.h"
#include "catalog/need.h"
#include "format/toml.h"

static void add_need(struct pl_sink *sink, struct pl_component *component, const json_t *packages,
                     pl_str name)
{
    const json_t *list = json_object_getn(packages, name.ptr, name.len);
    pl_str version =
        json_array_size(list) == 1 ? pl_json_str(json_array_get(list, 0), "version") : PL_STR_EMPTY;
    pl_need_add(sink, component, name, version);
}

static void add_package(struct pl_sink *sink, const json_t *packages, pl_str name,
                        const json_t *package)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str version = pl_json_str(package, "version");
    pl_str uuid = pl_json_str(package, "uuid");
    if (version.len == 0 || uuid.len == 0 || json_object_get(package, "path")) {
        return;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_DECLARED, "julia", name, version);
    if (!component) {
        return;
    }
    pl_sink_push(sink, &component->qualifiers,
                 pl_arena_format(&scratch, "uuid=" PL_STR_FMT, PL_STR_ARG(uuid)));
    const json_t *needs = json_object_get(package, "deps");
    for (size_t i = 0; i < json_array_size(needs); i++) {
        add_need(sink, component, packages, pl_json_text(json_array_get(needs, i)));
    }
    struct pl_json_member each = {0};
    while (pl_json_next(needs, &each)) {
        add_need(sink, component, packages, each.key);
    }
}

static enum pl_status read_julia_manifest(struct pl_sink *sink, const struct pl_catalog_file *file,
                                          struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_toml_parse(pl_span_str(file->content), "the file", &document, err);
    const json_t *packages = pl_json_object(document, "deps");
    packages = packages ? packages : document;
    struct pl_json_member each = {0};
    while (pl_json_next(packages, &each)) {
        for (size_t i = 0; i < json_array_size(each.value); i++) {
            add_package(sink, packages, each.key, json_array_get(each.value, i));
        }
    }
    return st;
}

const struct pl_cataloger pl_cataloger_julia_manifest = {
    .name = "julia-manifest",
    .summary = "Manifest.toml of Julia",
    .patterns = (const char *const[]){"**/Manifest.toml", "**/JuliaManifest.toml",
                                      "**/Manifest-v*.toml", "**/JuliaManifest-v*.toml", NULL},
    .read = read_julia_manifest,
};
