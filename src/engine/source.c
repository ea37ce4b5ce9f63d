/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/source.h"
#include "base/io.h"
#include "engine/archive_stream.h"
#include "engine/content.h"
#include "engine/reach.h"
#include "format/decompress.h"
#include "sbom/read.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

static bool path_exists(pl_str path, struct stat *info)
{
    char name[PATH_MAX];
    if (path.len == 0 || path.len >= sizeof(name)) {
        return false;
    }
    memcpy(name, path.ptr, path.len);
    name[path.len] = '\0';
    return stat(name, info) == 0;
}

/* PATH[:SELECTOR]: the shortest part before a colon that exists is the path, unless all of it does.
 * Both may hold colons themselves. */
static bool split_selector(pl_str text, pl_str *ret_path, pl_str *ret_selector, struct stat *info)
{
    *ret_path = text;
    *ret_selector = PL_STR_EMPTY;
    if (path_exists(text, info)) {
        return true;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ':' && path_exists(pl_str_sub(text, 0, i), info)) {
            *ret_path = pl_str_sub(text, 0, i);
            *ret_selector = pl_str_skip(text, i + 1);
            return true;
        }
    }
    return false;
}

static enum pl_status open_root(struct pl_source *source, const char *path, struct pl_error *err)
{
    source->scheme = PL_STR("dir");
    source->root_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (source->root_fd < 0) {
        return pl_error_sys(err, errno, "%s", path);
    }
    return PL_OK;
}

static enum pl_status open_sbom(struct pl_source *source, const char *path, struct pl_error *err)
{
    struct stat info = {0};
    source->scheme = PL_STR("sbom");
    source->sbom_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (source->sbom_fd < 0 || fstat(source->sbom_fd, &info) < 0) {
        return pl_error_sys(err, errno, "%s", path);
    }
    return S_ISREG(info.st_mode)
               ? PL_OK
               : pl_error_set(err, PL_E_UNSUPPORTED, "%s is no regular file", path);
}

static enum pl_status open_archive(struct pl_arena *arena, const char *path,
                                   const struct pl_layers_options *options,
                                   struct pl_source *source, struct pl_error *err)
{
    int fd pl_autoclose = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return pl_error_sys(err, errno, "%s", path);
    }
    struct stat info = {0};
    uint8_t head[512] = {0};
    size_t got = 0;
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "%s is neither a directory nor a regular file",
                            path);
    }
    enum pl_status st = pl_io_pread(fd, head, sizeof(head), 0, &got, err);
    if (st == PL_OK && pl_sbom_looks_like_one((pl_span){head, got})) {
        source->scheme = PL_STR("sbom");
        source->sbom_fd = pl_fd_take(&fd);
        return PL_OK;
    }
    if (st == PL_OK && pl_compression_detect((pl_span){head, got}) == PL_COMPRESSION_NONE) {
        st = pl_store_open_archive(arena, pl_fd_take(&fd), &source->store, err);
    } else if (st == PL_OK) {
        int spill_fd pl_autoclose = pl_content_spill_file();
        struct pl_archive_stream stream = {.fd = fd,
                                           .size_bytes = (uint64_t)info.st_size,
                                           .spill_fd = spill_fd,
                                           .hash_beside = options->jobs > 1,
                                           .limits = options->limits,
                                           .matcher = options->matcher,
                                           .progress = options->progress};
        st = pl_archive_stream_read(arena, &stream, &source->store, err);
    }
    return st < 0 ? pl_error_wrap(err, "%s", path) : PL_OK;
}

/* The image source whose marker the store holds. */
static const struct pl_image_source *recognise(struct pl_store *store, bool is_directory)
{
    size_t count = 0;
    const struct pl_image_source *const *sources = pl_image_sources(&count);
    for (size_t i = 0; i < count; i++) {
        if (sources[i]->open && sources[i]->is_directory == is_directory &&
            pl_store_has(store, pl_str_from(sources[i]->marker))) {
            return sources[i];
        }
    }
    return NULL;
}

static enum pl_status open_image(struct pl_arena *arena, const struct pl_image_source *kind,
                                 const char *path, pl_str selector,
                                 const struct pl_platform *platform, struct pl_source *source,
                                 struct pl_error *err)
{
    source->scheme = pl_str_from(kind->name);
    enum pl_status st = kind->open(arena, &source->store, selector, platform, &source->image, err);
    return st < 0 ? pl_error_wrap(err, "%s", path) : PL_OK;
}

