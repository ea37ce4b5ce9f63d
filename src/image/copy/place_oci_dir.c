/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory that is new is made beside its place and renamed at the end. In one that holds images
 * already blobs get their names when they are whole, and index.json is replaced last, so that a
 * reader always finds what it names; whoever writes holds a lock on the directory.
 */
#include "base/io.h"
#include "base/limits.h"
#include "image/copy/layout.h"
#include "image/copy/places.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define INCOMPLETE "blobs/.incomplete"

struct directory {
    struct pl_arena *arena;
    const char *path; /* where it shall be */
    const char *beside; /* where it is made, when it is new; else NULL */
    pl_str name;
    int fd;
    json_t *index;
    struct pl_strs added; /* files made by this copy, to be taken away when it fails */
    bool is_finished;
};

static enum pl_status failed(const struct directory *dir, const char *doing, struct pl_error *err)
{
    return pl_error_sys(err, errno, "%s: %s", dir->path, doing);
}

/* What has the name and the length but not the digest is written anew. */
static enum pl_status has_file(const struct directory *dir, const struct pl_digest *digest,
                               uint64_t size_bytes, bool *ret, struct pl_error *err)
{
    enum { STEP = 128 << 10 };
    struct stat info;
    pl_str name = pl_layout_blob_name(dir->arena, digest);
    int fd pl_autoclose = openat(dir->fd, name.ptr, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    *ret = false;
    if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) ||
        (uint64_t)info.st_size != size_bytes) {
        return PL_OK;
    }
    uint8_t *piece pl_autofree = pl_mem_alloc(STEP, 1);
    struct pl_digest_state *state PL_CLEANUP(pl_digest_freep) = pl_digest_new(digest);
    size_t got = 1;
    enum pl_status st = PL_OK;
    while (st == PL_OK && got > 0) {
        st = pl_io_read(fd, piece, STEP, &got, err);
        pl_digest_update(state, (pl_span){piece, got});
    }
    if (st == PL_OK) {
        struct pl_digest is = pl_digest_finish(state);
        *ret = strcmp(is.text, digest->text) == 0;
    }
    return st;
}

static enum pl_status has_blob(void *context, const struct pl_descriptor *descriptor, bool *ret,
                               struct pl_error *err)
{
    return has_file(context, &descriptor->digest, descriptor->size_bytes, ret, err);
}

static enum pl_status begin_file(const struct directory *dir, int *ret_fd, struct pl_error *err)
{
    unlinkat(dir->fd, INCOMPLETE, 0);
    int fd =
        openat(dir->fd, INCOMPLETE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) {
        return failed(dir, "writing a blob", err);
    }
    *ret_fd = fd;
    return PL_OK;
}

static enum pl_status end_file(struct directory *dir, const struct pl_digest *digest,
                               struct pl_error *err)
{
    pl_str name = pl_layout_blob_name(dir->arena, digest);
    pl_str parent = pl_str_sub(name, 0, pl_str_find_last_char(name, '/'));
    const char *folder = pl_arena_dup(dir->arena, parent).ptr;
    if (mkdirat(dir->fd, folder, 0777) < 0 && errno != EEXIST) {
        return failed(dir, folder, err);
    }
    if (renameat(dir->fd, INCOMPLETE, dir->fd, name.ptr) < 0) {
        return failed(dir, name.ptr, err);
    }
    *pl_vec_push(dir->arena, &dir->added) = name;
    return PL_OK;
}

static enum pl_status write_piece(void *context, pl_span piece, struct pl_error *err)
{
    return pl_io_write(*(const int *)context, pl_span_str(piece), err);
}

static enum pl_status put_blob(void *context, const struct pl_copy_blob *blob, bool *ret_is_taken,
                               struct pl_error *err)
{
    struct directory *dir = context;
    int fd pl_autoclose = -1;
    *ret_is_taken = false;
    enum pl_status st = begin_file(dir, &fd, err);
    if (st == PL_OK) {
        st = pl_copy_pour(blob, write_piece, &fd, err);
    }
    return st < 0 ? st : end_file(dir, &blob->descriptor->digest, err);
}

static enum pl_status put_document(void *context, const struct pl_copy_document *document,
                                   bool is_root, pl_str name, struct pl_error *err)
{
    struct directory *dir = context;
    int fd pl_autoclose = -1;
    bool is_there = false;
    enum pl_status st = has_file(dir, &document->digest, document->bytes.len, &is_there, err);
    if (st == PL_OK && !is_there) {
        st = begin_file(dir, &fd, err);
        if (st == PL_OK) {
            st = pl_io_write(fd, document->bytes, err);
        }
        if (st == PL_OK) {
            st = end_file(dir, &document->digest, err);
        }
    }
    if (st == PL_OK && is_root) {
        st = pl_layout_index_add(dir->index, document, name.len > 0 ? name : dir->name, err);
    }
    return st;
}

static enum pl_status replace(const struct directory *dir, const char *name, pl_str content,
                              struct pl_error *err)
{
    char path[PATH_MAX];
    const char *where = dir->beside ? dir->beside : dir->path;
    if (snprintf(path, sizeof(path), "%s/%s", where, name) >= (int)sizeof(path)) {
        return pl_error_set(err, PL_E_USAGE, "%s: the path is too long", where);
    }
    return pl_io_replace_file(path, content, err);
}

