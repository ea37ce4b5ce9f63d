/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/ownership.h"
#include "base/map.h"

/* Components that lie in one file, in a chain. */
struct candidate {
    struct pl_component *component;
    struct candidate *next;
    const struct pl_component *owner; /* NULL: none was found */
};

enum { FILTER_BITS = 1 << 18 };

struct settling {
    struct pl_arena scratch;
    const struct pl_evidence *const *layers;
    size_t count;
    struct pl_map by_path; /* the hash of a path, as bytes, to the first of its candidates */
    /* A bit for each value of a hash's lowest bits that a candidate's path has: it turns away
     * nearly all of the hundred thousands of paths that are owned. */
    uint64_t *filter;
};

static pl_str key_of(const uint64_t *hash)
{
    return pl_str_make((const char *)hash, sizeof(*hash));
}

static void add_under(struct settling *settling, pl_str path, struct candidate *candidate)
{
    uint64_t *hash = PL_ARENA_NEW(&settling->scratch, uint64_t);
    *hash = pl_str_hash(path);
    uint64_t bit = *hash % FILTER_BITS;
    settling->filter[bit / 64] |= UINT64_C(1) << (bit % 64);
    void **first = pl_map_at(&settling->by_path, key_of(hash));
    candidate->next = *first;
    *first = candidate;
}

/* The file that a component lies in: its location without what is inside of it. */
static pl_str file_of(const struct pl_component *component)
{
    pl_str path = component->locations.items[0].path;
    size_t inside = component->inside.len > 0 ? component->inside.len + 1 : 0;
    return pl_str_sub(path, 0, path.len - inside);
}

/* "bin/sh" for "usr/bin/sh"; empty where there is no such other name. */
static pl_str name_before_usr_merge(pl_str path)
{
    static const char *const merged[] = {"bin/", "lib/", "lib32/", "lib64/", "libx32/", "sbin/"};
    pl_str rest = pl_str_starts_with(path, PL_STR("usr/")) ? pl_str_skip(path, 4) : PL_STR_EMPTY;
    for (size_t i = 0; i < PL_ARRAY_LEN(merged); i++) {
        if (pl_str_starts_with(rest, pl_str_from(merged[i]))) {
            return rest;
        }
    }
    return PL_STR_EMPTY;
}

static struct candidate *find_candidates(struct settling *settling,
                                         const struct pl_components *components, size_t *ret_count)
{
    struct candidate *all =
        PL_ARENA_ARRAY(&settling->scratch, struct candidate, 2 * components->count);
    size_t count = 0;
    for (size_t i = 0; i < components->count; i++) {
        struct pl_component *component = &components->items[i];
        if (pl_component_is_system_package(component)) {
            continue;
        }
        pl_str path = file_of(component);
        pl_str other = name_before_usr_merge(path);
        all[count].component = component;
        add_under(settling, path, &all[count++]);
        if (other.len > 0) {
            all[count].component = component;
            add_under(settling, other, &all[count++]);
        }
    }
    *ret_count = count;
    return all;
}

static size_t layer_of(const struct settling *settling, const struct pl_component *component)
{
    pl_str digest = component->locations.items[0].layer;
    for (size_t i = 0; i < settling->count; i++) {
        if (pl_str_eq(settling->layers[i]->diff_id, digest)) {
            return i;
        }
    }
    return 0;
}

/* Did a layer above the package's put another file in the place of the package's own? */
static bool is_replaced(const struct settling *settling, const struct pl_component *component,
                        const struct pl_component *owner)
{
    size_t from = layer_of(settling, owner);
    if (layer_of(settling, component) <= from) {
        return false;
    }
    uint64_t hash = pl_str_hash(file_of(component));
    for (size_t i = 0; i <= from; i++) {
        if (pl_evidence_replaces(settling->layers[i], hash)) {
            return true;
        }
    }
    return false;
}

static void find_owned(struct settling *settling, const struct pl_owned_list *list)
{
    for (size_t i = 0; i < list->paths->count; i++) {
        uint64_t bit = list->paths->items[i] % FILTER_BITS;
        if ((settling->filter[bit / 64] & (UINT64_C(1) << (bit % 64))) == 0) {
            continue;
        }
        struct candidate *at = pl_map_find(&settling->by_path, key_of(&list->paths->items[i]));
        for (; at && !at->owner; at = at->next) {
            at->owner = is_replaced(settling, at->component, list->owner) ? NULL : list->owner;
        }
    }
}

/* Leaves the names of the owned at their owners, and takes out what packages of the system own; the
 * order stays. */
static void take_out(struct settling *settling, struct pl_arena *arena, const struct candidate *all,
                     size_t count, struct pl_components *components)
{
    bool *is_owned = PL_ARENA_ARRAY(&settling->scratch, bool, components->count);
    for (size_t i = 0; i < count; i++) {
        size_t index = (size_t)(all[i].component - components->items);
        if (!all[i].owner || is_owned[index]) {
            continue;
        }
        struct pl_component *owner = &components->items[all[i].owner - components->items];
        /* Whose package has no advisories does not answer for what is in it. */
        is_owned[index] = pl_component_is_system_package(owner) &&
                          (owner->third_party.len == 0 || owner->third_party_ecosystem.len > 0);
        pl_str purl = all[i].component->scope == PL_SCOPE_INSTALLED
                          ? pl_component_purl(arena, all[i].component)
                          : PL_STR_EMPTY;
        if (purl.len > 0) {
            *pl_vec_push(arena, &owner->contains) = purl;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < components->count; i++) {
        if (!is_owned[i]) {
            components->items[kept++] = components->items[i];
        }
    }
    components->count = kept;
    for (size_t i = 0; i < kept; i++) {
        struct pl_strs *contains = &components->items[i].contains;
        pl_strs_sort(contains);
        size_t distinct = 0;
        for (size_t j = 0; j < contains->count; j++) {
            if (j == 0 || !pl_str_eq(contains->items[j], contains->items[j - 1])) {
                contains->items[distinct++] = contains->items[j];
            }
        }
        contains->count = distinct;
    }
}

void pl_ownership_settle(struct pl_arena *arena, const struct pl_evidence *const *layers,
                         size_t count, const struct pl_owned_lists *lists,
                         struct pl_components *components)
{
    struct settling settling = {.layers = layers, .count = count};
    size_t candidate_count = 0;
    settling.filter = PL_ARENA_ARRAY(&settling.scratch, uint64_t, FILTER_BITS / 64);
    const struct candidate *all = find_candidates(&settling, components, &candidate_count);
    /* What several own is the system's. */
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < lists->count && candidate_count > 0; i++) {
            if (pl_component_is_system_package(lists->items[i].owner) == (pass == 0)) {
                find_owned(&settling, &lists->items[i]);
            }
        }
    }
    take_out(&settling, arena, all, candidate_count, components);
    pl_map_release(&settling.by_path);
    pl_arena_release(&settling.scratch);
}
