/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /images/NAME/json is an object: "Id", the digest of the image's config, or of its manifest or
 * index where the engine keeps images in containerd's store; "RootFS": {"Type": "layers", "Layers":
 * [diff_id, ...]}, lowest first; "Os", "Architecture", "Variant"; "RepoTags": ["NAME:TAG", ...];
 * "RepoDigests": ["NAME@DIGEST", ...], both null when there are none; "GraphDriver": {"Name": ...,
 * "Data": {"UpperDir": PATH, ...}}, where the layers lie unless that is containerd's store.
 *
 * GET /images/NAME/history is an array of the steps of the build, newest first: {"Id": ...,
 * "CreatedBy": ..., "Size": BYTES, ...}. Unlike the config's history it does not say which steps
 * made a layer. A step with a size did; one without may have (a file that was only touched), unless
 * its instruction never does: ENV, CMD and the like, written "#(nop) ENV" by the classic builder
 * and "ENV" by BuildKit.
 *
 * Lists of images and containers are arrays of objects with "RepoTags" or "Names".
 */
#include "image/docker/answer.h"
#include "base/limits.h"

static void copy_strings(struct pl_arena *arena, const json_t *array, struct pl_strs *ret)
{
    for (size_t i = 0; i < json_array_size(array) && ret->count < PL_LIMIT_ENGINE_NAMES; i++) {
        pl_str text = pl_json_text(json_array_get(array, i));
        /* "<none>:<none>" is what engines before Docker 24 call an image without a name. */
        if (text.len > 0 && text.len <= PL_LIMIT_ENGINE_NAME_BYTES && text.ptr[0] != '<') {
            *pl_vec_push(arena, ret) = pl_arena_dup(arena, text);
        }
    }
}

/* Old versions of Podman give hex digits alone. */
static enum pl_status read_id(pl_str text, struct pl_digest *ret, struct pl_error *err)
{
    char whole[72];
    if (text.len == 64) {
        (void)snprintf(whole, sizeof(whole), "sha256:" PL_STR_FMT, PL_STR_ARG(text));
        text = pl_str_from(whole);
    }
    return pl_digest_parse(text, ret, err);
}

static enum pl_status read_layers(struct pl_arena *arena, const json_t *names,
                                  struct pl_image *image, struct pl_error *err)
{
    size_t count = json_array_size(names);
    if (count > PL_LIMIT_LAYERS) {
        return pl_error_set(err, PL_E_LIMIT, "the image has %zu layers, at most %d are read", count,
                            PL_LIMIT_LAYERS);
    }
    for (size_t i = 0; i < count; i++) {
        struct pl_image_layer layer = {.part = {.fd = -1}};
        enum pl_status st =
            pl_digest_parse(pl_json_text(json_array_get(names, i)), &layer.diff_id, err);
        if (st < 0) {
            return pl_error_wrap(err, "layer %zu of the engine's answer", i);
        }
        layer.info.diff_id = pl_arena_dup(arena, pl_digest_str(&layer.diff_id));
        *pl_vec_push(arena, &image->layers) = layer;
    }
    return PL_OK;
}

enum pl_status pl_docker_read_image(struct pl_arena *arena, const json_t *answer,
                                    struct pl_docker_image *ret, struct pl_error *err)
{
    struct pl_docker_image found = {0};
    struct pl_digest id;
    enum pl_status st = read_id(pl_json_str(answer, "Id"), &id, err);
    if (st < 0) {
        return pl_error_wrap(err, "the id in the engine's answer");
    }
    const json_t *layers = pl_json_array(pl_json_object(answer, "RootFS"), "Layers");
    st = read_layers(arena, layers, &found.image, err);
    if (st < 0) {
        return st;
    }
    found.image.digest = pl_arena_dup(arena, pl_digest_str(&id));
    found.image.platform = (struct pl_platform){
        .os = pl_arena_dup(arena, pl_json_str(answer, "Os")),
        .architecture = pl_arena_dup(arena, pl_json_str(answer, "Architecture")),
        .variant = pl_arena_dup(arena, pl_json_str(answer, "Variant"))};
    const json_t *storage = pl_json_object(answer, "GraphDriver");
    pl_str top_dir = pl_json_str(pl_json_object(storage, "Data"), "UpperDir");
    found.driver = pl_arena_dup(arena, pl_json_str(storage, "Name"));
    found.top_dir = pl_arena_dup(arena, top_dir);
    copy_strings(arena, pl_json_array(answer, "RepoTags"), &found.tags);
    copy_strings(arena, pl_json_array(answer, "RepoDigests"), &found.digests);
    *ret = found;
    return PL_OK;
}

