/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `docker save` writes a tar with "manifest.json": [{"Config": PART, "RepoTags": [...], "Layers":
 * [PART,
 * ...]}, ...], one object an image. Until Docker 25 a part is "HEX.json" for the config and
 * "HEX/layer.tar" for a layer (a link to another image's where both share it), and a file
 * "repositories" repeats the tags; only the config is addressed by a digest, its name, and the
 * layers by the config's diff_ids. Since then the archive is an OCI layout as well and parts are
 * "blobs/sha256/HEX", which addresses each. podman and skopeo write "HEX.tar" for layers, named by
 * their diff_id.
 */
#include "base/limits.h"
#include "format/json.h"
#include "image/image.h"
#include "image/path.h"

static const char marker[] = "manifest.json";

/* The digest that a part's name states, or empty. */
static struct pl_digest digest_of_name(pl_str name)
{
    struct pl_digest digest = {.text = ""};
    pl_str hex = pl_path_base(name);
    if (pl_str_ends_with(hex, PL_STR(".json"))) {
        hex.len -= strlen(".json");
    }
    char text[80];
    if (hex.len == 64 && snprintf(text, sizeof(text), "sha256:" PL_STR_FMT, PL_STR_ARG(hex)) > 0) {
        (void)pl_digest_parse(pl_str_from(text), &digest, NULL);
    }
    return digest;
}

/* "nginx:1" is meant by whoever has the archive's "docker.io/library/nginx:1". */
static bool is_tag(pl_str tag, pl_str wanted)
{
    size_t before = tag.len - wanted.len;
    return pl_str_eq(tag, wanted) ||
           (tag.len > wanted.len && pl_str_ends_with(tag, wanted) && tag.ptr[before - 1] == '/');
}

static bool has_tag(const json_t *entry, pl_str wanted)
{
    const json_t *tags = pl_json_array(entry, "RepoTags");
    for (size_t i = 0; i < json_array_size(tags); i++) {
        if (is_tag(pl_json_text(json_array_get(tags, i)), wanted)) {
            return true;
        }
    }
    return false;
}

static enum pl_status choose(const json_t *manifest, pl_str selector, const json_t **ret,
                             struct pl_error *err)
{
    size_t count = json_array_size(manifest);
    char offers[300] = "";
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(manifest, i);
        if (selector.len > 0 ? has_tag(entry, selector) : count == 1) {
            *ret = entry;
            return PL_OK;
        }
        pl_str tag = pl_json_text(json_array_get(pl_json_array(entry, "RepoTags"), 0));
        if (tag.len > 0 && used + tag.len + 3 < sizeof(offers)) {
            used += (size_t)snprintf(offers + used, sizeof(offers) - used, "%s" PL_STR_FMT,
                                     used ? ", " : "", PL_STR_ARG(tag));
        }
    }
    if (count == 0) {
        return pl_error_set(err, PL_E_PARSE, "its manifest.json names no image");
    }
    if (selector.len > 0) {
        return pl_error_set(err, PL_E_NOT_FOUND, "it has no image " PL_STR_FMT "; it has: %s",
                            PL_STR_ARG(selector), offers[0] ? offers : "none with a name");
    }
    return pl_error_set(err, PL_E_USAGE, "it holds %zu images; add one of these after a colon: %s",
                        count, offers);
}

static enum pl_status read_config(struct pl_arena *arena, struct pl_store *store,
                                  const json_t *entry, struct pl_image *image, struct pl_error *err)
{
    pl_str name = pl_json_str(entry, "Config");
    pl_str config = PL_STR_EMPTY;
    enum pl_status st = pl_store_read(store, name, PL_LIMIT_CONFIG_BYTES, &config, err);
    if (st < 0) {
        return pl_error_wrap(err, "the image's config");
    }
    struct pl_digest stated = digest_of_name(name);
    struct pl_digest got = pl_digest_of(pl_str_span(config), NULL);
    if (stated.text[0] != '\0') {
        st = pl_digest_verify("the image's config", &got, &stated, err);
        if (st < 0) {
            return st;
        }
    }
    image->digest = pl_arena_dup(arena, pl_digest_str(&got));
    return pl_image_read_config(arena, config, image, err);
}

/* "LayerSources" (podman, newer Docker) gives media types by diff_id. */
static pl_str media_type(const json_t *entry, const struct pl_image_layer *layer)
{
    const json_t *descriptor =
        pl_json_object(pl_json_object(entry, "LayerSources"), layer->diff_id.text);
    return pl_json_str(descriptor, "mediaType");
}

static enum pl_status read_layers(struct pl_arena *arena, struct pl_store *store,
                                  const json_t *entry, struct pl_image *image, struct pl_error *err)
{
    const json_t *names = pl_json_array(entry, "Layers");
    if (json_array_size(names) != image->layers.count) {
        return pl_error_set(err, PL_E_PARSE,
                            "manifest.json names %zu layers, the image's config %zu",
                            json_array_size(names), image->layers.count);
    }
    for (size_t i = 0; i < image->layers.count; i++) {
        struct pl_image_layer *layer = &image->layers.items[i];
        pl_str name = pl_json_text(json_array_get(names, i));
        struct pl_error missing = PL_ERROR_INIT;
        enum pl_status st = pl_store_find(store, name, &layer->part, &missing);
        if (st == PL_E_NOT_FOUND) {
            layer->gap = PL_STR("is missing from the archive");
            continue;
        }
        if (st < 0) {
            return pl_error_set(err, st, "layer %zu: %s", i, missing.msg);
        }
        if (pl_str_starts_with(name, PL_STR("blobs/sha256/"))) {
            layer->stored = digest_of_name(name);
            layer->info.digest = pl_arena_dup(arena, pl_digest_str(&layer->stored));
        }
        layer->info.size_bytes = layer->part.length;
        layer->info.media_type = pl_arena_dup(arena, media_type(entry, layer));
    }
    return PL_OK;
}

static enum pl_status open_archive(struct pl_arena *arena, struct pl_store *store, pl_str selector,
                                   const struct pl_platform *platform, struct pl_image *ret,
                                   struct pl_error *err)
{
    pl_str bytes = PL_STR_EMPTY;
    json_t *manifest pl_autojson = NULL;
    const json_t *entry = NULL;
    enum pl_status st =
        pl_store_read(store, pl_str_from(marker), PL_LIMIT_MANIFEST_BYTES, &bytes, err);
    if (st == PL_OK) {
        st = pl_json_parse(bytes, marker, &manifest, err);
    }
    if (st == PL_OK) {
        st = choose(manifest, selector, &entry, err);
    }
    struct pl_image image = {0};
    if (st == PL_OK) {
        st = read_config(arena, store, entry, &image, err);
    }
    if (st == PL_OK) {
        st = read_layers(arena, store, entry, &image, err);
    }
    if (st < 0) {
        return st;
    }
    if (platform->is_stated && !pl_platform_matches(platform, &image.platform)) {
        return pl_error_set(err, PL_E_NOT_FOUND,
                            "the image is for " PL_STR_FMT ", not for " PL_STR_FMT,
                            PL_STR_ARG(pl_platform_format(arena, &image.platform)),
                            PL_STR_ARG(pl_platform_format(arena, platform)));
    }
    *ret = image;
    return PL_OK;
}

const struct pl_image_source pl_image_source_docker_archive = {
    .name = "docker-archive",
    .summary = "what docker save and podman save write: docker-archive:FILE[:NAME:TAG]",
    .marker = marker,
    .open = open_archive,
};
