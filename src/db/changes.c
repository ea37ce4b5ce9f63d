/* SPDX-License-Identifier: Apache-2.0 */
#include "db/changes.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include "db/compare.h"
#include "db/generation.h"
#include "db/sorter.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#define BEFORE "before"

enum { SORT_BUDGET_BYTES = 16 << 20 };

/* In order of their letters the one that holds comes first: "added" before "changed". */
static const char letters[] = {[PL_DB_ADDED] = '+', [PL_DB_REMOVED] = '-', [PL_DB_CHANGED] = '~'};

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

void pl_db_changes_close(struct pl_db_changes *changes)
{
    pl_table_close(changes->table);
    changes->table = NULL;
}

/* ---- making ---- */

/* What differs is sorted: by section, and then as it will be written. */
struct making {
    struct pl_sorter *sorter;
    struct pl_buf key;
    pl_str slice; /* at hand */
};

static void making_release(struct making *making)
{
    pl_sorter_free(making->sorter);
    pl_buf_release(&making->key);
}

static enum pl_status add_package(void *context, pl_str key, struct pl_error *err)
{
    struct making *making = context;
    pl_buf_clear(&making->key);
    pl_buf_append_char(&making->key, (char)PL_TABLE_KEYS);
    pl_buf_append(&making->key, key);
    return pl_sorter_add(making->sorter, pl_buf_str(&making->key), PL_STR_EMPTY, err);
}

static enum pl_status add_record(void *context, enum pl_db_change change, pl_str id,
                                 struct pl_error *err)
{
    struct making *making = context;
    pl_buf_clear(&making->key);
    pl_buf_append_char(&making->key, (char)PL_TABLE_RECORDS);
    pl_buf_append(&making->key, making->slice);
    pl_buf_append_char(&making->key, '\0');
    pl_buf_append(&making->key, id);
    return pl_sorter_add(making->sorter, pl_buf_str(&making->key), pl_str_make(&letters[change], 1),
                         err);
}

/* The slice's table, or NULL without a slice. */
static enum pl_status open_slice(int dir_fd, const struct pl_db_slice_info *slice,
                                 struct pl_table **ret, struct pl_error *err)
{
    if (!slice) {
        return PL_OK;
    }
    int fd pl_autoclose = -1;
    enum pl_status st = pl_generation_open_slice(dir_fd, slice, &fd, err);
    return st < 0 ? st : pl_table_open(fd, slice->digits.ptr, ret, err);
}

static enum pl_status compare_slices(struct making *making, int dir_fd,
                                     const struct pl_db_slice_info *before,
                                     const struct pl_db_slice_info *after, struct pl_error *err)
{
    if (before && after && pl_str_eq(before->digits, after->digits)) {
        return PL_OK;
    }
    struct pl_table *old PL_CLEANUP(pl_table_closep) = NULL;
    struct pl_table *new PL_CLEANUP(pl_table_closep) = NULL;
    const struct pl_db_compare_sink sink = {
        .package = add_package, .record = add_record, .context = making};
    making->slice = after ? after->name : before ? before->name : PL_STR_EMPTY;
    enum pl_status st = open_slice(dir_fd, before, &old, err);
    if (st == PL_OK) {
        st = open_slice(dir_fd, after, &new, err);
    }
    if (st == PL_OK) {
        st = pl_db_compare(old, new, &sink, err);
    }
    return st < 0 ? pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(making->slice)) : PL_OK;
}

/* The slices of both, in order of their names. */
static enum pl_status compare_manifests(struct making *making, int dir_fd,
                                        const struct pl_db_manifest *before,
                                        const struct pl_db_manifest *after, struct pl_error *err)
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
        st = compare_slices(making, dir_fd, order <= 0 ? old : NULL, order >= 0 ? new : NULL, err);
        i += order <= 0;
        j += order >= 0;
    }
    return st;
}

static enum pl_status write_sorted(struct making *making, struct pl_table_writer *writer,
                                   struct pl_error *err)
{
    struct pl_buf last pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    enum pl_status st = pl_sorter_sort(making->sorter, err);
    bool more = true;
    while (st == PL_OK && more) {
        pl_str key = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        st = pl_sorter_next(making->sorter, &more, &key, &value, err);
        if (st == PL_OK && more && !pl_str_eq(key, pl_buf_str(&last))) {
            pl_buf_clear(&last);
            pl_buf_append(&last, key);
            st = pl_table_add(writer, (enum pl_table_section)key.ptr[0], pl_str_skip(key, 1), value,
                              err);
        }
    }
    return st;
}

static enum pl_status write_list(const char *dir, int dir_fd, const struct pl_db_manifest *before,
                                 const struct pl_db_manifest *after, int fd, struct pl_error *err)
{
    struct making making PL_CLEANUP(making_release) = {
        .sorter = pl_sorter_new(dir, SORT_BUDGET_BYTES), .key = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES)};
    struct pl_table_writer *writer PL_CLEANUP(pl_table_writer_freep) = pl_table_writer_new(fd);
    char digits[PL_DB_DIGITS + 1] = {0};
    enum pl_status st = compare_manifests(&making, dir_fd, before, after, err);
    if (st == PL_OK) {
        st = pl_table_add(writer, PL_TABLE_META, PL_STR(BEFORE), pl_str_from(before->generation),
                          err);
    }
    if (st == PL_OK) {
        st = write_sorted(&making, writer, err);
    }
    return st == PL_OK ? pl_table_finish(writer, digits, err) : st;
}

/* ---- opening ---- */

