/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * slice - what one slice of the database says: the questions of db/db.h, asked of one table.
 *
 * Strings handed out are views into the table's map, good while it is open, or lie in the arena.
 */
#include "db/db.h"
#include "db/table.h"

/* All that is said of the package with this key (pl_db_key_encode). */
enum pl_status pl_slice_lookup(struct pl_table *table, struct pl_arena *arena, pl_str key,
                               struct pl_db_matches *ret, struct pl_error *err);
/* The list of versions of a match that has one. */
enum pl_status pl_slice_versions(struct pl_table *table, struct pl_arena *arena,
                                 const struct pl_db_match *match, struct pl_strs *ret,
                                 struct pl_error *err);
/* As the functions of db/db.h that are called alike. */
enum pl_status pl_slice_covers(struct pl_table *table, pl_str ecosystem, bool *ret,
                               struct pl_error *err);
enum pl_status pl_slice_advisory(struct pl_table *table, struct pl_arena *arena, pl_str id,
                                 bool with_affected, struct pl_advisory *ret, struct pl_error *err);
enum pl_status pl_slice_named(struct pl_table *table, struct pl_arena *arena, pl_str name,
                              struct pl_strs *ret, struct pl_error *err);
enum pl_status pl_slice_search(struct pl_table *table, struct pl_arena *arena, pl_str text,
                               size_t limit, struct pl_strs *ret, struct pl_error *err);

/* Does it have a record of this id? */
enum pl_status pl_slice_has(struct pl_table *table, pl_str id, bool *ret, struct pl_error *err);

/* What it knows of the exploitation of `id`; *ret is untouched when that is nothing. */
enum pl_status pl_slice_exploitation(struct pl_table *table, struct pl_arena *arena, pl_str id,
                                     bool *ret_found, struct pl_exploitation *ret,
                                     struct pl_error *err);
