/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cran - versions of R packages (R's numeric_version and package_version; "Writing R Extensions",
 * section 1.1.1): numbers with dots or hyphens between them, which mean the same. They compare
 * number by number, and to R's operators a missing number is a 0: 1.2 == 1.2.0 < 1.2-1. (R's
 * function compareVersion() calls 1.2 the less of the two; dependencies are judged by the
 * operators.)
 *
 * A range is what DESCRIPTION writes into the parentheses of Depends: >=, >, <=, <, == or != and a
 * version; several stand between commas here, although there the package's name is repeated.
 */
#include "version/dotted.h"
#include "version/operator.h"

static bool is_valid(pl_str version)
{
    return pl_dotted_is_valid(version, ".-");
}

static const struct pl_operator_spelling spellings[] = {
    {">=", PL_OPERATOR_GE}, {"<=", PL_OPERATOR_LE},   {"==", PL_OPERATOR_EQ},
    {"!=", PL_OPERATOR_NE}, {">", PL_OPERATOR_GT},    {"<", PL_OPERATOR_LT},
    {"=", PL_OPERATOR_EQ},  {NULL, PL_OPERATOR_NONE},
};

static enum pl_containment contains(pl_str range, pl_str version)
{
    static const struct pl_operator_plain plain = {spellings, is_valid, pl_dotted_compare_padded};
    return pl_operator_plain_contains(&plain, range, version);
}

static const char *const aliases[] = {"r", NULL};
static const char *const ecosystems[] = {"Bioconductor", "CRAN", NULL};

const struct pl_version_scheme pl_version_scheme_cran = {
    .name = "cran",
    .summary = "R package versions: 1.2-3; comparisons >= 1.2",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = pl_dotted_compare_padded,
    .contains = contains,
};
