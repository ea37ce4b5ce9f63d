/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of system calls is the whole point: the new file is flushed before it has a name, it
 * has its name before the link points at it, and the directory is flushed after each step. Killed
 * between any two of them, `current` names a whole generation.
 */
#include "db/generation.h"
#include "base/io.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define BUILDING "building"
#define CURRENT_NEW "current.new"
#define SUFFIX ".pldb"

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

/* The file name that `current` points at, empty when there is none. */
static void current_name(int dir_fd, char *ret, size_t size)
{
    ssize_t len = readlinkat(dir_fd, PL_DB_CURRENT, ret, size - 1);
    ret[len > 0 ? len : 0] = '\0';
}

/* Removes every generation but the current one. A reader that has one mapped keeps its pages. */
static void remove_others(int dir_fd)
{
    char kept[NAME_MAX + 1];
    current_name(dir_fd, kept, sizeof(kept));
    int list_fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = list_fd >= 0 ? fdopendir(list_fd) : NULL;
    if (!list) {
        pl_fd_closep(&list_fd);
        return;
    }
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
        pl_str name = pl_str_from(entry->d_name);
        if (pl_str_ends_with(name, PL_STR(SUFFIX)) && !pl_str_eq(name, pl_str_from(kept))) {
            unlinkat(dir_fd, entry->d_name, 0);
        }
    }
    closedir(list);
}

enum pl_status pl_generation_begin(int dir_fd, int *ret_fd, struct pl_error *err)
{
    remove_others(dir_fd);
    unlinkat(dir_fd, CURRENT_NEW, 0);
    unlinkat(dir_fd, BUILDING, 0);
    int fd = openat(dir_fd, BUILDING, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) {
        return pl_error_sys(err, errno, "making the new generation");
    }
    *ret_fd = fd;
    return PL_OK;
}

enum pl_status pl_generation_swap(int dir_fd, int building_fd, const char *digits,
                                  bool *ret_changed, struct pl_error *err)
{
    char name[NAME_MAX + 1];
    char before[NAME_MAX + 1];
    if (snprintf(name, sizeof(name), "%s%s", digits, SUFFIX) >= (int)sizeof(name)) {
        return pl_error_set(err, PL_E_INTERNAL, "the generation's name is too long");
    }
    current_name(dir_fd, before, sizeof(before));
    if (fsync(building_fd) < 0 || renameat(dir_fd, BUILDING, dir_fd, name) < 0 ||
        fsync(dir_fd) < 0) {
        return pl_error_sys(err, errno, "keeping the new generation");
    }
    unlinkat(dir_fd, CURRENT_NEW, 0);
    if (symlinkat(name, dir_fd, CURRENT_NEW) < 0 ||
        renameat(dir_fd, CURRENT_NEW, dir_fd, PL_DB_CURRENT) < 0 || fsync(dir_fd) < 0) {
        return pl_error_sys(err, errno, "swapping in the new generation");
    }
    remove_others(dir_fd);
    *ret_changed = !pl_str_eq(pl_str_from(before), pl_str_from(name));
    return PL_OK;
}

void pl_generation_abandon(int dir_fd)
{
    unlinkat(dir_fd, BUILDING, 0);
}
