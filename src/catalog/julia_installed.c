/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed Julia packages (pkgdocs.julialang.org, "Glossary", depot): each is a tree in the depot,
 * packages/NAME/SLUG, with its own project file:
 *
 *     name = "JSON"
 *     uuid = "682c06a0-de6a-54ab-a142-c8b1cf79cde6"
 *     version = "0.21.4"
 *     [deps]
 *     Dates = "ade2ca70-3891-5945-98fb-dc099432e06a"
 */
#include "catalog/cataloger.h"
#include "format/toml.h"

static enum pl_status read_julia_installed(struct pl_sink *sink, const struct pl_catalog_file *file,
                                           struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    json_t *project pl_autojson = NULL;
    enum pl_status st = pl_toml_parse(pl_span_str(file->content), "the file", &project, err);
    if (st < 0) {
        return st;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "julia", pl_json_str(project, "name"),
                             pl_json_str(project, "version"));
    if (!component) {
        return PL_OK;
    }
    pl_sink_push(
        sink, &component->qualifiers,
        pl_arena_format(&scratch, "uuid=" PL_STR_FMT, PL_STR_ARG(pl_json_str(project, "uuid"))));
    struct pl_json_member each = {0};
    while (pl_json_next(pl_json_object(project, "deps"), &each)) {
        pl_sink_push(sink, &component->depends, each.key);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_julia_installed = {
    .name = "julia-installed",
    .summary = "Installed Julia packages, from the project file of each",
    .patterns = (const char *const[]){"**/.julia/packages/*/*/Project.toml", NULL},
    .read = read_julia_installed,
};
