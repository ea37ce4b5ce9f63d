/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rebar.lock of Erlang's rebar3 (rebar3.org, "Dependencies"; written by rebar_config.erl):
 *
 *     {"1.2.0",
 *     [{<<"certifi">>,{pkg,<<"certifi">>,<<"2.9.0">>},0},
 *      {<<"own">>,{git,"https://host/own.git",{ref,"0123..."}},1}]}.
 *     [{pkg_hash,[{<<"certifi">>, <<"INNER">>}]},
 *      {pkg_hash_ext,[{<<"certifi">>, <<"OUTER">>}]}].
 *
 * and at first the list alone, without a version and hashes. The number is the depth in the tree of
 * needs: 0 is what the project asks for. OUTER is the SHA-256 of the package's archive. What comes
 * from git has no version.
 */
#include "base/map.h"
#include "catalog/distinct.h"
#include "format/erlang.h"

/* The hashes of the archives by application. */
static void find_hashes(const json_t *sections, struct pl_map *hashes)
{
    for (size_t i = 0; i < json_array_size(sections); i++) {
        const json_t *section = json_array_get(sections, i);
        const json_t *entries = json_array_get(section, 1);
        if (!pl_str_eq(pl_erlang_text_at(section, 0), PL_STR("pkg_hash_ext"))) {
            continue;
        }
        for (size_t e = 0; e < json_array_size(entries); e++) {
            json_t *entry = json_array_get(entries, e);
            *pl_map_at(hashes, pl_erlang_text_at(entry, 0)) = entry;
        }
    }
}

static void add_entry(struct pl_distinct *list, const struct pl_map *hashes, const json_t *entry)
{
    const json_t *source = json_array_get(entry, 1);
    if (!pl_str_eq(pl_erlang_text_at(source, 0), PL_STR("pkg"))) {
        return;
    }
    const struct pl_distinct_facts facts = {
        .relation = pl_str_eq(pl_erlang_text_at(entry, 2), PL_STR("0")) ? PL_RELATION_DIRECT
                                                                        : PL_RELATION_TRANSITIVE,
    };
    struct pl_component *component =
        pl_distinct_add(list, pl_erlang_text_at(source, 1), pl_erlang_text_at(source, 2), &facts);
    if (component) {
        const json_t *hash = pl_map_find(hashes, pl_erlang_text_at(entry, 0));
        pl_catalog_add_hash(list->sink, component, PL_STR("sha256"), pl_erlang_text_at(hash, 1));
    }
}

static enum pl_status read_rebar_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                      struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st =
        pl_erlang_parse(pl_span_str(file->content), PL_ERLANG_ERLANG, "the file", &document, err);
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "hex", .scope = PL_SCOPE_DECLARED};
    struct pl_map hashes pl_automap = {0};
    find_hashes(json_array_get(document, 1), &hashes);
    const json_t *entries = json_array_get(document, 0);
    if (json_is_string(json_array_get(entries, 0))) {
        entries = json_array_get(entries, 1);
    }
    for (size_t i = 0; i < json_array_size(entries); i++) {
        add_entry(&list, &hashes, json_array_get(entries, i));
    }
    return st;
}

const struct pl_cataloger pl_cataloger_rebar_lock = {
    .name = "rebar-lock",
    .summary = "rebar.lock of Erlang's rebar3",
    .patterns = (const char *const[]){"**/rebar.lock", NULL},
    .read = read_rebar_lock,
};
