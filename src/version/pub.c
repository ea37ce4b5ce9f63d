/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pub - versions of Dart packages and constraints on them
 * (https://dart.dev/tools/pub/versioning and /dependencies#version-constraints).
 *
 * Semantic Versioning (semver_core.h), except that the build counts: a version with one is greater
 * than the same without, and builds compare as prereleases do.
 *
 * A constraint is "any", "^1.2.3" (no change of the first number; of 0.x no change of the second
 * either), or versions and comparisons (>=, >, <=, <), all of which have to hold.
 * "<2.0.0" and "^" leave out the prereleases of their bound as well, unless a comparison names one
 * of the same three numbers from below.
 */
#include "version/digits.h"
#include "version/semver_core.h"

static bool is_valid(pl_str version)
{
    return pl_semver_is_valid(version, PL_SEMVER_STRICT);
}

static int compare(pl_str a, pl_str b)
{
    return pl_semver_compare_texts(a, b, PL_SEMVER_STRICT, pl_semver_compare_with_build);
}

static const struct pl_operator_spelling spellings[] = {
    {">=", PL_OPERATOR_GE}, {"<=", PL_OPERATOR_LE},   {">", PL_OPERATOR_GT},
    {"<", PL_OPERATOR_LT},  {"^", PL_OPERATOR_CARET}, {NULL, PL_OPERATOR_NONE},
};

/* The upper bound "<" with the least prerelease of it: is the version one of them? */
static bool is_its_prerelease(const struct pl_semver *version, const struct pl_semver *bound)
{
    return version->prerelease.len > 0 && bound->prerelease.len == 0 && bound->build.len == 0 &&
           pl_semver_compare_numbers(version, bound, PL_SEMVER_NUMBERS) == 0;
}

static bool caret_holds(const struct pl_semver *version, const struct pl_semver *bound)
{
    bool is_zero = pl_digits_compare(bound->numbers[0], PL_STR_EMPTY) == 0;
    return pl_semver_compare_with_build(version, bound) >= 0 &&
           pl_semver_compare_numbers(version, bound, is_zero ? 2 : 1) == 0;
}

struct bounds {
    const struct pl_semver *version;
    bool holds;
    bool needs_prerelease; /* "<" kept it out but for a prerelease as the lower bound */
    bool has_prerelease;
    unsigned count;
    bool has_caret; /* which stands alone */
};

static void add_bound(struct bounds *bounds, enum pl_operator op, const struct pl_semver *bound)
{
    int order = pl_semver_compare_with_build(bounds->version, bound);
    bounds->count++;
    if (op == PL_OPERATOR_CARET) {
        bounds->has_caret = true;
        bounds->holds = bounds->holds && caret_holds(bounds->version, bound);
        return;
    }
    op = op == PL_OPERATOR_NONE ? PL_OPERATOR_EQ : op;
    bounds->holds = bounds->holds && pl_operator_holds(op, order);
    if (op == PL_OPERATOR_LT && is_its_prerelease(bounds->version, bound)) {
        bounds->needs_prerelease = true;
    }
    if ((op == PL_OPERATOR_GE || op == PL_OPERATOR_GT) && bound->prerelease.len > 0 &&
        pl_semver_compare_numbers(bounds->version, bound, PL_SEMVER_NUMBERS) == 0) {
        bounds->has_prerelease = true;
    }
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    struct pl_semver parsed;
    if (!pl_semver_parse(version, PL_SEMVER_STRICT, &parsed)) {
        return PL_CONTAINMENT_INVALID;
    }
    range = pl_str_trim(range);
    if (pl_str_eq(range, PL_STR("any"))) {
        return PL_CONTAINMENT_IN;
    }
    struct bounds bounds = {.version = &parsed, .holds = true};
    while (range.len > 0) {
        enum pl_operator op = pl_operator_take(&range, spellings);
        range = pl_operator_skip_blanks(range);
        size_t len = 0;
        while (len < range.len && !pl_char_is_blank(range.ptr[len]) && range.ptr[len] != '<' &&
               range.ptr[len] != '>') {
            len++;
        }
        struct pl_semver bound;
        if (!pl_semver_parse(pl_str_sub(range, 0, len), PL_SEMVER_STRICT, &bound)) {
            return PL_CONTAINMENT_INVALID;
        }
        add_bound(&bounds, op, &bound);
        range = pl_operator_skip_blanks(pl_str_skip(range, len));
    }
    if (bounds.count == 0 || (bounds.has_caret && bounds.count > 1)) {
        return PL_CONTAINMENT_INVALID;
    }
    bool is_in = bounds.holds && (!bounds.needs_prerelease || bounds.has_prerelease);
    return is_in ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static const char *const aliases[] = {"dart", NULL};
static const char *const ecosystems[] = {"Pub", NULL};

const struct pl_version_scheme pl_version_scheme_pub = {
    .name = "pub",
    .summary = "Dart package versions: 1.2.3-rc.1+1; constraints ^1.2.3, >=1.0.0 <2.0.0, any",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
