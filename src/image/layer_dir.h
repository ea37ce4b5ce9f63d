/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * layer_dir - a layer that an engine keeps unpacked, as a directory for overlayfs.
 *
 * Nothing in it is checked against a digest: what is read there is what the engine mounts. The
 * directory holds whiteouts as overlayfs has them (engine/inspect_tree.c). It is opened once
 * and read by its descriptor; that the engine does not remove the layer meanwhile is for its reader
 * to ask afterwards.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

struct pl_layer_dir {
    int fd; /* of the directory that holds the layer's files */
    int home_fd; /* borrowed, as below */
    const char *place; /* of that directory below the home */
    bool is_rootless; /* mounted with "userxattr": its attributes are user.overlay.* */
    const char *link; /* of the short name by which the engine mounts it, below the home */
};

/* `home_fd` is the storage driver's directory, `id` names the layer in it: 64 hex digits, else
 * PL_E_PARSE. NOT_FOUND or DENIED where it is not a plain layer of files that can be read. The
 * caller closes `fd`, and keeps `home_fd` open as long. */
enum pl_status pl_layer_dir_open(struct pl_arena *arena, int home_fd, pl_str id,
                                 struct pl_layer_dir *ret, struct pl_error *err);

/* Is it still there? The engine removes the short name before it removes any file. */
bool pl_layer_dir_is_there(const struct pl_layer_dir *dir);

/* 64 lower-case hex digits: the only names that are taken from an engine's own files. */
bool pl_layer_dir_is_id(pl_str id);

/* A regular file of an engine, below a directory of it, no link followed; NOT_FOUND also where it
 * may not be read, LIMIT past the ceiling. */
enum pl_status pl_layer_dir_read(struct pl_arena *arena, int dir_fd, pl_str path,
                                 size_t ceiling_bytes, pl_str *ret, struct pl_error *err);
