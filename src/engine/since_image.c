/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/since_image.h"
#include "base/map.h"
#include "image/path.h"

enum chain { WITH_VERSION, WITHOUT_VERSION, CHAINS_ };

/* One of the image's components, in a chain of those with the same key. */
struct counterpart {
    const struct pl_component *component;
    bool is_taken;
    struct counterpart *next[CHAINS_];
};

struct comparison {
    struct pl_arena scratch;
    const struct pl_image_view *image;
    struct counterpart *counterparts; /* of the image's components, in their order */
    struct pl_map heads[CHAINS_];
    struct pl_map changed; /* paths of the image's files that were modified or deleted */
    struct pl_map deleted; /* of those the directories, which stand for all that was in them */
};

static pl_str place_of(const struct pl_component *component)
{
    return component->locations.count > 0 ? component->locations.items[0].path : PL_STR_EMPTY;
}

/* The system's packages have one database, wherever a newer version of its tools may put it. */
static pl_str key_of(struct comparison *comparison, const struct pl_component *component,
                     enum chain chain)
{
    pl_str version = chain == WITH_VERSION ? component->version : PL_STR_EMPTY;
    pl_str place = pl_component_is_system_package(component) ? PL_STR_EMPTY : place_of(component);
    return pl_arena_format(&comparison->scratch,
                           PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT
                                      "\n" PL_STR_FMT,
                           PL_STR_ARG(component->type), PL_STR_ARG(component->name),
                           PL_STR_ARG(component->arch), PL_STR_ARG(version), PL_STR_ARG(place));
}

/* From the last to the first, so that each chain is in the components' order. */
static void chain_counterparts(struct comparison *comparison)
{
    const struct pl_components *components = comparison->image->components;
    comparison->counterparts =
        PL_ARENA_ARRAY(&comparison->scratch, struct counterpart, components->count);
    for (size_t i = components->count; i-- > 0;) {
        struct counterpart *counterpart = &comparison->counterparts[i];
        counterpart->component = &components->items[i];
        for (enum chain chain = 0; chain < CHAINS_; chain++) {
            void **head = pl_map_at(&comparison->heads[chain],
                                    key_of(comparison, counterpart->component, chain));
            counterpart->next[chain] = *head;
            *head = counterpart;
        }
    }
}

/* The first that nobody took. The head moves past it, so that no chain is walked twice. */
static const struct pl_component *take(struct comparison *comparison,
                                       const struct pl_component *component, enum chain chain)
{
    pl_str key = key_of(comparison, component, chain);
    struct counterpart *found = pl_map_find(&comparison->heads[chain], key);
    while (found && found->is_taken) {
        found = found->next[chain];
    }
    if (!found) {
        return NULL;
    }
    *pl_map_at(&comparison->heads[chain], key) = found->next[chain];
    found->is_taken = true;
    return found->component;
}

/* A hash may be that of another path: once in some 10^13 paths of a million files. */
static bool was_file(const struct comparison *comparison, pl_str path)
{
    uint64_t hash = pl_str_hash(path);
    for (size_t i = 0; i < comparison->image->layer_count; i++) {
        if (pl_evidence_replaces(comparison->image->layers[i], hash)) {
            return true;
        }
    }
    return false;
}

/* Where the first part of a path under /usr is a link beside it (bin -> usr/bin), package managers
 * may know the file by the shorter name; engines tell the real one. */
static pl_str short_name(const struct comparison *comparison, pl_str path)
{
    pl_str usr = PL_STR("usr/");
    pl_str rest = pl_str_starts_with(path, usr) ? pl_str_skip(path, usr.len) : PL_STR_EMPTY;
    size_t slash = pl_str_find_char(rest, '/');
    bool is_link = slash != SIZE_MAX && was_file(comparison, pl_str_sub(rest, 0, slash));
    return is_link ? rest : PL_STR_EMPTY;
}

static void note_change(struct pl_map *map, const struct comparison *comparison, pl_str path)
{
    pl_str alias = short_name(comparison, path);
    *pl_map_at(map, path) = map;
    if (alias.len > 0) {
        *pl_map_at(map, alias) = map;
    }
}

/* A directory counts as modified when something in it was, which says nothing of a package that
 * owns the directory. */
static void map_changes(struct comparison *comparison, const struct pl_container_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        pl_str path = changes->items[i].path;
        if (changes->items[i].change == PL_CHANGE_ADDED) {
            continue;
        }
        if (was_file(comparison, path)) {
            note_change(&comparison->changed, comparison, path);
        } else if (changes->items[i].change == PL_CHANGE_DELETED) {
            note_change(&comparison->deleted, comparison, path);
        }
    }
}

static bool is_changed(const struct comparison *comparison, pl_str path)
{
    if (pl_map_find(&comparison->changed, path)) {
        return true;
    }
    for (pl_str at = path; at.len > 0 && comparison->deleted.count > 0; at = pl_path_parent(at)) {
        if (pl_map_find(&comparison->deleted, at)) {
            return true;
        }
    }
    return false;
}

static bool has_changed_file(const struct comparison *comparison,
                             const struct pl_component *component)
{
    if (comparison->changed.count == 0 && comparison->deleted.count == 0) {
        return false;
    }
    for (size_t i = 0; i < component->files.count; i++) {
        if (is_changed(comparison, component->files.items[i])) {
            return true;
        }
    }
    return false;
}

/* Those of the same version first: a new version must not take what is another's own. */
static void mark_same_versions(struct comparison *comparison, struct pl_components *components)
{
    for (size_t i = 0; i < components->count; i++) {
        struct pl_component *component = &components->items[i];
        const struct pl_component *own = take(comparison, component, WITH_VERSION);
        if (!own) {
            component->since_image = PL_SINCE_IMAGE_NEW;
            continue;
        }
        component->since_image =
            has_changed_file(comparison, component) ? PL_SINCE_IMAGE_ALTERED : PL_SINCE_IMAGE_SAME;
        if (pl_str_eq(place_of(own), place_of(component))) {
            component->locations = own->locations;
        }
    }
}

static void mark_other_versions(struct comparison *comparison, struct pl_components *components)
{
    for (size_t i = 0; i < components->count; i++) {
        struct pl_component *component = &components->items[i];
        if (component->since_image == PL_SINCE_IMAGE_NEW &&
            take(comparison, component, WITHOUT_VERSION)) {
            component->since_image = PL_SINCE_IMAGE_ALTERED;
        }
    }
}

void pl_since_image_mark(struct pl_arena *arena, const struct pl_image_view *image,
                         const struct pl_container_changes *changes,
                         struct pl_components *components, struct pl_components *removed)
{
    struct comparison comparison = {.image = image};
    chain_counterparts(&comparison);
    map_changes(&comparison, changes);
    mark_same_versions(&comparison, components);
    mark_other_versions(&comparison, components);
    for (size_t i = 0; i < image->components->count; i++) {
        if (!comparison.counterparts[i].is_taken) {
            *pl_vec_push(arena, removed) = image->components->items[i];
        }
    }
    for (enum chain chain = 0; chain < CHAINS_; chain++) {
        pl_map_release(&comparison.heads[chain]);
    }
    pl_map_release(&comparison.changed);
    pl_map_release(&comparison.deleted);
    pl_arena_release(&comparison.scratch);
}
