/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI image layout (image-spec, image-layout.md) holds "oci-layout" with the layout's version,
 * "index.json" with descriptors of manifests (image/manifest.c), and every blob at
 * "blobs/ALGORITHM/HEX".
 */
#include "base/limits.h"
#include "image/manifest.h"

static pl_str blob_name(struct pl_arena *arena, const struct pl_digest *digest)
{
    pl_str algorithm = PL_STR_EMPTY;
    pl_str hex = PL_STR_EMPTY;
    pl_str_cut(pl_digest_str(digest), ':', &algorithm, &hex);
    return pl_arena_format(arena, "blobs/" PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(algorithm),
                           PL_STR_ARG(hex));
}

static enum pl_status read_blob(void *context, const struct pl_descriptor *descriptor,
                                bool is_manifest, size_t ceiling_bytes, pl_str *ret,
                                struct pl_error *err)
{
    (void)is_manifest;
    struct pl_store *store = context;
    return pl_store_read(store, blob_name(store->arena, &descriptor->digest), ceiling_bytes, ret,
                         err);
}

static enum pl_status locate_layer(void *context, const struct pl_descriptor *descriptor,
                                   struct pl_part *ret, struct pl_error *err)
{
    struct pl_store *store = context;
    return pl_store_find(store, blob_name(store->arena, &descriptor->digest), ret, err);
}

enum pl_status pl_oci_layout_open(struct pl_arena *arena, struct pl_store *store, pl_str selector,
                                  const struct pl_platform *platform, struct pl_image *ret,
                                  struct pl_error *err)
{
    pl_str index = PL_STR_EMPTY;
    enum pl_status st =
        pl_store_read(store, PL_STR("index.json"), PL_LIMIT_MANIFEST_BYTES, &index, err);
    if (st < 0) {
        return st;
    }
    struct pl_blob_getter blobs = {read_blob, locate_layer, store};
    struct pl_manifest_query query = {arena, &blobs, platform, selector};
    struct pl_digest none = {.text = ""};
    return pl_manifest_open(&query, index, &none, ret, err);
}
