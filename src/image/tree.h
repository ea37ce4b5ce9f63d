/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * tree - a walk of a directory that holds a root file system, without ever leaving it.
 *
 * Every open goes through openat2 with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS relative to the
 * root's descriptor, or, where the kernel lacks it, segment by segment with O_NOFOLLOW. Only
 * regular files are opened for reading, with O_NONBLOCK, so that no FIFO or device can hold the
 * walk up. Symbolic links are reported and not followed, but for those that `follows` asks for,
 * which are followed inside the root once all else was walked, four links deep at most. What the
 * kernel mounts to speak for itself (proc, sysfs and their like) is no part of the tree: its
 * entries are no files, and some change the machine when they are read.
 */
#include "base/budget.h"
#include "base/error.h"
#include "base/str.h"

enum pl_tree_type {
    PL_TREE_FILE,
    PL_TREE_DIRECTORY,
    PL_TREE_SYMLINK,
    PL_TREE_OTHER,
};

struct pl_tree_entry {
    pl_str path; /* clean */
    pl_str link;
    enum pl_tree_type type;
    uint64_t size_bytes;
    uint32_t mode;
    uint64_t device; /* with `inode`: which file it is, whatever its path */
    uint64_t inode;
    int parent_fd; /* borrowed, with `name`: for pl_tree_open */
    const char *name;
    bool is_whiteout; /* a character device 0/0: overlayfs keeps no other */
};

struct pl_tree_visitor {
    void *context;
    /* Is there anything to look for below this directory? "" is the root. */
    bool (*wants_below)(void *context, pl_str dir);
    /* Shall this symbolic link to a directory be walked like one? */
    bool (*follows)(void *context, pl_str link);
    enum pl_status (*entry)(void *context, const struct pl_tree_entry *entry, struct pl_error *err);
    /* A directory could not be read: the walk goes on. */
    void (*gap)(void *context, pl_str path, const char *reason);
    /* A directory was opened and is listed next; "" is the root. Or NULL. */
    enum pl_status (*entered)(void *context, pl_str dir, int dir_fd, struct pl_error *err);
    /* Nothing changes in this tree: what is gone before it is looked at is a gap as well. */
    bool is_still;
};

enum pl_status pl_tree_walk(int root_fd, const struct pl_tree_visitor *visitor,
                            struct pl_budget *budget, struct pl_error *err);

/* Opens a regular file for reading; PL_E_UNSUPPORTED when it is none by now. */
enum pl_status pl_tree_open(const struct pl_tree_entry *entry, int *ret_fd, struct pl_error *err);

/* Opens a path below a directory, and no symbolic link on the way or at its end; -1 with errno.
 * Each segment of the path is a name, none is "..". */
int pl_tree_open_straight(int dir_fd, pl_str path, int flags);

/* Opens a path below the root as RESOLVE_IN_ROOT has it; `use_openat2` false takes the way for
 * older kernels, for tests. */
enum pl_status pl_tree_open_below(int root_fd, pl_str path, int flags, bool use_openat2,
                                  int *ret_fd, struct pl_error *err);
