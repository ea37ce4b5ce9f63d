/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * composer - a parsed version of PHP, for the scheme and its constraints. The views are those of
 * the parsed text; nothing allocates.
 */
#include "version/scheme.h"

enum { PL_COMPOSER_NUMBERS = 4 };

/* What a part of a version is, in the order in which they sort. */
enum pl_composer_rank {
    PL_COMPOSER_DEV,
    PL_COMPOSER_ALPHA,
    PL_COMPOSER_BETA,
    PL_COMPOSER_CANDIDATE,
    PL_COMPOSER_END, /* nothing more */
    PL_COMPOSER_NUMBER,
    PL_COMPOSER_PATCH,
};

/* What follows the numbers: "-beta.2-dev". */
struct pl_composer_suffix {
    enum pl_composer_rank stability; /* END where there is none */
    bool is_stable; /* "stable" is written out */
    pl_str numbers; /* digits with anything between them */
    bool is_dev;
};

struct pl_composer {
    bool is_branch; /* "dev-name": then only the name counts */
    pl_str branch;
    pl_str numbers; /* digits with anything between them; "x" in a line of development */
    bool is_date; /* the numbers are as many as are written, not filled up to four */
    bool is_line; /* "1.2.x-dev": missing numbers are 9999999 in place of 0 */
    struct pl_composer_suffix suffix;
    /* A stability that a constraint puts behind the rest; END where there is none. */
    enum pl_composer_rank flag;
};

/* The whole of `text`; false when it is none. */
bool pl_composer_parse(pl_str text, struct pl_composer *ret);

/* Takes a stability, its numbers and "dev" off *cursor; there may be none of them. */
struct pl_composer_suffix pl_composer_take_suffix(pl_str *cursor);

/* "stable", "RC", "beta", "alpha" or "dev", in any case; END for "stable". */
bool pl_composer_stability(pl_str word, enum pl_composer_rank *ret);

/* A branch is less than any number; branches compare by bytes. */
int pl_composer_compare(const struct pl_composer *a, const struct pl_composer *b);

/* The first `depth` numbers of a version that is no branch against digits, ascending in depth. */
int pl_composer_compare_numbers(const struct pl_composer *version, const pl_str *numbers,
                                unsigned depth);

/* A constraint (composer_range.c). */
enum pl_containment pl_composer_contains(pl_str range, pl_str version);
