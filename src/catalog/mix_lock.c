/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mix.lock of Elixir (hexdocs.pm/mix, "mix deps"; the entries of Hex are those of hex's own
 * lib/hex/utils.ex), a map in Elixir:
 *
 *     %{
 *       "cowboy": {:hex, :cowboy, "2.9.0", "INNER", [:make, :rebar3],
 *           [{:cowlib, "2.11.0", [hex: :cowlib, repo: "hexpm", optional: false]}], "hexpm",
 * "OUTER"}, "esaml": {:git, "https://github.com/firezone/esaml.git", "4294...", []},
 *     }
 *
 * The name is that of the package, which the key (the application) may differ from. OUTER is the
 * SHA-256 of the package's archive; INNER that of its content. A package of an organisation has the
 * repository "hexpm:ORGANISATION". What comes from git has no version.
 */
#include "base/map.h"
#include "catalog/distinct.h"
#include "catalog/need.h"
#include "format/erlang.h"

enum { NAME = 1, VERSION, INNER, MANAGERS, NEEDS, REPOSITORY, OUTER };

static pl_str full_name(struct pl_arena *arena, pl_str name, pl_str repository)
{
    static const pl_str organisation = PL_STR_INIT("hexpm:");
    return pl_str_starts_with(repository, organisation)
               ? pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT,
                                 PL_STR_ARG(pl_str_skip(repository, organisation.len)),
                                 PL_STR_ARG(name))
               : name;
}

/* Needs are by application, as the keys are. */
static void add_need(struct pl_sink *sink, struct pl_component *component,
                     const struct pl_map *entries, pl_str application)
{
    struct pl_arena scratch pl_autoarena = {0};
    const json_t *entry = pl_map_find(entries, application);
    if (!entry) {
        pl_need_add(sink, component, application, PL_STR_EMPTY);
        return;
    }
    pl_need_add(
        sink, component,
        full_name(&scratch, pl_erlang_text_at(entry, NAME), pl_erlang_text_at(entry, REPOSITORY)),
        pl_erlang_text_at(entry, VERSION));
}

static void add_entry(struct pl_distinct *list, const struct pl_map *entries, const json_t *entry)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_distinct_facts facts = {0};
    struct pl_component *component = pl_distinct_add(
        list,
        full_name(&scratch, pl_erlang_text_at(entry, NAME), pl_erlang_text_at(entry, REPOSITORY)),
        pl_erlang_text_at(entry, VERSION), &facts);
    if (!component) {
        return;
    }
    pl_catalog_add_hash(list->sink, component, PL_STR("sha256"), pl_erlang_text_at(entry, OUTER));
    const json_t *needs = json_array_get(entry, NEEDS);
    for (size_t i = 0; i < json_array_size(needs); i++) {
        add_need(list->sink, component, entries, pl_erlang_text_at(json_array_get(needs, i), 0));
    }
}

static enum pl_status read_mix_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                    struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st =
        pl_erlang_parse(pl_span_str(file->content), PL_ERLANG_ELIXIR, "the file", &document, err);
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "hex", .scope = PL_SCOPE_DECLARED};
    struct pl_map entries pl_automap = {0};
    const json_t *pairs = json_array_get(document, 0);
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *pair = json_array_get(pairs, i);
        json_t *entry = json_array_get(pair, 1);
        if (pl_str_eq(pl_erlang_text_at(entry, 0), PL_STR("hex"))) {
            *pl_map_at(&entries, pl_erlang_text_at(pair, 0)) = entry;
        }
    }
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *entry = json_array_get(json_array_get(pairs, i), 1);
        if (pl_str_eq(pl_erlang_text_at(entry, 0), PL_STR("hex"))) {
            add_entry(&list, &entries, entry);
        }
    }
    return st;
}

const struct pl_cataloger pl_cataloger_mix_lock = {
    .name = "mix-lock",
    .summary = "mix.lock of Elixir",
    .patterns = (const char *const[]){"**/mix.lock", NULL},
    .read = read_mix_lock,
};