/* Instructions of a Dockerfile that only change the config. WORKDIR is none of them: it makes the
 * directory where that is not there. */
static bool is_only_config(pl_str created_by)
{
    static const char *const words[] = {
        "ARG",        "CMD",     "ENTRYPOINT", "ENV",        "EXPOSE", "LABEL", "HEALTHCHECK",
        "MAINTAINER", "ONBUILD", "SHELL",      "STOPSIGNAL", "USER",   "VOLUME"};
    size_t nop = pl_str_find(created_by, PL_STR("#(nop)"));
    pl_str cursor = nop == SIZE_MAX ? created_by : pl_str_skip(created_by, nop + strlen("#(nop)"));
    pl_str word = PL_STR_EMPTY;
    (void)pl_str_next_word(&cursor, &word);
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq(word, pl_str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

static bool has_size(const json_t *step)
{
    return pl_json_uint(step, "Size") > 0;
}

static bool may_have_layer(const json_t *step)
{
    return has_size(step) || !is_only_config(pl_json_str(step, "CreatedBy"));
}

static size_t count_steps(const json_t *steps, bool (*counts)(const json_t *step))
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(steps); i++) {
        count += counts(json_array_get(steps, i));
    }
    return count;
}

static void set_step(struct pl_arena *arena, const json_t *step, struct pl_image_layer *layer)
{
    layer->info.created_by = pl_arena_dup(arena, pl_json_str(step, "CreatedBy"));
}

/* From both ends up to the first step of which it cannot be told whether it made a layer; of the
 * layers between nothing is said, rather than the wrong step blamed. */
static void read_both_ends(struct pl_arena *arena, const json_t *steps, struct pl_image *image)
{
    size_t count = json_array_size(steps);
    size_t lowest = 0;
    size_t above = image->layers.count;
    for (size_t i = count; i > 0; i--) {
        const json_t *step = json_array_get(steps, i - 1);
        if (has_size(step) && lowest < image->layers.count) {
            set_step(arena, step, &image->layers.items[lowest++]);
        } else if (may_have_layer(step)) {
            break;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *step = json_array_get(steps, i);
        if (has_size(step) && above > lowest) {
            set_step(arena, step, &image->layers.items[--above]);
        } else if (may_have_layer(step)) {
            break;
        }
    }
}

void pl_docker_read_history(struct pl_arena *arena, const json_t *answer, struct pl_image *image)
{
    size_t most = count_steps(answer, may_have_layer);
    size_t least = count_steps(answer, has_size);
    size_t layers = image->layers.count;
    if (layers < least || layers > most) {
        return; /* it is another image's, or the engine counts otherwise */
    }
    if (layers != least && layers != most) {
        read_both_ends(arena, answer, image);
        return;
    }
    bool (*made_layer)(const json_t *step) = layers == most ? may_have_layer : has_size;
    size_t layer = 0;
    for (size_t i = json_array_size(answer); i > 0; i--) {
        const json_t *step = json_array_get(answer, i - 1);
        if (made_layer(step)) {
            set_step(arena, step, &image->layers.items[layer++]);
        }
    }
}

void pl_docker_read_tags(struct pl_arena *arena, const json_t *answer, struct pl_strs *ret)
{
    for (size_t i = 0; i < json_array_size(answer); i++) {
        copy_strings(arena, pl_json_array(json_array_get(answer, i), "RepoTags"), ret);
    }
}

void pl_docker_read_container_names(struct pl_arena *arena, const json_t *answer,
                                    struct pl_strs *ret)
{
    for (size_t i = 0; i < json_array_size(answer); i++) {
        copy_strings(arena, pl_json_array(json_array_get(answer, i), "Names"), ret);
    }
    for (size_t i = 0; i < ret->count; i++) {
        if (pl_str_starts_with(ret->items[i], PL_STR("/"))) {
            ret->items[i] = pl_str_skip(ret->items[i], 1);
        }
    }
}
