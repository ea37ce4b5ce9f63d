/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public export (https://google.github.io/osv.dev/data/) has a directory for each ecosystem,
 * with all.zip, the same records as <ID>.json, and modified_id.csv; ecosystems.txt at the top lists
 * the directories. A record that names two ecosystems lies in both. Names of ecosystems hold blanks
 * and must be escaped in a URL; "[EMPTY]" holds withdrawn records that name none.
 */
#include "feed/export.h"
#include "base/io.h"
#include "base/limits.h"
#include "feed/pool.h"
#include "format/zip.h"
#include "net/http.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

/* ecosystems.txt has some forty short lines. */
enum { ECOSYSTEMS_BYTES = 1 << 20 };

struct exporter {
    const struct pl_export_options *options;
    struct pl_export_result *result;
    struct pl_feed_pool *pool;
    struct pl_arena arena; /* file names of the directories being read */
    uint64_t records;
};

static bool is_wanted(const struct exporter *exporter, pl_str feed)
{
    const struct pl_strs *only = exporter->options->ecosystems;
    return !only || only->count == 0 || pl_strs_contain(only, feed);
}

/* Ends a record, and hands the batch over when it is full: then *batch becomes NULL. */
static enum pl_status end_record(struct exporter *exporter, pl_str feed, pl_str name,
                                 struct pl_feed_batch **batch, struct pl_error *err)
{
    enum { PROGRESS_STEP = 256 };
    if (++exporter->records > PL_LIMIT_EXPORT_RECORDS) {
        return pl_error_set(err, PL_E_LIMIT, "the export has more than %llu records",
                            PL_LIMIT_EXPORT_RECORDS);
    }
    if (pl_feed_batch_end_record(*batch, name)) {
        pl_feed_pool_submit(exporter->pool, PL_TAKE(*batch));
    }
    if (exporter->records % PROGRESS_STEP == 0) {
        pl_progress_tell(exporter->options->progress, feed, exporter->records, 0);
    }
    return PL_OK;
}

static enum pl_status read_zip(struct exporter *exporter, int fd, const char *name, pl_str feed,
                               struct pl_error *err)
{
    struct pl_zip_limits limits = {.entries = PL_LIMIT_ZIP_ENTRIES,
                                   .entry_bytes = PL_LIMIT_ADVISORY_BYTES,
                                   .total_bytes = PL_LIMIT_EXPORT_BYTES};
    struct pl_zip *zip PL_CLEANUP(pl_zip_closep) = NULL;
    struct pl_feed_batch *batch = NULL;
    enum pl_status st = pl_zip_open(fd, name, &limits, &zip, err);
    bool more = true;
    while (st == PL_OK) {
        struct pl_zip_entry entry = {.name = PL_STR_EMPTY};
        st = pl_zip_next(zip, &more, &entry, err);
        if (st < 0 || !more) {
            break;
        }
        if (!entry.is_file || !pl_str_ends_with(entry.name, PL_STR(".json"))) {
            continue;
        }
        if (!batch) {
            st = pl_feed_pool_batch(exporter->pool, feed, &batch, err);
        }
        if (st == PL_OK) {
            st = pl_zip_read(zip, pl_feed_batch_text(batch), err);
        }
        if (st == PL_OK) {
            st = end_record(exporter, feed, entry.name, &batch, err);
        }
    }
    if (st == PL_OK && batch) {
        pl_feed_pool_submit(exporter->pool, batch);
    }
    exporter->result->feeds += st == PL_OK;
    return st;
}

static enum pl_status read_zip_file(struct exporter *exporter, const char *path, pl_str feed,
                                    struct pl_error *err)
{
    int fd pl_autoclose = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info = {0};
    if (fd < 0 || fstat(fd, &info) < 0) {
        return pl_error_sys(err, errno, "%s", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "%s is not a regular file", path);
    }
    return read_zip(exporter, fd, path, feed, err);
}

/* The names in a directory, sorted, hidden ones left out. */
static enum pl_status list_dir(struct exporter *exporter, const char *path, struct pl_strs *ret,
                               struct pl_error *err)
{
    DIR *dir = opendir(path);
    if (!dir) {
        return pl_error_sys(err, errno, "%s", path);
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (entry->d_name[0] != '.') {
            *pl_vec_push(&exporter->arena, ret) =
                pl_arena_dup(&exporter->arena, pl_str_from(entry->d_name));
        }
    }
    closedir(dir);
    pl_strs_sort(ret);
    return PL_OK;
}

static enum pl_status read_json_files(struct exporter *exporter, const char *dir,
                                      const struct pl_strs *names, pl_str feed,
                                      struct pl_error *err)
{
    struct pl_feed_batch *batch = NULL;
    enum pl_status st = PL_OK;
    uint64_t before = exporter->records;
    for (size_t i = 0; i < names->count && st == PL_OK; i++) {
        if (!pl_str_ends_with(names->items[i], PL_STR(".json"))) {
            continue;
        }
        pl_str path = pl_arena_format(&exporter->arena, "%s/%s", dir, names->items[i].ptr);
        if (!batch) {
            st = pl_feed_pool_batch(exporter->pool, feed, &batch, err);
        }
        if (st == PL_OK) {
            st = pl_io_read_file(path.ptr, pl_feed_batch_text(batch), err);
        }
        if (st == PL_OK) {
            st = end_record(exporter, feed, names->items[i], &batch, err);
        }
    }
    if (st == PL_OK && batch) {
        pl_feed_pool_submit(exporter->pool, batch);
    }
    exporter->result->feeds += exporter->records > before;
    return st;
}

/* One feed's directory; *ret_found tells whether it had anything of one. The zip is preferred, as
 * the export has the same records beside it. */
static enum pl_status read_feed_dir(struct exporter *exporter, const char *path, pl_str feed,
                                    const struct pl_strs *names, bool *ret_found,
                                    struct pl_error *err)
{
    if (!is_wanted(exporter, feed)) {
        return PL_OK;
    }
    if (pl_strs_contain(names, PL_STR("all.zip"))) {
        *ret_found = true;
        pl_str zip = pl_arena_format(&exporter->arena, "%s/all.zip", path);
        return read_zip_file(exporter, zip.ptr, feed, err);
    }
    uint64_t before = exporter->records;
    enum pl_status st = read_json_files(exporter, path, names, feed, err);
    *ret_found = *ret_found || exporter->records > before;
    return st;
}

static enum pl_status read_dir(struct exporter *exporter, const char *source, struct pl_error *err)
{
    char path[PATH_MAX];
    if (!realpath(source, path)) {
        return pl_error_sys(err, errno, "%s", source);
    }
    bool found = false;
    struct pl_strs names = {0};
    enum pl_status st = list_dir(exporter, path, &names, err);
    if (st == PL_OK) {
        st = read_feed_dir(exporter, path, pl_str_after_last(pl_str_from(path), '/'), &names,
                           &found, err);
    }
    for (size_t i = 0; i < names.count && st == PL_OK; i++) {
        pl_str below = pl_arena_format(&exporter->arena, "%s/%s", path, names.items[i].ptr);
        struct stat info = {0};
        if (stat(below.ptr, &info) < 0 || !S_ISDIR(info.st_mode)) {
            continue;
        }
        struct pl_strs inner = {0};
        st = list_dir(exporter, below.ptr, &inner, err);
        if (st == PL_OK) {
            st = read_feed_dir(exporter, below.ptr, names.items[i], &inner, &found, err);
        }
    }
    if (st == PL_OK && !found) {
        st = pl_error_set(err, PL_E_NOT_FOUND,
                          "%s holds no export%s: expected <Ecosystem>/all.zip or .json records",
                          source,
                          exporter->options->ecosystems && exporter->options->ecosystems->count
                              ? " of the ecosystems asked for"
                              : "");
    }
    return st;
}

/* The feed that a zip is of: the directory it lies in when it is called all.zip, else its name. */
static pl_str feed_of_zip(pl_str path)
{
    pl_str name = pl_str_after_last(path, '/');
    if (pl_str_eq(name, PL_STR("all.zip")) && path.len > name.len) {
        return pl_str_after_last(pl_str_sub(path, 0, path.len - name.len - 1), '/');
    }
    return pl_str_ends_with(name, PL_STR(".zip")) ? pl_str_sub(name, 0, name.len - 4) : name;
}

static enum pl_status read_zip_url(struct exporter *exporter, const char *url, pl_str feed,
                                   struct pl_error *err)
{
    int fd pl_autoclose = -1;
    enum pl_status st = pl_http_download(url, PL_LIMIT_DOWNLOAD_BYTES, exporter->options->temp_dir,
                                         exporter->options->progress, &fd, err);
    return st < 0 ? st : read_zip(exporter, fd, url, feed, err);
}

/* The ecosystems of an export: those asked for, else what its list names. */
static enum pl_status remote_ecosystems(struct exporter *exporter, pl_str base, struct pl_strs *ret,
                                        struct pl_error *err)
{
    const struct pl_strs *only = exporter->options->ecosystems;
    if (only && only->count > 0) {
        *ret = *only;
        return PL_OK;
    }
    struct pl_buf list pl_autobuf = PL_BUF_INIT(ECOSYSTEMS_BYTES);
    pl_str url = pl_arena_format(&exporter->arena, PL_STR_FMT "/ecosystems.txt", PL_STR_ARG(base));
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
            *pl_vec_push(&exporter->arena, ret) = pl_arena_dup(&exporter->arena, line);
        }
    }
    return PL_OK;
}

