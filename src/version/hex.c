/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hex - versions of Elixir and Erlang packages (Semantic Versioning as in semver_core.h, all three
 * numbers) and requirements on them, as Elixir's module Version documents both
 * (https://hexdocs.pm/elixir/Version.html).
 *
 * A requirement is comparisons joined by "and" and "or", "and" binding tighter: ==, !=, >, >=, <,
 * <= or ~> and a version, "==" when there is none. "~> 2.1.3" is at least that, and below 2.2.0;
 * "~> 2.1" at least 2.1.0, and below 3.0.0; both without the prereleases of the bound above.
 * Elsewhere prereleases count as any other version.
 */
#include "version/expression.h"
#include "version/semver_core.h"

static bool is_valid(pl_str version)
{
    return pl_semver_is_valid(version, PL_SEMVER_STRICT);
}

static int compare(pl_str a, pl_str b)
{
    return pl_semver_compare_texts(a, b, PL_SEMVER_STRICT, pl_semver_compare);
}

static const struct pl_operator_spelling spellings[] = {
    {"~>", PL_OPERATOR_TILDE}, {"==", PL_OPERATOR_EQ},   {"!=", PL_OPERATOR_NE},
    {">=", PL_OPERATOR_GE},    {"<=", PL_OPERATOR_LE},   {">", PL_OPERATOR_GT},
    {"<", PL_OPERATOR_LT},     {NULL, PL_OPERATOR_NONE},
};

static enum pl_containment judge(pl_str term, void *context)
{
    const struct pl_semver *version = context;
    enum pl_operator op = pl_operator_take(&term, spellings);
    struct pl_semver bound;
    unsigned flags =
        op == PL_OPERATOR_TILDE ? PL_SEMVER_PARTIAL | PL_SEMVER_PARTIAL_SUFFIX : PL_SEMVER_STRICT;
    if (!pl_semver_parse(pl_operator_skip_blanks(term), flags, &bound) || bound.count < 2) {
        return PL_CONTAINMENT_INVALID;
    }
    int order = pl_semver_compare(version, &bound);
    bool holds = false;
    if (op == PL_OPERATOR_TILDE) {
        holds = order >= 0 && pl_semver_compare_numbers(version, &bound, bound.count - 1) == 0;
    } else {
        holds = pl_operator_holds(op == PL_OPERATOR_NONE ? PL_OPERATOR_EQ : op, order);
    }
    return holds ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    static const struct pl_expression expression = {" and ", " or ", false, false, judge};
    struct pl_semver parsed;
    if (!pl_semver_parse(version, PL_SEMVER_STRICT, &parsed)) {
        return PL_CONTAINMENT_INVALID;
    }
    return pl_expression_contains(&expression, range, &parsed);
}

static const char *const aliases[] = {"elixir", NULL};
static const char *const ecosystems[] = {"Hex", NULL};

const struct pl_version_scheme pl_version_scheme_hex = {
    .name = "hex",
    .summary = "Hex versions: 1.2.3-rc.1; requirements ~> 1.2, >= 1.0.0 and < 2.0.0 or",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
