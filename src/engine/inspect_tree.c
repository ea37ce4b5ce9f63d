/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inspects a directory: the walk of image/tree.h feeds the collector of engine/collect.h.
 *
 * A root file system is only walked where catalogers look, and a link is read as what it leads to.
 * One layer is walked as a whole and yields what the same layer yields as a tar, since every entry
 * hides what lies below it. Its whiteouts are overlayfs's (the kernel's
 * Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories"): a character device
 * 0/0 removes its name, and a directory is opaque whose extended attribute trusted.overlay.opaque,
 * or user.overlay.opaque for those without privileges, is "y". Names that begin with ".wh." mean
 * what they mean in a tar: where no devices can be made, engines leave them so. What only belongs
 * to a mounted layer (redirects, files without their data) is in no layer that came from a tar; it
 * is a gap.
 */
#include "base/limits.h"
#include "engine/collect.h"
#include "engine/inspect.h"
#include "image/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/xattr.h>

/* A wanted path that is a symbolic link: read at the end, if what it leads to was not read as
 * itself. */
struct linked_path {
    pl_str path;
    pl_str link;
    uint32_t mode;
};

struct linked_paths {
    PL_VEC_FIELDS(struct linked_path);
};

struct inspection {
    struct pl_arena *arena;
    struct pl_collector collector;
    const struct pl_inspect_tree *tree;
    struct pl_map read_files; /* device and inode of files that were read */
    struct linked_paths linked;
    uint8_t block[65536]; /* of the file that is read */
};

/* Reads a file in blocks. */
struct file_reader {
    struct inspection *inspection;
    int fd; /* -1: `entry` is opened for the first block */
    const struct pl_tree_entry *entry;
    uint64_t offset;
};

static enum pl_status read_block(void *context, pl_span *ret_piece, uint64_t *ret_offset,
                                 struct pl_error *err)
{
    struct file_reader *file = context;
    uint8_t *block = file->inspection->block;
    ssize_t got = 0;
    do {
        got = read(file->fd, block, sizeof(file->inspection->block));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return pl_error_sys(err, errno, "reading");
    }
    if (got == 0) {
        return PL_E_NOT_FOUND;
    }
    *ret_piece = (pl_span){block, (size_t)got};
    *ret_offset = file->offset;
    file->offset += (uint64_t)got;
    return pl_budget_take_bytes(file->inspection->collector.budget, (uint64_t)got, (uint64_t)got,
                                err);
}

static bool is_new_file(struct inspection *inspection, uint64_t device, uint64_t inode)
{
    pl_str key = pl_arena_format(inspection->arena, "%llu:%llu", (unsigned long long)device,
                                 (unsigned long long)inode);
    void **seen = pl_map_at(&inspection->read_files, key);
    if (*seen) {
        return false;
    }
    *seen = inspection;
    return true;
}

/* A running system changes under the walk: what fails for one file is a gap, and the walk goes on.
 */
static enum pl_status settle_entry(struct inspection *inspection, const struct pl_walk_entry *entry,
                                   enum pl_status st, struct pl_error *err)
{
    if (st == PL_E_IO || st == PL_E_PARSE) {
        pl_collector_gap(&inspection->collector, entry->path, err->msg);
        return PL_OK;
    }
    return st;
}

static enum pl_status read_file(struct inspection *inspection, const struct pl_walk_entry *entry,
                                int fd, struct pl_error *err)
{
    struct file_reader file = {.inspection = inspection, .fd = fd};
    struct pl_content_reader reader = {.read = read_block, .context = &file};
    enum pl_status st = pl_collector_entry(&inspection->collector, entry, &reader, err);
    return settle_entry(inspection, entry, st, err);
}

static enum pl_status on_file(struct inspection *inspection, const struct pl_tree_entry *from,
                              struct pl_walk_entry *entry, struct pl_error *err)
{
    int fd pl_autoclose = -1;
    struct pl_error opening = PL_ERROR_INIT;
    if (pl_tree_open(from, &fd, &opening) < 0) {
        pl_collector_gap(&inspection->collector, entry->path, opening.msg);
        return PL_OK;
    }
    if (!is_new_file(inspection, from->device, from->inode)) {
        return PL_OK;
    }
    return read_file(inspection, entry, fd, err);
}

