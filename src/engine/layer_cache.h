/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * layer_cache - what was found in a layer once is not looked for again.
 *
 * Evidence is kept under the digest of the uncompressed layer, the inspector's version (a hash of
 * its sources), the limits it worked under and the catalogers that ran; and for each stored blob
 * that was read to its end, which uncompressed layer it holds. So a blob whose digest was verified
 * once is known by it, and an image that names another blob with the same content is not taken at
 * its word: that blob is read. Evidence with gaps of the layer as a whole (a limit, a damaged end)
 * is not kept.
 */
#include "base/budget.h"
#include "cache/cache.h"
#include "image/image.h"

struct pl_layer_cache {
    struct pl_cache *cache; /* borrowed; NULL: nothing is kept */
    const struct pl_budget_limits *limits;
    uint64_t catalogers; /* hash of a struct pl_catalog_selection */
};

/* *ret is NULL when the layer is not known. PL_E_TRUST when its blob is known to hold another layer
 * than the image's config says. */
enum pl_status pl_layer_cache_find(const struct pl_layer_cache *cache, struct pl_arena *arena,
                                   const struct pl_image_layer *layer,
                                   const struct pl_evidence **ret, struct pl_error *err);

void pl_layer_cache_keep(const struct pl_layer_cache *cache, const struct pl_image_layer *layer,
                         const struct pl_evidence *evidence);

/* The documents of the same cache, for sources that reach out (image/image.h); `cache` may be NULL,
 * and must outlive what is given. */
struct pl_image_documents pl_layer_cache_documents(struct pl_cache *cache);
