/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The home of a storage driver for overlayfs, of Docker ("overlay2", moby
 * daemon/graphdriver/overlay2) and of containers/storage ("overlay", drivers/overlay):
 *
 *   ID/diff/    the layer's files
 *   ID/link     26 capital letters and digits, short because options of mount(2) have but a page
 *   l/LINK      a symbolic link to ../ID/diff, which is what gets mounted
 *
 * ID is 64 hex digits. Removing a layer begins with l/LINK. With composefs (containers/storage,
 * "use_composefs") there is ID/composefs-data as well, and diff/ holds files named by their
 * content: no tree of a layer.
 */
#include "image/layer_dir.h"
#include "base/io.h"
#include "image/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { ID_DIGITS = 64, LINK_BYTES = 26 };

bool pl_layer_dir_is_id(pl_str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!pl_char_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return id.len == ID_DIGITS;
}

static bool is_link(pl_str link)
{
    for (size_t i = 0; i < link.len; i++) {
        char c = link.ptr[i];
        if (!pl_char_is_digit(c) && (c < 'A' || c > 'Z')) {
            return false;
        }
    }
    return link.len == LINK_BYTES;
}

enum pl_status pl_layer_dir_read(struct pl_arena *arena, int dir_fd, pl_str path,
                                 size_t ceiling_bytes, pl_str *ret, struct pl_error *err)
{
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(ceiling_bytes);
    struct stat info = {0};
    int fd pl_autoclose = pl_tree_open_straight(dir_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    const char *name = pl_arena_dup(arena, path).ptr;
    if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        return pl_error_set(err, PL_E_NOT_FOUND, "%s cannot be read", name);
    }
    enum pl_status st = pl_io_read_all(fd, name, &bytes, err);
    if (st == PL_OK) {
        *ret = pl_arena_dup(arena, pl_buf_str(&bytes));
    }
    return st;
}

enum pl_status pl_layer_dir_open(struct pl_arena *arena, int home_fd, pl_str id,
                                 struct pl_layer_dir *ret, struct pl_error *err)
{
    if (!pl_layer_dir_is_id(id)) {
        return pl_error_set(err, PL_E_PARSE, "a layer's directory is not named by 64 digits");
    }
    pl_str link = PL_STR_EMPTY;
    struct stat info;
    int own pl_autoclose = pl_tree_open_straight(home_fd, id, O_PATH | O_DIRECTORY);
    if (own < 0) {
        return pl_error_sys(err, errno, "the layer " PL_STR_FMT, PL_STR_ARG(id));
    }
    enum pl_status st = pl_layer_dir_read(arena, own, PL_STR("link"), LINK_BYTES + 1, &link, err);
    if (st < 0) {
        return st;
    }
    link = pl_str_trim(link);
    if (!is_link(link) || fstatat(own, "composefs-data", &info, AT_SYMLINK_NOFOLLOW) == 0) {
        return pl_error_set(err, PL_E_NOT_FOUND, "the layer is not kept as plain files");
    }
    int fd pl_autoclose =
        pl_tree_open_straight(own, PL_STR("diff"), O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    if (fd < 0) {
        return pl_error_sys(err, errno, "the layer " PL_STR_FMT, PL_STR_ARG(id));
    }
    struct pl_layer_dir dir = {
        .home_fd = home_fd,
        .place = pl_arena_format(arena, PL_STR_FMT "/diff", PL_STR_ARG(id)).ptr,
        .link = pl_arena_format(arena, "l/" PL_STR_FMT, PL_STR_ARG(link)).ptr};
    dir.fd = fd;
    if (!pl_layer_dir_is_there(&dir)) {
        return pl_error_set(err, PL_E_NOT_FOUND, "the layer is being removed");
    }
    dir.fd = pl_fd_take(&fd);
    *ret = dir;
    return PL_OK;
}

bool pl_layer_dir_is_there(const struct pl_layer_dir *dir)
{
    struct stat opened;
    struct stat named;
    struct stat link;
    return fstat(dir->fd, &opened) == 0 &&
           fstatat(dir->home_fd, dir->place, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino &&
           fstatat(dir->home_fd, dir->link, &link, AT_SYMLINK_NOFOLLOW) == 0;
}
