/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/documents.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include "format/stream.h"
#include "format/tar.h"
#include "format/zip.h"
#include "format/zip_memory.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { TAR_BLOCK = 512, TAR_MAGIC_AT = 257, COPY_BYTES = 64 << 10 };

/* Where the bytes of a document come from. */
struct origin {
    enum pl_status (*read)(void *context, uint8_t *into, size_t size, size_t *ret_got,
                           struct pl_error *err);
    void *context;
};

static enum pl_status walk_fd(struct pl_documents *documents, int fd, pl_str name, unsigned depth,
                              struct pl_error *err);

static bool is_zip(pl_span head)
{
    return head.len >= 4 &&
           (memcmp(head.ptr, "PK\3\4", 4) == 0 || memcmp(head.ptr, "PK\5\6", 4) == 0);
}

/* POSIX and GNU archives have a magic word in the header; those from before 1988 have none and are
 * not read. */
static bool is_tar(pl_span head)
{
    return head.len >= TAR_BLOCK && memcmp(head.ptr + TAR_MAGIC_AT, "ustar", 5) == 0;
}

static enum pl_status read_fully(const struct origin *origin, uint8_t *into, size_t size,
                                 size_t *ret_got, struct pl_error *err)
{
    size_t total = 0;
    while (total < size) {
        size_t got = 0;
        enum pl_status st = origin->read(origin->context, into + total, size - total, &got, err);
        if (st < 0) {
            return st;
        }
        if (got == 0) {
            break;
        }
        total += got;
    }
    *ret_got = total;
    return PL_OK;
}

/* A file within an archive that is an archive itself has to lie somewhere to be read. */
static enum pl_status walk_copy(struct pl_documents *documents, const struct origin *origin,
                                pl_str head, pl_str name, unsigned depth, struct pl_error *err)
{
    int fd pl_autoclose = -1;
    uint8_t block[COPY_BYTES];
    uint64_t size = head.len;
    enum pl_status st = pl_tempfile_open(documents->temp_dir, &fd, err);
    if (st == PL_OK) {
        st = pl_io_write(fd, head, err);
    }
    for (size_t got = 1; st == PL_OK && got > 0;) {
        st = read_fully(origin, block, sizeof(block), &got, err);
        size += st == PL_OK ? got : 0;
        if (st == PL_OK && size > PL_LIMIT_DOWNLOAD_BYTES) {
            st = pl_error_set(err, PL_E_LIMIT, PL_STR_FMT " is larger than %llu bytes",
                              PL_STR_ARG(name), PL_LIMIT_DOWNLOAD_BYTES);
        }
        if (st == PL_OK) {
            st = pl_io_write(fd, pl_str_make((const char *)block, got), err);
        }
    }
    return st < 0 ? st : walk_fd(documents, fd, name, depth + 1, err);
}

/* A file whose bytes come from `origin`: opened when `depth` allows, else a document. */
static enum pl_status give(struct pl_documents *documents, const struct origin *origin, pl_str name,
                           bool may_open, unsigned depth, struct pl_error *err)
{
    uint8_t head[PL_FEED_HEAD_BYTES];
    size_t got = 0;
    if (++documents->count > PL_LIMIT_EXPORT_RECORDS) {
        return pl_error_set(err, PL_E_LIMIT, "there are more than %llu documents",
                            PL_LIMIT_EXPORT_RECORDS);
    }
    enum pl_status st = read_fully(origin, head, sizeof(head), &got, err);
    if (st < 0) {
        return st;
    }
    pl_span seen = {head, got};
    if (may_open && (is_zip(seen) || is_tar(seen) || pl_stream_detect(seen))) {
        return walk_copy(documents, origin, pl_span_str(seen), name, depth, err);
    }
    struct pl_documents_item item = {.name = name,
                                     .head = pl_span_str(seen),
                                     .is_whole = got < sizeof(head),
                                     .read = origin->read,
                                     .context = origin->context};
    return documents->take(documents->context, &item, err);
}

static enum pl_status read_zip_member(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                      struct pl_error *err)
{
    return pl_zip_read_some(context, into, size, ret_got, err);
}

