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

struct pl_component *pl_distinct_add(struct pl_distinct *list, pl_str name, pl_str version,
                                     const struct pl_distinct_facts *facts, bool *ret_is_new)
{
    /* A blank is in no name, and which part a NUL ended would not matter. */
    pl_str key = pl_arena_format(&list->arena, PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(name),
                                 PL_STR_ARG(version));
    void **place = pl_map_at(&list->places, key);
    struct pl_components *components = &list->sink->file->components;
    if (*place) {
        struct pl_component *known = &components->items[(uintptr_t)*place - 1];
        known->is_dev = known->is_dev && facts->is_dev;
        known->is_optional = known->is_optional && facts->is_optional;
        known->relation = closer(known->relation, facts->relation);
        *ret_is_new = false;
        return known;
    }
    struct pl_component *added =
        pl_catalog_component(list->sink, list->scope, list->type, name, version);
    if (!added) {
        return NULL;
    }
    *place = (void *)(uintptr_t)components->count;
    added->is_dev = facts->is_dev;
    added->is_optional = facts->is_optional;
    added->relation = facts->relation;
    *ret_is_new = true;
    return added;
}
