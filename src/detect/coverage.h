/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * coverage - which packages nobody judged.
 *
 * A package without findings may have been judged and found good, or the database may have nothing
 * on its kind. The second has to be said: packages are counted while they are matched, and what the
 * database does not cover becomes gaps of the report.
 */
#include "db/db.h"
#include "model/gap.h"

struct pl_coverage {
    struct pl_arena *arena;
    struct pl_db *db;
    struct pl_gaps *gaps;
    const struct pl_strs *ecosystems; /* of the system */
    size_t system; /* packages of its own */
    size_t *languages; /* packages by type, in the order of the table of types */
    struct {
        PL_VEC_FIELDS(const struct pl_component *);
    } others; /* packages of vendors beside the distribution that have no advisories here */
};

/* Everything borrowed must outlive it; `arena` holds what it makes. */
void pl_coverage_init(struct pl_coverage *coverage, struct pl_arena *arena, struct pl_db *db,
                      const struct pl_strs *ecosystems, struct pl_gaps *gaps);

/* Notes the gaps. */
enum pl_status pl_coverage_finish(struct pl_coverage *coverage, struct pl_error *err);
