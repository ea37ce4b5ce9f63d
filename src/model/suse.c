/* SPDX-License-Identifier: Apache-2.0 */
#include "model/suse.h"
#include "base/compiler.h"

static const struct {
    pl_str id;
    const char *name;
    const char *suffix;
} known[] = {
#define PL_SUSE_PRODUCT(id, name, suffix) {PL_STR_INIT(id), name, suffix},
#include "model/suse_products.def"
#undef PL_SUSE_PRODUCT
};

/* "15 SP3" of "15.3" and "15" of "15.0", where a release has service packs; else as it is. */
static pl_str release_text(struct pl_arena *arena, pl_str version)
{
    static const char *const majors[] = {"11", "12", "15"};
    pl_str major = PL_STR_EMPTY;
    pl_str pack = PL_STR_EMPTY;
    bool has_packs = false;
    if (!pl_str_cut(version, '.', &major, &pack)) {
        return version;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(majors); i++) {
        has_packs = has_packs || pl_str_eq(major, pl_str_from(majors[i]));
    }
    if (!has_packs) {
        return version;
    }
    return pl_str_eq(pack, PL_STR("0")) ? major
                                        : pl_arena_format(arena, PL_STR_FMT " SP" PL_STR_FMT,
                                                          PL_STR_ARG(major), PL_STR_ARG(pack));
}

void pl_suse_add_products(struct pl_arena *arena, pl_str products, struct pl_strs *list)
{
    pl_str word = PL_STR_EMPTY;
    while (pl_str_next_word(&products, &word)) {
        pl_str id = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        if (!pl_str_cut(word, ':', &id, &version)) {
            continue;
        }
        for (size_t i = 0; i < PL_ARRAY_LEN(known); i++) {
            if (pl_str_eq(id, known[i].id)) {
                pl_strs_add_unique(arena, list,
                                   pl_arena_format(arena, "SUSE:%s " PL_STR_FMT "%s", known[i].name,
                                                   PL_STR_ARG(release_text(arena, version)),
                                                   known[i].suffix));
            }
        }
    }
}
