/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index is {"manifests": [DESCRIPTOR, ...]}, a manifest {"config": DESCRIPTOR, "layers":
 * [DESCRIPTOR, ...]}. A descriptor is {"mediaType", "digest", "size", "platform": {...},
 * "annotations": {...}, "urls": [...]}; the one of a tagged image has in an OCI layout the
 * annotation org.opencontainers.image.ref.name. An index's descriptors may lead to further indexes.
 * Docker's schema 1 has "fsLayers" and no config at all.
 */
#include "image/manifest.h"
#include "base/limits.h"
#include "format/json.h"
#include "image/document.h"

/* Indexes within indexes, and documents read on the way to one manifest. */
enum { MOST_INDEXES = 4, MOST_READS = 32 };

#define REF_NAME "org.opencontainers.image.ref.name"

struct search {
    const struct pl_manifest_query *query;
    struct pl_arena *arena;
    struct pl_image *image;
    size_t reads;
};

/* Reads a small blob and checks it against its descriptor's digest. */
static enum pl_status read_document(const struct search *search, const json_t *json,
                                    const char *what, bool is_manifest,
                                    struct pl_descriptor *ret_descriptor, pl_str *ret,
                                    struct pl_error *err)
{
    size_t ceiling = is_manifest ? PL_LIMIT_MANIFEST_BYTES : PL_LIMIT_CONFIG_BYTES;
    const struct pl_blob_getter *blobs = search->query->blobs;
    enum pl_status st = pl_descriptor_read(json, ret_descriptor, err);
    if (st == PL_OK) {
        st = blobs->read(blobs->context, ret_descriptor, is_manifest, ceiling, ret, err);
    }
    if (st < 0) {
        pl_str stated = pl_json_str(json, "digest");
        return pl_error_wrap(
            err, "%s " PL_STR_FMT, what,
            PL_STR_ARG(pl_str_sub(stated, 0, sizeof(ret_descriptor->digest.text))));
    }
    struct pl_digest got = pl_digest_of(pl_str_span(*ret), &ret_descriptor->digest);
    return pl_digest_verify(what, &got, &ret_descriptor->digest, err);
}

static enum pl_status read_layer(const struct search *search, const json_t *json,
                                 struct pl_error *err)
{
    struct pl_arena *arena = search->query->arena;
    struct pl_image_layer layer = {.part = {.fd = -1}};
    struct pl_descriptor descriptor;
    enum pl_status st = pl_descriptor_read(json, &descriptor, err);
    if (st < 0) {
        return pl_error_wrap(err, "layer %zu of the manifest", search->image->layers.count);
    }
    layer.stored = descriptor.digest;
    layer.info.digest = pl_arena_dup(arena, pl_digest_str(&layer.stored));
    layer.info.media_type = pl_arena_dup(arena, descriptor.media_type);
    layer.info.size_bytes = descriptor.size_bytes;
    struct pl_error missing = PL_ERROR_INIT;
    const struct pl_blob_getter *blobs = search->query->blobs;
    if (blobs->locate) {
        st = blobs->locate(blobs->context, &descriptor, &layer.part, &missing);
    } else {
        layer.part.length = descriptor.size_bytes;
    }
    if (st == PL_E_NOT_FOUND) {
        layer.gap = descriptor.has_urls
                        ? PL_STR("is a foreign layer, which lies outside of the image")
                        : PL_STR("is missing from the image");
    } else if (st < 0) {
        return pl_error_set(err, st, "%s", missing.msg);
    } else if (layer.part.fd >= 0 && layer.part.length != descriptor.size_bytes) {
        return pl_error_set(
            err, PL_E_TRUST,
            "the layer %s is refused: it has %llu bytes, but its descriptor says %llu",
            layer.stored.text, (unsigned long long)layer.part.length,
            (unsigned long long)descriptor.size_bytes);
    }
    *pl_vec_push(arena, &search->image->layers) = layer;
    return PL_OK;
}

static enum pl_status check_kind(const json_t *manifest, const struct pl_digest *digest,
                                 struct pl_error *err)
{
    if (pl_json_array(manifest, "fsLayers")) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            "the manifest %s is Docker's schema 1, which carries no digest of its "
                            "config and was given up in 2019; push the image again with a newer "
                            "client (skopeo copy does)",
                            digest->text);
    }
    const json_t *config = pl_json_object(manifest, "config");
    if (!config || !pl_json_array(manifest, "layers")) {
        return pl_error_set(err, PL_E_PARSE, "the manifest %s has no config or no layers",
                            digest->text);
    }
    pl_str kind = pl_json_str(manifest, "artifactType");
    kind = kind.len > 0 ? kind : pl_json_str(config, "mediaType");
    /* Charts, signatures, SBOMs and the like have manifests as images have. */
    if (!pl_media_type_is_image_config(pl_json_str(config, "mediaType"))) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            "it is no image but an artifact of type " PL_STR_FMT, PL_STR_ARG(kind));
    }
    return PL_OK;
}

