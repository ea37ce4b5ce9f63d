/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * end_of_life - until when a system gets fixes, as the database has it (feed/reader/endoflife.c).
 */
#include "db/db.h"
#include "model/os.h"

/* Sets *io_day (YYYY-MM-DD, in `arena`) to the end of free security support of this release when
 * the database states one, and leaves it otherwise. */
enum pl_status pl_end_of_life_find(struct pl_arena *arena, struct pl_db *db, const struct pl_os *os,
                                   pl_str *io_day, struct pl_error *err);
