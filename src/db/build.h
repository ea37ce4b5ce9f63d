/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * build - the next generation of the advisory database, beside the one in use.
 *
 * It begins as the generation in use; slices are built anew one after the other, and take the place
 * of those with their names, or are removed. Nothing a reader sees changes before
 * pl_db_builder_finish has all new files on disk: then one rename swaps the generation in. A
 * builder that is killed, or fails in one slice, loses nothing of what was there.
 */
#include "db/manifest.h"
#include "model/advisory.h"
#include "model/exploitation.h"

struct pl_db_builder;

/* Makes `dir` when it is missing and locks it: CONFLICT when another builder is at work there. */
enum pl_status pl_db_builder_new(const char *dir, struct pl_db_builder **ret, struct pl_error *err);
/* Without finish before it: gives up, and the database stays as it was. */
void pl_db_builder_free(struct pl_db_builder *builder);
PL_DEFINE_CLEANUP(struct pl_db_builder, pl_db_builder_free)

/* The next generation as it is so far; good until the builder is freed. */
const struct pl_db_manifest *pl_db_builder_manifest(const struct pl_db_builder *builder);

/* Begins the slice of this name, empty. */
enum pl_status pl_db_builder_begin(struct pl_db_builder *builder, pl_str slice,
                                   struct pl_error *err);

/* The same, but it begins as it is in the generation in use, and what is added takes the place of
 * what has its id. For slices of advisories. NOT_FOUND when there is no such slice. */
enum pl_status pl_db_builder_begin_on(struct pl_db_builder *builder, pl_str slice,
                                      struct pl_error *err);

/* Take copies; may be called from several threads at once. LIMIT when the record has too long a
 * name or id: it is left out. */
enum pl_status pl_db_builder_add(struct pl_db_builder *builder, const struct pl_advisory *advisory,
                                 struct pl_error *err);
enum pl_status pl_db_builder_add_exploitation(struct pl_db_builder *builder,
                                              const struct pl_exploitation *exploitation,
                                              struct pl_error *err);

/* Of a slice that was begun on what it was: the record of this id is gone, unless one is added. */
enum pl_status pl_db_builder_remove_record(struct pl_db_builder *builder, pl_str id,
                                           struct pl_error *err);

/* Where a slice came from: source, etag, last_modified, selection, cursor and fetched of
 * pl_db_slice_info. */
struct pl_db_origin {
    pl_str source;
    pl_str etag;
    pl_str last_modified;
    pl_str selection;
    pl_str cursor;
    pl_str fetched;
};

struct pl_db_slice_built {
    uint64_t records;
    uint64_t keys;
    uint64_t size_bytes;
    uint64_t replaced; /* records given up for a newer or equal one of the same id, or joined */
    bool changed; /* false: the same content as before */
};

/* Ends the slice: a thread of the builder's writes it. Others may be begun, filled and ended
 * meanwhile, as long as the builder is not full. */
enum { PL_DB_BUILDER_ENDINGS = 2 };
enum pl_status pl_db_builder_end(struct pl_db_builder *builder, const struct pl_db_origin *origin,
                                 bool accept_shrink, struct pl_error *err);
/* Are as many slices being written as may be? One is to be settled before the next is ended. */
bool pl_db_builder_is_full(const struct pl_db_builder *builder);

/* Waits for the slice that was ended first of those that are not settled, and makes it part of the
 * next generation; *ret_any is false when all are settled. CONFLICT, and the slice stays as it was,
 * when it has less than half of the records that it had for the same selection and the shrinking
 * was not accepted: feeds break more often than advisories are withdrawn by the thousand. */
enum pl_status pl_db_builder_settle(struct pl_db_builder *builder, bool *ret_any,
                                    struct pl_db_slice_built *ret, struct pl_error *err);
/* Gives up the slice that was begun: what the generation in use has of it stays. */
void pl_db_builder_drop(struct pl_db_builder *builder);

/* Keeps what is settled so far for a builder that takes up where this one may be killed. */
void pl_db_builder_checkpoint(struct pl_db_builder *builder);
/* Takes up what a builder that was killed had of this source, for the same selection: those slices
 * are then as if the generation in use had them. Returns how many there are. */
size_t pl_db_builder_resume(struct pl_db_builder *builder, pl_str source, pl_str selection);

/* The slice was asked for, and is what the source still has. */
void pl_db_builder_confirm(struct pl_db_builder *builder, pl_str slice,
                           const struct pl_db_origin *origin);
/* False when there is no such slice. */
bool pl_db_builder_remove(struct pl_db_builder *builder, pl_str slice);

struct pl_db_built {
    char generation[PL_DB_DIGITS + 1];
    uint64_t records;
    uint64_t keys;
    uint64_t size_bytes;
    bool changed; /* false: the generation in use was the same already */
};

/* Swaps the generation in, all slices being settled; no other call but free may follow. `created`
 * is the time, RFC 3339, of a generation that is new; of older ones the `keep_count` newest stay.
 */
enum pl_status pl_db_builder_finish(struct pl_db_builder *builder, pl_str created,
                                    size_t keep_count, struct pl_db_built *ret,
                                    struct pl_error *err);
