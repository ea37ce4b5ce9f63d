/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * generation - the files of a database directory, and how one generation takes another's place.
 *
 *   current             a symbolic link to the manifest of the generation in use
 *   <digits>.json       the manifest of a generation (db/manifest.h)
 *   <digits>.pldb       a slice, named by the digest of its content
 *   <digits>.changed    what a generation changed (db/changes.h)
 *   building.<number>   a slice that is being written
 *   current.new         a link on its way to become `current`
 *   pending             the manifest of a generation that is being built, as far as it is
 *   lock                held by the builder at work
 */
#include "db/manifest.h"
#include <stdbool.h>

#define PL_DB_CURRENT "current"
#define PL_DB_SLICE_SUFFIX ".pldb"
#define PL_DB_MANIFEST_SUFFIX ".json"
#define PL_DB_CHANGES_SUFFIX ".changed"

/* Opens the directory, made when missing, and takes its lock. The lock goes with *ret_lock_fd. */
enum pl_status pl_generation_lock(const char *dir, int *ret_dir_fd, int *ret_lock_fd,
                                  struct pl_error *err);

/* The manifest in use, or the one of `generation` unless that is empty: NOT_FOUND. */
enum pl_status pl_generation_read(int dir_fd, pl_str generation, struct pl_arena *arena,
                                  struct pl_db_manifest *ret, struct pl_error *err);

/* All manifests that are there, the one in use among them, newest first; broken ones are left out.
 */
struct pl_db_manifests {
    PL_VEC_FIELDS(struct pl_db_manifest);
};
enum pl_status pl_generation_list(int dir_fd, struct pl_arena *arena, struct pl_db_manifests *ret,
                                  struct pl_error *err);

/* NOT_FOUND, with what to run, when the file is missing. */
enum pl_status pl_generation_open_slice(int dir_fd, const struct pl_db_slice_info *slice,
                                        int *ret_fd, struct pl_error *err);

/* A slice that is being written, before its content has told its name. */
struct pl_slice_file {
    int fd;
    unsigned number; /* of the file's name */
};

/* An empty file; `number` tells those apart that are written at the same time. What a killed
 * builder left of it goes. Under the lock. */
enum pl_status pl_generation_begin_slice(int dir_fd, unsigned number, struct pl_slice_file *ret,
                                         struct pl_error *err);

/* The file becomes the slice `digits`, and is closed unless that fails. Under the lock. */
enum pl_status pl_generation_keep_slice(int dir_fd, struct pl_slice_file *file, const char *digits,
                                        struct pl_error *err);
/* The same under a name that says nothing of the content, in place of what has it. Under the lock.
 */
enum pl_status pl_generation_keep_file(int dir_fd, struct pl_slice_file *file, const char *name,
                                       struct pl_error *err);
/* Closes and removes the file, unless that or the keeping was done before. Under the lock. */
void pl_generation_abandon(int dir_fd, struct pl_slice_file *file);

/* What is done of a generation that is being built, for a builder that takes up where this one may
 * be killed. No more than a help: nothing is flushed, and failures are passed over. Gone when a
 * generation is swapped in. Under the lock. */
void pl_generation_keep_pending(int dir_fd, const struct pl_db_manifest *manifest);
/* NOT_FOUND when there is none. */
enum pl_status pl_generation_read_pending(int dir_fd, struct pl_arena *arena,
                                          struct pl_db_manifest *ret, struct pl_error *err);

/* Removes all but the manifest `in_use`, the `keep_count` newest of the others, and the slices that
 * these refer to. Under the lock. */
void pl_generation_prune(int dir_fd, const char *in_use, size_t keep_count);

/* Makes this manifest the one in use, once it and its slices are on disk. Of the others the
 * `keep_count` newest stay; what nobody refers to any more is removed. *ret_changed is false when
 * this generation was in use already. Under the lock. */
enum pl_status pl_generation_swap(int dir_fd, const struct pl_db_manifest *manifest,
                                  size_t keep_count, bool *ret_changed, struct pl_error *err);
