/* SPDX-License-Identifier: Apache-2.0 */
/*
 * npm - versions and ranges of npm packages, as the node-semver package reads them (its README and
 * https://docs.npmjs.com/cli/v10/using-npm/semver), strictly and with its default options.
 *
 * Versions are those of semver_core.h with an optional "v" and blanks around them. A range is
 * alternatives joined by "||"; each is "A - B" or comparators between blanks, all of which have to
 * hold. A comparator is <, <=, >, >=, =, ~, ~> or ^ and a version, in which x, X, * or nothing
 * stand for any number:
 *
 *     ~1.2.3    at least 1.2.3, and no change but of the patch; ~1 no change of the first number
 *     ^1.2.3    at least 1.2.3, and no change up to the first number that is not zero
 *     1.2.x     no change of the numbers given, the same as 1.2
 *     A - B     at least A, and at most B, where missing numbers of B are any
 *
 * A prerelease is in a range only when one comparator of the alternative that contains it names a
 * prerelease of the same three numbers.
 */
#include "version/digits.h"
#include "version/semver_core.h"

static bool is_valid(pl_str version)
{
    return pl_semver_is_valid(pl_str_trim(version), PL_SEMVER_V);
}

static int compare(pl_str a, pl_str b)
{
    return pl_semver_compare_texts(pl_str_trim(a), pl_str_trim(b), PL_SEMVER_V, pl_semver_compare);
}

/* What is known of one alternative after some of its comparators. */
struct set {
    const struct pl_semver *version;
    bool holds; /* all comparators so far do */
    bool is_any; /* no comparator so far leaves anything out */
    bool has_prerelease; /* one names a prerelease of the version's own numbers */
};

static const struct pl_operator_spelling spellings[] = {
    {"~>", PL_OPERATOR_TILDE}, {"~", PL_OPERATOR_TILDE}, {"^", PL_OPERATOR_CARET},
    {">=", PL_OPERATOR_GE},    {"<=", PL_OPERATOR_LE},   {">", PL_OPERATOR_GT},
    {"<", PL_OPERATOR_LT},     {"=", PL_OPERATOR_EQ},    {NULL, PL_OPERATOR_NONE},
};

/* Is the version a prerelease of the first one whose leading numbers are above the bound's? Those
 * are not above it: ">1.2" means ">=1.3.0". */
static bool is_prerelease_of_next(const struct pl_semver *version, const struct pl_semver *bound)
{
    if (version->prerelease.len == 0 ||
        pl_semver_compare_numbers(version, bound, bound->count - 1) != 0 ||
        !pl_digits_is_next(version->numbers[bound->count - 1], bound->numbers[bound->count - 1])) {
        return false;
    }
    static const struct pl_semver zero = {.prerelease = PL_STR_INIT("")};
    for (unsigned i = bound->count; i < PL_SEMVER_NUMBERS; i++) {
        if (pl_digits_compare(version->numbers[i], zero.numbers[i]) != 0) {
            return false;
        }
    }
    return true;
}

static bool partial_holds(enum pl_operator op, const struct pl_semver *version,
                          const struct pl_semver *bound)
{
    int order = pl_semver_compare_numbers(version, bound, bound->count);
    if (op == PL_OPERATOR_GT) {
        return bound->count > 0 && order > 0 && !is_prerelease_of_next(version, bound);
    }
    if (op == PL_OPERATOR_LT) {
        return bound->count > 0 && order < 0;
    }
    if (op == PL_OPERATOR_LE || bound->count == 0) {
        return order <= 0;
    }
    return (op == PL_OPERATOR_GE || order == 0) && pl_semver_compare(version, bound) >= 0;
}

static bool comparator_holds(enum pl_operator op, const struct pl_semver *version,
                             const struct pl_semver *bound)
{
    unsigned depth = bound->count;
    if (op == PL_OPERATOR_TILDE && depth == PL_SEMVER_NUMBERS) {
        depth--;
    } else if (op == PL_OPERATOR_CARET) {
        depth = pl_semver_caret_depth(bound);
    } else if (depth < PL_SEMVER_NUMBERS) {
        return partial_holds(op, version, bound);
    }
    if (op == PL_OPERATOR_TILDE || op == PL_OPERATOR_CARET) {
        return depth == 0 || (pl_semver_compare(version, bound) >= 0 &&
                              pl_semver_compare_numbers(version, bound, depth) <= 0);
    }
    return pl_operator_holds(op, pl_semver_compare(version, bound));
}

