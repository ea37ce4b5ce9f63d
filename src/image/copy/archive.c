/* SPDX-License-Identifier: Apache-2.0 */
#include "image/copy/archive.h"
#include "base/io.h"
#include "format/decompress.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

enum pl_status pl_copy_archive_begin(struct pl_arena *arena, const char *path,
                                     struct pl_copy_archive *ret, struct pl_error *err)
{
    struct stat info;
    size_t len = strlen(path);
    if (len == 0) {
        return pl_error_set(err, PL_E_USAGE, "name the archive's file after the colon");
    }
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "%s is there already and no regular file", path);
    }
    char *beside = pl_arena_alloc(arena, len + sizeof(".XXXXXX"), 1);
    memcpy(beside, path, len);
    memcpy(beside + len, ".XXXXXX", sizeof(".XXXXXX"));
    int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0) {
        return pl_error_sys(err, errno, "%s", path);
    }
    *ret = (struct pl_copy_archive){.arena = arena, .path = path, .beside = beside, .fd = fd};
    pl_tar_writer_init(&ret->tar, fd);
    return PL_OK;
}

enum pl_status pl_copy_archive_add(struct pl_copy_archive *archive, const char *name, pl_str bytes,
                                   struct pl_error *err)
{
    enum pl_status st = pl_tar_writer_add(&archive->tar, name, bytes, err);
    return st < 0 ? pl_error_wrap(err, "%s", archive->path) : st;
}

enum pl_status pl_copy_archive_finish(struct pl_copy_archive *archive, struct pl_error *err)
{
    enum pl_status st = pl_tar_writer_finish(&archive->tar, err);
    mode_t mask = umask(0);
    umask(mask);
    if (st == PL_OK && (fchmod(archive->fd, 0666 & ~mask) < 0 || fsync(archive->fd) < 0 ||
                        rename(archive->beside, archive->path) < 0)) {
        st = pl_error_sys(err, errno, "putting it in its place");
    }
    if (st < 0) {
        return pl_error_wrap(err, "%s", archive->path);
    }
    archive->beside = NULL;
    return PL_OK;
}

void pl_copy_archive_close(struct pl_copy_archive *archive)
{
    if (archive->beside) {
        unlink(archive->beside);
        archive->beside = NULL;
    }
    if (archive->fd >= 0) {
        close(archive->fd);
        archive->fd = -1;
    }
}

enum pl_status pl_copy_open_archive(const char *path, int *ret_fd, struct pl_error *err)
{
    int fd pl_autoclose = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    uint8_t head[4] = {0};
    size_t got = 0;
    if (fd < 0) {
        return pl_error_sys(err, errno, "opening it");
    }
    enum pl_status st = pl_io_pread(fd, head, sizeof(head), 0, &got, err);
    enum pl_compression compression = pl_compression_detect((pl_span){head, got});
    if (st == PL_OK && compression != PL_COMPRESSION_NONE) {
        st = pl_error_set(err, PL_E_UNSUPPORTED,
                          "the archive as a whole is compressed (%s); decompress it first",
                          pl_compression_to_string(compression));
    }
    if (st == PL_OK) {
        *ret_fd = pl_fd_take(&fd);
    }
    return st;
}
