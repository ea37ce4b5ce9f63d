/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * suppressions - where the rules of a scan come from, and which of them are for its subject.
 *
 * Rules are those of the database and those of documents that somebody names: suppressions, and
 * VEX in any format that a feed reads, of which each statement is a rule: that something is not
 * affected, or fixed, suppresses, what else is said is told with the finding. What an author says
 * later counts in place of what he said before (detect/replaced.h).
 */
#include "db/db.h"
#include "model/report.h"

/* Adds the rules of a file, directory or URL; strings live in the arena. PL_E_PARSE when any of it
 * is malformed: half of what somebody meant is not what he meant. */
enum pl_status pl_suppressions_read(struct pl_arena *arena, const char *source,
                                    struct pl_suppressions *ret, struct pl_error *err);

/* Adds those of the database. What cannot be read of them becomes a gap. */
enum pl_status pl_suppressions_of_db(struct pl_arena *arena, struct pl_db *db,
                                     struct pl_suppressions *ret, struct pl_gaps *gaps,
                                     struct pl_error *err);

/* Moves what the rules mean, those of them that are for this subject, from the findings of the
 * report to those that are suppressed, and says what became of each rule: of the first `given`
 * rules in any case, of the others unless they mean nothing here. `today` is YYYY-MM-DD. */
void pl_suppressions_settle(struct pl_arena *arena, const struct pl_suppressions *rules,
                            size_t given, pl_str today, struct pl_report *report);
