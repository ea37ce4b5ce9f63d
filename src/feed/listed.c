/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/listed.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include "feed/changes.h"
#include "feed/index.h"
#include "format/tar_writer.h"

enum { HTTP_OK = 200 };

struct fetch {
    struct pl_http *http;
    struct pl_arena *arena;
    const struct pl_remote_known *known;
    const struct pl_remote_index *index;
    const struct pl_progress *progress;
    struct pl_tar_writer tar; /* of what was fetched */
    size_t taken;
    size_t missing;
    struct pl_strs present; /* of the group's documents, those that are there */
    struct pl_strs gone; /* ids of those that are there no more */
    struct pl_error *err;
};

static const char *url_of(const struct fetch *fetch, struct pl_arena *arena, pl_str document)
{
    return pl_arena_format(arena, PL_STR_FMT PL_STR_FMT, PL_STR_ARG(fetch->index->base),
                           PL_STR_ARG(document))
        .ptr;
}

static void note_gone(struct fetch *fetch, pl_str document)
{
    *pl_vec_push(fetch->arena, &fetch->gone) = pl_changes_id_of_path(fetch->arena, document);
}

/* Takes a document in, if it is there; *ret_is_there, which may be NULL, is that. */
static enum pl_status add_document(struct fetch *fetch, pl_str document, bool *ret_is_there)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf body pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES);
    struct pl_http_version unused = {0};
    bool is_same = false;
    const char *url = url_of(fetch, &arena, document);
    enum pl_status st =
        pl_http_get_newer(fetch->http, url, NULL, &body, &arena, &is_same, &unused, fetch->err);
    if (ret_is_there) {
        *ret_is_there = st != PL_E_NOT_FOUND;
    }
    if (st == PL_E_NOT_FOUND) {
        fetch->missing++;
        return PL_OK;
    }
    *pl_vec_push(fetch->arena, &fetch->present) = document;
    pl_progress_tell(fetch->progress, PL_STR("downloading"), 0, 0);
    pl_progress_tell(fetch->progress, PL_STR("downloading"), body.len, 0);
    pl_str text = pl_str_trim(pl_buf_str(&body));
    if (st < 0 || text.len == 0) {
        return st;
    }
    /* A page that says "sign in" is no document. */
    if (text.ptr[0] != '{') {
        return pl_error_set(fetch->err, PL_E_PARSE, "%s is no document of JSON",
                            pl_http_url_for_people(&arena, pl_str_from(url)).ptr);
    }
    fetch->taken++;
    st = pl_tar_writer_add(&fetch->tar, pl_arena_dup(&arena, document).ptr, pl_buf_str(&body),
                           fetch->err);
    return st == PL_OK && fetch->tar.end > PL_LIMIT_DOWNLOAD_BYTES
               ? pl_error_set(fetch->err, PL_E_LIMIT, "the documents of %s are too large together",
                              pl_http_url_for_people(&arena, fetch->index->base).ptr)
               : st;
}

static enum pl_status add_documents(struct fetch *fetch, const struct pl_strs *documents)
{
    enum pl_status st = PL_OK;
    for (size_t i = 0; st == PL_OK && i < documents->count; i++) {
        st = add_document(fetch, documents->items[i], NULL);
    }
    return st;
}

/* Fetches a document that its server dates at or after `since`, or not at all. */
static enum pl_status add_if_later(struct fetch *fetch, pl_str document, pl_str since)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_http_response answer = {0};
    pl_str time = PL_STR_EMPTY;
    const struct pl_http_request request = {.method = "HEAD",
                                            .url = url_of(fetch, &arena, document),
                                            .max_bytes = PL_LIMIT_ADVISORY_BYTES};
    enum pl_status st = pl_http_send(fetch->http, &arena, &request, &answer, fetch->err);
    if (st < 0) {
        return st;
    }
    if (answer.status != HTTP_OK && pl_http_status_class(answer.status) == PL_E_NOT_FOUND) {
        note_gone(fetch, document);
        return PL_OK;
    }
    bool is_old = answer.status == HTTP_OK &&
                  pl_changes_time(&arena, pl_http_header_value(&answer, "last-modified"), &time) &&
                  pl_str_cmp(time, since) < 0;
    if (is_old) {
        *pl_vec_push(fetch->arena, &fetch->present) = document;
        return PL_OK;
    }
    bool is_there = true;
    st = add_document(fetch, document, &is_there);
    if (!is_there) {
        note_gone(fetch, document);
    }
    return st;
}

