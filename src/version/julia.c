/* SPDX-License-Identifier: Apache-2.0 */
/*
 * julia - versions of Julia packages (VersionNumber, https://docs.julialang.org, "Version number
 * literals") and what Project.toml writes in [compat]
 * (https://pkgdocs.julialang.org/v1/compatibility).
 *
 * Semantic Versioning (semver_core.h) with an optional "v", numbers that may be missing, and a
 * build that counts: a version with one is greater than the same without. The builds of binary
 * packages (1.1.13+0) are what their advisories name.
 *
 * A compat entry is alternatives joined by commas: ^ (when there is no operator), ~, =, >=, < and a
 * version, or "1.2.3 - 4.5.6", in which missing numbers of the second are any. Builds do not count
 * in it, and prereleases count as their release.
 */
#include "version/semver_core.h"

enum { FLAGS = PL_SEMVER_V | PL_SEMVER_PARTIAL };

static bool is_valid(pl_str version)
{
    return pl_semver_is_valid(version, FLAGS);
}

static int compare(pl_str a, pl_str b)
{
    return pl_semver_compare_texts(a, b, FLAGS, pl_semver_compare_with_build);
}

static const struct pl_operator_spelling spellings[] = {
    {">=", PL_OPERATOR_GE},   {"<", PL_OPERATOR_LT},    {"=", PL_OPERATOR_EQ},
    {"~", PL_OPERATOR_TILDE}, {"^", PL_OPERATOR_CARET}, {NULL, PL_OPERATOR_NONE},
};

/* A version of numbers only. */
static bool parse_bound(pl_str text, struct pl_semver *ret)
{
    return pl_semver_parse(pl_str_trim(text), FLAGS, ret) && ret->prerelease.len == 0 &&
           ret->build.len == 0;
}

static bool entry_holds(enum pl_operator op, const struct pl_semver *version,
                        const struct pl_semver *bound)
{
    int order = pl_semver_compare_numbers(version, bound, PL_SEMVER_NUMBERS);
    if (op == PL_OPERATOR_TILDE) {
        unsigned depth = bound->count < 2 ? bound->count : 2;
        return order >= 0 && pl_semver_compare_numbers(version, bound, depth) == 0;
    }
    if (op == PL_OPERATOR_CARET || op == PL_OPERATOR_NONE) {
        unsigned depth = pl_semver_caret_depth(bound);
        return order >= 0 && pl_semver_compare_numbers(version, bound, depth) == 0;
    }
    return pl_operator_holds(op, order);
}

static enum pl_containment entry_contains(pl_str entry, const struct pl_semver *version)
{
    struct pl_semver low;
    struct pl_semver high;
    size_t hyphen = pl_str_find(entry, PL_STR(" - "));
    enum pl_operator op = pl_operator_take(&entry, spellings);
    if (hyphen == SIZE_MAX) {
        if (!parse_bound(entry, &low)) {
            return PL_CONTAINMENT_INVALID;
        }
        return entry_holds(op, version, &low) ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
    }
    if (op != PL_OPERATOR_NONE || !parse_bound(pl_str_sub(entry, 0, hyphen), &low) ||
        !parse_bound(pl_str_skip(entry, hyphen + 3), &high)) {
        return PL_CONTAINMENT_INVALID;
    }
    bool is_in = pl_semver_compare_numbers(version, &low, PL_SEMVER_NUMBERS) >= 0 &&
                 pl_semver_compare_numbers(version, &high, high.count) <= 0;
    return is_in ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    struct pl_semver parsed;
    if (!pl_semver_parse(version, FLAGS, &parsed)) {
        return PL_CONTAINMENT_INVALID;
    }
    enum pl_containment any = PL_CONTAINMENT_OUT;
    bool has_more = true;
    while (has_more) {
        pl_str entry = PL_STR_EMPTY;
        has_more = pl_str_cut(range, ',', &entry, &range);
        enum pl_containment one = entry_contains(pl_str_trim(entry), &parsed);
        if (one == PL_CONTAINMENT_INVALID) {
            return one;
        }
        any = one == PL_CONTAINMENT_IN ? one : any;
    }
    return any;
}

static const char *const ecosystems[] = {"Julia", NULL};

const struct pl_version_scheme pl_version_scheme_julia = {
    .name = "julia",
    .summary = "Julia package versions: 1.2.3-rc1+0; compat entries 1.2, ~1.2, 1.2 - 2",
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
