/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/kubernetes.h"
#include "base/compiler.h"

struct mask {
    uint32_t programs; /* bits by pl_kubernetes_name_at */
};

enum { ALL_PROGRAMS = -1 };

void pl_kubernetes_programs_release(struct pl_kubernetes_programs *programs)
{
    pl_map_release(&programs->masks);
}

static void add_name(struct pl_arena *arena, struct pl_map *masks, pl_str name, uint32_t programs)
{
    void **at = pl_map_at(masks, name);
    if (!*at) {
        *at = PL_ARENA_NEW(arena, struct mask);
    }
    struct mask *mask = *at;
    mask->programs |= programs;
}

static enum pl_status read_name(struct pl_arena *arena, struct pl_db *db, pl_str name,
                                uint32_t programs, struct pl_map *masks, struct pl_error *err)
{
    struct pl_db_matches hits = {0};
    enum pl_status st = pl_db_lookup(db, arena, PL_STR(PL_KUBERNETES_ECOSYSTEM), name, &hits, err);
    for (size_t i = 0; st == PL_OK && i < hits.count; i++) {
        struct pl_advisory *advisory = PL_ARENA_NEW(arena, struct pl_advisory);
        st = pl_db_match_advisory(db, arena, &hits.items[i], advisory, err);
        if (st < 0 || !pl_advisory_is_security(advisory)) {
            continue;
        }
        add_name(arena, masks, advisory->id, programs);
        for (size_t j = 0; j < advisory->aliases.count; j++) {
            add_name(arena, masks, advisory->aliases.items[j], programs);
        }
    }
    return st;
}

enum pl_status pl_kubernetes_programs_read(struct pl_arena *arena, struct pl_db *db,
                                           struct pl_kubernetes_programs *programs,
                                           struct pl_error *err)
{
    if (programs->is_read) {
        return PL_OK;
    }
    enum pl_status st = read_name(arena, db, PL_STR(PL_KUBERNETES_WHOLE), (uint32_t)ALL_PROGRAMS,
                                  &programs->masks, err);
    for (size_t i = 0; st == PL_OK && pl_kubernetes_name_at(i).len > 0; i++) {
        st =
            read_name(arena, db, pl_kubernetes_name_at(i), UINT32_C(1) << i, &programs->masks, err);
    }
    programs->is_read = st == PL_OK;
    return st;
}

static uint32_t programs_of(const struct pl_kubernetes_programs *programs,
                            const struct pl_advisory *advisory)
{
    const struct pl_strs *lists[] = {&advisory->aliases, &advisory->upstream};
    const struct mask *own = pl_map_find(&programs->masks, advisory->id);
    uint32_t found = own ? own->programs : 0;
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            const struct mask *mask = pl_map_find(&programs->masks, lists[i]->items[j]);
            found |= mask ? mask->programs : 0;
        }
    }
    return found;
}

bool pl_kubernetes_is_of_others(const struct pl_kubernetes_programs *programs, pl_str name,
                                const struct pl_advisory *advisory)
{
    uint32_t said = programs_of(programs, advisory);
    for (size_t i = 0; pl_kubernetes_name_at(i).len > 0; i++) {
        if (pl_str_eq(name, pl_kubernetes_name_at(i))) {
            return said != 0 && (said & UINT32_C(1) << i) == 0;
        }
    }
    return false;
}