static enum pl_status read_url(struct exporter *exporter, pl_str url, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    if (pl_str_ends_with(url, PL_STR(".zip"))) {
        pl_http_append_unescaped(&text, feed_of_zip(url));
        return read_zip_url(exporter, url.ptr, pl_buf_str(&text), err);
    }
    pl_str base = url;
    while (base.len > 0 && base.ptr[base.len - 1] == '/') {
        base.len--;
    }
    struct pl_strs ecosystems = {0};
    enum pl_status st = remote_ecosystems(exporter, base, &ecosystems, err);
    for (size_t i = 0; i < ecosystems.count && st == PL_OK; i++) {
        pl_buf_clear(&text);
        pl_buf_append(&text, base);
        pl_buf_append_char(&text, '/');
        pl_http_append_escaped(&text, ecosystems.items[i]);
        pl_buf_append(&text, PL_STR("/all.zip"));
        st = pl_buf_status(&text, "the URL of an export", err);
        if (st == PL_OK) {
            st = read_zip_url(exporter, text.ptr, ecosystems.items[i], err);
        }
    }
    return st;
}

static enum pl_status read_source(struct exporter *exporter, const char *source,
                                  struct pl_error *err)
{
    if (pl_http_is_url(pl_str_from(source))) {
        return read_url(exporter, pl_str_from(source), err);
    }
    struct stat info = {0};
    if (stat(source, &info) < 0) {
        return pl_error_sys(err, errno, "%s", source);
    }
    if (S_ISDIR(info.st_mode)) {
        return read_dir(exporter, source, err);
    }
    char path[PATH_MAX];
    if (!realpath(source, path)) {
        return pl_error_sys(err, errno, "%s", source);
    }
    return read_zip_file(exporter, path, feed_of_zip(pl_str_from(path)), err);
}

enum pl_status pl_export_read(const char *source, const struct pl_export_options *options,
                              const struct pl_export_sink *sink, struct pl_export_result *result,
                              struct pl_error *err)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned workers = options->workers ? options->workers
                       : processors > 0 ? (unsigned)processors
                                        : 1;
    struct exporter exporter = {.options = options, .result = result};
    exporter.pool = pl_feed_pool_new(workers, sink, result);
    enum pl_status st = read_source(&exporter, source, err);
    if (st == PL_OK) {
        st = pl_feed_pool_finish(exporter.pool, err);
    }
    pl_feed_pool_free(exporter.pool);
    pl_arena_release(&exporter.arena);
    return st;
}
