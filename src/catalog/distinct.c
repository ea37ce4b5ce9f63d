/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/distinct.h"

void pl_distinct_release(struct pl_distinct *list)
{
    pl_map_release(&list->places);
    pl_arena_release(&list->arena);
}

/* Direct says more than transitive, and that more than nothing. */
static enum pl_relation closer(enum pl_relation a, enum pl_relation b)
{
    if (a == PL_RELATION_DIRECT || b == PL_RELATION_DIRECT) {
        return PL_RELATION_DIRECT;
    }
    return a == PL_RELATION_UNKNOWN ? b : a;
}

/* A blank is in no name, and which part a NUL ended would not matter. */
static pl_str key_of(struct pl_arena *arena, pl_str name, pl_str version)
{
    return pl_arena_format(arena, PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(name), PL_STR_ARG(version));
}

static struct pl_component *at(const struct pl_distinct *list, const void *place)
{
    return &list->sink->file->components.items[(uintptr_t)place - 1];
}

struct pl_component *pl_distinct_find(struct pl_distinct *list, pl_str name, pl_str version)
{
    struct pl_arena scratch pl_autoarena = {0};
    const void *place = pl_map_find(&list->places, key_of(&scratch, name, version));
    return place ? at(list, place) : NULL;
}

struct pl_component *pl_distinct_add(struct pl_distinct *list, pl_str name, pl_str version,
                                     const struct pl_distinct_facts *facts)
{
    void **place = pl_map_at(&list->places, key_of(&list->arena, name, version));
    if (*place) {
        struct pl_component *known = at(list, *place);
        known->is_dev = known->is_dev && facts->is_dev;
        known->is_optional = known->is_optional && facts->is_optional;
        known->relation = closer(known->relation, facts->relation);
        return NULL;
    }
    struct pl_component *added =
        pl_catalog_component(list->sink, list->scope, list->type, name, version);
    if (!added) {
        return NULL;
    }
    *place = (void *)(uintptr_t)list->sink->file->components.count;
    added->is_dev = facts->is_dev;
    added->is_optional = facts->is_optional;
    added->relation = facts->relation;
    return added;
}
