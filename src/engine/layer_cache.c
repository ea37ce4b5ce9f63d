/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/layer_cache.h"
#include "base/limits.h"
#include "base/wire.h"
#include "engine/inspect.h"
#include "inspector_version.h"
#include "model/evidence_codec.h"

/* A layer's evidence; which layer a blob holds; a manifest or a config. */
#define LAYERS "layer"
#define BLOBS "blob"
#define DOCUMENTS "document"

static pl_str layer_key(struct pl_arena *scratch, const struct pl_layer_cache *cache,
                        pl_str diff_id)
{
    pl_str limits = pl_str_make((const char *)cache->limits, sizeof(*cache->limits));
    return pl_arena_format(scratch, PL_STR_FMT " " PL_INSPECTOR_VERSION " %llx",
                           PL_STR_ARG(diff_id),
                           (unsigned long long)(pl_str_hash(limits) ^ cache->catalogers));
}

/* What is known of a blob: the digest of what it holds, and its length. */
static bool find_blob(const struct pl_layer_cache *cache, struct pl_arena *scratch,
                      const struct pl_image_layer *layer, struct pl_digest *ret_diff_id)
{
    pl_str value = PL_STR_EMPTY;
    if (!pl_cache_find(cache->cache, scratch, BLOBS, pl_digest_str(&layer->stored), 4096, &value)) {
        return false;
    }
    struct pl_wire wire = pl_wire_over(value);
    pl_str diff_id = pl_wire_str(&wire);
    uint64_t length = pl_wire_uint(&wire);
    return !wire.bad && length == layer->part.length &&
           pl_digest_parse(diff_id, ret_diff_id, NULL) == PL_OK;
}

enum pl_status pl_layer_cache_find(const struct pl_layer_cache *cache, struct pl_arena *arena,
                                   const struct pl_image_layer *layer,
                                   const struct pl_evidence **ret, struct pl_error *err)
{
    *ret = NULL;
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_digest diff_id = layer->diff_id;
    if (!cache->cache ||
        (layer->stored.text[0] != '\0' && !find_blob(cache, &scratch, layer, &diff_id)) ||
        diff_id.text[0] == '\0') {
        return PL_OK;
    }
    if (layer->diff_id.text[0] != '\0') {
        enum pl_status st =
            pl_digest_verify("the uncompressed layer", &diff_id, &layer->diff_id, err);
        if (st < 0) {
            return st;
        }
    }
    pl_str key = layer_key(&scratch, cache, pl_digest_str(&diff_id));
    pl_str bytes = PL_STR_EMPTY;
    if (!pl_cache_find(cache->cache, arena, LAYERS, key, pl_inspect_answer_ceiling(cache->limits),
                       &bytes)) {
        return PL_OK;
    }
    struct pl_evidence *evidence = PL_ARENA_NEW(arena, struct pl_evidence);
    if (pl_evidence_decode(arena, pl_str_span(bytes), evidence, NULL) < 0) {
        pl_cache_discard(cache->cache, LAYERS, key);
        return PL_OK;
    }
    evidence->blob_digest = layer->info.digest;
    evidence->blob_bytes = layer->part.length;
    *ret = evidence;
    return PL_OK;
}

void pl_layer_cache_keep(const struct pl_layer_cache *cache, const struct pl_image_layer *layer,
                         const struct pl_evidence *evidence)
{
    if (!cache->cache || evidence->gaps.count > 0 || evidence->diff_id.len == 0) {
        return;
    }
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(pl_inspect_answer_ceiling(cache->limits));
    pl_evidence_encode(evidence, &bytes);
    if (bytes.overflowed) {
        return;
    }
    pl_cache_put(cache->cache, LAYERS, layer_key(&scratch, cache, evidence->diff_id),
                 pl_buf_str(&bytes));
    if (layer->stored.text[0] != '\0') {
        struct pl_buf holds pl_autobuf = PL_BUF_INIT(4096);
        pl_wire_put_str(&holds, evidence->diff_id);
        pl_wire_put_uint(&holds, evidence->blob_bytes);
        pl_cache_put(cache->cache, BLOBS, pl_digest_str(&layer->stored), pl_buf_str(&holds));
    }
}

static bool find_document(void *context, struct pl_arena *arena, const struct pl_digest *digest,
                          pl_str *ret)
{
    struct pl_cache *cache = context;
    pl_str bytes = PL_STR_EMPTY;
    if (!pl_cache_find(cache, arena, DOCUMENTS, pl_digest_str(digest), PL_LIMIT_CONFIG_BYTES,
                       &bytes)) {
        return false;
    }
    struct pl_digest got = pl_digest_of(pl_str_span(bytes), digest);
    if (pl_digest_verify("the document", &got, digest, NULL) < 0) {
        pl_cache_discard(cache, DOCUMENTS, pl_digest_str(digest));
        return false;
    }
    *ret = bytes;
    return true;
}

static void put_document(void *context, const struct pl_digest *digest, pl_str bytes)
{
    pl_cache_put(context, DOCUMENTS, pl_digest_str(digest), bytes);
}

struct pl_image_documents pl_layer_cache_documents(struct pl_cache *cache)
{
    return (struct pl_image_documents){find_document, put_document, cache};
}
