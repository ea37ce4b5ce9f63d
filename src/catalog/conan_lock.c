/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conan.lock of Conan for C and C++ (docs.conan.io, "Lockfiles"), JSON. Of Conan 2:
 *
 *     { "version": "0.5", "requires": ["zlib/1.2.13#REVISION%TIME"],
 *       "build_requires": ["cmake/3.27#..."], "python_requires": [] }
 *
 * and of Conan 1 a graph, in which what has a "path" is the project itself, or being worked on:
 *
 *     { "version": "0.4", "graph_lock": { "nodes": {
 *         "0": { "path": "conanfile.txt", "requires": ["1"] },
 *         "1": { "ref": "pkga/0.0.1@user/channel#REVISION", "requires": ["2"],
 *                "context": "host" } } } }
 *
 * What builds packages, and the recipes' own libraries, are for development.
 */
#include "catalog/distinct.h"
#include "catalog/need.h"
#include "format/json.h"

static bool split_reference(pl_str reference, pl_str *ret_name, pl_str *ret_version)
{
    pl_str rest = PL_STR_EMPTY;
    pl_str_cut(reference, '#', &reference, &rest);
    pl_str_cut(reference, '@', &reference, &rest);
    return pl_str_cut(reference, '/', ret_name, ret_version);
}

static void add_needs(struct pl_sink *sink, struct pl_component *component, const json_t *nodes,
                      const json_t *requires)
{
    for (size_t i = 0; i < json_array_size(requires); i++) {
        pl_str key = pl_json_text(json_array_get(requires, i));
        pl_str name = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        if (split_reference(pl_json_str(json_object_getn(nodes, key.ptr, key.len), "ref"), &name,
                            &version)) {
            pl_need_add(sink, component, name, version);
        }
    }
}

static struct pl_component *add_reference(struct pl_distinct *list, pl_str reference,
                                          const struct pl_distinct_facts *facts)
{
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    split_reference(reference, &name, &version);
    return pl_distinct_add(list, name, version, facts);
}

/* What the nodes that are the project ask for. */
static void find_direct(const json_t *nodes, struct pl_map *direct)
{
    struct pl_json_member each = {0};
    while (pl_json_next(nodes, &each)) {
        const json_t *requires = pl_json_array(each.value, "requires");
        bool is_project = json_object_get(each.value, "path");
        for (size_t i = 0; is_project && i < json_array_size(requires); i++) {
            *pl_map_at(direct, pl_json_text(json_array_get(requires, i))) = direct;
        }
    }
}

static void add_nodes(struct pl_distinct *list, const json_t *nodes)
{
    struct pl_map direct pl_automap = {0};
    find_direct(nodes, &direct);
    struct pl_json_member each = {0};
    while (pl_json_next(nodes, &each)) {
        pl_str reference = pl_json_str(each.value, "ref");
        struct pl_distinct_facts facts = {
            .is_dev = pl_str_eq(pl_json_str(each.value, "context"), PL_STR("build")),
        };
        if (direct.count > 0) {
            facts.relation =
                pl_map_find(&direct, each.key) ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE;
        }
        if (reference.len == 0 || json_object_get(each.value, "path")) {
            continue;
        }
        struct pl_component *component = add_reference(list, reference, &facts);
        if (component) {
            add_needs(list->sink, component, nodes, pl_json_array(each.value, "requires"));
        }
    }
}

static enum pl_status read_conan_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                      struct pl_error *err)
{
    static const struct {
        const char *key;
        bool is_dev;
    } lists[] = {{"requires", false},
                 {"build_requires", true},
                 {"python_requires", true},
                 {"config_requires", true}};
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &document, err);
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "conan", .scope = PL_SCOPE_DECLARED};
    add_nodes(&list, pl_json_object(pl_json_object(document, "graph_lock"), "nodes"));
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        const json_t *references = pl_json_array(document, lists[i].key);
        const struct pl_distinct_facts facts = {.is_dev = lists[i].is_dev};
        for (size_t r = 0; r < json_array_size(references); r++) {
            add_reference(&list, pl_json_text(json_array_get(references, r)), &facts);
        }
    }
    return st;
}

const struct pl_cataloger pl_cataloger_conan_lock = {
    .name = "conan-lock",
    .summary = "conan.lock of Conan, for C and C++",
    .patterns = (const char *const[]){"**/conan.lock", NULL},
    .read = read_conan_lock,
};
