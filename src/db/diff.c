/* SPDX-License-Identifier: Apache-2.0 */
#include "db/diff.h"
#include "db/generation.h"
#include <errno.h>
#include <fcntl.h>

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

enum pl_status pl_db_diff(const char *dir, pl_str before, pl_str after, struct pl_db_changes *ret,
                          struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_manifests all = {0};
    struct pl_db_manifest old = {.created = PL_STR_EMPTY};
    struct pl_db_manifest new = {.created = PL_STR_EMPTY};
    struct pl_db_changes kept pl_autochanges = {.table = NULL};
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
    if (st == PL_OK && pl_db_changes_open(dir_fd, new.generation, &kept, NULL) == PL_OK &&
        strcmp(kept.before, old.generation) == 0) {
        *ret = kept;
        kept.table = NULL;
        return PL_OK;
    }
    return st == PL_OK ? pl_db_changes_make(dir, dir_fd, &old, &new, ret, err) : st;
}
