/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * pep440 - a parsed version of Python, for the scheme and its specifiers. The views are those of
 * the parsed text; nothing allocates.
 */
#include "version/operator.h"

enum pl_pep440_stage { PL_PEP440_ALPHA, PL_PEP440_BETA, PL_PEP440_CANDIDATE, PL_PEP440_FINAL };

struct pl_pep440 {
    pl_str epoch; /* digits; empty is 0 */
    pl_str release; /* digits between dots */
    enum pl_pep440_stage stage;
    pl_str stage_number; /* digits; empty is 0 */
    pl_str post; /* digits; empty is 0 */
    pl_str dev; /* digits; empty is 0 */
    pl_str local; /* without its plus sign; empty when there is none */
    bool has_post;
    bool has_dev;
};

/* The whole of `text`, blanks around it ignored; false when it is none. */
bool pl_pep440_parse(pl_str text, struct pl_pep440 *ret);

/* Without the local versions. */
int pl_pep440_compare_public(const struct pl_pep440 *a, const struct pl_pep440 *b);

/* Epoch and release only. */
int pl_pep440_compare_base(const struct pl_pep440 *a, const struct pl_pep440 *b);

/* The local versions only; none is less than any. */
int pl_pep440_compare_local(pl_str a, pl_str b);

/* A set of specifiers (pep440_range.c). */
enum pl_containment pl_pep440_contains(pl_str range, pl_str version);
