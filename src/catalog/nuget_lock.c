/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packages.lock.json of NuGet (github.com/NuGet/Home, "Enable repeatable package restores using a
 * lock file"); version 2 is for projects with central package management:
 *
 *     { "version": 1, "dependencies": { "net8.0": {
 *         "AutoMapper": { "type": "Direct", "requested": "[13.0.1, )", "resolved": "13.0.1",
 *             "contentHash": "...", "dependencies": { "Microsoft.Extensions.Options": "6.0.0" } },
 *         "my.project": { "type": "Project", "dependencies": {...} } } } }
 *
 * Types are Direct, Transitive, CentralTransitive and Project. A dependency's version is the lowest
 * that would do; what is meant is the one resolved for the same framework. The hash is that of the
 * package without its signature, which nobody can download, so it is left out.
 */
#include "catalog/need.h"
#include "catalog/nuget_project.h"

/* With the version that the framework has of it. */
static void add_depends(struct pl_sink *sink, struct pl_component *component,
                        const json_t *framework, const json_t *dependencies)
{
    struct pl_json_member each = {0};
    while (sink->left_bytes > 0 && pl_json_next(dependencies, &each)) {
        const json_t *found = json_object_getn(framework, each.key.ptr, each.key.len);
        pl_need_add(sink, component, each.key, pl_json_str(found, "resolved"));
    }
}

static void add_framework(struct pl_distinct *list, const json_t *framework)
{
    struct pl_json_member each = {0};
    while (pl_json_next(framework, &each)) {
        pl_str type = pl_json_str(each.value, "type");
        if (pl_str_eq_nocase(type, PL_STR("Project"))) {
            continue;
        }
        struct pl_distinct_facts facts = {.relation = pl_str_eq_nocase(type, PL_STR("Direct"))
                                                          ? PL_RELATION_DIRECT
                                                          : PL_RELATION_TRANSITIVE};
        struct pl_component *component =
            pl_distinct_add(list, each.key, pl_json_str(each.value, "resolved"), &facts);
        if (component) {
            add_depends(list->sink, component, framework,
                        pl_json_object(each.value, "dependencies"));
        }
    }
}

static enum pl_status read_nuget_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                      struct pl_error *err)
{
    json_t *lock pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &lock, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "nuget", .scope = PL_SCOPE_DECLARED};
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(lock, "dependencies"), &each)) {
        add_framework(&list, each.value);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_nuget_lock = {
    .name = "nuget-lock",
    .summary = "packages.lock.json of NuGet",
    .patterns = (const char *const[]){"**/packages.lock.json", NULL},
    .read = read_nuget_lock,
};
