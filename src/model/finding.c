/* SPDX-License-Identifier: Apache-2.0 */
#include "model/finding.h"

const char *pl_finding_kind_to_string(enum pl_finding_kind kind)
{
    switch (kind) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_FINDING_KIND_LIST(X)
#undef X
    }
    return "vulnerability";
}

const char *pl_finding_status_to_string(enum pl_finding_status status)
{
    switch (status) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_FINDING_STATUS_LIST(X)
#undef X
    }
    return "under_investigation";
}

const char *pl_fix_state_to_string(enum pl_fix_state state)
{
    switch (state) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_FIX_STATE_LIST(X)
#undef X
    }
    return "unknown";
}

enum pl_finding_status pl_finding_status_for(enum pl_suppression_reason reason)
{
    switch (reason) {
#define X(name, text, status)                                                                      \
    case name:                                                                                     \
        return PL_FINDING_##status;
        PL_SUPPRESSION_REASON_LIST(X)
#undef X
    }
    return PL_FINDING_AFFECTED;
}

int pl_finding_compare(const struct pl_finding *a, const struct pl_finding *b)
{
    int order = (int)a->severity - (int)b->severity;
    if (order == 0 && a->component && b->component) {
        order = pl_component_compare(a->component, b->component);
    } else if (order == 0) {
        /* What speaks of the whole container comes before what speaks of a component. */
        order = (a->component != NULL) - (b->component != NULL);
    }
    return order != 0 ? order : pl_str_cmp(a->id, b->id);
}
