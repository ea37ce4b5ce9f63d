/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * build - a new generation of the advisory database, beside the one in use.
 *
 * The builder takes advisories from any number of threads in any order and makes a generation that
 * depends on their content alone. Of several records with one id the one modified last is kept.
 * Memory is bounded by two sorters' budgets, whatever the feeds' size. Nothing a reader sees
 * changes before pl_db_builder_finish has the whole new file on disk: then one rename swaps it in.
 * A builder that is killed leaves files that the next one removes; a reader that has the old
 * generation open keeps it.
 */
#include "base/progress.h"
#include "model/advisory.h"

struct pl_db_builder;

/* Makes `dir` when it is missing and locks it: CONFLICT when another builder is at work there. */
enum pl_status pl_db_builder_new(const char *dir, struct pl_db_builder **ret, struct pl_error *err);
/* Without finish before it: gives up, and the database stays as it was. */
void pl_db_builder_free(struct pl_db_builder *builder);
PL_DEFINE_CLEANUP(struct pl_db_builder, pl_db_builder_free)

/* Takes a copy; may be called from several threads at once. `feed` is the name under which the
 * record's source is listed. LIMIT when the record has too long a name or id. */
enum pl_status pl_db_builder_add(struct pl_db_builder *builder, pl_str feed,
                                 const struct pl_advisory *advisory, struct pl_error *err);

struct pl_db_built {
    char generation[33];
    uint64_t records;
    uint64_t keys;
    uint64_t size_bytes;
    uint64_t replaced; /* records given up for a newer or equal one of the same id */
    bool changed; /* false: the generation in use was the same already */
};

/* Writes the generation, flushes it and swaps it in; no other call but free may follow. */
enum pl_status pl_db_builder_finish(struct pl_db_builder *builder,
                                    const struct pl_progress *progress, struct pl_db_built *ret,
                                    struct pl_error *err);
