/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * osv - one record of the OSV schema (https://ossf.github.io/osv-schema/, up to 1.7).
 *
 * What decides whether a version matches (packages, ranges, events, versions) must be well formed,
 * else the record is PL_E_PARSE: half a range is worse than none. What only describes (severity,
 * references, other names) is taken where it has the right shape and passed over where not.
 */
#include "model/advisory.h"

/* The reason under which the feed counts ranges of commits. */
#define PL_OSV_SKIPPED_GIT "range of commits"

/* What a record held and the database has no use for. */
struct pl_osv_skipped {
    uint64_t git_ranges; /* commits, which no installed package names */
    uint64_t without_package; /* entries of `affected` that name no package */
    uint64_t fixed_versions; /* listed as affected by feeds whose habit that is */
    uint64_t moved; /* packages given to the ecosystem that the feed means; osv.c has the list */
};

/* Parses `json` into the arena; nothing of `json` is referred to afterwards. `name` is for messages
 * and may be a file name, or NULL: the record's own id is never used as one. *skipped is added to.
 */
enum pl_status pl_osv_parse(struct pl_arena *arena, pl_str json, const char *name,
                            struct pl_advisory *ret, struct pl_osv_skipped *skipped,
                            struct pl_error *err);
