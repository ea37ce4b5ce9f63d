/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * container - a container that an engine has: how it is set up, its files as they are now, and what
 * of them is not its image's.
 *
 * The files of one that runs on this machine are reached through /proc/PID/root, where this user
 * is root: as the container sees them, with everything that is mounted in it. Else they come as the
 * tar that `docker export` would write: the merged file system without the mounts. The latter needs
 * no running container and no root, and works over any connection.
 *
 * Everything lives in the arena given, but for the descriptor and the connection to the engine.
 */
#include "image/docker/client.h"
#include "model/container.h"

struct pl_container_found {
    struct pl_container facts;
    /* The container's root directory, readable, as of a directory that the user named; or -1 and
     * then `export` is not NULL. */
    int root_fd;
    const struct pl_fetch *export; /* one plain tar; works in either case */
    struct pl_docker *docker; /* for the changes */
};

/* `name` is a container's name, its id, or the beginning of one. The engines are asked in turn,
 * Docker first. NOT_FOUND when none of those that answer has it, with names that are near; NET or
 * DENIED when none answers at all. */
enum pl_status pl_container_find(struct pl_arena *arena, pl_str name,
                                 struct pl_container_found *ret, struct pl_error *err);

/* Closes the descriptor and the connection; what lies in the arena stays, `export` too. */
void pl_container_release(struct pl_container_found *found);
#define pl_autocontainer PL_CLEANUP(pl_container_release)

/* What is added, modified or deleted since the image, in the order of paths. Mounts are not told.
 */
enum pl_status pl_container_read_changes(struct pl_arena *arena,
                                         const struct pl_container_found *found,
                                         struct pl_container_changes *ret, struct pl_error *err);
