/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI image layout (image-spec, image-layout.md) holds "oci-layout" with the layout's version,
 * "index.json" with descriptors of manifests, and every blob at "blobs/ALGORITHM/HEX". A descriptor
 * is
 * {"mediaType", "digest", "size", "platform": {...}, "annotations": {...}}; the one of a tagged
 * image has the annotation org.opencontainers.image.ref.name. It may lead to a manifest (config and
 * layers) or to a further index, with a manifest for each platform.
 */
#include "base/limits.h"
#include "format/json.h"
#include "image/image.h"

enum { MOST_INDEXES = 4 };

#define REF_NAME "org.opencontainers.image.ref.name"

struct layout {
    struct pl_arena *arena;
    struct pl_store *store;
    pl_str selector;
    const struct pl_platform *platform;
    struct pl_image *image;
};

static pl_str blob_name(struct pl_arena *arena, const struct pl_digest *digest)
{
    pl_str algorithm = PL_STR_EMPTY;
    pl_str hex = PL_STR_EMPTY;
    pl_str_cut(pl_digest_str(digest), ':', &algorithm, &hex);
    return pl_arena_format(arena, "blobs/" PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(algorithm),
                           PL_STR_ARG(hex));
}

/* Reads a small blob and checks it against its descriptor's digest. */
static enum pl_status read_blob(const struct layout *layout, const json_t *descriptor,
                                const char *what, size_t ceiling_bytes,
                                struct pl_digest *ret_digest, pl_str *ret, struct pl_error *err)
{
    enum pl_status st = pl_digest_parse(pl_json_str(descriptor, "digest"), ret_digest, err);
    if (st == PL_OK) {
        st = pl_store_read(layout->store, blob_name(layout->arena, ret_digest), ceiling_bytes, ret,
                           err);
    }
    if (st < 0) {
        return pl_error_wrap(err, "%s", what);
    }
    struct pl_digest got = pl_digest_of(pl_str_span(*ret), ret_digest);
    return pl_digest_verify(what, &got, ret_digest, err);
}

static enum pl_status read_layer(const struct layout *layout, const json_t *descriptor,
                                 struct pl_error *err)
{
    struct pl_image_layer layer = {0};
    enum pl_status st = pl_digest_parse(pl_json_str(descriptor, "digest"), &layer.stored, err);
    if (st < 0) {
        return pl_error_wrap(err, "layer %zu of the manifest", layout->image->layers.count);
    }
    uint64_t size = pl_json_uint(descriptor, "size");
    layer.info.digest = pl_arena_dup(layout->arena, pl_digest_str(&layer.stored));
    layer.info.media_type = pl_arena_dup(layout->arena, pl_json_str(descriptor, "mediaType"));
    layer.info.size_bytes = size;
    struct pl_error missing = PL_ERROR_INIT;
    st = pl_store_find(layout->store, blob_name(layout->arena, &layer.stored), &layer.part,
                       &missing);
    if (st == PL_E_NOT_FOUND) {
        bool is_elsewhere = json_array_size(pl_json_array(descriptor, "urls")) > 0;
        layer.gap = is_elsewhere ? PL_STR("is a foreign layer, which lies outside of the image")
                                 : PL_STR("is missing from the image");
    } else if (st < 0) {
        return pl_error_set(err, st, "%s", missing.msg);
    } else if (layer.part.fd >= 0 && layer.part.length != size) {
        return pl_error_set(
            err, PL_E_TRUST,
            "the layer %s is refused: it has %llu bytes, but its descriptor says %llu",
            layer.stored.text, (unsigned long long)layer.part.length, (unsigned long long)size);
    }
    *pl_vec_push(layout->arena, &layout->image->layers) = layer;
    return PL_OK;
}

static enum pl_status read_manifest(const struct layout *layout, const json_t *manifest,
                                    const struct pl_digest *digest, struct pl_error *err)
{
    const json_t *layers = pl_json_array(manifest, "layers");
    if (json_array_size(layers) > PL_LIMIT_LAYERS) {
        return pl_error_set(err, PL_E_LIMIT, "the manifest names %zu layers, at most %d are read",
                            json_array_size(layers), PL_LIMIT_LAYERS);
    }
    for (size_t i = 0; i < json_array_size(layers); i++) {
        enum pl_status st = read_layer(layout, json_array_get(layers, i), err);
        if (st < 0) {
            return st;
        }
    }
    struct pl_digest config_digest;
    pl_str config = PL_STR_EMPTY;
    enum pl_status st = read_blob(layout, pl_json_object(manifest, "config"), "the image's config",
                                  PL_LIMIT_CONFIG_BYTES, &config_digest, &config, err);
    if (st < 0) {
        return st;
    }
    layout->image->digest = pl_arena_dup(layout->arena, pl_digest_str(digest));
    st = pl_image_read_config(layout->arena, config, layout->image, err);
    if (st == PL_OK && layout->platform->is_stated &&
        !pl_platform_matches(layout->platform, &layout->image->platform)) {
        return pl_error_set(err, PL_E_NOT_FOUND,
                            "the image is for " PL_STR_FMT ", not for " PL_STR_FMT,
                            PL_STR_ARG(pl_platform_format(layout->arena, &layout->image->platform)),
                            PL_STR_ARG(pl_platform_format(layout->arena, layout->platform)));
    }
    return st;
}

static struct pl_platform platform_of(const json_t *descriptor)
{
    const json_t *platform = pl_json_object(descriptor, "platform");
    return (struct pl_platform){.os = pl_json_str(platform, "os"),
                                .architecture = pl_json_str(platform, "architecture"),
                                .variant = pl_json_str(platform, "variant")};
}

