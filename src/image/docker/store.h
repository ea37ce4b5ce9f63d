/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store - the layers of an engine of this machine, read where it keeps them.
 *
 * An archive of an image is made slowly: the engine packs every layer again. Where its storage is
 * on this machine and may be read, each layer is there as a directory. This takes the engine's
 * word that a directory is the layer it calls so; only the image's config is held to its digest.
 * Nothing that is missing, odd or not permitted is an error: then there is still the archive.
 */
#include "format/json.h"
#include "image/image.h"

struct pl_docker_store;

/* What an engine says of its storage. */
struct pl_docker_info {
    pl_str driver; /* "overlay2" */
    pl_str root; /* the directory of everything that the engine keeps */
    bool is_rootless;
};

/* GET /info. Podman takes half a second for the answer. */
void pl_docker_read_info(struct pl_arena *arena, const json_t *answer, struct pl_docker_info *ret);

/* What can be told from where an image lies: `top_dir` is ROOT/DRIVER/ID/diff. False when it
 * cannot. Whether the engine is rootless is not among it. */
bool pl_docker_info_from_place(pl_str driver, pl_str top_dir, struct pl_docker_info *ret);

/* Is this a kind of storage that can be read? */
bool pl_docker_store_is_known(pl_str driver);

/* Finds the directory of each layer of `image`, all of them or none, and sets `part.dir`. Fails as
 * UNSUPPORTED for other kinds of storage, DENIED to whom the kernel does not show all of it, and
 * with whatever hinders. The store lives in `arena` and has to be closed when the layers are done.
 */
enum pl_status pl_docker_store_open(struct pl_arena *arena, const struct pl_docker_info *info,
                                    struct pl_image *image, struct pl_docker_store **ret,
                                    struct pl_error *err);
void pl_docker_store_close(struct pl_docker_store *store);

/* The config of the image with that id, held to its digest; false when it is not there. */
bool pl_docker_store_config(const struct pl_docker_store *store, struct pl_arena *arena,
                            const struct pl_digest *id, pl_str *ret);

/* The chain id of each layer (image-spec, config.md, "Layer ChainID"): that of the stack of layers
 * up to it. `ret` has room for `count`. */
void pl_docker_chain_ids(const struct pl_image_layer *layers, size_t count, struct pl_digest *ret);

/* The ids of the layers with these diff_ids in a layers.json of containers/storage: `ret` has room
 * for as many as `image` has layers. NOT_FOUND when one is not there whole. */
enum pl_status pl_docker_read_layer_list(struct pl_arena *arena, pl_str text,
                                         const struct pl_image *image, pl_str *ret,
                                         struct pl_error *err);
