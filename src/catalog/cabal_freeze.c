/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cabal.project.freeze of Haskell's Cabal (cabal.readthedocs.io, "cabal freeze"): fields as in
 * cabal.project, of which "constraints" has what was resolved, over as many lines as are indented:
 *
 *     constraints: any.Cabal ==3.2.1.0,
 *                  any.array installed,
 *                  tls +compat -hans +network
 *
 * "any." is for any component of the project. A version is exact behind "=="; "installed" is what
 * comes with the compiler, whatever its version; the rest are flags. Comments begin with "--".
 */
#include "catalog/distinct.h"

static void add_constraint(struct pl_distinct *list, pl_str constraint)
{
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    size_t equals = pl_str_find(constraint, PL_STR("=="));
    if (equals == SIZE_MAX) {
        return;
    }
    name = pl_str_trim(pl_str_sub(constraint, 0, equals));
    version = pl_str_trim(pl_str_skip(constraint, equals + 2));
    if (pl_str_starts_with(name, PL_STR("any."))) {
        name = pl_str_skip(name, strlen("any."));
    }
    /* "==1.*" and "==1.0 || ==1.1" are ranges. */
    if (!pl_str_contains(version, PL_STR("*")) && !pl_str_contains(version, PL_STR(" "))) {
        pl_distinct_add(list, name, version, &(struct pl_distinct_facts){0});
    }
}

static enum pl_status read_cabal_freeze(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "hackage", .scope = PL_SCOPE_DECLARED};
    static const pl_str field = PL_STR_INIT("constraints:");
    pl_str text = pl_span_str(file->content);
    pl_str line = PL_STR_EMPTY;
    bool is_within = false;
    while (pl_str_next_line(&text, &line)) {
        pl_str trimmed = pl_str_trim(line);
        if (trimmed.len == 0 || pl_str_starts_with(trimmed, PL_STR("--"))) {
            continue;
        }
        if (!pl_char_is_blank(line.ptr[0])) {
            is_within = pl_str_starts_with(trimmed, field);
            trimmed = is_within ? pl_str_skip(trimmed, field.len) : trimmed;
        }
        pl_str constraint = PL_STR_EMPTY;
        while (is_within && pl_str_next_piece(&trimmed, ',', &constraint)) {
            add_constraint(&list, constraint);
        }
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_cabal_freeze = {
    .name = "cabal-freeze",
    .summary = "cabal.project.freeze: packages of Hackage that Cabal froze",
    .patterns = (const char *const[]){"**/cabal.project.freeze", NULL},
    .read = read_cabal_freeze,
};