/* Attestations of BuildKit stand in an index beside the images they speak of. */
static bool is_attestation(const json_t *descriptor)
{
    pl_str type =
        pl_json_str(pl_json_object(descriptor, "annotations"), "vnd.docker.reference.type");
    return pl_str_eq(type, PL_STR("attestation-manifest"));
}

static bool has_platform(const json_t *descriptor)
{
    pl_str architecture = platform_of(descriptor).architecture;
    return architecture.len > 0 && !pl_str_eq(architecture, PL_STR("unknown"));
}

static void list_offers(const struct layout *layout, const json_t *manifests, char *into,
                        size_t size)
{
    size_t used = 0;
    into[0] = '\0';
    for (size_t i = 0; i < json_array_size(manifests); i++) {
        const json_t *descriptor = json_array_get(manifests, i);
        struct pl_platform platform = platform_of(descriptor);
        pl_str tag = pl_json_str(pl_json_object(descriptor, "annotations"), REF_NAME);
        pl_str offer = has_platform(descriptor) && layout->selector.len == 0
                           ? pl_platform_format(layout->arena, &platform)
                           : tag;
        if (offer.len > 0 && used + offer.len + 3 < size && !is_attestation(descriptor)) {
            used += (size_t)snprintf(into + used, size - used, "%s" PL_STR_FMT, used ? ", " : "",
                                     PL_STR_ARG(offer));
        }
    }
}

/* The descriptor to follow: by tag at the top where one is asked for, then by platform; the only
 * one there is, when it states no platform. */
static enum pl_status choose(const struct layout *layout, const json_t *index, bool is_top,
                             const json_t **ret, struct pl_error *err)
{
    const json_t *manifests = pl_json_array(index, "manifests");
    const json_t *chosen = NULL;
    size_t candidates = 0;
    bool by_tag = is_top && layout->selector.len > 0;
    for (size_t i = 0; i < json_array_size(manifests); i++) {
        const json_t *descriptor = json_array_get(manifests, i);
        struct pl_platform platform = platform_of(descriptor);
        pl_str tag = pl_json_str(pl_json_object(descriptor, "annotations"), REF_NAME);
        if (is_attestation(descriptor) || (by_tag && !pl_str_eq(tag, layout->selector)) ||
            (has_platform(descriptor) && !pl_platform_matches(layout->platform, &platform))) {
            continue;
        }
        candidates++;
        chosen = chosen ? chosen : descriptor;
    }
    if (candidates == 1 || (candidates > 1 && has_platform(chosen))) {
        *ret = chosen;
        return PL_OK;
    }
    char offers[300];
    list_offers(layout, manifests, offers, sizeof(offers));
    if (candidates > 1) {
        return pl_error_set(err, PL_E_USAGE,
                            "it holds several images; add one of these after a colon: %s", offers);
    }
    if (by_tag) {
        return pl_error_set(err, PL_E_NOT_FOUND, "it has no image " PL_STR_FMT "; it has: %s",
                            PL_STR_ARG(layout->selector), offers[0] ? offers : "none with a name");
    }
    return pl_error_set(err, PL_E_NOT_FOUND,
                        "it has no image for " PL_STR_FMT "; choose with --platform one of: %s",
                        PL_STR_ARG(pl_platform_format(layout->arena, layout->platform)),
                        offers[0] ? offers : "none");
}

static enum pl_status follow(const struct layout *layout, const json_t *index, int depth,
                             struct pl_error *err)
{
    if (depth > MOST_INDEXES) {
        return pl_error_set(err, PL_E_LIMIT, "indexes nest deeper than %d levels", MOST_INDEXES);
    }
    const json_t *descriptor = NULL;
    enum pl_status st = choose(layout, index, depth == 1, &descriptor, err);
    if (st < 0) {
        return st;
    }
    struct pl_digest digest;
    pl_str bytes = PL_STR_EMPTY;
    st = read_blob(layout, descriptor, "the manifest", PL_LIMIT_MANIFEST_BYTES, &digest, &bytes,
                   err);
    if (st < 0) {
        return st;
    }
    json_t *document pl_autojson = NULL;
    st = pl_json_parse(bytes, "the manifest", &document, err);
    if (st < 0) {
        return st;
    }
    if (pl_json_array(document, "manifests")) {
        return follow(layout, document, depth + 1, err);
    }
    if (!pl_json_object(document, "config") || !pl_json_array(document, "layers")) {
        return pl_error_set(err, PL_E_PARSE, "the manifest %s has no config or no layers",
                            digest.text);
    }
    return read_manifest(layout, document, &digest, err);
}

enum pl_status pl_oci_layout_open(struct pl_arena *arena, struct pl_store *store, pl_str selector,
                                  const struct pl_platform *platform, struct pl_image *ret,
                                  struct pl_error *err)
{
    pl_str bytes = PL_STR_EMPTY;
    json_t *index pl_autojson = NULL;
    enum pl_status st =
        pl_store_read(store, PL_STR("index.json"), PL_LIMIT_MANIFEST_BYTES, &bytes, err);
    if (st == PL_OK) {
        st = pl_json_parse(bytes, "index.json", &index, err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_image image = {0};
    struct layout layout = {arena, store, selector, platform, &image};
    st = follow(&layout, index, 1, err);
    if (st == PL_OK) {
        *ret = image;
    }
    return st;
}
