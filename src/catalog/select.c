/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/select.h"
#include "base/nearest.h"

/* Without it nobody knows whose packages the system's are. */
#define ALWAYS "os-release"

static size_t find_cataloger(const struct pl_cataloger *const *all, size_t count, pl_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (pl_str_eq(name, pl_str_from(all[i]->name))) {
            return i;
        }
    }
    return SIZE_MAX;
}

static enum pl_status unknown(const struct pl_cataloger *const *all, size_t count, pl_str name,
                              struct pl_error *err)
{
    struct pl_nearest nearest = pl_nearest_start(name);
    for (size_t i = 0; i < count; i++) {
        pl_nearest_offer(&nearest, all[i]->name);
    }
    return pl_error_set(err, PL_E_USAGE, "there is no cataloger \"" PL_STR_FMT "\"%s%s%s",
                        PL_STR_ARG(pl_str_sub(name, 0, 100)),
                        nearest.best ? "; did you mean " : "; docs/catalogers.md names them",
                        nearest.best ? nearest.best : "", nearest.best ? "?" : "");
}

/* Marks what the list names; *ret_is_without says that these are left out. */
static enum pl_status mark_named(const struct pl_cataloger *const *all, size_t count, pl_str list,
                                 bool *named, bool *ret_is_without, struct pl_error *err)
{
    size_t with = 0;
    size_t without = 0;
    pl_str name = PL_STR_EMPTY;
    while (pl_str_next_piece(&list, ',', &name)) {
        name = pl_str_trim(name);
        bool is_without = pl_str_starts_with(name, PL_STR("-"));
        name = is_without ? pl_str_skip(name, 1) : name;
        size_t at = find_cataloger(all, count, name);
        if (at == SIZE_MAX) {
            return unknown(all, count, name, err);
        }
        named[at] = true;
        with += is_without ? 0 : 1;
        without += is_without ? 1 : 0;
    }
    if ((with > 0) == (without > 0)) {
        return pl_error_set(err, PL_E_USAGE,
                            "give names of catalogers, or names with a '-' before each");
    }
    *ret_is_without = without > 0;
    return PL_OK;
}

enum pl_status pl_catalog_select(struct pl_arena *arena, pl_str list,
                                 struct pl_catalog_selection *ret, struct pl_error *err)
{
    size_t count = 0;
    const struct pl_cataloger *const *all = pl_catalogers(&count);
    bool *named = PL_ARENA_ARRAY(arena, bool, count);
    bool is_without = false;
    enum pl_status st = mark_named(all, count, list, named, &is_without, err);
    if (st < 0) {
        return st;
    }
    const struct pl_cataloger **items = PL_ARENA_ARRAY(arena, const struct pl_cataloger *, count);
    struct pl_catalog_selection selection = {.items = items, .hash = 1};
    for (size_t i = 0; i < count; i++) {
        pl_str name = pl_str_from(all[i]->name);
        if (named[i] != is_without || pl_str_eq(name, PL_STR(ALWAYS))) {
            items[selection.count++] = all[i];
            selection.hash = selection.hash * 31 + pl_str_hash(name);
        }
    }
    *ret = selection;
    return PL_OK;
}

struct pl_catalog_matcher *
pl_catalog_matcher_new_selected(const struct pl_catalog_selection *selection)
{
    return selection->items ? pl_catalog_matcher_new_for(selection->items, selection->count)
                            : pl_catalog_matcher_new();
}
