/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of system calls is the whole point: a slice is flushed before it has its name, all
 * slices have theirs before the manifest is there, the manifest is flushed before the link points
 * at it, and the directory is flushed after each step. Killed between any two of them, `current`
 * names a whole generation.
 */
#include "db/generation.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/map.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define BUILDING "building."
#define MANIFEST_NEW "manifest.new"
#define CURRENT_NEW "current.new"
#define PENDING "pending"

enum pl_status pl_generation_lock(const char *dir, int *ret_dir_fd, int *ret_lock_fd,
                                  struct pl_error *err)
{
    enum pl_status st = pl_io_make_dirs(dir, err);
    if (st < 0) {
        return st;
    }
    int dir_fd pl_autoclose = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0) {
        return pl_error_sys(err, errno, "opening the database directory %s", dir);
    }
    int lock_fd pl_autoclose = openat(dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock_fd < 0) {
        return pl_error_sys(err, errno, "%s cannot be written", dir);
    }
    if (flock(lock_fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK) {
            return pl_error_sys(err, errno, "locking %s", dir);
        }
        return pl_error_set(err, PL_E_CONFLICT,
                            "another update of %s is running; wait for it, or name another "
                            "directory with --db",
                            dir);
    }
    *ret_dir_fd = pl_fd_take(&dir_fd);
    *ret_lock_fd = pl_fd_take(&lock_fd);
    return PL_OK;
}

/* Opens what `current` points at. Between the reading of the link and the opening of the file an
 * update may have removed it; the link is then a new one, so it is tried again. */
static int open_current(int dir_fd)
{
    enum { TRIES = 5 };
    char link[PATH_MAX];
    int fd = -1;
    for (int i = 0; i < TRIES && fd < 0; i++) {
        fd = openat(dir_fd, PL_DB_CURRENT, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0 &&
            (errno != ENOENT || readlinkat(dir_fd, PL_DB_CURRENT, link, sizeof(link)) < 0)) {
            break;
        }
    }
    return fd;
}

static enum pl_status read_manifest(int fd, const char *name, struct pl_arena *arena,
                                    struct pl_db_manifest *ret, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_MANIFEST_BYTES);
    enum pl_status st = pl_io_read_all(fd, name, &text, err);
    return st < 0 ? st : pl_db_manifest_parse(arena, pl_buf_str(&text), ret, err);
}

enum pl_status pl_generation_read(int dir_fd, pl_str generation, struct pl_arena *arena,
                                  struct pl_db_manifest *ret, struct pl_error *err)
{
    char name[NAME_MAX + 1] = PL_DB_CURRENT;
    int fd pl_autoclose = -1;
    if (generation.len == 0) {
        fd = open_current(dir_fd);
    } else {
        snprintf(name, sizeof(name), PL_STR_FMT PL_DB_MANIFEST_SUFFIX,
                 PL_STR_ARG(pl_str_sub(generation, 0, PL_DB_DIGITS)));
        fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    }
    if (fd < 0) {
        return errno == ENOENT
                   ? pl_error_set(err, PL_E_NOT_FOUND, "there is no generation \"%s\"", name)
                   : pl_error_sys(err, errno, "opening the database's %s", name);
    }
    return read_manifest(fd, name, arena, ret, err);
}

static int newest_first(const void *a, const void *b)
{
    const struct pl_db_manifest *left = a;
    const struct pl_db_manifest *right = b;
    int order = pl_str_cmp(right->created, left->created);
    return order != 0 ? order : strcmp(left->generation, right->generation);
}

static DIR *open_list(int dir_fd)
{
    int list_fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = list_fd >= 0 ? fdopendir(list_fd) : NULL;
    if (!list) {
        pl_fd_closep(&list_fd);
    }
    return list;
}

enum pl_status pl_generation_list(int dir_fd, struct pl_arena *arena, struct pl_db_manifests *ret,
                                  struct pl_error *err)
{
    DIR *list = open_list(dir_fd);
    if (!list) {
        return pl_error_sys(err, errno, "listing the database directory");
    }
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
        pl_str name = pl_str_from(entry->d_name);
        pl_str suffix = PL_STR(PL_DB_MANIFEST_SUFFIX);
        struct pl_db_manifest manifest = {.created = PL_STR_EMPTY};
        if (name.len != PL_DB_DIGITS + suffix.len || !pl_str_ends_with(name, suffix)) {
            continue;
        }
        pl_str generation = pl_str_sub(name, 0, PL_DB_DIGITS);
        if (pl_generation_read(dir_fd, generation, arena, &manifest, NULL) == PL_OK &&
            pl_str_eq(pl_str_from(manifest.generation), generation)) {
            *pl_vec_push(arena, ret) = manifest;
        }
    }
    closedir(list);
    if (ret->count > 1) {
        qsort(ret->items, ret->count, sizeof(*ret->items), newest_first);
    }
    return PL_OK;
}

