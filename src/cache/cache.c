/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry's file is DIR/KIND/HH/REST, where HH and REST are the hex digits of the key's SHA-256.
 * What it holds is in cache/entry.h. While it is written it is called DIR/KIND/HH/tmp-PID-NUMBER.
 */
#include "cache/cache.h"
#include "base/io.h"
#include "cache/entry.h"
#include "format/digest.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_NAME_BYTES = 128,
    /* A writer that took longer than this has died. */
    STALE_MS = 3600 * 1000,
    /* After eviction this share of the bound is free, in percent, so that not every put evicts. */
    HEADROOM = 10,
};

struct pl_cache {
    int dir_fd;
    uint64_t max_bytes;
    uint64_t total_bytes; /* as this process believes; 0: not counted yet */
    unsigned temporary;
};

static uint64_t now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

enum pl_status pl_cache_open(const char *dir, uint64_t max_bytes, struct pl_cache **ret,
                             struct pl_error *err)
{
    if (mkdir(dir, 0700) != 0 && errno == ENOENT) {
        enum pl_status st = pl_io_make_dirs(dir, err);
        if (st < 0) {
            return st;
        }
        (void)chmod(dir, 0700);
    }
    int fd pl_autoclose = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat info = {0};
    if (fd < 0 || fstat(fd, &info) < 0) {
        return pl_error_sys(err, errno, "%s", dir);
    }
    if (info.st_uid != geteuid()) {
        return pl_error_set(err, PL_E_DENIED, "%s belongs to another user", dir);
    }
    if (info.st_mode & (S_IWGRP | S_IWOTH)) {
        return pl_error_set(err, PL_E_DENIED, "%s may be written to by others; chmod go-w it", dir);
    }
    struct pl_cache *cache = pl_mem_alloc(1, sizeof(*cache));
    *cache = (struct pl_cache){.dir_fd = pl_fd_take(&fd), .max_bytes = max_bytes};
    *ret = cache;
    return PL_OK;
}

void pl_cache_close(struct pl_cache *cache)
{
    if (cache) {
        close(cache->dir_fd);
        free(cache);
    }
}

/* Where an entry is; the first `*ret_dir_len` characters are its directory's. */
static size_t name_entry(const char *kind, pl_str key, char name[MOST_NAME_BYTES])
{
    struct pl_digest digest = pl_digest_of(pl_str_span(key), NULL);
    const char *hex = strchr(digest.text, ':') + 1;
    int dir_len = snprintf(name, MOST_NAME_BYTES, "%s/%.2s", kind, hex);
    snprintf(name + dir_len, MOST_NAME_BYTES - (size_t)dir_len, "/%s", hex + 2);
    return (size_t)dir_len;
}

bool pl_cache_find(struct pl_cache *cache, struct pl_arena *arena, const char *kind, pl_str key,
                   size_t ceiling_bytes, pl_str *ret)
{
    if (!cache) {
        return false;
    }
    char name[MOST_NAME_BYTES];
    name_entry(kind, key, name);
    int fd pl_autoclose = openat(cache->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return false;
    }
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(ceiling_bytes + 4096);
    bool is_good = pl_io_read_all(fd, name, &bytes, NULL) == PL_OK &&
                   pl_cache_entry_read(arena, pl_buf_str(&bytes), key, ceiling_bytes, ret);
    if (!is_good) {
        pl_cache_discard(cache, kind, key);
        return false;
    }
    (void)futimens(fd, NULL);
    return true;
}

void pl_cache_discard(struct pl_cache *cache, const char *kind, pl_str key)
{
    if (cache) {
        char name[MOST_NAME_BYTES];
        name_entry(kind, key, name);
        (void)unlinkat(cache->dir_fd, name, 0);
    }
}

