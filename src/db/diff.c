/* SPDX-License-Identifier: Apache-2.0 */
#include "db/diff.h"
#include "db/generation.h"
#include "db/table_walk.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

const char *pl_db_change_to_string(enum pl_db_change change)
{
    switch (change) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_DB_CHANGE_LIST(X)
#undef X
    }
    return "changed";
}

/* Finds a generation by its name; `all` are newest first. */
static enum pl_status find_generation(int dir_fd, const struct pl_db_manifests *all, pl_str name,
                                      struct pl_arena *arena, struct pl_db_manifest *ret,
                                      struct pl_error *err)
{
    enum pl_status st = pl_generation_read(dir_fd, PL_STR_EMPTY, arena, ret, err);
    if (st < 0 || name.len == 0) {
        return st;
    }
    pl_str current = pl_arena_dup(arena, pl_str_from(ret->generation));
    size_t found = 0;
    for (size_t i = 0; i < all->count && found < 2; i++) {
        pl_str generation = pl_str_from(all->items[i].generation);
        bool is_wanted = pl_str_eq(name, PL_STR("previous"))
                             ? found == 0 && !pl_str_eq(generation, current)
                             : pl_str_starts_with(generation, name);
        if (is_wanted) {
            *ret = all->items[i];
            found++;
        }
    }
    if (found == 1) {
        return PL_OK;
    }
    return pl_error_set(err, found == 0 ? PL_E_NOT_FOUND : PL_E_USAGE,
                        found == 0 ? "there is no generation \"" PL_STR_FMT
                                     "\"; plimsoll db history lists them"
                                   : "several generations begin with \"" PL_STR_FMT
                                     "\"; plimsoll db history lists them",
                        PL_STR_ARG(name));
}

static enum pl_status open_table(int dir_fd, const struct pl_db_slice_info *slice,
                                 struct pl_table **ret, struct pl_error *err)
{
    if (!slice) {
        return PL_OK;
    }
    int fd pl_autoclose = -1;
    enum pl_status st = pl_generation_open_slice(dir_fd, slice, &fd, err);
    return st < 0 ? st : pl_table_open(fd, slice->digits.ptr, ret, err);
}

/* One side of the comparison; without a table there is nothing in it. */
struct side {
    struct pl_table *table;
    struct pl_table_walk records;
};

static void side_release(struct side *side)
{
    pl_table_walk_release(&side->records);
    pl_table_close(side->table);
}

static enum pl_status begin(int dir_fd, const struct pl_db_slice_info *slice, struct side *side,
                            struct pl_error *err)
{
    enum pl_status st = open_table(dir_fd, slice, &side->table, err);
    return st < 0 ? st : pl_table_walk_open(&side->records, side->table, PL_TABLE_RECORDS, err);
}

/* A change of what is said of a package shows in the record's time of modification. */
static enum pl_status walk(struct pl_table_walk *old, struct pl_table_walk *new, pl_str slice,
                           const struct pl_db_diff_sink *sink, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    while (st == PL_OK && (old->more || new->more)) {
        int order = !old->more ? 1 : !new->more ? -1 : pl_str_cmp(old->key, new->key);
        if (order < 0) {
            st = sink->take(sink->context, slice, PL_DB_REMOVED, old->key, err);
        } else if (order > 0) {
            st = sink->take(sink->context, slice, PL_DB_ADDED, new->key, err);
        } else if (!pl_str_eq(old->value, new->value)) {
            st = sink->take(sink->context, slice, PL_DB_CHANGED, new->key, err);
        }
        if (st == PL_OK && order <= 0) {
            st = pl_table_walk_next(old, err);
        }
        if (st == PL_OK && order >= 0) {
            st = pl_table_walk_next(new, err);
        }
    }
    return st;
}

static enum pl_status diff_slice(int dir_fd, const struct pl_db_slice_info *before,
                                 const struct pl_db_slice_info *after,
                                 const struct pl_db_diff_sink *sink, struct pl_error *err)
{
    if (before && after && pl_str_eq(before->digits, after->digits)) {
        return PL_OK;
    }
    struct side old PL_CLEANUP(side_release) = {.table = NULL};
    struct side new PL_CLEANUP(side_release) = {.table = NULL};
    enum pl_status st = begin(dir_fd, before, &old, err);
    if (st == PL_OK) {
        st = begin(dir_fd, after, &new, err);
    }
    return st == PL_OK
               ? walk(&old.records, &new.records, after ? after->name : before->name, sink, err)
               : st;
}

/* The slices of both, in order of their names. */
static enum pl_status diff_manifests(int dir_fd, const struct pl_db_manifest *before,
                                     const struct pl_db_manifest *after,
                                     const struct pl_db_diff_sink *sink, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    size_t i = 0;
    size_t j = 0;
    while (st == PL_OK && (i < before->slices.count || j < after->slices.count)) {
        const struct pl_db_slice_info *old =
            i < before->slices.count ? &before->slices.items[i] : NULL;
        const struct pl_db_slice_info *new =
            j < after->slices.count ? &after->slices.items[j] : NULL;
        int order = !old ? 1 : !new ? -1 : pl_str_cmp(old->name, new->name);
        st = diff_slice(dir_fd, order <= 0 ? old : NULL, order >= 0 ? new : NULL, sink, err);
        i += order <= 0;
        j += order >= 0;
    }
    return st;
}

enum pl_status pl_db_diff(const char *dir, pl_str before, pl_str after,
                          const struct pl_db_diff_sink *sink, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_manifests all = {0};
    struct pl_db_manifest old = {.created = PL_STR_EMPTY};
    struct pl_db_manifest new = {.created = PL_STR_EMPTY};
    int dir_fd pl_autoclose = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0) {
        return pl_error_sys(err, errno, "opening the advisory database %s", dir);
    }
    enum pl_status st = pl_generation_list(dir_fd, &arena, &all, err);
    if (st == PL_OK) {
        st = find_generation(dir_fd, &all, before, &arena, &old, err);
    }
    if (st == PL_OK) {
        st = find_generation(dir_fd, &all, after, &arena, &new, err);
    }
    return st == PL_OK ? diff_manifests(dir_fd, &old, &new, sink, err) : st;
}