static void add_comparator(struct set *set, enum pl_operator op, const struct pl_semver *bound)
{
    static const struct pl_semver zero = {.prerelease = PL_STR_INIT("")};
    bool excludes = bound->count > 0 || op == PL_OPERATOR_GT || op == PL_OPERATOR_LT;
    if (op == PL_OPERATOR_GE && bound->count == PL_SEMVER_NUMBERS &&
        pl_semver_compare(bound, &zero) == 0 && bound->build.len == 0) {
        excludes = false; /* ">=0.0.0" is "*" */
    }
    if (!excludes) {
        return;
    }
    set->is_any = false;
    set->holds = set->holds && comparator_holds(op, set->version, bound);
    if (bound->prerelease.len > 0 &&
        pl_semver_compare_numbers(set->version, bound, PL_SEMVER_NUMBERS) == 0) {
        set->has_prerelease = true;
    }
}

/* Takes the next run of non-blanks as a version with wildcards. Where it may be a whole pattern, as
 * after "~", any number of "v" and "=" may stand before it; a whole version has at most one "v". */
static bool take_bound(pl_str *cursor, enum pl_operator op, struct pl_semver *ret)
{
    pl_str word = PL_STR_EMPTY;
    if (!pl_str_next_word(cursor, &word)) {
        return false;
    }
    pl_str bare = word;
    while (bare.len > 0 && (bare.ptr[0] == 'v' || bare.ptr[0] == '=')) {
        bare = pl_str_skip(bare, 1);
    }
    struct pl_semver bound;
    if (!pl_semver_parse(bare, PL_SEMVER_PARTIAL | PL_SEMVER_WILDCARD, &bound)) {
        return false;
    }
    bool is_pattern =
        bound.count < PL_SEMVER_NUMBERS || op == PL_OPERATOR_TILDE || op == PL_OPERATOR_CARET;
    size_t marks = word.len - bare.len;
    if (!is_pattern && (marks > 1 || (marks == 1 && word.ptr[0] != 'v'))) {
        return false;
    }
    *ret = bound;
    return true;
}

/* "A - B", with the first bound taken already. */
static bool take_hyphen(pl_str *cursor)
{
    pl_str rest = *cursor;
    pl_str word = PL_STR_EMPTY;
    if (!pl_str_next_word(&rest, &word) || !pl_str_eq(word, PL_STR("-"))) {
        return false;
    }
    *cursor = rest;
    return true;
}

static bool read_set(pl_str text, struct set *set)
{
    bool is_first = true;
    for (text = pl_str_trim(text); text.len > 0; text = pl_operator_skip_blanks(text)) {
        struct pl_semver bound;
        enum pl_operator op = pl_operator_take(&text, spellings);
        if (!take_bound(&text, op, &bound)) {
            return false;
        }
        if (op != PL_OPERATOR_NONE || !is_first || !take_hyphen(&text)) {
            add_comparator(set, op == PL_OPERATOR_NONE ? PL_OPERATOR_EQ : op, &bound);
            is_first = false;
            continue;
        }
        struct pl_semver last;
        if (!take_bound(&text, PL_OPERATOR_NONE, &last) || pl_str_trim(text).len > 0) {
            return false;
        }
        add_comparator(set, PL_OPERATOR_GE, &bound);
        add_comparator(set, PL_OPERATOR_LE, &last);
    }
    return true;
}

static bool next_alternative(pl_str *range, pl_str *ret_alternative)
{
    size_t at = pl_str_find(*range, PL_STR("||"));
    *ret_alternative = pl_str_sub(*range, 0, at);
    *range = pl_str_skip(*range, at == SIZE_MAX ? range->len : at + 2);
    return at != SIZE_MAX;
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    struct pl_semver wanted;
    if (!pl_semver_parse(pl_str_trim(version), PL_SEMVER_V, &wanted)) {
        return PL_CONTAINMENT_INVALID;
    }
    bool is_in = false;
    bool has_any = false;
    bool has_more = true;
    while (has_more) {
        pl_str alternative = PL_STR_EMPTY;
        has_more = next_alternative(&range, &alternative);
        struct set set = {.version = &wanted, .holds = true, .is_any = true};
        if (!read_set(alternative, &set)) {
            return PL_CONTAINMENT_INVALID;
        }
        has_any = has_any || set.is_any;
        is_in = is_in || (set.holds && (wanted.prerelease.len == 0 || set.has_prerelease));
    }
    /* One alternative that is "*" is all that counts, so that it keeps prereleases out. */
    is_in = has_any ? wanted.prerelease.len == 0 : is_in;
    return is_in ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static const char *const ecosystems[] = {"npm", NULL};

const struct pl_version_scheme pl_version_scheme_npm = {
    .name = "npm",
    .summary = "npm versions: 1.2.3-rc.1; ranges ^1.2, ~1.2, 1.x, 1 - 2, ||",
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
