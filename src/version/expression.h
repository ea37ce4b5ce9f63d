/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * expression - ranges that join their terms by "and" and "or", of which "and" binds tighter, with
 * parentheses and "!" where the ecosystem has them. Linear in the length; nothing allocates, and
 * nesting is bounded.
 */
#include "version/scheme.h"

struct pl_expression {
    const char *all; /* "&&", "," */
    const char *any; /* "||", "|" */
    bool nests; /* there are parentheses */
    bool negates; /* there is "!" */
    /* Judges one term, without blanks around it. */
    enum pl_containment (*judge)(pl_str term, void *context);
};

enum pl_containment pl_expression_contains(const struct pl_expression *expression, pl_str range,
                                           void *context);