/* By its stream: for what may be as large as it likes. */
static enum pl_status walk_zip_stream(struct pl_documents *documents, int fd, pl_str name,
                                      unsigned depth, struct pl_error *err)
{
    static const struct pl_zip_limits limits = {.entries = PL_LIMIT_ZIP_ENTRIES,
                                                .entry_bytes = PL_LIMIT_DOWNLOAD_BYTES,
                                                .total_bytes = PL_LIMIT_EXPORT_BYTES};
    struct pl_zip *zip PL_CLEANUP(pl_zip_closep) = NULL;
    char path[PATH_MAX];
    snprintf(path, sizeof(path), PL_STR_FMT, PL_STR_ARG(name));
    enum pl_status st = pl_zip_open(fd, path, &limits, &zip, err);
    bool more = true;
    while (st == PL_OK) {
        struct pl_zip_entry entry = {.name = PL_STR_EMPTY};
        st = pl_zip_next(zip, &more, &entry, err);
        if (st < 0 || !more) {
            break;
        }
        if (entry.is_file) {
            struct origin origin = {.read = read_zip_member, .context = zip};
            st = give(documents, &origin, entry.name, true, depth, err);
        }
    }
    return st;
}

/* The bytes of an archive: mapped where nobody else can cut the file short, else read when it is no
 * larger than PL_LIMIT_FEED_ZIP_BYTES. Nothing otherwise. */
struct zip_bytes {
    pl_span bytes;
    void *map;
    void *memory;
};

static void zip_bytes_release(struct zip_bytes *zip)
{
    if (zip->map) {
        munmap(zip->map, zip->bytes.len);
    }
    free(zip->memory);
}

static void load_zip(int fd, struct zip_bytes *ret)
{
    struct stat info = {0};
    if (fstat(fd, &info) < 0 || info.st_size <= 0) {
        return;
    }
    size_t size = (size_t)info.st_size;
    if (info.st_nlink == 0) {
        void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        ret->map = map == MAP_FAILED ? NULL : map;
        ret->bytes = (pl_span){ret->map, ret->map ? size : 0};
    } else if (size <= PL_LIMIT_FEED_ZIP_BYTES) {
        size_t got = 0;
        ret->memory = pl_mem_alloc(size, 1);
        if (pl_io_pread(fd, ret->memory, size, 0, &got, NULL) == PL_OK) {
            ret->bytes = (pl_span){ret->memory, got};
        }
    }
}

/* Is every member small, and of a kind that can be opened from memory? */
static bool is_plain_zip(struct pl_zip_memory zip)
{
    enum { STORED = 0, DEFLATED = 8 };
    uint64_t total = 0;
    bool more = true;
    bool is_plain = true;
    while (is_plain) {
        struct pl_zip_member member = {.name = PL_STR_EMPTY};
        if (pl_zip_memory_next(&zip, &more, &member, NULL) < 0) {
            return false;
        }
        if (!more) {
            break;
        }
        total += member.size_bytes;
        is_plain = !member.is_encrypted && member.size_bytes <= PL_LIMIT_FEED_SMALL_BYTES &&
                   (member.method == STORED || member.method == DEFLATED) &&
                   total <= PL_LIMIT_EXPORT_BYTES;
    }
    return is_plain;
}

static enum pl_status read_span(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                struct pl_error *err)
{
    pl_span *left = context;
    size_t got = left->len < size ? left->len : size;
    (void)err;
    memcpy(into, left->ptr, got);
    *left = (pl_span){left->ptr + got, left->len - got};
    *ret_got = got;
    return PL_OK;
}

/* By its directory, from memory: exports are a hundred thousand small members. */
static enum pl_status walk_zip_memory(struct pl_documents *documents, struct pl_zip_memory *zip,
                                      pl_str name, unsigned depth, struct pl_error *err)
{
    bool more = true;
    enum pl_status st = PL_OK;
    while (st == PL_OK) {
        struct pl_zip_member member = {.name = PL_STR_EMPTY};
        st = pl_zip_memory_next(zip, &more, &member, err);
        if (st < 0 || !more) {
            break;
        }
        if (member.name.len == 0 || pl_str_ends_with(member.name, PL_STR("/"))) {
            continue;
        }
        void *memory pl_autofree = NULL;
        pl_span content = {0};
        struct origin origin = {.read = read_span, .context = &content};
        st = pl_zip_memory_read(zip, &member, PL_LIMIT_FEED_SMALL_BYTES, &memory, &content, err);
        st = st < 0 ? pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(name))
                    : give(documents, &origin, member.name, true, depth, err);
    }
    return st;
}