/* A reader that has a slice mapped keeps its pages. */
void pl_generation_prune(int dir_fd, const char *in_use, size_t keep_count)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_map wanted pl_automap = {0};
    struct pl_db_manifests manifests = {0};
    if (pl_generation_list(dir_fd, &arena, &manifests, NULL) < 0) {
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < manifests.count; i++) {
        const struct pl_db_manifest *manifest = &manifests.items[i];
        bool is_current = strcmp(manifest->generation, in_use) == 0;
        if (!is_current && kept++ >= keep_count) {
            continue;
        }
        *pl_map_at(&wanted, pl_arena_format(&arena, "%s" PL_DB_MANIFEST_SUFFIX,
                                            manifest->generation)) = &wanted;
        *pl_map_at(&wanted, pl_arena_format(&arena, "%s" PL_DB_CHANGES_SUFFIX,
                                            manifest->generation)) = &wanted;
        for (size_t j = 0; j < manifest->slices.count; j++) {
            *pl_map_at(&wanted, pl_arena_format(&arena, PL_STR_FMT PL_DB_SLICE_SUFFIX,
                                                PL_STR_ARG(manifest->slices.items[j].digits))) =
                &wanted;
        }
    }
    DIR *list = open_list(dir_fd);
    for (struct dirent *entry = list ? readdir(list) : NULL; entry; entry = readdir(list)) {
        pl_str name = pl_str_from(entry->d_name);
        bool is_ours = pl_str_ends_with(name, PL_STR(PL_DB_SLICE_SUFFIX)) ||
                       pl_str_ends_with(name, PL_STR(PL_DB_MANIFEST_SUFFIX)) ||
                       pl_str_ends_with(name, PL_STR(PL_DB_CHANGES_SUFFIX)) ||
                       pl_str_starts_with(name, PL_STR(BUILDING));
        if (is_ours && !pl_map_find(&wanted, name)) {
            unlinkat(dir_fd, entry->d_name, 0);
        }
    }
    if (list) {
        closedir(list);
    }
}

enum pl_status pl_generation_open_slice(int dir_fd, const struct pl_db_slice_info *slice,
                                        int *ret_fd, struct pl_error *err)
{
    char name[NAME_MAX + 1];
    snprintf(name, sizeof(name), PL_STR_FMT PL_DB_SLICE_SUFFIX, PL_STR_ARG(slice->digits));
    int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) {
        return pl_error_set(err, PL_E_NOT_FOUND,
                            PL_STR_FMT " of the advisory database (%s) is missing; run "
                                       "\"plimsoll db update\"",
                            PL_STR_ARG(slice->name), name);
    }
    if (fd < 0) {
        return pl_error_sys(err, errno, "opening " PL_STR_FMT " of the advisory database (%s)",
                            PL_STR_ARG(slice->name), name);
    }
    *ret_fd = fd;
    return PL_OK;
}

static void name_building(unsigned number, char ret[NAME_MAX + 1])
{
    snprintf(ret, NAME_MAX + 1, BUILDING "%u", number);
}

enum pl_status pl_generation_begin_slice(int dir_fd, unsigned number, struct pl_slice_file *ret,
                                         struct pl_error *err)
{
    char name[NAME_MAX + 1];
    name_building(number, name);
    unlinkat(dir_fd, name, 0);
    int fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) {
        return pl_error_sys(err, errno, "making a file in the database");
    }
    *ret = (struct pl_slice_file){.fd = fd, .number = number};
    return PL_OK;
}

enum pl_status pl_generation_keep_file(int dir_fd, struct pl_slice_file *file, const char *name,
                                       struct pl_error *err)
{
    char building[NAME_MAX + 1];
    name_building(file->number, building);
    if (fsync(file->fd) < 0 || renameat(dir_fd, building, dir_fd, name) < 0) {
        return pl_error_sys(err, errno, "keeping %s in the database", name);
    }
    pl_fd_closep(&file->fd);
    file->fd = -1;
    return PL_OK;
}