/* A file without a name gets it, in the place of an entry that was there. */
static bool name_file(struct pl_cache *cache, int fd, const char *name)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    for (int tries = 0; tries < 2; tries++) {
        if (linkat(AT_FDCWD, path, cache->dir_fd, name, AT_SYMLINK_FOLLOW) == 0) {
            return true;
        }
        if (errno != EEXIST || unlinkat(cache->dir_fd, name, 0) != 0) {
            break;
        }
    }
    return errno == EEXIST; /* another process was quicker */
}

/* Where files have to have names: a temporary one first, which a writer that is killed leaves. */
static bool write_named(struct pl_cache *cache, const char *dir, const char *name, pl_str bytes)
{
    char temporary[2 * MOST_NAME_BYTES];
    snprintf(temporary, sizeof(temporary), "%s/tmp-%d-%u", dir, (int)getpid(), cache->temporary++);
    int fd pl_autoclose =
        openat(cache->dir_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    if (pl_io_write(fd, bytes, NULL) < 0 ||
        renameat(cache->dir_fd, temporary, cache->dir_fd, name) != 0) {
        (void)unlinkat(cache->dir_fd, temporary, 0);
        return false;
    }
    return true;
}

/* Not synced: after a power cut the checksum tells an entry that did not get to the disk. */
static bool write_entry(struct pl_cache *cache, const char *kind, pl_str key, pl_str bytes)
{
    char name[MOST_NAME_BYTES];
    char dir[MOST_NAME_BYTES];
    size_t dir_len = name_entry(kind, key, name);
    snprintf(dir, sizeof(dir), "%.*s", (int)dir_len, name);
    (void)mkdirat(cache->dir_fd, kind, 0700);
    (void)mkdirat(cache->dir_fd, dir, 0700);
    int fd pl_autoclose = openat(cache->dir_fd, dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    bool is_named = fd >= 0 && pl_io_write(fd, bytes, NULL) == PL_OK && name_file(cache, fd, name);
    return is_named || write_named(cache, dir, name, bytes);
}

void pl_cache_put(struct pl_cache *cache, const char *kind, pl_str key, pl_str value)
{
    if (!cache || key.len > PL_CACHE_KEY_BYTES || value.len > cache->max_bytes) {
        return;
    }
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(pl_cache_entry_bound(key, value));
    if (!pl_cache_entry_pack(&bytes, key, value) ||
        !write_entry(cache, kind, key, pl_buf_str(&bytes))) {
        return;
    }
    cache->total_bytes += cache->total_bytes > 0 ? bytes.len : 0;
    if (cache->total_bytes == 0 || cache->total_bytes > cache->max_bytes) {
        struct pl_cache_removed removed;
        (void)pl_cache_prune(cache, 0, cache->max_bytes, &removed, NULL);
    }
}

/* Called for each file of the cache. */
struct visitor {
    void (*visit)(void *context, int dir_fd, const char *dir, const char *name,
                  const struct stat *info);
    void *context;
};

static DIR *open_below(int dir_fd, const char *name)
{
    int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir && fd >= 0) {
        close(fd);
    }
    return dir;
}

/* `path` is the directory's name from the cache's on; files lie two levels below that. */
static void walk(int dir_fd, const char *path, int depth, const struct visitor *visitor)
{
    enum { FILES_DEPTH = 2 };
    DIR *dir = open_below(dir_fd, path);
    if (!dir) {
        return;
    }
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char below[MOST_NAME_BYTES];
        struct stat info = {0};
        int len = snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.' || len < 0 || (size_t)len >= sizeof(below)) {
            continue;
        }
        if (depth < FILES_DEPTH) {
            walk(dir_fd, depth == 0 ? entry->d_name : below, depth + 1, visitor);
        } else if (fstatat(dir_fd, below, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                   S_ISREG(info.st_mode)) {
            visitor->visit(visitor->context, dir_fd, path, entry->d_name, &info);
        }
    }
    closedir(dir);
}

struct listing {
    struct pl_arena *arena;
    struct pl_cache_entries *entries;
    bool wants_keys;
};

