/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/end_of_life.h"
#include "model/ecosystem.h"

enum pl_status pl_end_of_life_find(struct pl_arena *arena, struct pl_db *db, const struct pl_os *os,
                                   pl_str *io_day, struct pl_error *err)
{
    struct pl_db_matches matches = {0};
    pl_str name = pl_os_release_name(arena, os);
    if (name.len == 0) {
        return PL_OK;
    }
    enum pl_status st =
        pl_db_lookup(db, arena, PL_STR(PL_END_OF_LIFE_ECOSYSTEM), name, &matches, err);
    for (size_t i = 0; st == PL_OK && i < matches.count; i++) {
        const struct pl_affected *affected = &matches.items[i].affected;
        if (affected->ranges.count > 0 && affected->ranges.items[0].count > 0) {
            *io_day = pl_arena_dup(arena, affected->ranges.items[0].items[0].version);
            break;
        }
    }
    return st;
}
