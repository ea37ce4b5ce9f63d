/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * suppression - marks the findings that rules (model/suppression.h) mean.
 *
 * Rules that suppress are reasons for a finding not to count; the others (that it is affected, or
 * under investigation) are its assessments, and decide its status where nothing suppresses it.
 *
 * Which images a rule is for is not judged here: the caller hands over those that are for this one.
 * A rule that has expired marks nothing, but is told with what it would have meant.
 */
#include "model/finding.h"

struct pl_suppression_query {
    const struct pl_suppressions *rules;
    pl_str today; /* YYYY-MM-DD; empty: nothing expires */
};

/* Adds marks to `findings`, sets the status of those that had none, and adds a record for each
 * rule, in the order of the rules. Linear in the findings' names and the rules they hit. */
void pl_suppression_apply(struct pl_arena *arena, const struct pl_suppression_query *query,
                          struct pl_findings *findings, struct pl_suppression_records *ret);

/* Takes those that are marked out of `findings`, in their order. */
void pl_suppression_split(struct pl_arena *arena, struct pl_findings *findings,
                          struct pl_findings *ret_suppressed);

/* Does the rule mean the package of this finding, whatever the vulnerability? */
bool pl_suppression_means_package(struct pl_arena *arena, const struct pl_suppression *rule,
                                  const struct pl_finding *finding);
