/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * transfer - a generation of the database as one file, for machines without a network.
 *
 * The file is a tar archive, compressed by zstd: the manifest as "manifest.json", then the slices
 * as "<digits>.pldb". What comes in is somebody else's: nothing is taken but members of these
 * names, and an import that fails leaves the database as it was (db/intake.h).
 */
#include "base/progress.h"
#include "db/build.h"

/* Writes the generation in use to `fd`, a regular file; temporary files go to `dir` itself. */
enum pl_status pl_db_export(const char *dir, int fd, const struct pl_progress *progress,
                            uint64_t *ret_bytes, struct pl_error *err);

/* Makes the generation in `fd` the one in use. `name` is for messages. */
enum pl_status pl_db_import(const char *dir, int fd, const char *name, size_t keep_count,
                            const struct pl_progress *progress, struct pl_db_built *ret,
                            struct pl_error *err);
