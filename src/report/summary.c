/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary.h"

void pl_summary_add(struct pl_summary *summary, struct pl_arena *arena, pl_str source,
                    const struct pl_report *report)
{
    struct pl_summary_row *row = pl_vec_push(arena, summary);
    *row = (struct pl_summary_row){.source = pl_arena_dup(arena, source),
                                   .components = report->components.count,
                                   .gaps = report->gaps.count,
                                   .has_findings = report->has_findings,
                                   .verdict_pass = report->verdict_pass};
    for (size_t i = 0; i < report->findings.count; i++) {
        const struct pl_finding *finding = &report->findings.items[i];
        if (pl_finding_counts(finding)) {
            row->findings[finding->severity]++;
        }
    }
}

void pl_summary_fail(struct pl_summary *summary, struct pl_arena *arena, pl_str source,
                     const struct pl_error *why)
{
    struct pl_summary_row *row = pl_vec_push(arena, summary);
    *row = (struct pl_summary_row){.source = pl_arena_dup(arena, source),
                                   .failure = pl_arena_dup(arena, pl_str_from(why->msg))};
}
