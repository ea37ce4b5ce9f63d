/* SPDX-License-Identifier: Apache-2.0 */
#include "db/intake.h"
#include "db/changes.h"
#include "db/generation.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

struct pl_db_intake {
    struct pl_arena arena;
    pl_str dir;
    int dir_fd;
    int lock_fd;
    struct pl_db_manifest in_use;
    struct pl_slice_file file; /* that is being written, if its descriptor is not -1 */
    struct pl_strs brought; /* names of files that were not there before */
};

static void slice_file(pl_str digits, char ret[NAME_MAX + 1])
{
    snprintf(ret, NAME_MAX + 1, PL_STR_FMT PL_DB_SLICE_SUFFIX, PL_STR_ARG(digits));
}

enum pl_status pl_db_intake_new(const char *dir, struct pl_db_intake **ret, struct pl_error *err)
{
    int dir_fd pl_autoclose = -1;
    int lock_fd pl_autoclose = -1;
    enum pl_status st = pl_generation_lock(dir, &dir_fd, &lock_fd, err);
    if (st < 0) {
        return st;
    }
    struct pl_db_intake *intake = pl_mem_alloc(1, sizeof(*intake));
    intake->file.fd = -1;
    intake->dir = pl_arena_dup(&intake->arena, pl_str_from(dir));
    intake->dir_fd = pl_fd_take(&dir_fd);
    intake->lock_fd = pl_fd_take(&lock_fd);
    /* What cannot be read is no help, and no hindrance. */
    (void)pl_generation_read(intake->dir_fd, PL_STR_EMPTY, &intake->arena, &intake->in_use, NULL);
    *ret = intake;
    return PL_OK;
}

void pl_db_intake_free(struct pl_db_intake *intake)
{
    if (!intake) {
        return;
    }
    pl_generation_abandon(intake->dir_fd, &intake->file);
    for (size_t i = 0; i < intake->brought.count; i++) {
        unlinkat(intake->dir_fd, intake->brought.items[i].ptr, 0);
    }
    pl_fd_closep(&intake->lock_fd);
    pl_fd_closep(&intake->dir_fd);
    pl_arena_release(&intake->arena);
    free(intake);
}

const struct pl_db_manifest *pl_db_intake_in_use(const struct pl_db_intake *intake)
{
    return &intake->in_use;
}

/* Opens a file that should be the slice `digits`. */
static enum pl_status open_as(int fd, pl_str digits, struct pl_table **ret, struct pl_error *err)
{
    struct pl_table *table PL_CLEANUP(pl_table_closep) = NULL;
    char name[NAME_MAX + 1];
    slice_file(digits, name);
    enum pl_status st = pl_table_open(fd, name, &table, err);
    if (st == PL_OK && !pl_str_eq(pl_table_digest(table), digits)) {
        st = pl_error_set(err, PL_E_TRUST, "it is another slice than its name says");
    }
    if (st == PL_OK) {
        *ret = PL_TAKE(table);
    }
    return st;
}

enum pl_status pl_db_intake_open(const struct pl_db_intake *intake, pl_str digits,
                                 struct pl_table **ret, struct pl_error *err)
{
    char name[NAME_MAX + 1];
    slice_file(digits, name);
    int fd pl_autoclose = openat(intake->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || open_as(fd, digits, ret, NULL) < 0) {
        return pl_error_set(err, PL_E_NOT_FOUND, "%s is not here", name);
    }
    return PL_OK;
}

enum pl_status pl_db_intake_begin(struct pl_db_intake *intake, int *ret_fd, struct pl_error *err)
{
    pl_generation_abandon(intake->dir_fd, &intake->file);
    enum pl_status st = pl_generation_begin_slice(intake->dir_fd, 0, &intake->file, err);
    if (st == PL_OK) {
        *ret_fd = intake->file.fd;
    }
    return st;
}

enum pl_status pl_db_intake_keep(struct pl_db_intake *intake, const struct pl_db_slice_info *slice,
                                 struct pl_error *err)
{
    struct pl_table *table PL_CLEANUP(pl_table_closep) = NULL;
    struct pl_table *before PL_CLEANUP(pl_table_closep) = NULL;
    char name[NAME_MAX + 1];
    slice_file(slice->digits, name);
    enum pl_status st = open_as(intake->file.fd, slice->digits, &table, err);
    if (st == PL_OK) {
        st = pl_table_verify(table, err);
    }
    bool is_new = faccessat(intake->dir_fd, name, F_OK, 0) < 0;
    if (st == PL_OK && !is_new && pl_db_intake_open(intake, slice->digits, &before, NULL) < 0) {
        unlinkat(intake->dir_fd, name, 0); /* a damaged one, which this one heals */
    }
    if (st == PL_OK) {
        st = pl_generation_keep_slice(intake->dir_fd, &intake->file, slice->digits.ptr, err);
    }
    if (st == PL_OK && is_new) {
        *pl_vec_push(&intake->arena, &intake->brought) =
            pl_arena_dup(&intake->arena, pl_str_from(name));
    }
    pl_generation_abandon(intake->dir_fd, &intake->file);
    return st < 0 ? pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(slice->name)) : PL_OK;
}

static enum pl_status check_complete(const struct pl_db_intake *intake,
                                     const struct pl_db_manifest *manifest, struct pl_error *err)
{
    for (size_t i = 0; i < manifest->slices.count; i++) {
        struct pl_table *table PL_CLEANUP(pl_table_closep) = NULL;
        struct pl_error why = PL_ERROR_INIT;
        if (pl_db_intake_open(intake, manifest->slices.items[i].digits, &table, &why) < 0) {
            return pl_error_set(err, PL_E_PARSE, "it lacks " PL_STR_FMT ": %s",
                                PL_STR_ARG(manifest->slices.items[i].name), why.msg);
        }
    }
    return PL_OK;
}

enum pl_status pl_db_intake_finish(struct pl_db_intake *intake,
                                   const struct pl_db_manifest *manifest, size_t keep_count,
                                   struct pl_db_built *ret, struct pl_error *err)
{
    struct pl_db_built built = {.changed = false};
    enum pl_status st = check_complete(intake, manifest, err);
    if (st == PL_OK) {
        st = pl_db_changes_keep(intake->dir.ptr, intake->dir_fd, manifest, err);
    }
    if (st == PL_OK) {
        st = pl_generation_swap(intake->dir_fd, manifest, keep_count, &built.changed, err);
    }
    if (st < 0) {
        return st;
    }
    intake->brought.count = 0;
    for (size_t i = 0; i < manifest->slices.count; i++) {
        built.records += manifest->slices.items[i].records;
        built.keys += manifest->slices.items[i].keys;
        built.size_bytes += manifest->slices.items[i].size_bytes;
    }
    memcpy(built.generation, manifest->generation, sizeof(built.generation));
    *ret = built;
    return PL_OK;
}