static void read_key(int dir_fd, struct pl_arena *arena, struct pl_cache_entry *entry)
{
    char head[PL_CACHE_KEY_BYTES + 32];
    size_t got = 0;
    pl_str key = PL_STR_EMPTY;
    int fd pl_autoclose = openat(dir_fd, entry->file.ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && pl_io_read(fd, head, sizeof(head), &got, NULL) == PL_OK &&
        pl_cache_entry_key(pl_str_make(head, got), &key)) {
        entry->key = pl_arena_dup(arena, key);
    }
}

static void list_file(void *context, int dir_fd, const char *dir, const char *name,
                      const struct stat *info)
{
    struct listing *listing = context;
    uint64_t changed_ms =
        (uint64_t)info->st_mtim.tv_sec * 1000 + (uint64_t)info->st_mtim.tv_nsec / 1000000;
    if (strncmp(name, "tmp-", 4) == 0) {
        char path[MOST_NAME_BYTES];
        snprintf(path, sizeof(path), "%s/%s", dir, name);
        if (changed_ms + STALE_MS < now_ms()) {
            (void)unlinkat(dir_fd, path, 0);
        }
        return;
    }
    struct pl_cache_entry *entry = pl_vec_push(listing->arena, listing->entries);
    *entry =
        (struct pl_cache_entry){.stored_bytes = (uint64_t)info->st_size, .used_ms = changed_ms};
    entry->file = pl_arena_format(listing->arena, "%s/%s", dir, name);
    pl_str_cut(entry->file, '/', &entry->kind, &(pl_str){0});
    if (listing->wants_keys) {
        read_key(dir_fd, listing->arena, entry);
    }
}

static int compare_use(const void *a, const void *b)
{
    const struct pl_cache_entry *left = a;
    const struct pl_cache_entry *right = b;
    if (left->used_ms != right->used_ms) {
        return left->used_ms < right->used_ms ? 1 : -1;
    }
    return pl_str_cmp(left->file, right->file);
}

static void list_entries(struct pl_cache *cache, struct pl_arena *arena, bool wants_keys,
                         struct pl_cache_entries *ret)
{
    struct listing listing = {arena, ret, wants_keys};
    walk(cache->dir_fd, ".", 0, &(struct visitor){list_file, &listing});
    if (ret->count > 1) {
        qsort(ret->items, ret->count, sizeof(*ret->items), compare_use);
    }
}

enum pl_status pl_cache_list(struct pl_cache *cache, struct pl_arena *arena,
                             struct pl_cache_entries *ret, struct pl_error *err)
{
    (void)err;
    struct pl_cache_entries entries = {0};
    list_entries(cache, arena, true, &entries);
    *ret = entries;
    return PL_OK;
}

enum pl_status pl_cache_prune(struct pl_cache *cache, uint64_t since_ms, uint64_t max_bytes,
                              struct pl_cache_removed *ret, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_cache_entries entries = {0};
    struct pl_cache_removed removed = {0};
    list_entries(cache, &scratch, false, &entries);
    uint64_t total = 0;
    for (size_t i = 0; i < entries.count; i++) {
        total += entries.items[i].stored_bytes;
    }
    uint64_t goal = total <= max_bytes ? total : max_bytes - max_bytes / 100 * HEADROOM;
    for (size_t i = entries.count; i-- > 0;) {
        const struct pl_cache_entry *entry = &entries.items[i];
        if (entry->used_ms >= since_ms && total <= goal) {
            break;
        }
        if (unlinkat(cache->dir_fd, entry->file.ptr, 0) != 0 && errno != ENOENT) {
            return pl_error_sys(err, errno, "removing " PL_STR_FMT, PL_STR_ARG(entry->file));
        }
        removed.entries++;
        removed.bytes += entry->stored_bytes;
        total -= entry->stored_bytes;
    }
    cache->total_bytes = total;
    *ret = removed;
    return PL_OK;
}