static enum pl_status open_path(struct pl_arena *arena, const struct pl_image_source *kind,
                                const char *path, const struct stat *info, pl_str selector,
                                const struct pl_source_options *options, struct pl_source *source,
                                struct pl_error *err)
{
    bool is_directory = S_ISDIR(info->st_mode);
    if (kind && kind->is_directory != is_directory) {
        return pl_error_set(err, PL_E_USAGE, "%s is %s; %s: wants %s", path,
                            is_directory ? "a directory" : "a file", kind->name,
                            kind->is_directory ? "a directory" : "a file");
    }
    enum pl_status st = is_directory ? pl_store_open_dir(arena, path, &source->store, err)
                                     : open_archive(arena, path, options->layers, source, err);
    if (st < 0) {
        return st;
    }
    if (source->sbom_fd >= 0) {
        return kind ? pl_error_set(err, PL_E_PARSE, "%s is no archive but text; was sbom: meant?",
                                   path)
                    : PL_OK;
    }
    if (!kind) {
        kind = recognise(&source->store, is_directory);
    }
    if (!kind && is_directory) {
        return open_root(source, path, err);
    }
    if (!kind) {
        return pl_error_set(
            err, PL_E_PARSE,
            "%s is an archive, but of no image: it has neither manifest.json (docker "
            "save) nor oci-layout; unpack a root file system and scan it with dir:DIR",
            path);
    }
    return open_image(arena, kind, path, selector, options->platform, source, err);
}

/* A name that says that a file was meant is not looked for in registries. */
bool pl_source_looks_like_path(pl_str spelling)
{
    static const char *const endings[] = {".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz"};
    for (size_t i = 0; i < PL_ARRAY_LEN(endings); i++) {
        if (pl_str_ends_with(spelling, pl_str_from(endings[i]))) {
            return true;
        }
    }
    return spelling.len == 0 || spelling.ptr[0] == '/' || spelling.ptr[0] == '.' ||
           spelling.ptr[0] == '~' || pl_str_contains(spelling, PL_STR(".tar:"));
}

enum pl_status pl_source_open(struct pl_arena *arena, pl_str spelling,
                              const struct pl_source_options *options, struct pl_source *ret,
                              struct pl_error *err)
{
    *ret = PL_SOURCE_INIT;
    ret->name = pl_arena_dup(arena, spelling);
    ret->store.arena = arena;
    pl_str scheme = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    bool has_scheme = pl_str_cut(spelling, ':', &scheme, &rest);
    bool is_dir = has_scheme && pl_str_eq(scheme, PL_STR("dir"));
    bool is_sbom = has_scheme && pl_str_eq(scheme, PL_STR("sbom"));
    const struct pl_image_source *kind = has_scheme ? pl_image_source_find(scheme) : NULL;
    if (kind && kind->reach) {
        return pl_source_reach(arena, kind, rest, options, ret, err);
    }
    struct stat info = {0};
    pl_str path = is_dir || is_sbom || kind ? rest : spelling;
    pl_str selector = PL_STR_EMPTY;
    bool exists = is_dir || is_sbom ? path_exists(path, &info)
                                    : split_selector(path, &path, &selector, &info);
    if (!exists && !is_dir && !is_sbom && !kind && !pl_source_looks_like_path(spelling)) {
        return pl_source_reach_any(arena, spelling, options, ret, err);
    }
    if (!exists) {
        return pl_error_set(err, PL_E_NOT_FOUND, PL_STR_FMT ": no such file or directory",
                            PL_STR_ARG(path));
    }
    const char *name = NULL;
    enum pl_status st = pl_arena_cstr(arena, path, &name, err);
    if (st < 0) {
        return st;
    }
    if (is_sbom) {
        return open_sbom(ret, name, err);
    }
    return is_dir ? open_root(ret, name, err)
                  : open_path(arena, kind, name, &info, selector, options, ret, err);
}

void pl_source_close(struct pl_source *source)
{
    pl_store_close(&source->store);
    if (source->reached.close) {
        source->reached.close(source->reached.context);
        source->reached.close = NULL;
    }
    int *const fds[] = {&source->root_fd, &source->sbom_fd};
    for (size_t i = 0; i < PL_ARRAY_LEN(fds); i++) {
        if (*fds[i] >= 0) {
            close(*fds[i]);
            *fds[i] = -1;
        }
    }
}
