/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * diff - what changed between two generations of the database.
 */
#include "db/changes.h"

/* Both generations by their names (or the first digits of one, if that tells it), in `dir`. An
 * empty name is the generation in use, "previous" the one before it; NOT_FOUND for one that is not
 * there. The list that the later one keeps, where it is of these two; else they are compared. */
enum pl_status pl_db_diff(const char *dir, pl_str before, pl_str after, struct pl_db_changes *ret,
                          struct pl_error *err);