/* ---- by what changes.csv tells ---- */

static bool is_of_group(const struct fetch *fetch, pl_str document)
{
    pl_str rest = PL_STR_EMPTY;
    pl_str group = PL_STR_EMPTY;
    bool has_group = pl_str_cut(document, '/', &group, &rest);
    return pl_str_eq(has_group ? group : PL_STR_EMPTY, fetch->index->group);
}

/* CONFLICT when there are too many, or the list is gone. */
static enum pl_status fetch_changes(struct fetch *fetch, pl_str *ret_cursor)
{
    struct pl_changes changes = {.count = 0};
    enum pl_status st = pl_changes_read(fetch->http, fetch->arena, PL_CHANGES_CSAF,
                                        fetch->index->base, fetch->known->cursor, PL_STR_EMPTY,
                                        PL_LIMIT_FEED_CHANGES, &changes, fetch->err);
    if (st == PL_E_LIMIT || st == PL_E_NOT_FOUND) {
        return PL_E_CONFLICT;
    }
    for (size_t i = 0; st == PL_OK && i < changes.count; i++) {
        const struct pl_change *change = &changes.items[i];
        pl_str document = pl_str_skip(change->url, fetch->index->base.len);
        if (!is_of_group(fetch, document)) {
            continue;
        }
        bool is_there = !change->is_gone;
        st = is_there ? add_document(fetch, document, &is_there) : PL_OK;
        if (!is_there) {
            note_gone(fetch, document);
        }
    }
    *ret_cursor = changes.cursor;
    return st;
}

/* Is there such a list? Then it is followed from the time of the index on. */
static bool has_changes(struct fetch *fetch, pl_str *ret_cursor)
{
    struct pl_changes changes = {.count = 0};
    struct pl_error unused = PL_ERROR_INIT;
    if (!pl_changes_start(fetch->arena, fetch->index->version.last_modified, ret_cursor)) {
        return false;
    }
    enum pl_status st =
        pl_changes_read(fetch->http, fetch->arena, PL_CHANGES_CSAF, fetch->index->base, *ret_cursor,
                        PL_STR_EMPTY, PL_LIMIT_FEED_CHANGES, &changes, &unused);
    return st == PL_OK || st == PL_E_LIMIT;
}

/* ---- by the index alone ---- */

/* Documents that are new in the index, and when it is time, those that changed. CONFLICT when
 * there are some less than before, since nobody can tell whose, or nothing but some less. */
static enum pl_status fetch_new(struct fetch *fetch, const struct pl_feed_index_known *known,
                                pl_str *ret_cursor)
{
    const struct pl_strs *documents = fetch->index->documents;
    struct pl_strs old = {0};
    struct pl_strs fresh = {0};
    pl_str now = PL_STR_EMPTY;
    for (size_t i = 0; i < documents->count; i++) {
        bool is_known = pl_feed_index_is_known(known, documents->items[i]);
        *pl_vec_push(fetch->arena, is_known ? &old : &fresh) = documents->items[i];
    }
    if (old.count < pl_feed_index_known_count(known) || known->time.len == 0 ||
        !pl_changes_time(fetch->arena, fetch->index->version.last_modified, &now)) {
        return PL_E_CONFLICT;
    }
    bool is_due = pl_changes_is_long_after(now, known->time);
    enum pl_status st = add_documents(fetch, &fresh);
    for (size_t i = 0; st == PL_OK && i < old.count; i++) {
        if (is_due) {
            st = add_if_later(fetch, old.items[i], known->time);
        } else {
            *pl_vec_push(fetch->arena, &fetch->present) = old.items[i];
        }
    }
    if (st == PL_OK && fetch->gone.count > 0 && fetch->taken == 0) {
        st = PL_E_CONFLICT;
    }
    *ret_cursor = pl_feed_index_note(fetch->arena, is_due ? now : known->time, &fetch->present);
    return st;
}

/* ---- all of it ---- */

