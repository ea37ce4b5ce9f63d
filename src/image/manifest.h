/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * manifest - from an index or a manifest to the image it stands for.
 *
 * Follows indexes (also nested ones) to the manifest of the wanted platform, checks every document
 * against the digest that addresses it, reads the config, and asks for each layer where its bytes
 * are. Where the documents lie is the caller's: an OCI layout, a content store, a registry.
 * Formats: image-spec, image-index.md and manifest.md; Docker's "image manifest v2, schema 2".
 * Schema 1 and artifacts that are no images are refused by name.
 */
#include "image/image.h"

struct pl_descriptor {
    struct pl_digest digest;
    uint64_t size_bytes;
    pl_str media_type;
    pl_str artifact_type;
    bool has_urls; /* may lie outside of the image ("foreign layer") */
};

/* Where blobs are had. */
struct pl_blob_getter {
    /* A small document's bytes, up to `ceiling_bytes`; `is_manifest` tells manifests and indexes
     * from configs, which registries keep apart. What comes is checked against the digest. */
    enum pl_status (*read)(void *context, const struct pl_descriptor *descriptor, bool is_manifest,
                           size_t ceiling_bytes, pl_str *ret, struct pl_error *err);
    /* How a layer's bytes are got. NOT_FOUND makes the layer a gap. NULL where no layer will be
     * read: they get their length alone. */
    enum pl_status (*locate)(void *context, const struct pl_descriptor *descriptor,
                             struct pl_part *ret, struct pl_error *err);
    void *context;
};

struct pl_manifest_query {
    struct pl_arena *arena; /* of the image */
    const struct pl_blob_getter *blobs;
    const struct pl_platform *platform;
    pl_str tag; /* which entry of the outermost index, by its name annotation; or empty */
};

/* `document` is the outermost index, manifest, or an OCI layout's index.json; `digest` is its own,
 * empty for index.json. The image lives in the query's arena. */
enum pl_status pl_manifest_open(const struct pl_manifest_query *query, pl_str document,
                                const struct pl_digest *digest, struct pl_image *ret,
                                struct pl_error *err);