static enum pl_walk_type walk_type(enum pl_tree_type type)
{
    switch (type) {
    case PL_TREE_FILE:
        return PL_WALK_FILE;
    case PL_TREE_DIRECTORY:
        return PL_WALK_DIRECTORY;
    case PL_TREE_SYMLINK:
        return PL_WALK_SYMLINK;
    case PL_TREE_OTHER:
        break;
    }
    return PL_WALK_OTHER;
}

static void count_entry(struct inspection *inspection)
{
    uint64_t entries = ++inspection->collector.evidence->entries;
    if (inspection->tree->entries) {
        atomic_store_explicit(inspection->tree->entries, entries, memory_order_relaxed);
    }
}

static enum pl_status on_entry(void *context, const struct pl_tree_entry *from,
                               struct pl_error *err)
{
    struct inspection *inspection = context;
    count_entry(inspection);
    struct pl_walk_entry entry = {
        .path = from->path, .link = from->link, .size_bytes = from->size_bytes, .mode = from->mode};
    entry.type = walk_type(from->type);
    bool is_wanted = pl_collector_wants(&inspection->collector, &entry);
    switch (from->type) {
    case PL_TREE_FILE:
        return is_wanted ? on_file(inspection, from, &entry, err) : PL_OK;
    case PL_TREE_SYMLINK:
        if (is_wanted) {
            struct linked_path *linked = pl_vec_push(inspection->arena, &inspection->linked);
            linked->path = pl_arena_dup(inspection->arena, from->path);
            linked->link = pl_arena_dup(inspection->arena, from->link);
            linked->mode = from->mode;
        }
        return PL_OK;
    case PL_TREE_DIRECTORY:
        return is_wanted ? pl_collector_entry(&inspection->collector, &entry, NULL, err) : PL_OK;
    case PL_TREE_OTHER:
        break;
    }
    return pl_collector_entry(&inspection->collector, &entry, NULL, err);
}

/* One of overlayfs's attributes; any value where `value` is NULL. Of the two names only that counts
 * by which the engine mounts the layer: an image may bring attributes of the other. */
static bool has_attribute(const struct inspection *inspection, int fd, const char *name,
                          const char *value)
{
    char whole[64];
    char got[2];
    (void)snprintf(whole, sizeof(whole), "%s.overlay.%s",
                   inspection->tree->is_rootless ? "user" : "trusted", name);
    ssize_t len = fgetxattr(fd, whole, got, value ? sizeof(got) : 0);
    return len >= 0 && (!value || pl_str_eq(pl_str_make(got, (size_t)len), pl_str_from(value)));
}

/* A file of a layer is opened when its content is wanted, and then the layer has to have it. */
static enum pl_status read_layer_block(void *context, pl_span *ret_piece, uint64_t *ret_offset,
                                       struct pl_error *err)
{
    struct file_reader *file = context;
    if (file->fd < 0) {
        struct pl_error opening = PL_ERROR_INIT;
        if (pl_tree_open(file->entry, &file->fd, &opening) < 0) {
            return pl_error_set(err, PL_E_IO, "%s", opening.msg);
        }
        if (has_attribute(file->inspection, file->fd, "metacopy", NULL)) {
            return pl_error_set(err, PL_E_IO, "its content lies in another layer");
        }
    }
    return read_block(context, ret_piece, ret_offset, err);
}

/* As a tar has it: only files have a size, only links a target. */
static enum pl_status on_layer_entry(void *context, const struct pl_tree_entry *from,
                                     struct pl_error *err)
{
    struct inspection *inspection = context;
    struct pl_collector *collector = &inspection->collector;
    count_entry(inspection);
    if (from->is_whiteout) {
        return pl_collector_whiteout(collector, from->path, err);
    }
    struct pl_walk_entry entry = {.path = from->path,
                                  .link = from->link,
                                  .type = walk_type(from->type),
                                  .size_bytes = from->type == PL_TREE_FILE ? from->size_bytes : 0,
                                  .mode = from->mode};
    struct file_reader file = {.inspection = inspection, .fd = -1, .entry = from};
    struct pl_content_reader reader = {.read = read_layer_block, .context = &file};
    enum pl_status st = pl_collector_layer_entry(collector, &entry, &reader, err);
    pl_fd_closep(&file.fd);
    return settle_entry(inspection, &entry, st, err);
}