static enum pl_status walk_zip(struct pl_documents *documents, int fd, pl_str name, unsigned depth,
                               struct pl_error *err)
{
    struct zip_bytes loaded PL_CLEANUP(zip_bytes_release) = {.map = NULL};
    struct pl_zip_memory zip = {.left = 0};
    load_zip(fd, &loaded);
    bool is_plain = pl_zip_memory_open(loaded.bytes, &zip, NULL) == PL_OK && is_plain_zip(zip);
    return is_plain ? walk_zip_memory(documents, &zip, name, depth, err)
                    : walk_zip_stream(documents, fd, name, depth, err);
}

struct tar_member {
    struct pl_tar *tar;
    pl_span piece;
    uint64_t offset; /* of what was read */
};

static enum pl_status read_tar_member(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                      struct pl_error *err)
{
    struct tar_member *member = context;
    while (member->piece.len == 0) {
        uint64_t offset = 0;
        enum pl_status st = pl_tar_read(member->tar, &member->piece, &offset, err);
        if (st == PL_E_NOT_FOUND) {
            *ret_got = 0;
            return PL_OK;
        }
        if (st < 0) {
            return st;
        }
        if (offset != member->offset) {
            return pl_error_set(err, PL_E_UNSUPPORTED, "sparse files are not read");
        }
        member->offset += member->piece.len;
    }
    size_t got = member->piece.len < size ? member->piece.len : size;
    memcpy(into, member->piece.ptr, got);
    member->piece = (pl_span){member->piece.ptr + got, member->piece.len - got};
    *ret_got = got;
    return PL_OK;
}

static enum pl_status walk_tar(struct pl_documents *documents, struct pl_stream *stream,
                               pl_str name, unsigned depth, struct pl_error *err)
{
    struct pl_tar *tar PL_CLEANUP(pl_tar_closep) = NULL;
    enum pl_status st = pl_tar_open(pl_stream_pull, stream, &tar, err);
    while (st == PL_OK) {
        struct pl_tar_entry entry = {.path = PL_STR_EMPTY};
        st = pl_tar_next(tar, &entry, err);
        if (st == PL_E_NOT_FOUND) {
            return PL_OK;
        }
        if (st == PL_OK && entry.type == PL_TAR_FILE) {
            struct tar_member member = {.tar = tar};
            struct origin origin = {.read = read_tar_member, .context = &member};
            st = give(documents, &origin, entry.path, true, depth, err);
        }
    }
    return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(name));
}

static enum pl_status read_stream(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                  struct pl_error *err)
{
    return pl_stream_read(context, into, size, ret_got, err);
}

/* "nvdcve-2.0-2024.json.gz" opened is "nvdcve-2.0-2024.json". */
static pl_str without_suffix(pl_str name)
{
    static const pl_str suffixes[] = {PL_STR_INIT(".gz"), PL_STR_INIT(".zst"), PL_STR_INIT(".xz"),
                                      PL_STR_INIT(".bz2")};
    for (size_t i = 0; i < PL_ARRAY_LEN(suffixes); i++) {
        if (pl_str_ends_with(name, suffixes[i])) {
            return pl_str_sub(name, 0, name.len - suffixes[i].len);
        }
    }
    return name;
}

