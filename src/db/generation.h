/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * generation - the files of a database directory, and how one takes the place of another.
 *
 *   current           a symbolic link to the generation in use
 *   <digits>.pldb     a generation, named by the digest of its content
 *   building          the file that a builder writes
 *   current.new       a link on its way to become `current`
 *   lock              held by the builder at work
 */
#include "base/error.h"
#include <stdbool.h>

#define PL_DB_CURRENT "current"

/* Opens the directory, made when missing, and takes its lock. The lock goes with *ret_lock_fd. */
enum pl_status pl_generation_lock(const char *dir, int *ret_dir_fd, int *ret_lock_fd,
                                  struct pl_error *err);

/* An empty `building`, with what killed builders left removed before. Under the lock. */
enum pl_status pl_generation_begin(int dir_fd, int *ret_fd, struct pl_error *err);

/* Flushes `building`, makes it the generation `digits` and the current one, and removes the others.
 * *ret_changed is false when that generation was current already. Under the lock. */
enum pl_status pl_generation_swap(int dir_fd, int building_fd, const char *digits,
                                  bool *ret_changed, struct pl_error *err);

/* Removes `building`. Under the lock. */
void pl_generation_abandon(int dir_fd);
