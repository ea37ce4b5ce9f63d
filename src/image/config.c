/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image's config (image-spec, config.md) is a JSON object: "os", "architecture", "variant";
 * "rootfs": {"type": "layers", "diff_ids": [...]} with the digests of the uncompressed layers,
 * lowest first; "history": [{"created_by": ..., "empty_layer": true}, ...] with an entry for each
 * step of the build, of which those without "empty_layer" made the layers, in order.
 */
#include "base/limits.h"
#include "format/json.h"
#include "image/image.h"

static enum pl_status read_diff_ids(struct pl_arena *arena, const json_t *document,
                                    struct pl_image *image, struct pl_error *err)
{
    const json_t *diff_ids = pl_json_array(pl_json_object(document, "rootfs"), "diff_ids");
    size_t count = json_array_size(diff_ids);
    if (count > PL_LIMIT_LAYERS) {
        return pl_error_set(err, PL_E_LIMIT,
                            "the image's config names %zu layers, at most %d are read", count,
                            PL_LIMIT_LAYERS);
    }
    bool is_new = image->layers.count == 0;
    if (!is_new && count != image->layers.count) {
        return pl_error_set(err, PL_E_PARSE,
                            "the image's config names %zu layers, its manifest %zu", count,
                            image->layers.count);
    }
    for (size_t i = 0; i < count; i++) {
        struct pl_image_layer *layer =
            is_new ? pl_vec_push(arena, &image->layers) : &image->layers.items[i];
        layer->part.fd = is_new ? -1 : layer->part.fd;
        enum pl_status st =
            pl_digest_parse(pl_json_text(json_array_get(diff_ids, i)), &layer->diff_id, err);
        if (st < 0) {
            return pl_error_wrap(err, "the image's config, diff_id %zu", i);
        }
        layer->info.diff_id = pl_arena_dup(arena, pl_digest_str(&layer->diff_id));
    }
    return PL_OK;
}

static void read_history(struct pl_arena *arena, const json_t *document, struct pl_image *image)
{
    const json_t *history = pl_json_array(document, "history");
    size_t layer = 0;
    for (size_t i = 0; i < json_array_size(history) && layer < image->layers.count; i++) {
        const json_t *step = json_array_get(history, i);
        if (!json_is_true(json_object_get(step, "empty_layer"))) {
            image->layers.items[layer++].info.created_by =
                pl_arena_dup(arena, pl_json_str(step, "created_by"));
        }
    }
}

enum pl_status pl_image_read_config(struct pl_arena *arena, pl_str config, struct pl_image *image,
                                    struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse(config, "the image's config", &document, err);
    if (st < 0) {
        return st;
    }
    if (!json_is_object(document)) {
        return pl_error_set(err, PL_E_PARSE, "the image's config is no JSON object");
    }
    image->config = pl_arena_dup(arena, config);
    image->created = pl_arena_dup(arena, pl_json_str(document, "created"));
    image->platform = (struct pl_platform){
        .os = pl_arena_dup(arena, pl_json_str(document, "os")),
        .architecture = pl_arena_dup(arena, pl_json_str(document, "architecture")),
        .variant = pl_arena_dup(arena, pl_json_str(document, "variant"))};
    st = read_diff_ids(arena, document, image, err);
    if (st < 0) {
        return st;
    }
    read_history(arena, document, image);
    return PL_OK;
}
