/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db_update - what changes the advisory database.
 */
#include "command/command.h"

/* Older generations that are kept beside the one in use, for scans as of an earlier day. */
enum { PL_DB_KEPT_GENERATIONS = 7 };

/* Reads sources into a new generation: what they have takes the place of what was there of them,
 * and all else stays. What fails is told, and keeps what it had. */
enum pl_status pl_db_update(const struct pl_args *args, const char *dir, struct pl_error *err);

/* Takes slices out of the database. */
enum pl_status pl_db_remove(const struct pl_args *args, const char *dir, struct pl_error *err);

/* The generation in use as one file, and back. */
enum pl_status pl_db_export_file(const struct pl_args *args, const char *dir, struct pl_error *err);
enum pl_status pl_db_import_file(const struct pl_args *args, const char *dir, struct pl_error *err);
