/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * push - writing to a repository (distribution specification, "Push").
 *
 * Blobs first, then the manifest that names them. Everything goes to the registry itself, never to
 * a mirror of it. Credentials go to the registry's own origin alone, wherever it has the bytes sent
 * to.
 */
#include "image/registry/client.h"

/* Gives a blob's bytes in order. */
struct pl_registry_upload {
    const struct pl_descriptor *descriptor;
    /* From its first byte on; called again when the upload has to be repeated. */
    enum pl_status (*open)(void *context, struct pl_error *err);
    enum pl_status (*read)(void *context, uint8_t *into, size_t size, size_t *ret_got,
                           struct pl_error *err);
    void *context;
};

/* Is the blob in the repository? */
enum pl_status pl_registry_push_has_blob(struct pl_registry *registry,
                                         const struct pl_digest *digest, bool *ret,
                                         struct pl_error *err);

/* `mount_from` is another repository of the registry that has the blob, or empty; *ret_is_mounted
 * tells that it was taken over from there and nothing was sent. What breaks on the way is sent
 * again from its start; a failure of `upload` is passed on. */
enum pl_status pl_registry_push_blob(struct pl_registry *registry,
                                     const struct pl_registry_upload *upload, pl_str mount_from,
                                     bool *ret_is_mounted, struct pl_error *err);

/* The same for bytes in memory, unless the blob is there. */
enum pl_status pl_registry_push_bytes(struct pl_registry *registry, pl_str bytes,
                                      struct pl_digest *ret, struct pl_error *err);

/* Under a tag, or under its digest when `tag` is empty. When it has a subject and the registry does
 * not keep the list of referrers itself, that list is brought up to date (referrers.h). TRUST when
 * the registry says that it understood something else. */
enum pl_status pl_registry_push_manifest(struct pl_registry *registry,
                                         const struct pl_registry_manifest *manifest, pl_str tag,
                                         struct pl_error *err);

/* The manifest alone; *ret_keeps_referrers: the registry listed it under its subject itself. */
enum pl_status pl_registry_put_manifest(struct pl_registry *registry,
                                        const struct pl_registry_manifest *manifest,
                                        pl_str selector, bool *ret_keeps_referrers,
                                        struct pl_error *err);
