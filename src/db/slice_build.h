/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * slice_build - makes the file of one slice out of what a source says.
 *
 * The builder takes advisories and entries about exploitation from any number of threads in any
 * order and writes a file that depends on their content alone. Of several records with one id the
 * one modified last is kept, unless they are parts (model/advisory.h): those are joined. Memory is
 * bounded by the sorters' budgets, whatever the source's size.
 */
#include "db/manifest.h"
#include "db/table.h"
#include "model/advisory.h"
#include "model/exploitation.h"

struct pl_slice_builder;

/* Borrowed are `dir`, for temporary files, and `fd`, an empty file. `base` becomes the builder's;
 * with it the slice is to have all that the base has but records that are added anew or removed.
 * NULL: the slice begins empty. A base has advisories alone. */
struct pl_slice_builder *pl_slice_builder_new(const char *dir, int fd, struct pl_table *base);
void pl_slice_builder_free(struct pl_slice_builder *builder);
PL_DEFINE_CLEANUP(struct pl_slice_builder, pl_slice_builder_free)

/* Takes a copy. PL_E_LIMIT for a record with no id or too long a name. */
enum pl_status pl_slice_builder_add(struct pl_slice_builder *builder,
                                    const struct pl_advisory *advisory, struct pl_error *err);
/* The base's record of this id is gone, unless one is added. */
enum pl_status pl_slice_builder_remove(struct pl_slice_builder *builder, pl_str id,
                                       struct pl_error *err);
enum pl_status pl_slice_builder_add_exploitation(struct pl_slice_builder *builder,
                                                 const struct pl_exploitation *exploitation,
                                                 struct pl_error *err);

/* Writes the file, from one thread; only free may follow. *ret lies in `arena` and lacks name and
 * origin; *ret_replaced counts records given up for others with their id, or joined to them. */
enum pl_status pl_slice_builder_finish(struct pl_slice_builder *builder, struct pl_arena *arena,
                                       struct pl_db_slice_info *ret, uint64_t *ret_replaced,
                                       struct pl_error *err);
