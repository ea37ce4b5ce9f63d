/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public export of OSV (https://google.github.io/osv.dev/data/) has a directory for each
 * ecosystem, with all.zip, the same records as <ID>.json, and modified_id.csv; ecosystems.txt at
 * the top lists the directories. A record that names two ecosystems lies in both. Names of
 * ecosystems hold blanks and must be escaped in a URL; "[EMPTY]" holds withdrawn records that name
 * none.
 */
#include "feed/places.h"
#include "base/limits.h"
#include "feed/documents.h"
#include "feed/index.h"
#include "feed/urls.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ecosystems.txt has some forty short lines. */
enum { ECOSYSTEMS_BYTES = 1 << 20 };

struct finder {
    struct pl_arena *arena;
    const struct pl_source_options *options;
    const struct pl_feed_selection *selection;
    struct pl_fetcher *fetcher;
    struct pl_places *places;
};

static bool is_wanted(const struct finder *finder, pl_str ecosystem)
{
    return !finder->selection || pl_feed_selection_has(finder->selection, ecosystem);
}

static struct pl_place *add_place(struct finder *finder, int kind, pl_str path, pl_str name)
{
    struct pl_place *place = pl_vec_push(finder->arena, finder->places);
    place->kind = kind;
    place->path = pl_arena_dup(finder->arena, path);
    place->name = pl_arena_dup(finder->arena, name);
    place->fd = -1;
    return place;
}

static struct pl_place *add_remote(struct finder *finder, pl_str url, pl_str name,
                                   const struct pl_remote_index *index)
{
    const struct pl_source_memory *memory = finder->options->memory;
    struct pl_remote_known known = {.is_known = false};
    struct pl_place *place = add_place(finder, PL_PLACE_URL, url, name);
    if (memory) {
        memory->recall(memory->context, place->path, &known);
    }
    known.index = index;
    place->fetch = pl_fetcher_add(finder->fetcher, place->path, &known);
    return place;
}

/* A place for each directory that the index at `url` names documents of, called after it. One that
 * cannot be read is a place itself, which then says why. */
static void add_index(struct finder *finder, pl_str url, pl_str name)
{
    struct pl_http *http PL_CLEANUP(pl_http_freep) = NULL;
    struct pl_feed_index index = {.count = 0};
    struct pl_http_version version = {0};
    struct pl_error problem = PL_ERROR_INIT;
    enum pl_status st = pl_http_new(NULL, &http, &problem);
    if (st == PL_OK) {
        st = pl_remote_index(http, finder->arena, url, &index, &version, &problem);
    }
    if (st < 0) {
        add_remote(finder, url, name, NULL);
        return;
    }
    pl_str base = pl_str_sub(url, 0, pl_str_find_last_char(url, '/') + 1);
    for (size_t i = 0; i < index.count; i++) {
        const struct pl_feed_index_group *group = &index.items[i];
        struct pl_remote_index *of_group = PL_ARENA_NEW(finder->arena, struct pl_remote_index);
        *of_group = (struct pl_remote_index){
            .base = base, .group = group->name, .documents = &group->documents, .version = version};
        pl_str place = pl_arena_format(finder->arena, PL_STR_FMT PL_STR_FMT "%s", PL_STR_ARG(base),
                                       PL_STR_ARG(group->name), group->name.len > 0 ? "/" : "");
        pl_str slice = pl_arena_format(finder->arena, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(name),
                                       name.len > 0 && group->name.len > 0 ? "/" : "",
                                       PL_STR_ARG(group->name));
        add_remote(finder, place, slice, of_group)->is_slice = slice.len > 0;
    }
    if (index.refused > 0) {
        *pl_vec_push(finder->arena, &finder->places->refused) = index.first_refused;
        finder->places->refused_count += index.refused;
    }
}

static pl_str last_segment(pl_str path)
{
    size_t slash = pl_str_find_last_char(path, '/');
    return slash == SIZE_MAX ? path : pl_str_skip(path, slash + 1);
}

/* The repository that an archive of a branch or tag is of, as GitHub and GitLab make them:
 * ".../advisory-database/archive/refs/heads/main.zip", ".../tracker/-/archive/main/x.tar.gz". */
static pl_str repository_of(pl_str path)
{
    static const pl_str marks[] = {PL_STR_INIT("/-/archive/"), PL_STR_INIT("/archive/refs/")};
    for (size_t i = 0; i < PL_ARRAY_LEN(marks); i++) {
        size_t at = pl_str_find(path, marks[i]);
        if (at != SIZE_MAX) {
            return last_segment(pl_str_sub(path, 0, at));
        }
    }
    return PL_STR_EMPTY;
}

/* What an archive's records are called after: the directory it lies in when it is called all.zip,
 * its repository, else its name. */
static pl_str name_of_file(pl_str path)
{
    static const pl_str suffixes[] = {
        PL_STR_INIT(".gz"),   PL_STR_INIT(".zst"), PL_STR_INIT(".xz"),  PL_STR_INIT(".bz2"),
        PL_STR_INIT(".tar"),  PL_STR_INIT(".zip"), PL_STR_INIT(".tgz"), PL_STR_INIT(".json"),
        PL_STR_INIT(".yaml"), PL_STR_INIT(".yml")};
    pl_str repository = repository_of(path);
    pl_str name = last_segment(path);
    if (repository.len > 0) {
        return repository;
    }
    if (pl_str_eq(name, PL_STR("all.zip")) && path.len > name.len) {
        return last_segment(pl_str_sub(path, 0, path.len - name.len - 1));
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(suffixes); i++) {
        if (pl_str_ends_with(name, suffixes[i]) && name.len > suffixes[i].len) {
            name = pl_str_sub(name, 0, name.len - suffixes[i].len);
        }
    }
    return name;
}

static bool has_file(pl_str dir, const char *name)
{
    char path[PATH_MAX];
    struct stat info = {0};
    snprintf(path, sizeof(path), PL_STR_FMT "/%s", PL_STR_ARG(dir), name);
    return lstat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* The directory at `path`: the zip of an export when it has one, else all that is in it. */
static void add_dir(struct finder *finder, pl_str path, int kind)
{
    pl_str name = last_segment(path);
    if (!is_wanted(finder, name)) {
        return;
    }
    if (has_file(path, "all.zip")) {
        pl_str zip = pl_arena_format(finder->arena, PL_STR_FMT "/all.zip", PL_STR_ARG(path));
        add_place(finder, PL_PLACE_FILE, zip, name)->is_export = true;
    } else {
        add_place(finder, kind, path, name);
    }
}

struct weighed {
    uint64_t bytes;
    size_t at;
};

/* How much there is to read at a place of an export; more than anything elsewhere, where it is not
 * known. */
static uint64_t weight_of(const struct pl_place *place)
{
    struct stat info = {0};
    bool is_known = place->is_export && stat(place->path.ptr, &info) == 0;
    return is_known ? (uint64_t)info.st_size : UINT64_MAX;
}

static int heavier(const void *a, const void *b)
{
    const struct weighed *left = a;
    const struct weighed *right = b;
    int order = (left->bytes < right->bytes) - (left->bytes > right->bytes);
    return order != 0 ? order : (left->at > right->at) - (left->at < right->at);
}

/* Those from `first` on: the largest before the others, so that at the end no thread is busy alone
 * for long; equal ones as they are. */
static void put_largest_first(struct pl_arena *arena, struct pl_places *all, size_t first)
{
    size_t count = all->count - first;
    if (count < 2) {
        return;
    }
    struct pl_place *places = all->items + first;
    struct weighed *order = PL_ARENA_ARRAY(arena, struct weighed, count);
    struct pl_place *before = PL_ARENA_ARRAY(arena, struct pl_place, count);
    for (size_t i = 0; i < count; i++) {
        order[i] = (struct weighed){weight_of(&places[i]), i};
        before[i] = places[i];
    }
    qsort(order, count, sizeof(*order), heavier);
    for (size_t i = 0; i < count; i++) {
        places[i] = before[order[i].at];
    }
}

static enum pl_status add_dirs(struct finder *finder, const char *source, pl_str path,
                               struct pl_error *err)
{
    struct pl_strs dirs = {0};
    int fd pl_autoclose = open(source, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    enum pl_status st = fd < 0 ? pl_error_sys(err, errno, "%s", source)
                               : pl_documents_list(finder->arena, fd, source, true, &dirs, err);
    if (st < 0) {
        return st;
    }
    size_t before = finder->places->count;
    add_dir(finder, path, PL_PLACE_FLAT_DIR);
    for (size_t i = 0; i < dirs.count; i++) {
        add_dir(finder,
                pl_arena_format(finder->arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(path),
                                PL_STR_ARG(dirs.items[i])),
                PL_PLACE_DIR);
    }
    put_largest_first(finder->arena, finder->places, before);
    return PL_OK;
}

/* The ecosystems that the list of the export at `base` names, as far as they are wanted. NOT_FOUND
 * when there is no list. */
static enum pl_status remote_ecosystems(struct finder *finder, pl_str base, struct pl_strs *ret,
                                        struct pl_error *err)
{
    struct pl_buf list pl_autobuf = PL_BUF_INIT(ECOSYSTEMS_BYTES);
    pl_str url = pl_arena_format(finder->arena, PL_STR_FMT "/ecosystems.txt", PL_STR_ARG(base));
    struct pl_http *http PL_CLEANUP(pl_http_freep) = NULL;
    struct pl_http_version unused = {0};
    bool is_same = false;
    enum pl_status st = pl_http_new(NULL, &http, err);
    if (st == PL_OK) {
        st = pl_http_get_newer(http, url.ptr, NULL, &list, finder->arena, &is_same, &unused, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, "the list of ecosystems");
    }
    pl_str cursor = pl_buf_str(&list);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&cursor, &line)) {
        line = pl_str_trim(line);
        /* Names with a release are old directories whose records are in the base one. */
        if (line.len > 0 && line.ptr[0] != '[' && pl_str_find_char(line, ':') == SIZE_MAX &&
            is_wanted(finder, line)) {
            *pl_vec_push(finder->arena, ret) = pl_arena_dup(finder->arena, line);
        }
    }
    const struct pl_feed_selection *wanted = finder->selection;
    pl_str lacks =
        wanted && !wanted->may_lack ? pl_feed_selection_lacks(wanted, ret) : PL_STR_EMPTY;
    return lacks.len == 0
               ? PL_OK
               : pl_error_set(err, PL_E_USAGE, PL_STR_FMT " has no ecosystem \"" PL_STR_FMT "\"",
                              PL_STR_ARG(pl_http_url_for_people(finder->arena, url)),
                              PL_STR_ARG(lacks));
}

static enum pl_status add_export(struct finder *finder, pl_str base, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    struct pl_strs ecosystems = {0};
    enum pl_status st = remote_ecosystems(finder, base, &ecosystems, err);
    for (size_t i = 0; i < ecosystems.count && st == PL_OK; i++) {
        pl_buf_clear(&text);
        pl_buf_append(&text, base);
        pl_buf_append_char(&text, '/');
        pl_http_append_escaped(&text, ecosystems.items[i]);
        pl_buf_append(&text, PL_STR("/all.zip"));
        st = pl_buf_status(&text, "the URL of an export", err);
        if (st == PL_OK) {
            add_remote(finder, pl_buf_str(&text), ecosystems.items[i], NULL)->is_export = true;
        }
    }
    return st;
}

/* Is the URL that of a document by what is known of it: a feed's own, or one that ends like a
 * file's? Others may be an export's. */
static bool is_document_url(pl_str url)
{
    size_t count = 0;
    const struct pl_feed *const *feeds = pl_feeds(&count);
    for (size_t i = 0; i < count; i++) {
        if (feeds[i]->url && !pl_str_eq(url, PL_STR(PL_SOURCE_DEFAULT_URL)) &&
            pl_str_eq(url, pl_str_from(feeds[i]->url))) {
            return true;
        }
    }
    size_t host = pl_str_find(url, PL_STR("://"));
    pl_str path = pl_str_skip(url, host == SIZE_MAX ? 0 : host + 3);
    return pl_str_find_char(path, '/') != SIZE_MAX &&
           pl_str_find_char(last_segment(path), '.') != SIZE_MAX;
}

static enum pl_status add_line(struct finder *finder, pl_str line, struct pl_error *err)
{
    struct pl_feed_urls urls = {0};
    enum pl_status st =
        pl_feed_urls_expand(finder->arena, line, pl_feed_urls_this_year(), &urls, err);
    for (size_t i = 0; st == PL_OK && i < urls.count; i++) {
        const struct pl_feed_url *url = &urls.items[i];
        if (pl_feed_index_is_url(url->url)) {
            add_index(finder, url->url, url->name);
        } else {
            add_remote(finder, url->url, url->name, NULL)->is_slice = url->name.len > 0;
        }
    }
    return st;
}

static enum pl_status add_url(struct finder *finder, pl_str url, struct pl_error *err)
{
    struct pl_buf name pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    if (!is_document_url(url)) {
        pl_str base = url;
        struct pl_error problem = PL_ERROR_INIT;
        while (base.len > 0 && base.ptr[base.len - 1] == '/') {
            base.len--;
        }
        enum pl_status st = add_export(finder, base, &problem);
        bool may_be_document = st == PL_E_NOT_FOUND && base.len == url.len;
        if (!may_be_document) {
            if (st < 0 && err) {
                *err = problem;
            }
            return st;
        }
    }
    if (pl_feed_index_is_url(url)) {
        add_index(finder, url, PL_STR_EMPTY);
        return PL_OK;
    }
    pl_http_append_unescaped(&name, name_of_file(url));
    bool is_export = pl_str_eq(last_segment(url), PL_STR("all.zip"));
    add_remote(finder, url, pl_buf_str(&name), NULL)->is_export = is_export;
    return PL_OK;
}

static enum pl_status add_places(struct finder *finder, const char *source, struct pl_error *err)
{
    if (pl_feed_urls_is_line(pl_str_from(source)) && strstr(source, "://")) {
        return add_line(finder, pl_str_from(source), err);
    }
    if (pl_http_is_url(pl_str_from(source))) {
        return add_url(finder, pl_str_from(source), err);
    }
    struct stat info = {0};
    char path[PATH_MAX];
    if (stat(source, &info) < 0 || !realpath(source, path)) {
        return pl_error_sys(err, errno, "%s", source);
    }
    if (S_ISDIR(info.st_mode)) {
        return add_dirs(finder, source, pl_str_from(path), err);
    }
    pl_str name = name_of_file(pl_str_from(path));
    bool is_export = pl_str_eq(last_segment(pl_str_from(path)), PL_STR("all.zip"));
    add_place(finder, PL_PLACE_FILE, pl_str_from(path), name)->is_export = is_export;
    return PL_OK;
}

enum pl_status pl_places_find(struct pl_arena *arena, const char *source,
                              const struct pl_source_options *options,
                              const struct pl_feed_selection *selection, struct pl_fetcher *fetcher,
                              struct pl_places *ret, struct pl_error *err)
{
    struct pl_places places = {0};
    struct finder finder = {.arena = arena,
                            .options = options,
                            .selection = selection,
                            .fetcher = fetcher,
                            .places = &places};
    enum pl_status st = add_places(&finder, source, err);
    if (st == PL_OK) {
        *ret = places;
    }
    return st;
}

static enum pl_status open_remote(struct pl_place *place, const struct pl_source_options *options,
                                  struct pl_fetcher *fetcher, int *ret_fd, struct pl_error *err)
{
    const struct pl_source_memory *memory = options->memory;
    struct pl_remote remote = {.fd = -1};
    enum pl_status st = pl_fetcher_take(fetcher, place->fetch, options->progress, &remote, err);
    if (st < 0) {
        return st;
    }
    place->has_changes = remote.what == PL_REMOTE_CHANGES;
    place->gone = remote.gone;
    *ret_fd = remote.fd;
    if (memory && remote.fd < 0) {
        memory->unchanged(memory->context, place->path, &remote);
    } else if (memory) {
        memory->fetched(memory->context, place->path, &remote);
    }
    return PL_OK;
}

enum pl_status pl_place_open(struct pl_place *place, const struct pl_source_options *options,
                             struct pl_fetcher *fetcher, int *ret_fd, struct pl_error *err)
{
    if (place->kind == PL_PLACE_URL && place->fd < 0) {
        return open_remote(place, options, fetcher, ret_fd, err);
    }
    if (place->kind == PL_PLACE_URL) {
        *ret_fd = pl_fd_take(&place->fd);
        return PL_OK;
    }
    bool is_dir = place->kind != PL_PLACE_FILE;
    struct stat info = {0};
    int fd = open(place->path.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (is_dir ? O_DIRECTORY : 0));
    if (fd < 0 || fstat(fd, &info) < 0) {
        enum pl_status st = pl_error_sys(err, errno, "%s", place->path.ptr);
        if (fd >= 0) {
            close(fd);
        }
        return st;
    }
    *ret_fd = fd;
    return is_dir || S_ISREG(info.st_mode)
               ? PL_OK
               : pl_error_set(err, PL_E_UNSUPPORTED, "%s is not a regular file", place->path.ptr);
}
