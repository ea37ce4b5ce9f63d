/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

enum { READ_STEP = 65536 };

enum pl_status pl_io_read(int fd, void *into, size_t size, size_t *ret_got, struct pl_error *err)
{
    size_t got = 0;
    while (got < size) {
        ssize_t count = read(fd, (char *)into + got, size - got);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return pl_error_sys(err, errno, "reading");
        }
        if (count == 0) {
            break;
        }
        got += (size_t)count;
    }
    *ret_got = got;
    return PL_OK;
}

enum pl_status pl_io_pread(int fd, void *into, size_t size, uint64_t offset, size_t *ret_got,
                           struct pl_error *err)
{
    size_t got = 0;
    while (got < size) {
        ssize_t count = pread(fd, (char *)into + got, size - got, (off_t)(offset + got));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return pl_error_sys(err, errno, "reading at offset %llu",
                                (unsigned long long)(offset + got));
        }
        if (count == 0) {
            break;
        }
        got += (size_t)count;
    }
    *ret_got = got;
    return PL_OK;
}

enum pl_status pl_io_write(int fd, pl_str bytes, struct pl_error *err)
{
    while (bytes.len > 0) {
        ssize_t count = write(fd, bytes.ptr, bytes.len);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return pl_error_sys(err, errno, "writing");
        }
        bytes = pl_str_skip(bytes, (size_t)count);
    }
    return PL_OK;
}

enum pl_status pl_io_read_all(int fd, const char *name, struct pl_buf *buf, struct pl_error *err)
{
    for (;;) {
        /* One byte past the ceiling is asked for, so that a file of exactly that size fits. */
        size_t room_left = buf->ceiling_bytes - buf->len;
        size_t step = room_left < READ_STEP ? room_left : READ_STEP;
        char probe = 0;
        char *room = step ? pl_buf_reserve(buf, step) : &probe;
        size_t got = 0;
        enum pl_status st = pl_io_read(fd, room, step ? step : 1, &got, err);
        if (st < 0) {
            return pl_error_wrap(err, "%s", name);
        }
        if (got == 0) {
            return PL_OK;
        }
        if (step == 0) {
            buf->overflowed = true;
            return pl_buf_status(buf, name, err);
        }
        buf->len += got;
        buf->ptr[buf->len] = '\0';
    }
}

enum pl_status pl_io_read_file(const char *path, struct pl_buf *buf, struct pl_error *err)
{
    int fd pl_autoclose = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return pl_error_sys(err, errno, "%s", path);
    }
    struct stat info = {0};
    if (fstat(fd, &info) < 0) {
        return pl_error_sys(err, errno, "%s", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "%s is not a regular file", path);
    }
    return pl_io_read_all(fd, path, buf, err);
}

enum pl_status pl_io_replace_file(const char *path, pl_str content, struct pl_error *err)
{
    char beside[PATH_MAX];
    if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside)) {
        return pl_error_set(err, PL_E_USAGE, "%s: the path is too long", path);
    }
    int fd pl_autoclose = mkostemp(beside, O_CLOEXEC);
    if (fd < 0) {
        return pl_error_sys(err, errno, "%s", beside);
    }
    enum pl_status st = pl_io_write(fd, content, err);
    if (st == PL_OK && (fchmod(fd, 0644) < 0 || fsync(fd) < 0 || rename(beside, path) < 0)) {
        st = pl_error_sys(err, errno, "replacing it");
    }
    if (st < 0) {
        unlink(beside);
        return pl_error_wrap(err, "%s", path);
    }
    return PL_OK;
}

enum pl_status pl_io_make_dirs(const char *path, struct pl_error *err)
{
    char step[PATH_MAX];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof(step)) {
        return pl_error_set(err, PL_E_USAGE, "\"%s\" cannot be a directory's path", path);
    }
    memcpy(step, path, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (step[i] != '/' && step[i] != '\0') {
            continue;
        }
        char kept = step[i];
        step[i] = '\0';
        if (mkdir(step, 0777) < 0 && errno != EEXIST) {
            return pl_error_sys(err, errno, "making the directory %s", step);
        }
        step[i] = kept;
    }
    return PL_OK;
}
