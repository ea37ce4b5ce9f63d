/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cargo - versions of Rust crates (Semantic Versioning as in semver_core.h, all three numbers) and
 * requirements on them (https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html).
 *
 * A requirement is comparators joined by commas, all of which have to hold: an operator, "^" when
 * there is none, and a version of which the last numbers may be missing or "*":
 *
 *     ^1.2.3    at least 1.2.3, and no change up to the first number that is not zero
 *     ~1.2.3    at least 1.2.3, and no change of the first two numbers; ~1 of the first
 *     1.2.*     any version that begins so; * any at all, and then it stands alone
 *     = > >= < <=    of the numbers given: >1.2 leaves out every 1.2
 *
 * A prerelease is in only when one comparator names a prerelease of the same three numbers.
 */
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
    {">=", PL_OPERATOR_GE},   {"<=", PL_OPERATOR_LE},   {">", PL_OPERATOR_GT},
    {"<", PL_OPERATOR_LT},    {"=", PL_OPERATOR_EQ},    {"~", PL_OPERATOR_TILDE},
    {"^", PL_OPERATOR_CARET}, {NULL, PL_OPERATOR_NONE},
};

struct query {
    struct pl_semver version;
    bool is_alone; /* the requirement is one comparator */
    bool has_prerelease; /* a comparator names a prerelease of the version's own numbers */
};

static bool partial_holds(enum pl_operator op, const struct pl_semver *version,
                          const struct pl_semver *bound)
{
    int order = pl_semver_compare_numbers(version, bound, bound->count);
    bool is_release = version->prerelease.len == 0;
    if (op == PL_OPERATOR_CARET) {
        unsigned depth = pl_semver_caret_depth(bound);
        return order >= 0 && pl_semver_compare_numbers(version, bound, depth) == 0;
    }
    if (op == PL_OPERATOR_LT || op == PL_OPERATOR_GT) {
        return pl_operator_holds(op, order);
    }
    if (op == PL_OPERATOR_TILDE || order == 0) {
        return order == 0 && is_release;
    }
    return pl_operator_holds(op, order);
}

static bool comparator_holds(enum pl_operator op, const struct pl_semver *version,
                             const struct pl_semver *bound)
{
    if (bound->count < PL_SEMVER_NUMBERS) {
        return partial_holds(op, version, bound);
    }
    int order = pl_semver_compare(version, bound);
    if (op != PL_OPERATOR_TILDE && op != PL_OPERATOR_CARET) {
        return pl_operator_holds(op, order);
    }
    unsigned depth = op == PL_OPERATOR_TILDE ? 2 : pl_semver_caret_depth(bound);
    return order >= 0 && pl_semver_compare_numbers(version, bound, depth) == 0;
}

static bool is_wildcard(char c)
{
    return c == '*' || c == 'x' || c == 'X';
}

/* What stands from the first wildcard on, empty when there is none. False when that is more than
 * wildcards. */
static bool cut_wildcards(pl_str text, pl_str *ret_wildcards)
{
    size_t first = 0;
    while (first < text.len && !is_wildcard(text.ptr[first])) {
        first++;
    }
    *ret_wildcards = pl_str_skip(text, first);
    for (size_t i = first; i < text.len; i++) {
        if (!is_wildcard(text.ptr[i]) && text.ptr[i] != '.') {
            return false;
        }
    }
    return true;
}

static enum pl_containment judge(enum pl_operator op, pl_str text, void *context)
{
    struct query *query = context;
    struct pl_semver bound;
    if (!pl_semver_parse(text, PL_SEMVER_PARTIAL | PL_SEMVER_WILDCARD, &bound)) {
        return PL_CONTAINMENT_INVALID;
    }
    if (bound.count == 0) {
        return op == PL_OPERATOR_NONE && query->is_alone ? PL_CONTAINMENT_IN
                                                         : PL_CONTAINMENT_INVALID;
    }
    pl_str wildcards = PL_STR_EMPTY;
    if (bound.count < PL_SEMVER_NUMBERS && !cut_wildcards(text, &wildcards)) {
        return PL_CONTAINMENT_INVALID;
    }
    if (op == PL_OPERATOR_NONE) {
        op = wildcards.len > 0 ? PL_OPERATOR_EQ : PL_OPERATOR_CARET;
    }
    if (bound.prerelease.len > 0 &&
        pl_semver_compare_numbers(&query->version, &bound, PL_SEMVER_NUMBERS) == 0) {
        query->has_prerelease = true;
    }
    return comparator_holds(op, &query->version, &bound) ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    static const struct pl_operator_list list = {spellings, ',', judge};
    struct query query = {.is_alone = pl_str_find_char(range, ',') == SIZE_MAX};
    if (!pl_semver_parse(version, PL_SEMVER_STRICT, &query.version)) {
        return PL_CONTAINMENT_INVALID;
    }
    enum pl_containment all = pl_operator_list_contains(&list, range, &query);
    bool is_kept_out = query.version.prerelease.len > 0 && !query.has_prerelease;
    return all == PL_CONTAINMENT_IN && is_kept_out ? PL_CONTAINMENT_OUT : all;
}

static const char *const aliases[] = {"rust", NULL};
static const char *const ecosystems[] = {"crates.io", NULL};

const struct pl_version_scheme pl_version_scheme_cargo = {
    .name = "cargo",
    .summary = "Rust crate versions: 1.2.3-rc.1; requirements 1.2, ~1.2, >=1, <2",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