static enum pl_status on_layer_directory(void *context, pl_str dir, int dir_fd,
                                         struct pl_error *err)
{
    struct inspection *inspection = context;
    if (has_attribute(inspection, dir_fd, "redirect", NULL)) {
        pl_collector_gap(&inspection->collector, dir,
                         "was renamed: what layers below have in it was not seen");
    }
    return has_attribute(inspection, dir_fd, "opaque", "y")
               ? pl_collector_opaque(&inspection->collector, dir, err)
               : PL_OK;
}

static bool on_wants_all_below(void *context, pl_str dir)
{
    (void)context;
    (void)dir;
    return true;
}

static bool on_follows_none(void *context, pl_str link)
{
    (void)context;
    (void)link;
    return false;
}

static bool on_wants_below(void *context, pl_str dir)
{
    struct inspection *inspection = context;
    return pl_catalog_may_match_below(inspection->tree->matcher, dir);
}

static bool on_follows(void *context, pl_str link)
{
    struct inspection *inspection = context;
    return pl_catalog_leads_to(inspection->tree->matcher, link);
}

static void on_gap(void *context, pl_str path, const char *reason)
{
    struct inspection *inspection = context;
    pl_collector_gap(&inspection->collector, path, reason);
}

/* Reads what wanted links lead to inside the root, unless it was read under its own name. */
static enum pl_status read_linked(struct inspection *inspection, struct pl_error *err)
{
    for (size_t i = 0; i < inspection->linked.count; i++) {
        const struct linked_path *linked = &inspection->linked.items[i];
        int fd pl_autoclose = -1;
        struct stat info = {0};
        struct pl_error opening = PL_ERROR_INIT;
        enum pl_status st =
            pl_tree_open_below(inspection->tree->root_fd, linked->path,
                               O_RDONLY | O_NONBLOCK | O_NOCTTY, true, &fd, &opening);
        struct pl_walk_entry entry = {
            .path = linked->path, .link = linked->link, .mode = linked->mode};
        if (st < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
            /* A dangling link stays a link in the evidence; the merge says what that means. */
            entry.type = PL_WALK_SYMLINK;
            st = pl_collector_entry(&inspection->collector, &entry, NULL, err);
        } else if (is_new_file(inspection, info.st_dev, info.st_ino)) {
            entry.type = PL_WALK_FILE;
            entry.size_bytes = (uint64_t)info.st_size;
            st = read_file(inspection, &entry, fd, err);
        } else {
            st = PL_OK;
        }
        if (st < 0) {
            return st;
        }
    }
    return PL_OK;
}

static enum pl_status inspect(struct inspection *inspection, struct pl_budget *budget,
                              struct pl_error *err)
{
    const struct pl_tree_visitor root = {.context = inspection,
                                         .wants_below = on_wants_below,
                                         .follows = on_follows,
                                         .entry = on_entry,
                                         .gap = on_gap};
    const struct pl_tree_visitor layer = {.context = inspection,
                                          .wants_below = on_wants_all_below,
                                          .follows = on_follows_none,
                                          .entry = on_layer_entry,
                                          .entered = on_layer_directory,
                                          .is_still = true,
                                          .gap = on_gap};
    enum pl_status st = pl_tree_walk(inspection->tree->root_fd,
                                     inspection->tree->is_layer ? &layer : &root, budget, err);
    if (st == PL_OK) {
        st = read_linked(inspection, err);
    }
    if (st == PL_E_LIMIT) {
        pl_collector_gap(&inspection->collector, PL_STR_EMPTY, err->msg);
        st = PL_OK;
    }
    return st;
}

void pl_inspect_tree_run(void *context, int answer_fd)
{
    const struct pl_inspect_tree *tree = context;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence evidence = {0};
    struct pl_budget budget;
    pl_budget_start(&budget, &tree->limits);
    struct inspection inspection = {.arena = &arena, .tree = tree};
    pl_collector_init(&inspection.collector, &arena, &evidence, tree->matcher, &budget,
                      tree->spill_fd);
    inspection.collector.keeps_paths = tree->keeps_paths;
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = inspect(&inspection, &budget, &err);
    if (st == PL_OK) {
        pl_collector_finish(&inspection.collector);
    }
    pl_inspect_send(answer_fd, st, &err, &evidence);
    pl_collector_release(&inspection.collector);
    pl_map_release(&inspection.read_files);
}
