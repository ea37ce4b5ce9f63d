/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * semver_core - Semantic Versioning 2.0.0 (semver.org), which many ecosystems use with small
 * differences: what they accept beside it, and how they write ranges.
 *
 *     major.minor.patch[-prerelease][+build]
 *
 * Numbers have no leading zeros, but for ecosystems that say otherwise, and here no bound. The
 * prerelease is dotted identifiers and sorts before the version without it; numeric identifiers
 * compare by value and sort before the others, which compare by bytes; where all are equal the
 * longer list is the greater. The build does not count, but for the ecosystems that say otherwise.
 * The views are those of the parsed text; nothing allocates.
 */
#include "version/operator.h"

enum { PL_SEMVER_NUMBERS = 3 };

struct pl_semver {
    pl_str numbers[PL_SEMVER_NUMBERS]; /* empty, which counts as 0, where none is written */
    unsigned count; /* numbers written, up to the first wildcard */
    pl_str prerelease; /* without its hyphen; empty when there is none */
    pl_str build; /* without its plus sign */
};

enum {
    PL_SEMVER_STRICT = 0,
    /* One "v" may stand in front. */
    PL_SEMVER_V = 1,
    /* "1" and "1.2", without prerelease and build. */
    PL_SEMVER_PARTIAL = 2,
    /* "x", "X" or "*" for a number. What follows it counts no more. */
    PL_SEMVER_WILDCARD = 4,
    /* With PARTIAL: prerelease and build even where numbers are missing. */
    PL_SEMVER_PARTIAL_SUFFIX = 8,
    /* The three numbers may have leading zeros. */
    PL_SEMVER_LEADING_ZEROS = 16,
};

/* The whole of `text`; false when it is none. */
bool pl_semver_parse(pl_str text, unsigned flags, struct pl_semver *ret);

bool pl_semver_is_valid(pl_str text, unsigned flags);

/* Not empty, nothing but identifiers of ASCII letters, digits and hyphens between dots; where
 * `is_prerelease`, no number has a leading zero. */
bool pl_semver_is_identifiers(pl_str text, bool is_prerelease);

/* The first `depth` numbers. */
int pl_semver_compare_numbers(const struct pl_semver *a, const struct pl_semver *b, unsigned depth);

/* Dotted identifiers, neither list empty. With `fold_case` ASCII letters compare without case. */
int pl_semver_compare_identifiers(pl_str a, pl_str b, bool fold_case);

/* By precedence: numbers, then prerelease. */
int pl_semver_compare(const struct pl_semver *a, const struct pl_semver *b);

/* The same, and where it is equal by build: one is greater than none, and two compare as
 * prereleases do. */
int pl_semver_compare_with_build(const struct pl_semver *a, const struct pl_semver *b);

/* Two texts, both read with `flags`, by one of the orders above; equal when one is no version. */
int pl_semver_compare_texts(pl_str a, pl_str b, unsigned flags,
                            int (*compare)(const struct pl_semver *a, const struct pl_semver *b));

/* How many leading numbers "^" holds fast: up to the first that is not zero, of those written. */
unsigned pl_semver_caret_depth(const struct pl_semver *bound);