static enum pl_status check_platform(const struct search *search, struct pl_error *err)
{
    const struct pl_platform *wanted = search->query->platform;
    const struct pl_platform *got = &search->image->platform;
    if (!wanted->is_stated || pl_platform_matches(wanted, got)) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_NOT_FOUND, "the image is for " PL_STR_FMT ", not for " PL_STR_FMT,
                        PL_STR_ARG(pl_platform_format(search->arena, got)),
                        PL_STR_ARG(pl_platform_format(search->arena, wanted)));
}

static enum pl_status read_manifest(const struct search *search, const json_t *manifest,
                                    const struct pl_digest *digest, struct pl_error *err)
{
    struct pl_arena *arena = search->query->arena;
    enum pl_status st = check_kind(manifest, digest, err);
    if (st < 0) {
        return st;
    }
    const json_t *layers = pl_json_array(manifest, "layers");
    if (json_array_size(layers) > PL_LIMIT_LAYERS) {
        return pl_error_set(err, PL_E_LIMIT, "the manifest names %zu layers, at most %d are read",
                            json_array_size(layers), PL_LIMIT_LAYERS);
    }
    search->image->layers.count = 0;
    for (size_t i = 0; i < json_array_size(layers); i++) {
        st = read_layer(search, json_array_get(layers, i), err);
        if (st < 0) {
            return st;
        }
    }
    struct pl_descriptor descriptor;
    pl_str config = PL_STR_EMPTY;
    st = read_document(search, pl_json_object(manifest, "config"), "the image's config", false,
                       &descriptor, &config, err);
    if (st < 0) {
        return st;
    }
    search->image->digest = pl_arena_dup(arena, pl_digest_str(digest));
    st = pl_image_read_config(arena, config, search->image, err);
    /* A config makes the layers where there are none yet; here the manifest has said so. */
    if (st == PL_OK && search->image->layers.count != json_array_size(layers)) {
        return pl_error_set(err, PL_E_PARSE, "the image's config names %zu layers, its manifest 0",
                            search->image->layers.count);
    }
    return st < 0 ? st : check_platform(search, err);
}

static struct pl_platform platform_of(const json_t *descriptor)
{
    const json_t *platform = pl_json_object(descriptor, "platform");
    return (struct pl_platform){.os = pl_json_str(platform, "os"),
                                .architecture = pl_json_str(platform, "architecture"),
                                .variant = pl_json_str(platform, "variant")};
}

static bool has_platform(const json_t *descriptor)
{
    pl_str architecture = platform_of(descriptor).architecture;
    return architecture.len > 0 && !pl_str_eq(architecture, PL_STR("unknown"));
}

static pl_str tag_of(const json_t *descriptor)
{
    return pl_json_str(pl_json_object(descriptor, "annotations"), REF_NAME);
}

static void list_offers(const struct search *search, const json_t *manifests, bool by_tag,
                        char *into, size_t size)
{
    size_t used = 0;
    into[0] = '\0';
    for (size_t i = 0; i < json_array_size(manifests); i++) {
        const json_t *descriptor = json_array_get(manifests, i);
        struct pl_platform platform = platform_of(descriptor);
        pl_str offer = has_platform(descriptor) && !by_tag
                           ? pl_platform_format(search->arena, &platform)
                           : tag_of(descriptor);
        if (offer.len > 0 && used + offer.len + 3 < size &&
            !pl_descriptor_is_attestation(descriptor)) {
            used += (size_t)snprintf(into + used, size - used, "%s" PL_STR_FMT, used ? ", " : "",
                                     PL_STR_ARG(offer));
        }
    }
}

/* What an index offers for the query. */
struct choice {
    const json_t *descriptor; /* the one to follow, or NULL */
    size_t candidates;
    bool is_exact; /* it states the wanted platform */
};

/* By tag in the outermost index where one is asked for, then by platform. */
static struct choice choose(const struct search *search, const json_t *manifests, bool by_tag)
{
    struct choice choice = {NULL, 0, false};
    for (size_t i = 0; i < json_array_size(manifests); i++) {
        const json_t *descriptor = json_array_get(manifests, i);
        struct pl_platform platform = platform_of(descriptor);
        bool states = has_platform(descriptor);
        /* Attestations of BuildKit stand in an index beside the images they speak of. */
        if (pl_descriptor_is_attestation(descriptor) ||
            (by_tag && !pl_str_eq(tag_of(descriptor), search->query->tag)) ||
            (states && !pl_platform_matches(search->query->platform, &platform))) {
            continue;
        }
        choice.candidates++;
        if (!choice.descriptor || (states && !choice.is_exact)) {
            choice.descriptor = descriptor;
            choice.is_exact = states;
        }
    }
    return choice;
}

