/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opam - versions of OCaml packages and constraints on them (opam manual, "Version ordering" and
 * "Filtered package formulas").
 *
 * The order is Debian's without the epoch (dpkg.h): '~' sorts before the end, letters before other
 * bytes, and what follows the last hyphen is compared after the rest. A version is letters, digits
 * and "_+.~-".
 *
 * A constraint is terms joined by & and |, & binding tighter, with parentheses and "!": =, !=, <,
 * <=, > or >= and a version, in quotes as opam files have it, or bare; a version alone means "=".
 */
#include "version/dpkg.h"
#include "version/expression.h"
#include "version/operator.h"

static bool is_valid(pl_str version)
{
    for (size_t i = 0; i < version.len; i++) {
        char c = version.ptr[i];
        if (!pl_char_is_alnum(c) && (c == '\0' || !strchr("_+.~-", c))) {
            return false;
        }
    }
    return version.len > 0;
}

static void split(pl_str version, pl_str *ret_upstream, pl_str *ret_revision)
{
    size_t hyphen = pl_str_find_last_char(version, '-');
    *ret_upstream = pl_str_sub(version, 0, hyphen);
    *ret_revision = hyphen == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(version, hyphen + 1);
}

static int compare(pl_str a, pl_str b)
{
    pl_str upstream[2];
    pl_str revision[2];
    split(a, &upstream[0], &revision[0]);
    split(b, &upstream[1], &revision[1]);
    int order = pl_dpkg_compare_part(upstream[0], upstream[1]);
    return order != 0 ? order : pl_dpkg_compare_part(revision[0], revision[1]);
}

static const struct pl_operator_spelling spellings[] = {
    {">=", PL_OPERATOR_GE}, {"<=", PL_OPERATOR_LE}, {"!=", PL_OPERATOR_NE},   {">", PL_OPERATOR_GT},
    {"<", PL_OPERATOR_LT},  {"=", PL_OPERATOR_EQ},  {NULL, PL_OPERATOR_NONE},
};

static enum pl_containment judge(pl_str term, void *context)
{
    const pl_str *version = context;
    enum pl_operator op = pl_operator_take(&term, spellings);
    pl_str bound = pl_operator_skip_blanks(term);
    if (bound.len >= 2 && bound.ptr[0] == '"' && bound.ptr[bound.len - 1] == '"') {
        bound = pl_str_sub(bound, 1, bound.len - 2);
    }
    if (!is_valid(bound)) {
        return PL_CONTAINMENT_INVALID;
    }
    op = op == PL_OPERATOR_NONE ? PL_OPERATOR_EQ : op;
    return pl_operator_holds(op, compare(*version, bound)) ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    static const struct pl_expression expression = {"&", "|", true, true, judge};
    return pl_expression_contains(&expression, range, &version);
}

static const char *const aliases[] = {"ocaml", NULL};
static const char *const ecosystems[] = {"opam", NULL};

const struct pl_version_scheme pl_version_scheme_opam = {
    .name = "opam",
    .summary = "OCaml package versions: 1.0~beta2; constraints >= \"1.0\" & < \"2\"",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
