/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/nuget_project.h"
#include "catalog/need.h"

pl_str pl_nuget_exact_version(pl_str text)
{
    text = pl_str_trim(text);
    if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
        text = pl_str_trim(pl_str_sub(text, 1, text.len - 2));
    }
    for (size_t i = 0; i < text.len; i++) {
        if (memchr("*[](),$@%", text.ptr[i], 9)) {
            return PL_STR_EMPTY;
        }
    }
    return text;
}

static void add_depends(struct pl_sink *sink, struct pl_component *component,
                        const json_t *dependencies)
{
    struct pl_json_member each = {0};
    while (sink->left_bytes > 0 && pl_json_next(dependencies, &each)) {
        pl_need_add(sink, component, each.key, pl_nuget_exact_version(pl_json_text(each.value)));
    }
}

/* What the library needs, from the first target that has it: targets for one system have all that
 * the one for any system has. */
static const json_t *dependencies_of(const json_t *targets, pl_str library)
{
    enum { TARGETS_MOST = 64 }; /* frameworks and systems that one project is built for */
    struct pl_json_member each = {0};
    for (size_t i = 0; i < TARGETS_MOST && pl_json_next(targets, &each); i++) {
        const json_t *found = json_object_getn(each.value, library.ptr, library.len);
        const json_t *dependencies = json_object_get(found, "dependencies");
        if (dependencies) {
            return dependencies;
        }
    }
    return NULL;
}

void pl_nuget_add_libraries(struct pl_distinct *list, const json_t *document,
                            const struct pl_map *direct)
{
    const json_t *targets = pl_json_object(document, "targets");
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(document, "libraries"), &each)) {
        pl_str name = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        if (!pl_str_eq_nocase(pl_json_str(each.value, "type"), PL_STR("package"))) {
            continue;
        }
        pl_str_cut(each.key, '/', &name, &version);
        struct pl_distinct_facts facts = {.relation = PL_RELATION_UNKNOWN};
        if (direct->count > 0) {
            facts.relation =
                pl_map_find(direct, name) ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE;
        }
        struct pl_component *component = pl_distinct_add(list, name, version, &facts);
        if (component) {
            add_depends(list->sink, component, dependencies_of(targets, each.key));
        }
    }
}
