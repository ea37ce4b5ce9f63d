/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/repositories.h"
#include "model/ecosystem.h"

enum pl_status pl_repositories_find(struct pl_arena *arena, struct pl_db *db,
                                    const struct pl_os *os, struct pl_strs *io_ecosystems,
                                    struct pl_error *err)
{
    pl_str sets = os->content_sets;
    pl_str set = PL_STR_EMPTY;
    enum pl_status st = PL_OK;
    while (st == PL_OK && pl_str_next_word(&sets, &set)) {
        struct pl_db_matches matches = {0};
        st = pl_db_lookup(db, arena, PL_STR(PL_REPOSITORY_ECOSYSTEM), set, &matches, err);
        for (size_t i = 0; st == PL_OK && i < matches.count; i++) {
            const struct pl_strs *products = &matches.items[i].affected.versions;
            for (size_t k = 0; k < products->count; k++) {
                pl_strs_add_unique(
                    arena, io_ecosystems,
                    pl_arena_format(arena, "Red Hat:" PL_STR_FMT, PL_STR_ARG(products->items[k])));
            }
        }
    }
    return st;
}
