/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bitnami - versions of Bitnami packages and constraints on them, as the README of
 * github.com/bitnami/go-version describes both.
 *
 *     major.minor.patch[-revision][+build]
 *
 * Written as Semantic Versioning (semver_core.h), but what stands behind the hyphen is a revision
 * of the package and makes it newer: 1.2.3 < 1.2.3-1. Two departures, for the sake of Bitnami's own
 * advisories: revision 0 is the same as none, since they write "from 1.22.0-0" of what is affected
 * from 1.22.0; and numbers may have leading zeros, since some versions are dates (2021.12.09).
 *
 * A constraint is alternatives joined by "||"; each is comparisons joined by commas, all of which
 * have to hold: =, ==, !=, >, >=, <, <=, ^, ~ and a version, "=" when there is none. Missing
 * numbers are any, as are x and *: "=2" is every 2.x.y, ">2" starts at 3.0.0. Nothing at all is
 * everything.
 */
#include "version/expression.h"
#include "version/semver_core.h"

static bool is_valid(pl_str version)
{
    return pl_semver_is_valid(version, PL_SEMVER_LEADING_ZEROS);
}

static int compare_parsed(const struct pl_semver *a, const struct pl_semver *b)
{
    int order = pl_semver_compare_numbers(a, b, PL_SEMVER_NUMBERS);
    if (order != 0) {
        return order;
    }
    pl_str zero = PL_STR("0");
    return pl_semver_compare_identifiers(a->prerelease.len > 0 ? a->prerelease : zero,
                                         b->prerelease.len > 0 ? b->prerelease : zero, false);
}

static int compare(pl_str a, pl_str b)
{
    return pl_semver_compare_texts(a, b, PL_SEMVER_LEADING_ZEROS, compare_parsed);
}

static const struct pl_operator_spelling spellings[] = {
    {"==", PL_OPERATOR_EQ},   {"!=", PL_OPERATOR_NE},   {">=", PL_OPERATOR_GE},
    {"<=", PL_OPERATOR_LE},   {">", PL_OPERATOR_GT},    {"<", PL_OPERATOR_LT},
    {"=", PL_OPERATOR_EQ},    {"^", PL_OPERATOR_CARET}, {"~", PL_OPERATOR_TILDE},
    {NULL, PL_OPERATOR_NONE},
};

static bool holds(enum pl_operator op, const struct pl_semver *version,
                  const struct pl_semver *bound)
{
    if (op == PL_OPERATOR_TILDE || op == PL_OPERATOR_CARET) {
        unsigned depth = op == PL_OPERATOR_CARET ? pl_semver_caret_depth(bound)
                         : bound->count < 2      ? bound->count
                                                 : 2;
        return compare_parsed(version, bound) >= 0 &&
               pl_semver_compare_numbers(version, bound, depth) == 0;
    }
    int order = bound->count < PL_SEMVER_NUMBERS
                    ? pl_semver_compare_numbers(version, bound, bound->count)
                    : compare_parsed(version, bound);
    return pl_operator_holds(op == PL_OPERATOR_NONE ? PL_OPERATOR_EQ : op, order);
}

static enum pl_containment judge(pl_str term, void *context)
{
    if (term.len == 0) {
        return PL_CONTAINMENT_IN;
    }
    enum pl_operator op = pl_operator_take(&term, spellings);
    struct pl_semver bound;
    if (!pl_semver_parse(pl_operator_skip_blanks(term),
                         PL_SEMVER_PARTIAL | PL_SEMVER_WILDCARD | PL_SEMVER_LEADING_ZEROS,
                         &bound)) {
        return PL_CONTAINMENT_INVALID;
    }
    return holds(op, context, &bound) ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    static const struct pl_expression expression = {",", "||", false, false, judge};
    struct pl_semver parsed;
    if (!pl_semver_parse(version, PL_SEMVER_LEADING_ZEROS, &parsed)) {
        return PL_CONTAINMENT_INVALID;
    }
    return pl_expression_contains(&expression, range, &parsed);
}

static const char *const ecosystems[] = {"Bitnami", NULL};

const struct pl_version_scheme pl_version_scheme_bitnami = {
    .name = "bitnami",
    .summary = "Bitnami versions: 1.2.3-4, in which 4 is a revision; constraints >=1.2, <2 || ^3",
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
