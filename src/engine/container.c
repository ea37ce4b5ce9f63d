/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/container.h"
#include "engine/reach.h"
#include "engine/since_image.h"
#include "image/docker/container.h"

struct view {
    struct pl_arena *arena;
    const struct pl_source_options *options;
    const struct pl_container_found *found;
    struct pl_merged image; /* what the image holds; empty when it is not known */
    const struct pl_evidence **layers; /* of the image */
    size_t layer_count;
    bool has_image;
    struct pl_container_view *result;
};

static void note(struct view *view, pl_str reason)
{
    *pl_vec_push(view->arena, &view->result->merged.gaps) = (struct pl_gap){.reason = reason};
}

/* The image's layers are merged by themselves. */
static enum pl_status read_image(struct view *view, struct pl_error *err)
{
    struct pl_source source pl_autosource = PL_SOURCE_INIT;
    const struct pl_image_source *engine = pl_image_source_find(view->found->facts.engine);
    enum pl_status st = pl_source_reach(view->arena, engine, view->found->facts.image_id,
                                        view->options, &source, err);
    if (st < 0) {
        return st;
    }
    view->layer_count = source.image.layers.count;
    view->layers = PL_ARENA_ARRAY(view->arena, const struct pl_evidence *, view->layer_count);
    st = pl_layers_inspect(view->arena, &source.image, view->options->layers, view->layers, err);
    if (st < 0) {
        return st;
    }
    pl_merge(view->arena, view->options->layers->matcher, view->layers, view->layer_count,
             &view->image);
    view->has_image = true;
    view->result->image = source.image;
    return PL_OK;
}

/* An export is read as if it were an image's only layer; it is addressed by no digest, and will not
 * be the same again. */
static enum pl_status read_export(struct view *view, const struct pl_evidence **ret,
                                  struct pl_error *err)
{
    struct pl_layers_options options = *view->options->layers;
    options.cache.cache = NULL;
    options.keeps_paths = true;
    struct pl_image_layer layer = {.part = {.fd = -1, .fetch = view->found->export}};
    struct pl_image image = {0};
    *pl_vec_push(view->arena, &image.layers) = layer;
    const struct pl_evidence *evidence = NULL;
    enum pl_status st = pl_layers_inspect(view->arena, &image, &options, &evidence, err);
    if (st < 0) {
        return st;
    }
    struct pl_evidence *files = PL_ARENA_NEW(view->arena, struct pl_evidence);
    *files = *evidence;
    files->diff_id = PL_STR_EMPTY; /* it is no layer that anybody could look for */
    *ret = files;
    return PL_OK;
}

static enum pl_status read_files(struct view *view, struct pl_error *err)
{
    const struct pl_evidence *evidence = NULL;
    struct pl_layers_options options = *view->options->layers;
    options.keeps_paths = true;
    enum pl_status st =
        view->found->root_fd >= 0
            ? pl_tree_inspect(view->arena, view->found->root_fd, &options, &evidence, err)
            : read_export(view, &evidence, err);
    if (st == PL_OK) {
        pl_merge(view->arena, view->options->layers->matcher, &evidence, 1, &view->result->merged);
    }
    return st;
}

static void read_changes(struct view *view, struct pl_container_changes *changes)
{
    struct pl_error why = PL_ERROR_INIT;
    if (pl_container_read_changes(view->arena, view->found, changes, &why) < 0) {
        note(view, pl_arena_format(view->arena, "what changed since the image is not known: %s",
                                   why.msg));
    } else if (changes->is_cut) {
        note(view, PL_STR("more changed since the image than is listed"));
    }
}

/* What the container holds counts also when its image is gone, or cannot be read. */
static void compare(struct view *view, const struct pl_error *why)
{
    struct pl_container_view *result = view->result;
    if (!view->has_image) {
        note(view, why->status == PL_E_NOT_FOUND
                       ? PL_STR("the engine no longer has the container's image, so nothing is "
                                "marked as new or altered")
                       : pl_arena_format(view->arena,
                                         "the container's image was not read, so nothing is marked "
                                         "as new or altered: %s",
                                         why->msg));
        return;
    }
    if (view->image.gaps.count > 0) {
        note(view, pl_arena_format(view->arena,
                                   "not all of the container's image was seen, so what is marked "
                                   "as new may be the image's own: " PL_STR_FMT,
                                   PL_STR_ARG(view->image.gaps.items[0].reason)));
    }
    struct pl_image_view image = {&view->image.components, view->layers, view->layer_count};
    pl_since_image_mark(view->arena, &image, result->changes, &result->merged.components,
                        &result->removed);
}

enum pl_status pl_container_view(struct pl_arena *arena, pl_str name,
                                 const struct pl_source_options *options,
                                 struct pl_container_view *ret, struct pl_error *err)
{
    struct pl_container_found found pl_autocontainer = {.root_fd = -1};
    struct pl_container_view result = {0};
    enum pl_status st = pl_container_find(arena, name, &found, err);
    if (st < 0) {
        return st;
    }
    struct view view = {.arena = arena, .options = options, .found = &found, .result = &result};
    struct pl_error why = PL_ERROR_INIT;
    (void)read_image(&view, &why);
    st = read_files(&view, err);
    if (st < 0) {
        return pl_error_wrap(err, "container " PL_STR_FMT, PL_STR_ARG(found.facts.name));
    }
    struct pl_container *facts = PL_ARENA_NEW(arena, struct pl_container);
    struct pl_container_changes *changes = PL_ARENA_NEW(arena, struct pl_container_changes);
    *facts = found.facts;
    result.facts = facts;
    result.changes = changes;
    read_changes(&view, changes);
    compare(&view, &why);
    *ret = result;
    return PL_OK;
}
