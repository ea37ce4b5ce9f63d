/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * summary - of several reports made in one run: a row for each source, in the order they were
 * given.
 *
 * Reports are printed and let go one by one; what the summary needs of each is kept here.
 */
#include "model/report.h"
#include "model/severity.h"

struct pl_summary_row {
    pl_str source; /* as the user spelled it, or as it was found (a tag) */
    pl_str failure; /* not empty: there is no report, and why */
    uint64_t components;
    uint64_t findings[PL_SEVERITY_COUNT_]; /* active ones, by severity */
    uint64_t gaps;
    bool has_findings; /* they were looked for; else there is no verdict either */
    bool verdict_pass;
};

struct pl_summary {
    PL_VEC_FIELDS(struct pl_summary_row);
};

/* Adds a row about a finished report, or about a source that gave none; strings are copied to the
 * arena. */
void pl_summary_add(struct pl_summary *summary, struct pl_arena *arena, pl_str source,
                    const struct pl_report *report);
void pl_summary_fail(struct pl_summary *summary, struct pl_arena *arena, pl_str source,
                     const struct pl_error *why);
