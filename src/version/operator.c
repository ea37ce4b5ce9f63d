/* SPDX-License-Identifier: Apache-2.0 */
#include "version/operator.h"

enum pl_operator pl_operator_take(pl_str *cursor, const struct pl_operator_spelling *spellings)
{
    for (; spellings->text; spellings++) {
        pl_str text = pl_str_from(spellings->text);
        if (pl_str_starts_with(*cursor, text)) {
            *cursor = pl_str_skip(*cursor, text.len);
            return spellings->op;
        }
    }
    return PL_OPERATOR_NONE;
}

bool pl_operator_holds(enum pl_operator op, int order)
{
    switch (op) {
    case PL_OPERATOR_EQ:
        return order == 0;
    case PL_OPERATOR_NE:
        return order != 0;
    case PL_OPERATOR_LT:
        return order < 0;
    case PL_OPERATOR_LE:
        return order <= 0;
    case PL_OPERATOR_GT:
        return order > 0;
    case PL_OPERATOR_GE:
        return order >= 0;
    case PL_OPERATOR_NONE:
    case PL_OPERATOR_TILDE:
    case PL_OPERATOR_CARET:
    case PL_OPERATOR_SAME:
    case PL_OPERATOR_PREFIX:
        break;
    }
    return false;
}

pl_str pl_operator_skip_blanks(pl_str s)
{
    pl_str_take_while(&s, pl_char_is_blank);
    return s;
}

enum pl_containment pl_operator_list_contains(const struct pl_operator_list *list, pl_str range,
                                              void *context)
{
    enum pl_containment all = PL_CONTAINMENT_IN;
    bool has_more = true;
    while (has_more) {
        pl_str term = PL_STR_EMPTY;
        has_more = pl_str_cut(range, list->separator, &term, &range);
        term = pl_str_trim(term);
        enum pl_operator op = pl_operator_take(&term, list->spellings);
        enum pl_containment one = list->term(op, pl_operator_skip_blanks(term), context);
        if (one == PL_CONTAINMENT_INVALID) {
            return one;
        }
        all = one == PL_CONTAINMENT_OUT ? one : all;
    }
    return all;
}

struct plain_query {
    const struct pl_operator_plain *plain;
    pl_str version;
};

static enum pl_containment judge_plain(enum pl_operator op, pl_str bound, void *context)
{
    const struct plain_query *query = context;
    if (!query->plain->is_valid(bound)) {
        return PL_CONTAINMENT_INVALID;
    }
    int order = query->plain->compare(query->version, bound);
    return pl_operator_holds(op == PL_OPERATOR_NONE ? PL_OPERATOR_EQ : op, order)
               ? PL_CONTAINMENT_IN
               : PL_CONTAINMENT_OUT;
}

enum pl_containment pl_operator_plain_contains(const struct pl_operator_plain *plain, pl_str range,
                                               pl_str version)
{
    const struct pl_operator_list list = {plain->spellings, ',', judge_plain};
    struct plain_query query = {plain, version};
    return pl_operator_list_contains(&list, range, &query);
}
