/* SPDX-License-Identifier: Apache-2.0 */
#include "model/finding.h"
#include <stdlib.h>

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

const char *pl_apart_to_string(enum pl_apart apart)
{
    switch (apart) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_APART_LIST(X)
#undef X
    }
    return "not";
}

bool pl_finding_counts(const struct pl_finding *finding)
{
    return finding->apart == PL_APART_NOT && finding->status != PL_FINDING_NOT_AFFECTED &&
           finding->status != PL_FINDING_FIXED;
}

int pl_finding_compare(const struct pl_finding *a, const struct pl_finding *b)
{
    int order = (a->apart != PL_APART_NOT) - (b->apart != PL_APART_NOT);
    order = order != 0 ? order : (int)a->severity - (int)b->severity;
    if (order == 0 && a->component && b->component) {
        order = pl_component_compare(a->component, b->component);
    } else if (order == 0) {
        /* What speaks of the whole container comes before what speaks of a component. */
        order = (a->component != NULL) - (b->component != NULL);
    }
    return order != 0 ? order : pl_str_cmp(a->id, b->id);
}

static int compare(const void *a, const void *b)
{
    return pl_finding_compare(a, b);
}

void pl_findings_sort(struct pl_findings *findings)
{
    if (findings->count > 1) {
        qsort(findings->items, findings->count, sizeof(*findings->items), compare);
    }
}
