/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/reader/affect.h"

struct pl_affected *pl_affect_before(struct pl_arena *arena, struct pl_advisory *advisory,
                                     pl_str ecosystem, pl_str name, pl_str fixed)
{
    struct pl_affected *affected =
        pl_affect_state(arena, advisory, ecosystem, name, PL_AFFECT_KNOWN);
    struct pl_range *range = pl_vec_push(arena, &affected->ranges);
    range->type = PL_RANGE_ECOSYSTEM;
    *pl_vec_push(arena, range) =
        (struct pl_range_event){.type = PL_EVENT_INTRODUCED, .version = PL_STR("0")};
    if (fixed.len > 0) {
        *pl_vec_push(arena, range) =
            (struct pl_range_event){.type = PL_EVENT_FIXED, .version = fixed};
    }
    return affected;
}

struct pl_affected *pl_affect_state(struct pl_arena *arena, struct pl_advisory *advisory,
                                    pl_str ecosystem, pl_str name, enum pl_affect state)
{
    struct pl_affected *affected = pl_vec_push(arena, &advisory->affected);
    affected->ecosystem = ecosystem;
    affected->name = name;
    affected->state = state;
    return affected;
}
