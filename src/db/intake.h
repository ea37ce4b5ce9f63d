/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * intake - a generation that comes from elsewhere, slice by slice, and takes the place of the one
 * in use when all of it is there and nothing before.
 *
 * What comes in is somebody else's: each slice is verified against the digits of its name. An
 * intake that is given up takes the slices that it brought away again, so that the directory is as
 * it was. It holds the database's lock from its beginning to its end.
 */
#include "db/build.h"
#include "db/table.h"

struct pl_db_intake;

/* Makes `dir` when it is missing; CONFLICT when another update is at work there. */
enum pl_status pl_db_intake_new(const char *dir, struct pl_db_intake **ret, struct pl_error *err);
/* Without finish before it: gives up. */
void pl_db_intake_free(struct pl_db_intake *intake);
PL_DEFINE_CLEANUP(struct pl_db_intake, pl_db_intake_free)

/* The generation in use when the intake began; without slices when there was none that can be
 * read. */
const struct pl_db_manifest *pl_db_intake_in_use(const struct pl_db_intake *intake);

/* The slice's content, if it is here, in whichever generation; NOT_FOUND when it is not here, or is
 * not what its name says. */
enum pl_status pl_db_intake_open(const struct pl_db_intake *intake, pl_str digits,
                                 struct pl_table **ret, struct pl_error *err);

/* An empty file for the next slice, in place of one that was begun before; the descriptor is the
 * intake's, good until the slice is kept or another begun. */
enum pl_status pl_db_intake_begin(struct pl_db_intake *intake, int *ret_fd, struct pl_error *err);
/* What was written to that file is this slice: verified, and kept. TRUST when it is another. */
enum pl_status pl_db_intake_keep(struct pl_db_intake *intake, const struct pl_db_slice_info *slice,
                                 struct pl_error *err);

/* Makes this generation the one in use; PARSE when a slice of it is missing. Of older generations
 * the `keep_count` newest stay. Only free may follow. */
enum pl_status pl_db_intake_finish(struct pl_db_intake *intake,
                                   const struct pl_db_manifest *manifest, size_t keep_count,
                                   struct pl_db_built *ret, struct pl_error *err);