enum pl_status pl_generation_keep_slice(int dir_fd, struct pl_slice_file *file, const char *digits,
                                        struct pl_error *err)
{
    char name[NAME_MAX + 1];
    snprintf(name, sizeof(name), "%.*s" PL_DB_SLICE_SUFFIX, PL_DB_DIGITS, digits);
    if (faccessat(dir_fd, name, F_OK, 0) == 0) {
        pl_generation_abandon(dir_fd, file); /* the same content is there already */
        return PL_OK;
    }
    return pl_generation_keep_file(dir_fd, file, name, err);
}

void pl_generation_abandon(int dir_fd, struct pl_slice_file *file)
{
    char name[NAME_MAX + 1];
    if (file->fd >= 0) {
        name_building(file->number, name);
        unlinkat(dir_fd, name, 0);
        pl_fd_closep(&file->fd);
        file->fd = -1;
    }
}

/* A file MANIFEST_NEW with the manifest in it. */
static enum pl_status write_new_manifest(int dir_fd, const struct pl_db_manifest *manifest,
                                         int *ret_fd, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_MANIFEST_BYTES);
    enum pl_status st = pl_db_manifest_write(manifest, &text, err);
    if (st < 0) {
        return st;
    }
    unlinkat(dir_fd, MANIFEST_NEW, 0);
    int fd pl_autoclose = openat(dir_fd, MANIFEST_NEW, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) {
        return pl_error_sys(err, errno, "writing the database's manifest");
    }
    st = pl_io_write(fd, pl_buf_str(&text), err);
    if (st == PL_OK) {
        *ret_fd = pl_fd_take(&fd);
    }
    return st;
}

static enum pl_status write_manifest(int dir_fd, const struct pl_db_manifest *manifest,
                                     const char *name, struct pl_error *err)
{
    int fd pl_autoclose = -1;
    enum pl_status st = write_new_manifest(dir_fd, manifest, &fd, err);
    if (st == PL_OK &&
        (fsync(fd) < 0 || renameat(dir_fd, MANIFEST_NEW, dir_fd, name) < 0 || fsync(dir_fd) < 0)) {
        st = pl_error_sys(err, errno, "keeping the database's manifest");
    }
    return st;
}

void pl_generation_keep_pending(int dir_fd, const struct pl_db_manifest *manifest)
{
    int fd pl_autoclose = -1;
    if (write_new_manifest(dir_fd, manifest, &fd, NULL) < 0 ||
        renameat(dir_fd, MANIFEST_NEW, dir_fd, PENDING) < 0) {
        unlinkat(dir_fd, MANIFEST_NEW, 0);
    }
}

enum pl_status pl_generation_read_pending(int dir_fd, struct pl_arena *arena,
                                          struct pl_db_manifest *ret, struct pl_error *err)
{
    int fd pl_autoclose = openat(dir_fd, PENDING, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    return fd < 0 ? pl_error_set(err, PL_E_NOT_FOUND, "nothing is pending")
                  : read_manifest(fd, PENDING, arena, ret, err);
}

enum pl_status pl_generation_swap(int dir_fd, const struct pl_db_manifest *manifest,
                                  size_t keep_count, bool *ret_changed, struct pl_error *err)
{
    char name[NAME_MAX + 1];
    char before[NAME_MAX + 1];
    snprintf(name, sizeof(name), "%s" PL_DB_MANIFEST_SUFFIX, manifest->generation);
    ssize_t len = readlinkat(dir_fd, PL_DB_CURRENT, before, sizeof(before) - 1);
    before[len > 0 ? len : 0] = '\0';
    /* The slices' names reach the disk before the manifest that refers to them. */
    if (fsync(dir_fd) < 0) {
        return pl_error_sys(err, errno, "keeping the slices of the database");
    }
    enum pl_status st = write_manifest(dir_fd, manifest, name, err);
    if (st < 0) {
        return st;
    }
    unlinkat(dir_fd, CURRENT_NEW, 0);
    if (symlinkat(name, dir_fd, CURRENT_NEW) < 0 ||
        renameat(dir_fd, CURRENT_NEW, dir_fd, PL_DB_CURRENT) < 0 || fsync(dir_fd) < 0) {
        return pl_error_sys(err, errno, "swapping in the new generation");
    }
    unlinkat(dir_fd, PENDING, 0);
    pl_generation_prune(dir_fd, manifest->generation, keep_count);
    *ret_changed = strcmp(before, name) != 0;
    return PL_OK;
}
