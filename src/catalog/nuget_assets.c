/* SPDX-License-Identifier: Apache-2.0 */
/*
 * project.assets.json, in which NuGet keeps what it has resolved for a project
 * (learn.microsoft.com, "PackageReference in project files"):
 *
 *     { "version": 3, "targets": { "net6.0": { "A/1.0": { "dependencies": { "B": "2.0" } } } },
 *       "libraries": { "A/1.0": { "type": "package", "sha512": "..." },
 *           "Other/1.0": { "type": "project" } },
 *       "projectFileDependencyGroups": { "net6.0": ["A >= 1.0"] } }
 *
 * Direct is what the project file asks for.
 */
#include "catalog/nuget_project.h"

static void find_direct(const json_t *document, struct pl_map *direct, struct pl_arena *arena)
{
    struct pl_json_member group = {0};
    while (pl_json_next(json_object_get(document, "projectFileDependencyGroups"), &group)) {
        for (size_t i = 0; i < json_array_size(group.value); i++) {
            pl_str words = pl_json_text(json_array_get(group.value, i));
            pl_str name = PL_STR_EMPTY;
            if (pl_str_next_word(&words, &name) && !pl_map_find(direct, name)) {
                *pl_map_at(direct, pl_arena_dup(arena, name)) = direct;
            }
        }
    }
}

static enum pl_status read_nuget_assets(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    struct pl_map direct pl_automap = {0};
    struct pl_arena scratch pl_autoarena = {0};
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &document, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "nuget", .scope = PL_SCOPE_DECLARED};
    find_direct(document, &direct, &scratch);
    pl_nuget_add_libraries(&list, document, &direct);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_nuget_assets = {
    .name = "nuget-assets",
    .summary = "project.assets.json of NuGet",
    .patterns = (const char *const[]){"**/project.assets.json", NULL},
    .read = read_nuget_assets,
};
