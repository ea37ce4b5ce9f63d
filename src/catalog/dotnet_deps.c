/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAME.deps.json, which lies beside a program of .NET and tells the runtime what it is made of
 * (github.com/dotnet/sdk, documentation/specs/runtime-configuration-file.md):
 *
 *     { "runtimeTarget": { "name": ".NETCoreApp,Version=v6.0" },
 *       "targets": { ".NETCoreApp,Version=v6.0": {
 *           "App/1.0.0": { "dependencies": { "Newtonsoft.Json": "13.0.1" }, "runtime": {...} },
 *           "Newtonsoft.Json/13.0.1": { "runtime": { "lib/.../Newtonsoft.Json.dll": {...} } } } },
 *       "libraries": {
 *           "App/1.0.0": { "type": "project", "sha512": "" },
 *           "Newtonsoft.Json/13.0.1": { "type": "package", "sha512": "sha512-..." } } }
 *
 * Other types are projects, files that are referred to and the runtime that a self-contained
 * program brings along ("runtimepack"). Direct is what a project depends on. The hash is that of
 * the package without its signature, which nobody can download, so it is left out.
 */
#include "catalog/nuget_project.h"

/* Marks what the projects of the target depend on, by name. */
static void find_direct(const json_t *document, struct pl_map *direct)
{
    const json_t *targets = pl_json_object(document, "targets");
    const json_t *libraries = pl_json_object(document, "libraries");
    struct pl_json_member library = {0};
    while (pl_json_next(libraries, &library)) {
        struct pl_json_member target = {0};
        if (!pl_str_eq_nocase(pl_json_str(library.value, "type"), PL_STR("project"))) {
            continue;
        }
        /* A program has one target, and another for its system when that is given. */
        for (size_t i = 0; i < 2 && pl_json_next(targets, &target); i++) {
            const json_t *found = json_object_getn(target.value, library.key.ptr, library.key.len);
            struct pl_json_member each = {0};
            while (pl_json_next(json_object_get(found, "dependencies"), &each)) {
                *pl_map_at(direct, each.key) = direct;
            }
        }
    }
}

static enum pl_status read_dotnet_deps(struct pl_sink *sink, const struct pl_catalog_file *file,
                                       struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    struct pl_map direct pl_automap = {0};
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &document, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "nuget", .scope = PL_SCOPE_INSTALLED};
    find_direct(document, &direct);
    pl_nuget_add_libraries(&list, document, &direct);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_dotnet_deps = {
    .name = "dotnet-deps",
    .summary = "*.deps.json beside programs of .NET",
    .patterns = (const char *const[]){"**/*.deps.json", NULL},
    .read = read_dotnet_deps,
};
