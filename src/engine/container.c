/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/container.h"
#include "base/map.h"
#include "engine/reach.h"
#include "image/docker/container.h"

struct view {
    struct pl_arena *arena;
    const struct pl_source_options *options;
    const struct pl_container_found *found;
    struct pl_merged image; /* what the image holds; empty when it is not known */
    bool has_image;
    struct pl_container_view *result;
};

/* The image's layers are merged by themselves. The engine may no longer have it, or only know it by
 * another name: then nothing can be marked, and the report says so. */
static enum pl_status read_image(struct view *view, struct pl_error *err)
{
    struct pl_source source pl_autosource = {.root_fd = -1, .store = {.dir_fd = -1, .file_fd = -1}};
    const struct pl_image_source *engine = pl_image_source_find(view->found->facts.engine);
    struct pl_error why = PL_ERROR_INIT;
    enum pl_status st = pl_source_reach(view->arena, engine, view->found->facts.image_id,
                                        view->options, &source, &why);
    if (st == PL_E_NOT_FOUND) {
        return PL_OK;
    }
    if (st < 0) {
        *err = why;
        return pl_error_wrap(err, "the container's image");
    }
    size_t count = source.image.layers.count;
    const struct pl_evidence **evidence =
        PL_ARENA_ARRAY(view->arena, const struct pl_evidence *, count);
    st = pl_layers_inspect(view->arena, &source.image, view->options->layers, evidence, err);
    if (st < 0) {
        return pl_error_wrap(err, "the container's image");
    }
    pl_merge(view->arena, view->options->layers->matcher, evidence, count, &view->image);
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
    struct pl_image_layer layer = {.part = {.fd = -1, .fetch = view->found->export}};
    struct pl_image image = {0};
    *pl_vec_push(view->arena, &image.layers) = layer;
    return pl_layers_inspect(view->arena, &image, &options, ret, err);
}

static enum pl_status read_files(struct view *view, struct pl_error *err)
{
    const struct pl_evidence *evidence = NULL;
    enum pl_status st = view->found->root_fd >= 0
                            ? pl_tree_inspect(view->arena, view->found->root_fd,
                                              view->options->layers, &evidence, err)
                            : read_export(view, &evidence, err);
    if (st == PL_OK) {
        pl_merge(view->arena, view->options->layers->matcher, &evidence, 1, &view->result->merged);
    }
    return st;
}

static pl_str place_of(const struct pl_component *component)
{
    return component->locations.count > 0 ? component->locations.items[0].path : PL_STR_EMPTY;
}

/* With the version, or for any version of it. */
static pl_str key_of(struct pl_arena *scratch, const struct pl_component *component,
                     bool with_version)
{
    pl_str version = with_version ? component->version : PL_STR_EMPTY;
    pl_str place = place_of(component);
    return pl_arena_format(
        scratch, PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT,
        PL_STR_ARG(component->type), PL_STR_ARG(component->name), PL_STR_ARG(component->arch),
        PL_STR_ARG(version), PL_STR_ARG(place));
}

/* Paths of files that were changed. A directory counts as modified when something in it was; the
 * list is in the order of paths, so what a directory holds follows it. */
static void map_changes(const struct pl_container_changes *changes, struct pl_map *ret)
{
    for (size_t i = 0; i < changes->count; i++) {
        const struct pl_container_change *change = &changes->items[i];
        pl_str path = change->path;
        bool is_directory = false;
        if (i + 1 < changes->count) {
            pl_str next = changes->items[i + 1].path;
            is_directory =
                next.len > path.len && pl_str_starts_with(next, path) && next.ptr[path.len] == '/';
        }
        if (!is_directory && change->change != PL_CHANGE_ADDED) {
            *pl_map_at(ret, path) = &changes->items[i].path.ptr;
        }
    }
}

static bool has_changed_file(const struct pl_component *component, struct pl_map *changed)
{
    for (size_t i = 0; i < component->files.count; i++) {
        if (pl_map_find(changed, component->files.items[i])) {
            return true;
        }
    }
    return false;
}

/* Keys of the image's components, with and without version, to the component. */
static void map_image(struct pl_arena *scratch, const struct pl_components *components,
                      struct pl_map *exact, struct pl_map *any)
{
    for (size_t i = 0; i < components->count; i++) {
        struct pl_component *component = &components->items[i];
        *pl_map_at(exact, key_of(scratch, component, true)) = component;
        *pl_map_at(any, key_of(scratch, component, false)) = component;
    }
}

static void mark(struct view *view, struct pl_map *changed)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_map exact pl_automap = {0};
    struct pl_map any pl_automap = {0};
    map_image(&scratch, &view->image.components, &exact, &any);
    struct pl_components *components = &view->result->merged.components;
    for (size_t i = 0; i < components->count; i++) {
        struct pl_component *component = &components->items[i];
        const struct pl_component *own = pl_map_find(&exact, key_of(&scratch, component, true));
        const struct pl_component *other = pl_map_find(&any, key_of(&scratch, component, false));
        component->since_image = !own && !other ? PL_SINCE_IMAGE_NEW
                                 : !own || has_changed_file(component, changed)
                                     ? PL_SINCE_IMAGE_ALTERED
                                     : PL_SINCE_IMAGE_SAME;
        if (own) {
            component->locations = own->locations;
        }
    }
    struct pl_map kept pl_automap = {0};
    struct pl_map ignored pl_automap = {0};
    map_image(&scratch, components, &ignored, &kept);
    for (size_t i = 0; i < view->image.components.count; i++) {
        const struct pl_component *component = &view->image.components.items[i];
        if (!pl_map_find(&kept, key_of(&scratch, component, false))) {
            *pl_vec_push(view->arena, &view->result->removed) =
                pl_component_purl(view->arena, component);
        }
    }
}

static void note(struct view *view, const char *reason)
{
    struct pl_gap *gap = pl_vec_push(view->arena, &view->result->merged.gaps);
    *gap = (struct pl_gap){.reason = pl_arena_dup(view->arena, pl_str_from(reason))};
}

static enum pl_status read_changes(struct view *view, struct pl_container_changes *changes)
{
    struct pl_error why = PL_ERROR_INIT;
    enum pl_status st = pl_container_read_changes(view->arena, view->found, changes, &why);
    if (st < 0) {
        char reason[sizeof(why.msg) + 64];
        snprintf(reason, sizeof(reason), "what changed since the image is not known: %s", why.msg);
        note(view, reason);
    } else if (changes->is_cut) {
        note(view, "more changed since the image than is listed");
    }
    return st;
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
    st = read_image(&view, err);
    if (st == PL_OK) {
        st = read_files(&view, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, "container " PL_STR_FMT, PL_STR_ARG(found.facts.name));
    }
    struct pl_container *facts = PL_ARENA_NEW(arena, struct pl_container);
    struct pl_container_changes *changes = PL_ARENA_NEW(arena, struct pl_container_changes);
    *facts = found.facts;
    result.facts = facts;
    result.changes = changes;
    read_changes(&view, changes);
    if (view.has_image) {
        struct pl_map changed pl_automap = {0};
        map_changes(changes, &changed);
        mark(&view, &changed);
    } else {
        note(&view, "the engine no longer has the container's image, so nothing is marked as new "
                    "or altered");
    }
    *ret = result;
    return PL_OK;
}
