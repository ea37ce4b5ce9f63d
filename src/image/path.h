/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * path - names inside an image, brought to one form.
 *
 * A clean path has no leading slash and no empty, "." or ".." segment; "" is the root. Cleaning is
 * lexical: nothing is looked up.
 */
#include "base/arena.h"

/* Writes the clean form into `into` (at least PL_LIMIT_PATH_BYTES). PL_E_PARSE for a path that
 * leaves the root by "..", PL_E_LIMIT for one that is too long. *ret views `into`. */
enum pl_status pl_path_clean(pl_str path, char *into, pl_str *ret, struct pl_error *err);

/* Where a symlink at clean path `from` points, cleaned; ".." at the root stays at the root, as the
 * kernel has it under chroot. An empty result is the root. The result is in `arena`. */
pl_str pl_path_resolve(struct pl_arena *arena, pl_str from, pl_str target);

/* The path without its last segment, "" for a name at the root. */
pl_str pl_path_parent(pl_str path);
pl_str pl_path_base(pl_str path);
