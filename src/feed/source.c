/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public export of OSV (https://google.github.io/osv.dev/data/) has a directory for each
 * ecosystem, with all.zip, the same records as <ID>.json, and modified_id.csv; ecosystems.txt at
 * the top lists the directories. A record that names two ecosystems lies in both. Names of
 * ecosystems hold blanks and must be escaped in a URL; "[EMPTY]" holds withdrawn records that name
 * none.
 *
 * A source is a row of places: the zips of an export, the directories below a directory with the
 * files beside them, or one file. A pass over the places reads the documents of one slice and
 * remembers which other feeds have documents where; passes go on until there is nothing left. What
 * has documents of one feed only, as nearly everything does, is passed over once.
 */
#include "feed/source.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include "feed/documents.h"
#include "feed/pool.h"
#include "net/http.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

/* ecosystems.txt has some forty short lines. */
enum { ECOSYSTEMS_BYTES = 1 << 20, COPY_BYTES = 64 << 10 };

/* Where documents lie. */
struct place {
    enum { PLACE_FILE, PLACE_DIR, PLACE_FLAT_DIR, PLACE_URL } kind;
    pl_str path; /* or the URL */
    pl_str name; /* for the slices of OSV's records */
    int fd; /* of a download that has to be read again; else -1 */
    bool is_export; /* the records of OSV's export and nothing else */
    bool is_visited;
    bool waiting[PL_FEEDS_MOST]; /* feeds that have documents here; set by workers */
    bool waiting_large[PL_FEEDS_MOST]; /* the same, set by the reading thread */
};

struct places {
    PL_VEC_FIELDS(struct place);
};

struct reading {
    const struct pl_source_options *options;
    const struct pl_feed_taker *taker;
    struct pl_source_result *result;
    struct pl_feed_pool *pool;
    struct pl_arena arena; /* of the places */
    struct places places;
    struct place *place; /* at hand */
    struct pl_feed_batch *batch; /* being filled, or NULL */
    struct pl_feed_job job; /* without a slice until a document has told which */
    size_t osv;
    uint64_t documents; /* of this source */
};

void pl_source_result_release(struct pl_source_result *result)
{
    pl_arena_release(&result->arena);
    *result = (struct pl_source_result){0};
}

void pl_source_result_sum(const struct pl_source_result *result, struct pl_tally *ret)
{
    *ret = (struct pl_tally){0};
    for (size_t i = 0; i < result->slices.count; i++) {
        pl_tally_add(ret, &result->slices.items[i]->tally);
    }
}

static struct pl_source_slice *slice_named(struct pl_source_result *result, pl_str name,
                                           const struct pl_feed *feed)
{
    for (size_t i = 0; i < result->slices.count; i++) {
        if (pl_str_eq(result->slices.items[i]->name, name)) {
            return result->slices.items[i];
        }
    }
    struct pl_source_slice *slice = PL_ARENA_NEW(&result->arena, struct pl_source_slice);
    slice->name = pl_arena_dup(&result->arena, name);
    slice->feed = feed;
    *pl_vec_push(&result->arena, &result->slices) = slice;
    return slice;
}

static bool is_wanted(const struct reading *reading, pl_str ecosystem)
{
    const struct pl_strs *only = reading->options->ecosystems;
    return !only || only->count == 0 || pl_strs_contain(only, ecosystem);
}

/* The pass is for the slice of this feed at this place. */
static enum pl_status begin_slice(struct reading *reading, size_t feed, struct pl_error *err)
{
    size_t count = 0;
    const struct pl_feed *of = pl_feeds(&count)[feed];
    pl_str name = feed == reading->osv ? pl_arena_format(&reading->arena, "%s/" PL_STR_FMT,
                                                         of->name, PL_STR_ARG(reading->place->name))
                                       : pl_str_from(of->name);
    reading->job.feed = feed;
    reading->job.slice = slice_named(reading->result, name, of);
    return reading->taker->begin_slice
               ? reading->taker->begin_slice(reading->taker->context, reading->job.slice->name, err)
               : PL_OK;
}

static void submit(struct reading *reading)
{
    if (reading->batch) {
        pl_feed_pool_submit(reading->pool, PL_TAKE(reading->batch));
    }
}

static enum pl_status need_batch(struct reading *reading, struct pl_error *err)
{
    return reading->batch ? PL_OK
                          : pl_feed_pool_batch(reading->pool, &reading->job, &reading->batch, err);
}

/* What was appended of the document goes to a file, and the rest of it after that. */
static enum pl_status take_large(struct reading *reading, const struct pl_documents_item *item,
                                 struct pl_error *err)
{
    int fd pl_autoclose = -1;
    struct pl_buf *text = pl_feed_batch_text(reading->batch);
    uint64_t size = pl_feed_batch_open_bytes(reading->batch);
    uint8_t *block pl_autofree = pl_mem_alloc(1, COPY_BYTES);
    enum pl_status st = pl_tempfile_open(reading->options->temp_dir, &fd, err);
    if (st == PL_OK) {
        st = pl_io_write(fd, pl_str_make(text->ptr + text->len - size, size), err);
    }
    pl_feed_batch_drop_open(reading->batch);
    for (size_t got = 1; st == PL_OK && got > 0;) {
        st = item->read(item->context, block, COPY_BYTES, &got, err);
        size += st == PL_OK ? got : 0;
        if (st == PL_OK && size > PL_LIMIT_FEED_DOCUMENT_BYTES) {
            st = pl_error_set(err, PL_E_LIMIT, PL_STR_FMT " is larger than %llu bytes",
                              PL_STR_ARG(item->name), PL_LIMIT_FEED_DOCUMENT_BYTES);
        }
        if (st == PL_OK) {
            st = pl_io_write(fd, pl_str_make((const char *)block, got), err);
        }
    }
    submit(reading);
    if (st == PL_OK) {
        st = need_batch(reading, err);
    }
    if (st == PL_OK) {
        st = pl_feed_batch_map(reading->batch, item->name, fd, size, err);
    }
    if (st == PL_OK) {
        submit(reading);
    }
    return st;
}

/* Appends the document to the batch; *ret_large when it is too large for one. */
static enum pl_status append(struct reading *reading, const struct pl_documents_item *item,
                             bool *ret_large, struct pl_error *err)
{
    enum { STEP_BYTES = 64 << 10 };
    struct pl_buf *text = pl_feed_batch_text(reading->batch);
    bool is_whole = item->is_whole;
    pl_buf_append(text, item->head);
    while (!is_whole && pl_feed_batch_open_bytes(reading->batch) <= PL_LIMIT_FEED_SMALL_BYTES) {
        size_t got = 0;
        char *room = pl_buf_reserve(text, STEP_BYTES);
        if (!room) {
            return pl_buf_status(text, "a batch of documents", err);
        }
        enum pl_status st = item->read(item->context, (uint8_t *)room, STEP_BYTES, &got, err);
        if (st < 0) {
            return st;
        }
        text->len += got;
        is_whole = got == 0;
    }
    *ret_large = !is_whole;
    return PL_OK;
}

/* Whose is the document? Known before it is read whole: it is large, or the first of all. */
static size_t bid_for(struct reading *reading, const struct pl_documents_item *item)
{
    if (reading->place->is_export) {
        return reading->osv;
    }
    struct pl_feed_document head = {.name = item->name, .text = item->head};
    size_t feed = pl_feeds_bid(&head);
    if (feed == SIZE_MAX && !reading->place->is_visited) {
        reading->result->unknown++;
        char name[256];
        snprintf(name, sizeof(name), PL_STR_FMT, PL_STR_ARG(item->name));
        pl_tally_note(&reading->result->unknown_names, pl_feed_pool_sequence(reading->pool), name);
    }
    return feed;
}

static enum pl_status take_document(void *context, const struct pl_documents_item *item,
                                    struct pl_error *err)
{
    enum { PROGRESS_STEP = 256 };
    struct reading *reading = context;
    bool is_large = false;
    enum pl_status st = PL_OK;
    if (reading->place->is_export && !pl_str_ends_with(item->name, PL_STR(".json"))) {
        return PL_OK;
    }
    if (!reading->job.slice) {
        size_t feed = bid_for(reading, item);
        if (feed == SIZE_MAX) {
            return PL_OK;
        }
        st = begin_slice(reading, feed, err);
    }
    if (st == PL_OK) {
        st = need_batch(reading, err);
    }
    if (st == PL_OK) {
        st = append(reading, item, &is_large, err);
    }
    if (st == PL_OK && is_large) {
        size_t feed = bid_for(reading, item);
        if (feed == reading->job.feed) {
            st = take_large(reading, item, err);
        } else {
            pl_feed_batch_drop_open(reading->batch);
            if (feed != SIZE_MAX) {
                reading->place->waiting_large[feed] = true;
            }
        }
    } else if (st == PL_OK && pl_feed_batch_end(reading->batch, item->name)) {
        submit(reading);
    }
    if (++reading->documents % PROGRESS_STEP == 0) {
        pl_progress_tell(reading->options->progress, reading->job.slice->name, reading->documents,
                         0);
    }
    return st;
}

static enum pl_status open_place(struct reading *reading, struct place *place, int *ret_fd,
                                 struct pl_error *err)
{
    if (place->kind == PLACE_URL && place->fd < 0) {
        return pl_http_download(place->path.ptr, PL_LIMIT_DOWNLOAD_BYTES,
                                reading->options->temp_dir, reading->options->progress, ret_fd,
                                err);
    }
    if (place->kind == PLACE_URL) {
        *ret_fd = pl_fd_take(&place->fd);
        return PL_OK;
    }
    bool is_dir = place->kind != PLACE_FILE;
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

static enum pl_status walk_place(struct reading *reading, struct place *place, struct pl_error *err)
{
    int fd pl_autoclose = -1;
    struct pl_documents documents = {.temp_dir = reading->options->temp_dir,
                                     .take = take_document,
                                     .context = reading,
                                     .count = reading->documents};
    reading->place = place;
    reading->job.is_sure = place->is_export;
    reading->job.is_first = !place->is_visited;
    reading->job.others = place->waiting;
    enum pl_status st = open_place(reading, place, &fd, err);
    if (st == PL_OK && (place->kind == PLACE_FILE || place->kind == PLACE_URL)) {
        st = pl_documents_walk_file(&documents, fd, place->path.ptr, err);
    } else if (st == PL_OK) {
        st = pl_documents_walk_dir(&documents, fd, place->path.ptr, place->kind == PLACE_FLAT_DIR,
                                   err);
    }
    submit(reading);
    place->is_visited = true;
    if (st == PL_OK && place->kind == PLACE_URL && !place->is_export) {
        place->fd = pl_fd_take(&fd);
    }
    return st;
}

/* Has the slice at hand, if there is one, anything at this place, as far as is known? */
static bool concerns(const struct reading *reading, const struct place *place)
{
    if (!reading->job.slice) {
        return !place->is_visited;
    }
    bool is_bound = reading->job.feed == reading->osv && place != reading->place;
    if (is_bound || (place->is_export && reading->job.feed != reading->osv)) {
        return false;
    }
    return !place->is_visited || place->waiting[reading->job.feed];
}

/* A feed whose documents wait at some place; SIZE_MAX when there is none. */
static size_t next_waiting(struct reading *reading)
{
    for (size_t i = 0; i < reading->places.count; i++) {
        for (size_t k = 0; k < PL_FEEDS_MOST; k++) {
            if (reading->places.items[i].waiting[k]) {
                reading->place = &reading->places.items[i];
                return k;
            }
        }
    }
    return SIZE_MAX;
}

/* Reads one slice, from all places that have some of it. */
static enum pl_status pass(struct reading *reading, struct pl_error *err)
{
    reading->job.slice = NULL;
    size_t feed = next_waiting(reading);
    enum pl_status st = feed == SIZE_MAX ? PL_OK : begin_slice(reading, feed, err);
    bool is_begun = st == PL_OK && reading->job.slice;
    for (size_t i = 0; i < reading->places.count && st == PL_OK; i++) {
        struct place *place = &reading->places.items[i];
        if (!concerns(reading, place)) {
            continue;
        }
        st = walk_place(reading, place, err);
        is_begun = reading->job.slice != NULL;
        if (is_begun) {
            place->waiting[reading->job.feed] = place->waiting_large[reading->job.feed] = false;
        }
    }
    if (!is_begun) {
        return st;
    }
    if (st == PL_OK) {
        st = pl_feed_pool_drain(reading->pool, err);
    }
    for (size_t i = 0; i < reading->places.count && st == PL_OK; i++) {
        struct place *place = &reading->places.items[i];
        for (size_t k = 0; k < PL_FEEDS_MOST; k++) {
            place->waiting[k] = place->waiting[k] || place->waiting_large[k];
        }
    }
    if (st == PL_OK && reading->taker->end_slice) {
        st = reading->taker->end_slice(reading->taker->context, err);
    }
    return st;
}

static bool is_work_left(struct reading *reading)
{
    for (size_t i = 0; i < reading->places.count; i++) {
        if (!reading->places.items[i].is_visited) {
            return true;
        }
    }
    return next_waiting(reading) != SIZE_MAX;
}

static struct place *add_place(struct reading *reading, int kind, pl_str path, pl_str name)
{
    struct place *place = pl_vec_push(&reading->arena, &reading->places);
    place->kind = kind;
    place->path = pl_arena_dup(&reading->arena, path);
    place->name = pl_arena_dup(&reading->arena, name);
    place->fd = -1;
    return place;
}

static pl_str last_segment(pl_str path)
{
    size_t slash = pl_str_find_last_char(path, '/');
    return slash == SIZE_MAX ? path : pl_str_skip(path, slash + 1);
}

/* What an archive's records are called after: the directory it lies in when it is called all.zip,
 * else its name. */
static pl_str name_of_file(pl_str path)
{
    static const pl_str suffixes[] = {PL_STR_INIT(".gz"),  PL_STR_INIT(".zst"), PL_STR_INIT(".xz"),
                                      PL_STR_INIT(".bz2"), PL_STR_INIT(".tar"), PL_STR_INIT(".zip"),
                                      PL_STR_INIT(".tgz"), PL_STR_INIT(".json")};
    pl_str name = last_segment(path);
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
static void add_dir(struct reading *reading, pl_str path, int kind)
{
    pl_str name = last_segment(path);
    if (!is_wanted(reading, name)) {
        return;
    }
    if (has_file(path, "all.zip")) {
        pl_str zip = pl_arena_format(&reading->arena, PL_STR_FMT "/all.zip", PL_STR_ARG(path));
        add_place(reading, PLACE_FILE, zip, name)->is_export = true;
    } else {
        add_place(reading, kind, path, name);
    }
}

static enum pl_status add_dirs(struct reading *reading, const char *source, pl_str path,
                               struct pl_error *err)
{
    struct pl_strs dirs = {0};
    int fd pl_autoclose = open(source, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    enum pl_status st = fd < 0 ? pl_error_sys(err, errno, "%s", source)
                               : pl_documents_list(&reading->arena, fd, source, true, &dirs, err);
    if (st < 0) {
        return st;
    }
    add_dir(reading, path, PLACE_FLAT_DIR);
    for (size_t i = 0; i < dirs.count; i++) {
        add_dir(reading,
                pl_arena_format(&reading->arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(path),
                                PL_STR_ARG(dirs.items[i])),
                PLACE_DIR);
    }
    return PL_OK;
}

/* The ecosystems of the export at `base`: those asked for, else what its list names. NOT_FOUND when
 * there is no list. */
static enum pl_status remote_ecosystems(struct reading *reading, pl_str base, struct pl_strs *ret,
                                        struct pl_error *err)
{
    const struct pl_strs *only = reading->options->ecosystems;
    if (only && only->count > 0) {
        *ret = *only;
        return PL_OK;
    }
    struct pl_buf list pl_autobuf = PL_BUF_INIT(ECOSYSTEMS_BYTES);
    pl_str url = pl_arena_format(&reading->arena, PL_STR_FMT "/ecosystems.txt", PL_STR_ARG(base));
    enum pl_status st = pl_http_get(url.ptr, &list, err);
    if (st < 0) {
        return pl_error_wrap(err, "the list of ecosystems");
    }
    pl_str cursor = pl_buf_str(&list);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&cursor, &line)) {
        line = pl_str_trim(line);
        /* Names with a release are old directories whose records are in the base one. */
        if (line.len > 0 && line.ptr[0] != '[' && pl_str_find_char(line, ':') == SIZE_MAX) {
            *pl_vec_push(&reading->arena, ret) = pl_arena_dup(&reading->arena, line);
        }
    }
    return PL_OK;
}

static enum pl_status add_export(struct reading *reading, pl_str base, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    struct pl_strs ecosystems = {0};
    enum pl_status st = remote_ecosystems(reading, base, &ecosystems, err);
    for (size_t i = 0; i < ecosystems.count && st == PL_OK; i++) {
        pl_buf_clear(&text);
        pl_buf_append(&text, base);
        pl_buf_append_char(&text, '/');
        pl_http_append_escaped(&text, ecosystems.items[i]);
        pl_buf_append(&text, PL_STR("/all.zip"));
        st = pl_buf_status(&text, "the URL of an export", err);
        if (st == PL_OK) {
            add_place(reading, PLACE_URL, pl_buf_str(&text), ecosystems.items[i])->is_export = true;
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

static enum pl_status add_url(struct reading *reading, pl_str url, struct pl_error *err)
{
    struct pl_buf name pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    if (!is_document_url(url)) {
        pl_str base = url;
        struct pl_error problem = PL_ERROR_INIT;
        while (base.len > 0 && base.ptr[base.len - 1] == '/') {
            base.len--;
        }
        enum pl_status st = add_export(reading, base, &problem);
        bool may_be_document = st == PL_E_NOT_FOUND && base.len == url.len;
        if (!may_be_document) {
            if (st < 0 && err) {
                *err = problem;
            }
            return st;
        }
    }
    pl_http_append_unescaped(&name, name_of_file(url));
    bool is_export = pl_str_eq(last_segment(url), PL_STR("all.zip"));
    add_place(reading, PLACE_URL, url, pl_buf_str(&name))->is_export = is_export;
    return PL_OK;
}

static enum pl_status add_places(struct reading *reading, const char *source, struct pl_error *err)
{
    if (pl_http_is_url(pl_str_from(source))) {
        return add_url(reading, pl_str_from(source), err);
    }
    struct stat info = {0};
    char path[PATH_MAX];
    if (stat(source, &info) < 0 || !realpath(source, path)) {
        return pl_error_sys(err, errno, "%s", source);
    }
    if (S_ISDIR(info.st_mode)) {
        return add_dirs(reading, source, pl_str_from(path), err);
    }
    pl_str name = name_of_file(pl_str_from(path));
    bool is_export = pl_str_eq(last_segment(pl_str_from(path)), PL_STR("all.zip"));
    add_place(reading, PLACE_FILE, pl_str_from(path), name)->is_export = is_export;
    return PL_OK;
}

static enum pl_status read_places(struct reading *reading, const char *source, struct pl_error *err)
{
    uint64_t unknown_before = reading->result->unknown;
    size_t slices_before = reading->result->slices.count;
    struct pl_tally sum;
    pl_source_result_sum(reading->result, &sum);
    uint64_t before = sum.documents;
    enum pl_status st = add_places(reading, source, err);
    while (st == PL_OK && is_work_left(reading)) {
        st = pass(reading, err);
    }
    if (st < 0) {
        return st;
    }
    pl_source_result_sum(reading->result, &sum);
    if (sum.documents > before || reading->result->slices.count > slices_before) {
        return PL_OK;
    }
    bool asked = reading->options->ecosystems && reading->options->ecosystems->count > 0;
    uint64_t unknown = reading->result->unknown - unknown_before;
    if (unknown > 0) {
        return pl_error_set(
            err, PL_E_NOT_FOUND, "%s holds %llu documents, none of them of a known feed: %s",
            source, (unsigned long long)unknown, reading->result->unknown_names.items[0].text);
    }
    return pl_error_set(err, PL_E_NOT_FOUND, "%s holds no documents%s", source,
                        asked ? " of the ecosystems asked for" : "");
}

enum pl_status pl_source_read(const char *source, const struct pl_source_options *options,
                              const struct pl_feed_taker *taker, struct pl_source_result *result,
                              struct pl_error *err)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned workers = options->workers ? options->workers
                       : processors > 0 ? (unsigned)processors
                                        : 1;
    struct reading reading = {
        .options = options, .taker = taker, .result = result, .osv = pl_feeds_find(PL_STR("osv"))};
    reading.pool = pl_feed_pool_new(workers, taker, result, result->documents_seen);
    enum pl_status st = read_places(&reading, source, err);
    result->documents_seen = pl_feed_pool_sequence(reading.pool);
    pl_feed_pool_free(reading.pool);
    for (size_t i = 0; i < reading.places.count; i++) {
        if (reading.places.items[i].fd >= 0) {
            close(reading.places.items[i].fd);
        }
    }
    pl_arena_release(&reading.arena);
    return st;
}