static enum pl_status refuse_choice(const struct search *search, const json_t *manifests,
                                    bool by_tag, size_t candidates, struct pl_error *err)
{
    char offers[300];
    list_offers(search, manifests, search->query->tag.len > 0, offers, sizeof(offers));
    if (candidates > 1) {
        return pl_error_set(err, PL_E_USAGE,
                            "it holds several images; add one of these after a colon: %s", offers);
    }
    if (by_tag) {
        return pl_error_set(err, PL_E_NOT_FOUND, "it has no image " PL_STR_FMT "; it has: %s",
                            PL_STR_ARG(search->query->tag),
                            offers[0] ? offers : "none with a name");
    }
    return pl_error_set(err, PL_E_NOT_FOUND,
                        "it has no image for " PL_STR_FMT "; choose with --platform one of: %s",
                        PL_STR_ARG(pl_platform_format(search->arena, search->query->platform)),
                        offers[0] ? offers : "none");
}

static enum pl_status follow(struct search *search, const json_t *document,
                             const struct pl_digest *digest, int depth, struct pl_error *err);

static enum pl_status follow_descriptor(struct search *search, const json_t *descriptor, int depth,
                                        struct pl_error *err)
{
    if (++search->reads > MOST_READS) {
        return pl_error_set(err, PL_E_LIMIT, "its indexes lead to more than %d others", MOST_READS);
    }
    struct pl_descriptor read;
    pl_str bytes = PL_STR_EMPTY;
    json_t *document pl_autojson = NULL;
    enum pl_status st = read_document(search, descriptor, "the manifest", true, &read, &bytes, err);
    if (st == PL_OK) {
        st = pl_json_parse(bytes, "the manifest", &document, err);
    }
    return st < 0 ? st : follow(search, document, &read.digest, depth + 1, err);
}

/* None states the platform, several are indexes themselves: the first that leads to the platform.
 */
static enum pl_status try_indexes(struct search *search, const json_t *manifests, int depth,
                                  bool *ret_tried, struct pl_error *err)
{
    enum pl_status st = PL_E_NOT_FOUND;
    for (size_t i = 0; i < json_array_size(manifests) && st == PL_E_NOT_FOUND; i++) {
        const json_t *descriptor = json_array_get(manifests, i);
        if (pl_media_type_is_index(pl_json_str(descriptor, "mediaType")) &&
            !has_platform(descriptor)) {
            *ret_tried = true;
            st = follow_descriptor(search, descriptor, depth, err);
        }
    }
    return st;
}

static enum pl_status follow_index(struct search *search, const json_t *index, int depth,
                                   struct pl_error *err)
{
    if (depth > MOST_INDEXES) {
        return pl_error_set(err, PL_E_LIMIT, "indexes nest deeper than %d levels", MOST_INDEXES);
    }
    const json_t *manifests = pl_json_array(index, "manifests");
    bool by_tag = depth == 1 && search->query->tag.len > 0;
    struct choice choice = choose(search, manifests, by_tag);
    if (choice.candidates == 1 || choice.is_exact) {
        return follow_descriptor(search, choice.descriptor, depth, err);
    }
    bool tried = false;
    enum pl_status st = by_tag ? PL_OK : try_indexes(search, manifests, depth, &tried, err);
    return tried ? st : refuse_choice(search, manifests, by_tag, choice.candidates, err);
}

static enum pl_status follow(struct search *search, const json_t *document,
                             const struct pl_digest *digest, int depth, struct pl_error *err)
{
    return pl_json_array(document, "manifests") ? follow_index(search, document, depth, err)
                                                : read_manifest(search, document, digest, err);
}

enum pl_status pl_manifest_open(const struct pl_manifest_query *query, pl_str document,
                                const struct pl_digest *digest, struct pl_image *ret,
                                struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    json_t *json pl_autojson = NULL;
    enum pl_status st =
        pl_json_parse(document, digest->text[0] ? "the manifest" : "index.json", &json, err);
    if (st < 0) {
        return st;
    }
    struct pl_image image = {0};
    struct search search = {.query = query, .arena = &scratch, .image = &image};
    if (digest->text[0] == '\0' && !pl_json_array(json, "manifests")) {
        return pl_error_set(err, PL_E_PARSE, "index.json lists no manifests");
    }
    st = follow(&search, json, digest, 1, err);
    if (st == PL_OK) {
        *ret = image;
    }
    return st;
}
