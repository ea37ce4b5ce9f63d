/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rows - one finding for one vulnerability, however many advisories speak of it.
 *
 * Advisories that share a name (an id, an alias, what they are derived from) are about the same
 * vulnerability, unless that would make one of two CVEs. One that names several CVEs, as errata do,
 * speaks of each of them. Where sources differ, the distribution's word counts before the
 * ecosystem's, and that before the NVD's; docs/matching.md has the rules. A row that a VEX document
 * of the database denies is there as well, marked with its word (pl_finding.suppressions).
 */
#include "db/db.h"
#include "model/finding.h"
#include "version/range.h"

/* What one advisory says of one component, whose version it means. */
struct pl_statement {
    const struct pl_advisory *advisory;
    const struct pl_affected *affected;
    pl_str slice;
    pl_str ecosystem;
    pl_str via; /* "source-package" or "package" */
    struct pl_range_match match;
    bool is_vendor; /* the distribution's own word about its package */
    bool is_paid; /* its fix is for who has a subscription, which the system has not */
};

struct pl_statements {
    PL_VEC_FIELDS(struct pl_statement);
};

/* The word of a VEX document on a package, as a mark. */
struct pl_suppression_mark pl_rows_mark(const struct pl_advisory *advisory,
                                        const struct pl_affected *affected, pl_str slice);

/* Appends the findings of `component`. Everything borrowed must outlive them. */
void pl_rows_add(struct pl_arena *arena, const struct pl_component *component,
                 const struct pl_statements *statements, struct pl_findings *ret);