static enum pl_status finish(void *context, struct pl_error *err)
{
    struct directory *dir = context;
    char *index pl_autofree = json_dumps(dir->index, JSON_COMPACT);
    enum pl_status st = PL_OK;
    if (dir->beside) {
        st = replace(dir, "oci-layout", PL_STR(PL_LAYOUT_MARK), err);
    }
    if (st == PL_OK) {
        st = replace(dir, "index.json", pl_str_from(index), err);
    }
    if (st == PL_OK && dir->beside && rename(dir->beside, dir->path) < 0) {
        st = failed(dir, "putting it in its place", err);
    }
    dir->is_finished = st == PL_OK;
    return st;
}

/* Takes away what was made: files, then directories, which stay where they hold anything else. */
static void discard(const struct directory *dir)
{
    unlinkat(dir->fd, INCOMPLETE, 0);
    for (size_t i = 0; i < dir->added.count; i++) {
        unlinkat(dir->fd, dir->added.items[i].ptr, 0);
    }
    if (dir->beside) {
        unlinkat(dir->fd, "oci-layout", 0);
        unlinkat(dir->fd, "index.json", 0);
        unlinkat(dir->fd, "blobs/sha256", AT_REMOVEDIR);
        unlinkat(dir->fd, "blobs/sha512", AT_REMOVEDIR);
        unlinkat(dir->fd, "blobs", AT_REMOVEDIR);
        rmdir(dir->beside);
    }
}

static void close_directory(void *context)
{
    struct directory *dir = context;
    if (dir->fd >= 0) {
        if (!dir->is_finished) {
            discard(dir);
        }
        close(dir->fd);
    }
    json_decref(dir->index);
}

static bool is_empty(const char *path)
{
    DIR *stream = opendir(path);
    const struct dirent *entry = NULL;
    bool is_empty = stream != NULL;
    while (stream && (entry = readdir(stream)) != NULL) {
        is_empty =
            is_empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    }
    if (stream) {
        closedir(stream);
    }
    return is_empty;
}

static enum pl_status make_beside(struct directory *dir, struct pl_error *err)
{
    pl_str path = pl_str_from(dir->path);
    while (path.len > 1 && path.ptr[path.len - 1] == '/') {
        path.len--;
    }
    char *template = pl_arena_alloc(dir->arena, path.len + sizeof(".XXXXXX"), 1);
    memcpy(template, path.ptr, path.len);
    memcpy(template + path.len, ".XXXXXX", sizeof(".XXXXXX"));
    if (!mkdtemp(template)) {
        return failed(dir, "making a directory beside it", err);
    }
    dir->beside = template;
    /* mkdtemp keeps others out, a directory made by mkdir does not. */
    mode_t mask = umask(0);
    umask(mask);
    if (chmod(template, 0777 & ~mask) < 0) {
        return failed(dir, "making a directory beside it", err);
    }
    return PL_OK;
}

/* What index.json says, or an empty one of a directory that is new. */
static enum pl_status read_index(struct directory *dir, struct pl_error *err)
{
    if (dir->beside) {
        return pl_json_parse(PL_STR(PL_LAYOUT_EMPTY_INDEX), "index.json", &dir->index, err);
    }
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_MANIFEST_BYTES);
    const char *path = pl_arena_format(dir->arena, "%s/index.json", dir->path).ptr;
    enum pl_status st = pl_io_read_file(path, &text, err);
    return st < 0 ? st : pl_json_parse(pl_buf_str(&text), path, &dir->index, err);
}

static enum pl_status prepare(struct directory *dir, struct pl_error *err)
{
    struct stat info;
    bool exists = stat(dir->path, &info) == 0;
    bool is_new = !exists || (S_ISDIR(info.st_mode) && is_empty(dir->path));
    const char *mark = pl_arena_format(dir->arena, "%s/oci-layout", dir->path).ptr;
    if (!is_new && access(mark, R_OK) != 0) {
        return pl_error_set(err, PL_E_CONFLICT,
                            "%s is there already and no OCI image layout; it was left as it is",
                            dir->path);
    }
    enum pl_status st = is_new ? make_beside(dir, err) : PL_OK;
    if (st < 0) {
        return st;
    }
    dir->fd = open(dir->beside ? dir->beside : dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir->fd < 0 || flock(dir->fd, LOCK_EX) < 0) {
        return failed(dir, "opening it", err);
    }
    if (mkdirat(dir->fd, "blobs", 0777) < 0 && errno != EEXIST) {
        return failed(dir, "blobs", err);
    }
    return read_index(dir, err);
}

static enum pl_status open_writer(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_writer *ret, struct pl_error *err)
{
    (void)settings;
    struct directory *dir = PL_ARENA_NEW(arena, struct directory);
    dir->arena = arena;
    dir->fd = -1;
    pl_copy_split_path(arena, rest, &dir->path, &dir->name);
    if (dir->path[0] == '\0') {
        return pl_error_set(err, PL_E_USAGE, "oci-dir: wants a directory");
    }
    *ret = (struct pl_copy_writer){.has_blob = has_blob,
                                   .put_blob = put_blob,
                                   .put_document = put_document,
                                   .finish = finish,
                                   .close = close_directory,
                                   .context = dir};
    enum pl_status st = prepare(dir, err);
    if (st < 0) {
        pl_copy_writer_close(ret);
    }
    return st;
}

const struct pl_copy_place pl_copy_place_oci_dir = {
    .scheme = "oci-dir",
    .open_reader = pl_layout_read_dir,
    .open_writer = open_writer,
};
