/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * operator - the operators of ranges, as each ecosystem spells them, and lists of comparisons.
 *
 * Most ecosystems write a range as comparisons that all have to hold: an operator and a version
 * each. What differs is the spelling, what stands between them, and one or two operators of their
 * own; those a scheme evaluates itself. Nothing here allocates.
 */
#include "version/scheme.h"

enum pl_operator {
    PL_OPERATOR_NONE, /* there was none */
    PL_OPERATOR_EQ,
    PL_OPERATOR_NE,
    PL_OPERATOR_LT,
    PL_OPERATOR_LE,
    PL_OPERATOR_GT,
    PL_OPERATOR_GE,
    PL_OPERATOR_TILDE, /* "~", "~>", "~=": about this version */
    PL_OPERATOR_CARET, /* "^", "^>=": compatible with this version */
    PL_OPERATOR_SAME, /* "===": the same text; "==" where "=" is something else */
    PL_OPERATOR_PREFIX, /* "=": what begins so */
};

struct pl_operator_spelling {
    const char *text;
    enum pl_operator op;
};

/* Takes the operator at the front of *cursor off it: the first of `spellings` that stands there, so
 * that ">=" is listed before ">". The list ends with a NULL text. */
enum pl_operator pl_operator_take(pl_str *cursor, const struct pl_operator_spelling *spellings);

/* Does "version OP bound" hold, given the order of version and bound? For the six comparisons. */
bool pl_operator_holds(enum pl_operator op, int order);

/* Blanks at the front are taken off. */
pl_str pl_operator_skip_blanks(pl_str s);

/* Comparisons joined by commas, blanks around everything, all of which have to hold. `term` judges
 * one of them, operator already taken off and blanks trimmed; `context` is handed to it. A list
 * without any is invalid. */
struct pl_operator_list {
    const struct pl_operator_spelling *spellings;
    char separator;
    enum pl_containment (*term)(enum pl_operator op, pl_str bound, void *context);
};

enum pl_containment pl_operator_list_contains(const struct pl_operator_list *list, pl_str range,
                                              void *context);

/* The same for ranges that are nothing else than the scheme's versions with the six comparisons; a
 * version alone means "=". */
struct pl_operator_plain {
    const struct pl_operator_spelling *spellings;
    bool (*is_valid)(pl_str version);
    int (*compare)(pl_str a, pl_str b);
};

enum pl_containment pl_operator_plain_contains(const struct pl_operator_plain *plain, pl_str range,
                                               pl_str version);