static bool is_same_version(const struct pl_http_version *a, const struct pl_http_version *b)
{
    return a->etag.len > 0
               ? pl_str_eq(a->etag, b->etag)
               : a->last_modified.len > 0 && pl_str_eq(a->last_modified, b->last_modified);
}

static enum pl_status begin(struct fetch *fetch, const char *temp_dir, int *io_fd)
{
    if (*io_fd >= 0) {
        close(*io_fd);
        *io_fd = -1;
    }
    fetch->taken = fetch->missing = fetch->gone.count = fetch->present.count = 0;
    enum pl_status st = pl_tempfile_open(temp_dir, io_fd, fetch->err);
    pl_tar_writer_init(&fetch->tar, *io_fd);
    return st;
}

static enum pl_status fetch_whole(struct fetch *fetch, pl_str *ret_cursor)
{
    const struct pl_strs *documents = fetch->index->documents;
    bool is_listed = has_changes(fetch, ret_cursor);
    enum pl_status st = add_documents(fetch, documents);
    if (st == PL_OK && fetch->taken < fetch->missing + (fetch->missing == 0)) {
        pl_str base = pl_http_url_for_people(fetch->arena, fetch->index->base);
        return pl_error_set(
            fetch->err, fetch->taken == 0 ? PL_E_NOT_FOUND : PL_E_NET,
            PL_STR_FMT PL_STR_FMT ": of %zu documents that are listed %zu are there",
            PL_STR_ARG(base), PL_STR_ARG(fetch->index->group), documents->count, fetch->taken);
    }
    pl_str time = PL_STR_EMPTY;
    if (!is_listed) {
        pl_changes_time(fetch->arena, fetch->index->version.last_modified, &time);
        *ret_cursor = pl_feed_index_note(fetch->arena, time, &fetch->present);
    }
    return st;
}

/* What changed since it was read; CONFLICT when only the whole has that. */
static enum pl_status fetch_later(struct fetch *fetch, pl_str *ret_cursor)
{
    struct pl_feed_index_known known;
    if (!fetch->known->is_known || fetch->known->cursor.len == 0) {
        return PL_E_CONFLICT;
    }
    if (!pl_feed_index_recall(fetch->known->cursor, &known)) {
        return fetch_changes(fetch, ret_cursor);
    }
    if (is_same_version(&fetch->known->version, &fetch->index->version)) {
        *ret_cursor = fetch->known->cursor;
        return PL_OK;
    }
    return fetch_new(fetch, &known, ret_cursor);
}

enum pl_status pl_listed_fetch(struct pl_http *http, struct pl_arena *arena,
                               const struct pl_remote_known *known, const char *temp_dir,
                               const struct pl_progress *progress, struct pl_remote *ret,
                               struct pl_error *err)
{
    struct fetch fetch = {.http = http,
                          .arena = arena,
                          .known = known,
                          .index = known->index,
                          .progress = progress,
                          .err = err};
    int fd pl_autoclose = -1;
    pl_str cursor = PL_STR_EMPTY;
    enum pl_status st = begin(&fetch, temp_dir, &fd);
    st = st == PL_OK ? fetch_later(&fetch, &cursor) : st;
    bool is_whole = st == PL_E_CONFLICT;
    if (is_whole) {
        st = begin(&fetch, temp_dir, &fd);
        st = st == PL_OK ? fetch_whole(&fetch, &cursor) : st;
    }
    if (st == PL_OK) {
        st = pl_tar_writer_finish(&fetch.tar, err);
    }
    if (st == PL_OK && lseek(fd, 0, SEEK_SET) < 0) {
        st = pl_error_set(err, PL_E_IO, "the temporary file cannot be read again");
    }
    if (st < 0) {
        return st;
    }
    bool is_same = !is_whole && fetch.taken + fetch.gone.count == 0;
    *ret = (struct pl_remote){.what = is_whole  ? PL_REMOTE_WHOLE
                                      : is_same ? PL_REMOTE_SAME
                                                : PL_REMOTE_CHANGES,
                              .fd = is_same ? -1 : pl_fd_take(&fd),
                              .version = fetch.index->version,
                              .cursor = cursor};
    if (!is_whole) {
        ret->gone = fetch.gone;
    }
    return PL_OK;
}