static enum pl_status open_list(int fd, const char *name, struct pl_db_changes *ret,
                                struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_db_changes changes pl_autochanges = {.table = NULL};
    pl_str before = PL_STR_EMPTY;
    bool found = false;
    enum pl_status st = pl_table_open(fd, name, &changes.table, err);
    if (st == PL_OK) {
        st = pl_table_find(changes.table, PL_TABLE_META, PL_STR(BEFORE), &scratch, &found, &before,
                           err);
    }
    if (st == PL_OK && (!found || !pl_db_are_digits(before))) {
        st = pl_error_set(err, PL_E_PARSE, "%s is no list of changes", name);
    }
    if (st == PL_OK) {
        memcpy(changes.before, before.ptr, PL_DB_DIGITS);
        changes.packages = pl_table_count(changes.table, PL_TABLE_KEYS);
        changes.records = pl_table_count(changes.table, PL_TABLE_RECORDS);
        *ret = changes;
        changes.table = NULL;
    }
    return st;
}

enum pl_status pl_db_changes_make(const char *dir, int dir_fd, const struct pl_db_manifest *before,
                                  const struct pl_db_manifest *after, struct pl_db_changes *ret,
                                  struct pl_error *err)
{
    int fd pl_autoclose = -1;
    enum pl_status st = pl_tempfile_open(dir, &fd, err);
    if (st == PL_OK) {
        st = write_list(dir, dir_fd, before, after, fd, err);
    }
    return st == PL_OK ? open_list(fd, "the list of changes", ret, err) : st;
}

enum pl_status pl_db_changes_open(int dir_fd, const char *generation, struct pl_db_changes *ret,
                                  struct pl_error *err)
{
    char name[NAME_MAX + 1];
    snprintf(name, sizeof(name), "%.*s" PL_DB_CHANGES_SUFFIX, PL_DB_DIGITS, generation);
    int fd pl_autoclose = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) {
        return pl_error_set(err, PL_E_NOT_FOUND, "the generation %s keeps no list of changes",
                            generation);
    }
    return fd < 0 ? pl_error_sys(err, errno, "opening %s of the advisory database", name)
                  : open_list(fd, name, ret, err);
}

enum pl_status pl_db_changes_keep(const char *dir, int dir_fd, const struct pl_db_manifest *after,
                                  struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_manifest before = {.created = PL_STR_EMPTY};
    char name[NAME_MAX + 1];
    struct pl_slice_file file = {.fd = -1};
    snprintf(name, sizeof(name), "%s" PL_DB_CHANGES_SUFFIX, after->generation);
    if (pl_generation_read(dir_fd, PL_STR_EMPTY, &arena, &before, NULL) < 0 ||
        strcmp(before.generation, after->generation) == 0) {
        return PL_OK;
    }
    /* One of an earlier time may compare with another generation. */
    unlinkat(dir_fd, name, 0);
    enum pl_status st = pl_generation_begin_slice(dir_fd, 0, &file, err);
    if (st == PL_OK) {
        st = write_list(dir, dir_fd, &before, after, file.fd, err);
    }
    if (st == PL_OK) {
        st = pl_generation_keep_file(dir_fd, &file, name, err);
    }
    pl_generation_abandon(dir_fd, &file);
    bool is_disk = st == PL_E_IO || st == PL_E_LIMIT || st == PL_E_DENIED;
    return is_disk ? pl_error_wrap(err, "listing what changed") : PL_OK;
}

/* ---- telling ---- */

/* Who is told: one of the two. */
struct listener {
    pl_db_record_changed *record;
    pl_db_package_changed *package;
    void *context;
};

/* A key is slice and id, or ecosystem and name, with a NUL between. */
static enum pl_status tell(const struct listener *listener, pl_str key, pl_str letter,
                           struct pl_error *err)
{
    pl_str first = PL_STR_EMPTY;
    pl_str second = PL_STR_EMPTY;
    bool is_whole = pl_str_cut(key, '\0', &first, &second);
    if (is_whole && listener->package) {
        return listener->package(listener->context, first, second, err);
    }
    for (size_t i = 0; is_whole && i < PL_ARRAY_LEN(letters); i++) {
        if (letter.len == 1 && letter.ptr[0] == letters[i]) {
            return listener->record(listener->context, first, (enum pl_db_change)i, second, err);
        }
    }
    return pl_error_set(err, PL_E_PARSE, "the list of changes is damaged");
}

static enum pl_status tell_each(const struct pl_db_changes *changes, enum pl_table_section section,
                                const struct listener *listener, struct pl_error *err)
{
    struct pl_table_cursor cursor pl_autocursor;
    bool more = true;
    enum pl_status st = PL_OK;
    pl_table_cursor_init(&cursor, changes->table, section);
    while (st == PL_OK && more) {
        pl_str key = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        st = pl_table_cursor_next(&cursor, &more, &key, &value, err);
        if (st == PL_OK && more) {
            st = tell(listener, key, value, err);
        }
    }
    return st;
}

enum pl_status pl_db_changes_each_record(const struct pl_db_changes *changes,
                                         pl_db_record_changed *told, void *context,
                                         struct pl_error *err)
{
    const struct listener listener = {.record = told, .context = context};
    return tell_each(changes, PL_TABLE_RECORDS, &listener, err);
}

enum pl_status pl_db_changes_each_package(const struct pl_db_changes *changes,
                                          pl_db_package_changed *told, void *context,
                                          struct pl_error *err)
{
    const struct listener listener = {.package = told, .context = context};
    return tell_each(changes, PL_TABLE_KEYS, &listener, err);
}
