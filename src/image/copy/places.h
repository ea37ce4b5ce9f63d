/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * places - the kinds of places that images are copied between, by their scheme.
 *
 *   registry:NAME[:TAG][@DIGEST]      oci-dir:DIR[:TAG]      oci-archive:FILE[:TAG]
 *   docker-archive:FILE[:NAME:TAG]    docker:NAME, podman:NAME (to copy from)
 *
 * Without a scheme a registry is meant.
 */
#include "image/copy/ends.h"

struct pl_copy_place {
    const char *scheme;
    /* `rest` is what follows the scheme. NULL where it cannot be copied from, or to. The arena
     * lives longer than the end. */
    enum pl_status (*open_reader)(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_reader *ret, struct pl_error *err);
    enum pl_status (*open_writer)(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_writer *ret, struct pl_error *err);
};

extern const struct pl_copy_place pl_copy_place_docker;
extern const struct pl_copy_place pl_copy_place_docker_archive;
extern const struct pl_copy_place pl_copy_place_oci_archive;
extern const struct pl_copy_place pl_copy_place_oci_dir;
extern const struct pl_copy_place pl_copy_place_podman;
extern const struct pl_copy_place pl_copy_place_registry;

/* USAGE for a scheme that there is not. */
enum pl_status pl_copy_place_find(pl_str spelling, const struct pl_copy_place **ret,
                                  pl_str *ret_rest, struct pl_error *err);

/* PATH[:SELECTOR]: the shortest part before a colon that exists is the path, unless all of it does;
 * where nothing exists yet, what stands before the first colon. */
void pl_copy_split_path(struct pl_arena *arena, pl_str text, const char **ret_path,
                        pl_str *ret_selector);

/* Both of an OCI image layout, in a directory or an archive. */
enum pl_status pl_copy_layout_reader(struct pl_arena *arena, struct pl_store *store, pl_str name,
                                     struct pl_copy_reader *ret, struct pl_error *err);

/* A reader over what docker save wrote; takes `fd` over. */
enum pl_status pl_copy_docker_reader(struct pl_arena *arena, int fd, pl_str selector,
                                     const struct pl_copy_settings *settings,
                                     struct pl_copy_reader *ret, struct pl_error *err);
