/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/PID/cgroup (cgroups(7)) has lines HIERARCHY:CONTROLLERS:PATH. What stands in PATH for a
 * container of id ID: Docker "/docker/ID" or "/system.slice/docker-ID.scope", Podman
 * "/libpod_parent/libpod-ID", "/machine.slice/libpod-ID.scope/container". A process stays the one
 * that a descriptor of /proc/PID was opened for: once it ended, reading through it fails, also when
 * the number is given to another.
 */
#include "image/docker/process.h"
#include "base/buf.h"
#include "base/io.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

enum {
    PROC_FILE_BYTES = 65536,
    /* The engine notes the start once the runtime is done, which prepares the process before. */
    EARLIEST_S = 10,
    LATEST_S = 1,
};

bool pl_container_is_group(pl_str groups, pl_str id)
{
    pl_str line = PL_STR_EMPTY;
    pl_str segment = PL_STR_EMPTY;
    while (pl_str_next_line(&groups, &line)) {
        while (pl_str_next_piece(&line, '/', &segment)) {
            if (pl_str_ends_with(segment, PL_STR(".scope"))) {
                segment.len -= strlen(".scope");
            }
            size_t dash = pl_str_find_last_char(segment, '-');
            pl_str name = dash == SIZE_MAX ? segment : pl_str_skip(segment, dash + 1);
            if (id.len > 0 && pl_str_eq(name, id)) {
                return true;
            }
        }
    }
    return false;
}

bool pl_container_start_ticks(pl_str stat, uint64_t *ret)
{
    enum { FIELD_AFTER_NAME = 20 };
    /* The second field is the program's name in parentheses, which may hold blanks and more of
     * them. */
    size_t close = pl_str_find_last_char(stat, ')');
    pl_str cursor = close == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(stat, close + 1);
    pl_str word = PL_STR_EMPTY;
    for (int i = 0; i < FIELD_AFTER_NAME; i++) {
        if (!pl_str_next_word(&cursor, &word)) {
            return false;
        }
    }
    return pl_str_to_uint(word, UINT64_MAX, ret);
}

/* "2026-11-21T16:09:08.471654331Z" */
bool pl_container_time(pl_str text, int64_t *ret)
{
    static const struct {
        size_t at;
        size_t len;
        char after;
    } fields[] = {{0, 4, '-'}, {5, 2, '-'}, {8, 2, 'T'}, {11, 2, ':'}, {14, 2, ':'}, {17, 2, 0}};
    uint64_t values[PL_ARRAY_LEN(fields)] = {0};
    if (text.len < 20 || text.ptr[text.len - 1] != 'Z') {
        return false;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
        pl_str digits = pl_str_sub(text, fields[i].at, fields[i].len);
        bool has_mark =
            fields[i].after == 0 || text.ptr[fields[i].at + fields[i].len] == fields[i].after;
        if (!pl_str_to_uint(digits, 9999, &values[i]) || !has_mark) {
            return false;
        }
    }
    struct tm time = {.tm_year = (int)values[0] - 1900,
                      .tm_mon = (int)values[1] - 1,
                      .tm_mday = (int)values[2],
                      .tm_hour = (int)values[3],
                      .tm_min = (int)values[4],
                      .tm_sec = (int)values[5]};
    *ret = timegm(&time);
    return true;
}

static bool read_at(int dir_fd, const char *name, struct pl_buf *into)
{
    pl_buf_clear(into);
    int fd pl_autoclose = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && pl_io_read_all(fd, name, into, NULL) == PL_OK;
}

/* When the machine started, by /proc/stat: "btime SECONDS". */
static bool boot_time(struct pl_buf *scratch, int64_t *ret)
{
    pl_str text = PL_STR_EMPTY;
    pl_str line = PL_STR_EMPTY;
    uint64_t seconds = 0;
    text = read_at(AT_FDCWD, "/proc/stat", scratch) ? pl_buf_str(scratch) : text;
    while (pl_str_next_line(&text, &line)) {
        if (pl_str_starts_with(line, PL_STR("btime ")) &&
            pl_str_to_uint(pl_str_skip(line, 6), INT64_MAX, &seconds)) {
            *ret = (int64_t)seconds;
            return true;
        }
    }
    return false;
}

static bool started_then(int proc_fd, pl_str started_at, struct pl_buf *scratch)
{
    int64_t stated = 0;
    int64_t booted = 0;
    uint64_t ticks = 0;
    long per_second = sysconf(_SC_CLK_TCK);
    if (per_second <= 0 || !pl_container_time(started_at, &stated) ||
        !boot_time(scratch, &booted) || !read_at(proc_fd, "stat", scratch) ||
        !pl_container_start_ticks(pl_buf_str(scratch), &ticks)) {
        return false;
    }
    int64_t started = booted + (int64_t)(ticks / (uint64_t)per_second);
    return started >= stated - EARLIEST_S && started <= stated + LATEST_S;
}

enum pl_status pl_container_open_root(const struct pl_container *container, int *ret_fd,
                                      struct pl_error *err)
{
    char path[40];
    (void)snprintf(path, sizeof(path), "/proc/%llu", (unsigned long long)container->pid);
    int proc_fd pl_autoclose =
        container->pid > 0 ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (proc_fd < 0) {
        return pl_error_set(err, PL_E_NOT_FOUND, "its process is not seen here");
    }
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PROC_FILE_BYTES);
    bool is_its_own = (read_at(proc_fd, "cgroup", &text) &&
                       pl_container_is_group(pl_buf_str(&text), container->id)) ||
                      started_then(proc_fd, container->started_at, &text);
    if (!is_its_own) {
        return pl_error_set(err, PL_E_NOT_FOUND, "%s is not its process", path);
    }
    int fd = openat(proc_fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return pl_error_sys(err, errno, "%s/root", path);
    }
    *ret_fd = fd;
    return PL_OK;
}
