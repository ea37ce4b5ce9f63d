/* SPDX-License-Identifier: Apache-2.0 */
#include "model/suppression.h"

static const char *const reasons[] = {
#define X(name, text, status) [name] = text,
    PL_SUPPRESSION_REASON_LIST(X)
#undef X
};

const char *pl_suppression_reason_to_string(enum pl_suppression_reason reason)
{
    return reasons[reason];
}

bool pl_suppression_reason_from_string(pl_str text, enum pl_suppression_reason *ret)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(reasons); i++) {
        if (pl_str_eq(text, pl_str_from(reasons[i]))) {
            *ret = (enum pl_suppression_reason)i;
            return true;
        }
    }
    return false;
}

const char *pl_suppression_use_to_string(enum pl_suppression_use use)
{
    switch (use) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_SUPPRESSION_USE_LIST(X)
#undef X
    }
    return "unused";
}

bool pl_suppression_hides(enum pl_suppression_reason reason)
{
    return reason != PL_SUPPRESSION_AFFECTED && reason != PL_SUPPRESSION_INVESTIGATED;
}

struct pl_suppression_mark pl_suppression_mark_of(const struct pl_suppression *rule)
{
    return (struct pl_suppression_mark){.reason = rule->reason,
                                        .text = rule->text,
                                        .by = rule->by,
                                        .until = rule->until,
                                        .origin = rule->origin};
}