static enum pl_status walk_fd(struct pl_documents *documents, int fd, pl_str name, unsigned depth,
                              struct pl_error *err)
{
    struct pl_stream *stream PL_CLEANUP(pl_stream_closep) = NULL;
    char path[PATH_MAX];
    pl_span head = {0};
    if (depth > PL_LIMIT_FEED_NESTING) {
        return pl_error_set(err, PL_E_LIMIT, PL_STR_FMT " lies in more than %d archives",
                            PL_STR_ARG(name), PL_LIMIT_FEED_NESTING);
    }
    snprintf(path, sizeof(path), PL_STR_FMT, PL_STR_ARG(name));
    enum pl_status st = pl_stream_open(fd, path, PL_LIMIT_EXPORT_BYTES, &stream, err);
    if (st == PL_OK) {
        st = pl_stream_peek(stream, TAR_BLOCK, &head, err);
    }
    if (st < 0) {
        return st;
    }
    bool is_compressed = pl_stream_is_compressed(stream);
    if (!is_compressed && is_zip(head)) {
        return lseek(fd, 0, SEEK_SET) < 0 ? pl_error_sys(err, errno, "%s", path)
                                          : walk_zip(documents, fd, name, depth, err);
    }
    if (is_tar(head)) {
        return walk_tar(documents, stream, name, depth, err);
    }
    struct origin origin = {.read = read_stream, .context = stream};
    return give(documents, &origin, is_compressed ? without_suffix(name) : name, is_compressed,
                depth, err);
}

enum pl_status pl_documents_walk_file(struct pl_documents *documents, int fd, const char *name,
                                      struct pl_error *err)
{
    return walk_fd(documents, fd, pl_str_from(name), 0, err);
}

enum pl_status pl_documents_list(struct pl_arena *arena, int dir_fd, const char *name, bool dirs,
                                 struct pl_strs *ret, struct pl_error *err)
{
    int copy = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    if (!dir) {
        enum pl_status st = pl_error_sys(err, errno, "%s", name);
        if (copy >= 0) {
            close(copy);
        }
        return st;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        struct stat info = {0};
        if (entry->d_name[0] == '.' ||
            fstatat(dir_fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0) {
            continue;
        }
        if (dirs ? S_ISDIR(info.st_mode) : S_ISREG(info.st_mode)) {
            *pl_vec_push(arena, ret) = pl_arena_dup(arena, pl_str_from(entry->d_name));
        }
    }
    closedir(dir);
    pl_strs_sort(ret);
    return PL_OK;
}

/* `below` is the path within the directory that the walk began at, with a slash at its end. */
static enum pl_status walk_at(struct pl_documents *documents, int dir_fd, const char *top,
                              pl_str below, bool is_flat, unsigned depth, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_strs files = {0};
    struct pl_strs dirs = {0};
    if (depth > PL_LIMIT_FEED_DIR_DEPTH) {
        return pl_error_set(err, PL_E_LIMIT, "%s nests deeper than %d directories", top,
                            PL_LIMIT_FEED_DIR_DEPTH);
    }
    enum pl_status st = pl_documents_list(&arena, dir_fd, top, false, &files, err);
    if (st == PL_OK && !is_flat) {
        st = pl_documents_list(&arena, dir_fd, top, true, &dirs, err);
    }
    for (size_t i = 0; i < files.count && st == PL_OK; i++) {
        pl_str name =
            pl_arena_format(&arena, PL_STR_FMT "%s", PL_STR_ARG(below), files.items[i].ptr);
        int fd pl_autoclose =
            openat(dir_fd, files.items[i].ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
        st = fd < 0 ? pl_error_sys(err, errno, "%s/%s", top, name.ptr)
                    : walk_fd(documents, fd, name, 0, err);
    }
    for (size_t i = 0; i < dirs.count && st == PL_OK; i++) {
        pl_str name =
            pl_arena_format(&arena, PL_STR_FMT "%s/", PL_STR_ARG(below), dirs.items[i].ptr);
        int fd pl_autoclose =
            openat(dir_fd, dirs.items[i].ptr, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
        st = fd < 0 ? pl_error_sys(err, errno, "%s/%s", top, name.ptr)
                    : walk_at(documents, fd, top, name, false, depth + 1, err);
    }
    return st;
}

enum pl_status pl_documents_walk_dir(struct pl_documents *documents, int dir_fd, const char *name,
                                     bool is_flat, struct pl_error *err)
{
    return walk_at(documents, dir_fd, name, PL_STR_EMPTY, is_flat, 0, err);
}
