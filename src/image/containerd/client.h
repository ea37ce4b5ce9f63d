/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * client - questions to containerd: which images it has, and what lies in its content store.
 *
 * containerd is asked over its socket, as gRPC, and never told. Images are kept apart by
 * namespaces; blobs are asked for in one as well, but lie all together in one directory, from which
 * they can be read when we may open them. A client belongs to one thread, and to one process: in a
 * forked child a new one is made, see pl_containerd_fetch.
 */
#include "base/arena.h"
#include "base/vec.h"
#include "format/digest.h"
#include "image/containerd/message.h"
#include "image/fetch.h"

struct pl_containerd;

/* Connects to CONTAINERD_ADDRESS, else to the first of the usual sockets that answers. When none
 * does: DENIED when one may not be opened, else NET, with what was tried. `arena` has to outlive
 * the client. */
enum pl_status pl_containerd_open(struct pl_arena *arena, struct pl_containerd **ret,
                                  struct pl_error *err);
void pl_containerd_free(struct pl_containerd *containerd);
PL_DEFINE_CLEANUP(struct pl_containerd, pl_containerd_free)

/* The socket's path, for messages. */
const char *pl_containerd_socket(const struct pl_containerd *containerd);

/* NOT_FOUND when it has no image of exactly that name. */
enum pl_status pl_containerd_get_image(struct pl_containerd *containerd, const char *namespace,
                                       pl_str name, struct pl_containerd_image *ret,
                                       struct pl_error *err);

struct pl_containerd_images {
    PL_VEC_FIELDS(struct pl_containerd_image);
};

/* Appends all that the namespace has; none when there is no such namespace. */
enum pl_status pl_containerd_list_images(struct pl_containerd *containerd, const char *namespace,
                                         struct pl_containerd_images *images, struct pl_error *err);

/* NOT_FOUND when the content store has no such blob. */
enum pl_status pl_containerd_blob_size(struct pl_containerd *containerd, const char *namespace,
                                       const struct pl_digest *digest, uint64_t *ret,
                                       struct pl_error *err);

/* Hands out the blob's bytes, `size_bytes` at most: PL_E_TRUST beyond, and when there are fewer. */
enum pl_status pl_containerd_read_blob(struct pl_containerd *containerd, const char *namespace,
                                       const struct pl_digest *digest, uint64_t size_bytes,
                                       const struct pl_fetch_sink *sink, struct pl_error *err);

/* The same by a client of its own that is made when it is run. */
const struct pl_fetch *pl_containerd_fetch(const struct pl_containerd *containerd,
                                           const char *namespace, const struct pl_digest *digest,
                                           uint64_t size_bytes);

/* The blob's own file, when we may read it, of which `ret_size` is the length; else -1. To be
 * closed by the caller. */
int pl_containerd_open_blob(struct pl_containerd *containerd, const struct pl_digest *digest,
                            uint64_t *ret_size);
