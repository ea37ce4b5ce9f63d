/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hackage - versions of Haskell packages (Package Versioning Policy, https://pvp.haskell.org) and
 * ranges as Cabal writes them into build-depends (Cabal user guide, "build-depends").
 *
 * A version is numbers between dots without leading zeros; the shorter list is the less: 1.0 <
 * 1.0.0. A range is terms joined by && and ||, && binding tighter, with parentheses:
 *
 *     == 1.2   == 1.2.*   >= 1.2   > 1.2   <= 1.2   < 1.2   -any   -none
 *     ^>= 1.2.3              at least 1.2.3, and below 1.3: no change of the first two numbers
 *     == {1.2, 1.3}          one of them; ^>= {...} in the same way
 */
#include "version/dotted.h"
#include "version/expression.h"
#include "version/operator.h"

static bool has_leading_zero(pl_str version)
{
    bool is_start = true;
    for (size_t i = 0; i + 1 < version.len; i++) {
        if (is_start && version.ptr[i] == '0' && pl_char_is_digit(version.ptr[i + 1])) {
            return true;
        }
        is_start = version.ptr[i] == '.';
    }
    return false;
}

static bool is_valid(pl_str version)
{
    return pl_dotted_is_valid(version, ".") && !has_leading_zero(version);
}

static const struct pl_operator_spelling spellings[] = {
    {"^>=", PL_OPERATOR_CARET}, {">=", PL_OPERATOR_GE}, {"<=", PL_OPERATOR_LE},
    {"==", PL_OPERATOR_EQ},     {">", PL_OPERATOR_GT},  {"<", PL_OPERATOR_LT},
    {NULL, PL_OPERATOR_NONE},
};

static size_t count_numbers(pl_str version)
{
    size_t count = 1;
    for (size_t i = 0; i < version.len; i++) {
        count += version.ptr[i] == '.' ? 1 : 0;
    }
    return count;
}

/* Of a bound with one number the second counts as 0, so that only that number or its first ".0"
 * follow it: "^>= 1" ends before 1.1. */
static bool is_same_major(pl_str version, pl_str bound)
{
    if (count_numbers(bound) >= 2) {
        return pl_dotted_compare_to(version, bound, 2) == 0;
    }
    if (pl_dotted_compare_to(version, bound, 1) != 0) {
        return false;
    }
    pl_digits_take(&version);
    version = pl_str_skip(version, 1);
    return pl_digits_compare(pl_digits_take(&version), PL_STR_EMPTY) == 0;
}

static enum pl_containment compare_with(enum pl_operator op, pl_str bound, pl_str version)
{
    if (op == PL_OPERATOR_EQ && pl_str_ends_with(bound, PL_STR(".*"))) {
        bound = pl_str_sub(bound, 0, bound.len - 2);
        if (!is_valid(bound)) {
            return PL_CONTAINMENT_INVALID;
        }
        return pl_dotted_compare_to(version, bound, count_numbers(bound)) == 0 ? PL_CONTAINMENT_IN
                                                                               : PL_CONTAINMENT_OUT;
    }
    if (op == PL_OPERATOR_NONE || !is_valid(bound)) {
        return PL_CONTAINMENT_INVALID;
    }
    int order = pl_dotted_compare(version, bound);
    bool holds = op == PL_OPERATOR_CARET ? order >= 0 && is_same_major(version, bound)
                                         : pl_operator_holds(op, order);
    return holds ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

/* "{1.2, 1.3}": one of them will do. */
static enum pl_containment compare_with_set(enum pl_operator op, pl_str set, pl_str version)
{
    if (!pl_str_ends_with(set, PL_STR("}")) || (op != PL_OPERATOR_EQ && op != PL_OPERATOR_CARET)) {
        return PL_CONTAINMENT_INVALID;
    }
    set = pl_str_sub(set, 1, set.len - 2);
    enum pl_containment any = PL_CONTAINMENT_OUT;
    bool has_more = true;
    while (has_more) {
        pl_str bound = PL_STR_EMPTY;
        has_more = pl_str_cut(set, ',', &bound, &set);
        enum pl_containment one = compare_with(op, pl_str_trim(bound), version);
        if (one == PL_CONTAINMENT_INVALID) {
            return one;
        }
        any = one == PL_CONTAINMENT_IN ? one : any;
    }
    return any;
}

static enum pl_containment judge(pl_str term, void *context)
{
    const pl_str *version = context;
    if (pl_str_eq(term, PL_STR("-any")) || pl_str_eq(term, PL_STR("-none"))) {
        return term.len == 4 ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
    }
    enum pl_operator op = pl_operator_take(&term, spellings);
    term = pl_operator_skip_blanks(term);
    return pl_str_starts_with(term, PL_STR("{")) ? compare_with_set(op, term, *version)
                                                 : compare_with(op, term, *version);
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    static const struct pl_expression expression = {"&&", "||", true, false, judge};
    return pl_expression_contains(&expression, range, &version);
}

static const char *const aliases[] = {"haskell", "pvp", NULL};
static const char *const ecosystems[] = {"GHC", "Hackage", NULL};

const struct pl_version_scheme pl_version_scheme_hackage = {
    .name = "hackage",
    .summary = "Haskell package versions: 1.2.3.4; ranges ^>=1.2 || >=1.4 && <2, ==1.*",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = pl_dotted_compare,
    .contains = contains,
};
