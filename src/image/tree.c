/* SPDX-License-Identifier: Apache-2.0 */
#include "image/tree.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/vec.h"
#include "image/path.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

enum { MOST_LINKS = 40 /* as the kernel's MAXSYMLINKS */, MOST_FOLLOWED = 4 };

struct walk {
    int root_fd;
    const struct pl_tree_visitor *visitor;
    struct pl_budget *budget;
    uint64_t device; /* of the root */
    struct pl_arena arena;
    struct pl_strs links; /* to follow once the rest was walked */
};

/* A directory below the root by a path that holds no link; -1 with errno. */
static int open_resolved(int root_fd, struct pl_arena *arena, pl_str path)
{
    int dir = openat(root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    pl_str name = PL_STR_EMPTY;
    while (dir >= 0 && pl_str_next_piece(&path, '/', &name)) {
        int next = openat(dir, pl_arena_dup(arena, name).ptr,
                          O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(dir);
        dir = next;
    }
    return dir;
}

int pl_tree_open_straight(int dir_fd, pl_str path, int flags)
{
    struct pl_arena arena pl_autoarena = {0};
    int parent pl_autoclose = open_resolved(dir_fd, &arena, pl_path_parent(path));
    return parent < 0 ? -1
                      : openat(parent, pl_arena_dup(&arena, pl_path_base(path)).ptr,
                               flags | O_NOFOLLOW | O_CLOEXEC);
}

/* Where a resolution by hand has come to. */
struct resolution {
    struct pl_arena *arena;
    int root_fd;
    int dir; /* the directory reached, owned; -1 after a failure, with errno */
    pl_str done; /* its path, in which no link is left, so that ".." takes away a segment of text */
    pl_str rest;
    int links;
};

static void move_to(struct resolution *at, pl_str path)
{
    close(at->dir);
    at->done = path;
    at->dir = open_resolved(at->root_fd, at->arena, path);
}

/* When `name` is a link, puts its target before what is left of the path. */
static bool follow_link(struct resolution *at, const char *name)
{
    char target[PL_LIMIT_PATH_BYTES];
    ssize_t len = readlinkat(at->dir, name, target, sizeof(target));
    if (len <= 0) {
        return false;
    }
    at->rest = pl_arena_format(at->arena, PL_STR_FMT PL_STR_FMT,
                               PL_STR_ARG(pl_str_make(target, (size_t)len)), PL_STR_ARG(at->rest));
    if (target[0] == '/') {
        move_to(at, PL_STR_EMPTY);
    }
    if (++at->links > MOST_LINKS && at->dir >= 0) {
        close(at->dir);
        at->dir = -1;
        errno = ELOOP;
    }
    return true;
}

/* Takes one segment of what is left; true when it was the last, with *ret_last its name, or NULL
 * for the directory reached itself. */
static bool take_segment(struct resolution *at, const char **ret_last)
{
    pl_str segment = pl_str_sub(at->rest, 0, pl_str_find_char(at->rest, '/'));
    at->rest = pl_str_skip(at->rest, segment.len);
    if (segment.len == 0 && at->rest.len > 0) {
        at->rest = pl_str_skip(at->rest, 1);
        return false;
    }
    *ret_last = NULL;
    if (segment.len == 0) {
        return true;
    }
    if (pl_str_eq(segment, PL_STR(".."))) {
        move_to(at, pl_path_parent(at->done));
        return false;
    }
    const char *name = pl_arena_dup(at->arena, segment).ptr;
    if (pl_str_eq(segment, PL_STR(".")) || follow_link(at, name)) {
        return false;
    }
    if (at->rest.len == 0) {
        *ret_last = name;
        return true;
    }
    /* Something follows, be it a slash alone: so it must be a directory. */
    int next = openat(at->dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int why = errno;
    close(at->dir);
    at->dir = next;
    at->done = pl_arena_format(at->arena, PL_STR_FMT "%s%s", PL_STR_ARG(at->done),
                               at->done.len > 0 ? "/" : "", name);
    errno = why;
    return false;
}

/* The kernel's RESOLVE_IN_ROOT by hand. Each open refuses links, so that a race can only make it
 * fail. */
static enum pl_status open_by_segments(int root_fd, pl_str path, int flags, int *ret_fd,
                                       struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct resolution at = {.arena = &arena, .root_fd = root_fd, .rest = path};
    at.dir = open_resolved(root_fd, &arena, PL_STR_EMPTY);
    const char *last = NULL;
    while (at.dir >= 0 && !take_segment(&at, &last)) {
    }
    int fd = -1;
    if (at.dir >= 0) {
        fd = openat(at.dir, last ? last : ".", flags | O_NOFOLLOW | O_CLOEXEC);
        int why = errno;
        close(at.dir);
        errno = why;
    }
    if (fd < 0) {
        return pl_error_sys(err, errno, PL_STR_FMT, PL_STR_ARG(path));
    }
    *ret_fd = fd;
    return PL_OK;
}

enum pl_status pl_tree_open_below(int root_fd, pl_str path, int flags, bool use_openat2,
                                  int *ret_fd, struct pl_error *err)
{
    char name[PL_LIMIT_PATH_BYTES];
    if (path.len >= sizeof(name) || pl_str_find_char(path, '\0') != SIZE_MAX) {
        return pl_error_set(err, PL_E_PARSE, "a path is too long or has a NUL inside");
    }
    memcpy(name, path.len ? path.ptr : ".", path.len ? path.len : 1);
    name[path.len ? path.len : 1] = '\0';
    if (use_openat2) {
        struct open_how how = {.flags = (unsigned int)(flags | O_CLOEXEC),
                               .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
        int fd = (int)syscall(__NR_openat2, root_fd, name, &how, sizeof(how));
        if (fd >= 0) {
            *ret_fd = fd;
            return PL_OK;
        }
        /* EAGAIN: a ".." met a rename elsewhere in the system. */
        if (errno != ENOSYS && errno != EPERM && errno != EAGAIN) {
            return pl_error_sys(err, errno, PL_STR_FMT, PL_STR_ARG(path));
        }
    }
    return open_by_segments(root_fd, path, flags, ret_fd, err);
}

enum pl_status pl_tree_open(const struct pl_tree_entry *entry, int *ret_fd, struct pl_error *err)
{
    int fd pl_autoclose = openat(entry->parent_fd, entry->name,
                                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat info = {0};
    if (fd < 0 || fstat(fd, &info) < 0) {
        return pl_error_sys(err, errno, PL_STR_FMT, PL_STR_ARG(entry->path));
    }
    if (!S_ISREG(info.st_mode)) {
        return pl_error_set(err, PL_E_UNSUPPORTED, PL_STR_FMT " is no regular file",
                            PL_STR_ARG(entry->path));
    }
    *ret_fd = pl_fd_take(&fd);
    return PL_OK;
}

static void note_gap(struct walk *walk, pl_str path, const char *what, int sys_errno)
{
    struct pl_error err = PL_ERROR_INIT;
    pl_error_sys(&err, sys_errno, "%s", what);
    walk->visitor->gap(walk->visitor->context, path, err.msg);
}

static enum pl_status walk_dir(struct walk *walk, int dir_fd, pl_str dir, unsigned depth,
                               struct pl_error *err);

static bool speaks_for_the_kernel(int dir_fd)
{
    static const long types[] = {
        BINFMTFS_MAGIC,     BPF_FS_MAGIC,   CGROUP2_SUPER_MAGIC, CGROUP_SUPER_MAGIC, DEBUGFS_MAGIC,
        DEVPTS_SUPER_MAGIC, EFIVARFS_MAGIC, NSFS_MAGIC,          PROC_SUPER_MAGIC,   PSTOREFS_MAGIC,
        SECURITYFS_MAGIC,   SELINUX_MAGIC,  SYSFS_MAGIC,         TRACEFS_MAGIC,
    };
    struct statfs info;
    if (fstatfs(dir_fd, &info) < 0) {
        return false;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(types); i++) {
        if (info.f_type == types[i]) {
            return true;
        }
    }
    return false;
}

static enum pl_status visit(struct walk *walk, int dir_fd, const char *name, pl_str path,
                            unsigned depth, struct pl_error *err)
{
    struct stat info = {0};
    if (fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno != ENOENT || walk->visitor->is_still) {
            note_gap(walk, path, "cannot be looked at", errno);
        }
        return PL_OK;
    }
    char target[PL_LIMIT_PATH_BYTES];
    ssize_t len = S_ISLNK(info.st_mode) ? readlinkat(dir_fd, name, target, sizeof(target)) : 0;
    struct pl_tree_entry entry = {
        .path = path,
        .link = pl_str_make(target, len > 0 ? (size_t)len : 0),
        .type = S_ISREG(info.st_mode)   ? PL_TREE_FILE
                : S_ISDIR(info.st_mode) ? PL_TREE_DIRECTORY
                : S_ISLNK(info.st_mode) ? PL_TREE_SYMLINK
                                        : PL_TREE_OTHER,
        .size_bytes = (uint64_t)info.st_size,
        .mode = info.st_mode & 07777,
        .device = info.st_dev,
        .inode = info.st_ino,
        .parent_fd = dir_fd,
        .name = name,
        .is_whiteout = S_ISCHR(info.st_mode) && info.st_rdev == 0,
    };
    enum pl_status st = walk->visitor->entry(walk->visitor->context, &entry, err);
    if (st < 0) {
        return st;
    }
    if (entry.type == PL_TREE_SYMLINK && walk->visitor->follows(walk->visitor->context, path)) {
        *pl_vec_push(&walk->arena, &walk->links) = pl_arena_dup(&walk->arena, path);
    }
    if (entry.type != PL_TREE_DIRECTORY ||
        !walk->visitor->wants_below(walk->visitor->context, path)) {
        return PL_OK;
    }
    int fd pl_autoclose = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        note_gap(walk, path, "cannot be read", errno);
        return PL_OK;
    }
    if (info.st_dev != walk->device && speaks_for_the_kernel(fd)) {
        return PL_OK;
    }
    return walk_dir(walk, fd, path, depth + 1, err);
}

static int compare_names(const void *a, const void *b)
{
    return pl_str_cmp(*(const pl_str *)a, *(const pl_str *)b);
}

/* The names of a directory in byte order, so that the same tree is always walked the same way. */
static enum pl_status list_names(struct walk *walk, struct pl_arena *arena, int dir_fd,
                                 struct pl_strs *ret, struct pl_error *err)
{
    int own pl_autoclose = dup(dir_fd);
    DIR *stream = own < 0 ? NULL : fdopendir(own);
    if (!stream) {
        return pl_error_sys(err, errno, "listing a directory");
    }
    own = -1;
    /* The position is shared with whoever else has the descriptor. */
    rewinddir(stream);
    enum pl_status st = PL_OK;
    while (st == PL_OK) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry && errno != 0) {
            st = pl_error_sys(err, errno, "listing a directory");
        }
        if (!entry) {
            break;
        }
        pl_str name = pl_str_from(entry->d_name);
        if (!pl_str_eq(name, PL_STR(".")) && !pl_str_eq(name, PL_STR(".."))) {
            *pl_vec_push(arena, ret) = pl_arena_dup(arena, name);
            st = pl_budget_take_entry(walk->budget, err);
        }
    }
    closedir(stream);
    if (ret->count > 1) {
        qsort(ret->items, ret->count, sizeof(*ret->items), compare_names);
    }
    return st;
}

static enum pl_status walk_dir(struct walk *walk, int dir_fd, pl_str dir, unsigned depth,
                               struct pl_error *err)
{
    if (depth > PL_LIMIT_TREE_DEPTH) {
        walk->visitor->gap(walk->visitor->context, dir, "nests too deep; not looked into");
        return PL_OK;
    }
    enum pl_status st = walk->visitor->entered
                            ? walk->visitor->entered(walk->visitor->context, dir, dir_fd, err)
                            : PL_OK;
    if (st < 0) {
        return st;
    }
    struct pl_arena arena pl_autoarena = {0};
    struct pl_strs names = {0};
    struct pl_error listing = PL_ERROR_INIT;
    st = list_names(walk, &arena, dir_fd, &names, &listing);
    if (st == PL_E_LIMIT) {
        return pl_error_set(err, st, "%s", listing.msg);
    }
    if (st < 0) {
        walk->visitor->gap(walk->visitor->context, dir, listing.msg);
    }
    for (size_t i = 0; i < names.count; i++) {
        pl_str path = dir.len > 0 ? pl_arena_format(&arena, PL_STR_FMT "/" PL_STR_FMT,
                                                    PL_STR_ARG(dir), PL_STR_ARG(names.items[i]))
                                  : names.items[i];
        if (path.len >= PL_LIMIT_PATH_BYTES) {
            walk->visitor->gap(walk->visitor->context, dir, "holds paths that are too long");
            continue;
        }
        st = visit(walk, dir_fd, names.items[i].ptr, path, depth, err);
        if (st < 0) {
            return st;
        }
    }
    return PL_OK;
}

enum pl_status pl_tree_walk(int root_fd, const struct pl_tree_visitor *visitor,
                            struct pl_budget *budget, struct pl_error *err)
{
    struct walk walk = {.root_fd = root_fd, .visitor = visitor, .budget = budget};
    struct stat info = {0};
    if (fstat(root_fd, &info) < 0) {
        return pl_error_sys(err, errno, "looking at the root directory");
    }
    walk.device = info.st_dev;
    enum pl_status st = walk_dir(&walk, root_fd, PL_STR_EMPTY, 0, err);
    for (int round = 0; st == PL_OK && round < MOST_FOLLOWED && walk.links.count > 0; round++) {
        struct pl_strs links = walk.links;
        walk.links = (struct pl_strs){0};
        for (size_t i = 0; st == PL_OK && i < links.count; i++) {
            int fd pl_autoclose = -1;
            if (pl_tree_open_below(root_fd, links.items[i], O_RDONLY | O_DIRECTORY | O_NONBLOCK,
                                   true, &fd, NULL) == PL_OK) {
                st = walk_dir(&walk, fd, links.items[i], 0, err);
            }
        }
    }
    pl_arena_release(&walk.arena);
    return st;
}
