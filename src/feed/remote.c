/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/remote.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include "feed/changes.h"
#include "feed/listed.h"
#include "format/tar_writer.h"
#include "format/xml.h"

struct fetch {
    struct pl_http *http;
    struct pl_arena *arena;
    pl_str url;
    const struct pl_remote_known *known;
    const char *temp_dir;
    const struct pl_progress *progress;
    struct pl_error *err;
};

/* Cuts a URL behind its last slash. */
static pl_str dir_of(pl_str url, pl_str *ret_name)
{
    size_t slash = pl_str_find_last_char(url, '/');
    *ret_name = pl_str_skip(url, slash + 1);
    return pl_str_sub(url, 0, slash + 1);
}

static const struct pl_http_version *known_version(const struct fetch *fetch)
{
    return fetch->known->is_known ? &fetch->known->version : NULL;
}

/* One that is over: how far it is, is told from nothing on. */
static void tell_transfer(const struct fetch *fetch, uint64_t bytes)
{
    pl_progress_tell(fetch->progress, PL_STR("downloading"), 0, 0);
    pl_progress_tell(fetch->progress, PL_STR("downloading"), bytes, 0);
}

/* ---- changes ---- */

/* One record into the archive. One that is not there any more is gone. */
static enum pl_status fetch_change(struct fetch *fetch, const struct pl_change *change,
                                   struct pl_tar_writer *tar, struct pl_strs *gone)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf body pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES);
    struct pl_http_version unused = {0};
    bool is_same = false;
    if (change->is_gone) {
        *pl_vec_push(fetch->arena, gone) = change->id;
        return PL_OK;
    }
    enum pl_status st = pl_http_get_newer(fetch->http, change->url.ptr, NULL, &body, &arena,
                                          &is_same, &unused, fetch->err);
    if (st == PL_E_NOT_FOUND) {
        *pl_vec_push(fetch->arena, gone) = change->id;
        return PL_OK;
    }
    tell_transfer(fetch, body.len);
    /* What a server answers in place of the record would count as read. */
    if (st == PL_OK && !pl_str_starts_with(pl_str_trim(pl_buf_str(&body)), PL_STR("{"))) {
        st = pl_error_set(fetch->err, PL_E_PARSE, PL_STR_FMT " is no record",
                          PL_STR_ARG(change->url));
    }
    return st < 0
               ? st
               : pl_tar_writer_add(
                     tar, pl_arena_format(&arena, PL_STR_FMT ".json", PL_STR_ARG(change->id)).ptr,
                     pl_buf_str(&body), fetch->err);
}

/* How much of the list is asked for, one after the other as far as the whole has nothing new. */
enum reach {
    OF_LATE, /* from what is known on, unless the whole is old */
    AT_ANY_AGE,
    AFTER_THE_WHOLE, /* what was listed when that was made is taken to be in it */
};

static enum pl_status fetch_changes(struct fetch *fetch, enum pl_changes_kind kind,
                                    enum reach reach, struct pl_remote *ret)
{
    struct pl_changes changes = {0};
    struct pl_tar_writer tar;
    int fd pl_autoclose = -1;
    pl_str name = PL_STR_EMPTY;
    pl_str since = PL_STR_EMPTY;
    const struct pl_remote_known *known = fetch->known;
    if (!known->is_known || known->cursor.len == 0 ||
        !pl_changes_time(fetch->arena, known->version.last_modified, &since)) {
        return pl_error_set(fetch->err, PL_E_NOT_FOUND, "nothing is known to begin with");
    }
    bool is_later = reach == AFTER_THE_WHOLE && pl_str_cmp(since, known->cursor) > 0;
    enum pl_status st =
        pl_changes_read(fetch->http, fetch->arena, kind, dir_of(fetch->url, &name),
                        is_later ? since : known->cursor, reach == OF_LATE ? since : PL_STR_EMPTY,
                        PL_LIMIT_FEED_CHANGES, &changes, fetch->err);
    tell_transfer(fetch, changes.bytes);
    *ret = (struct pl_remote){
        .what = PL_REMOTE_SAME, .fd = -1, .version = known->version, .cursor = changes.cursor};
    if (st < 0 || changes.count == 0) {
        return st;
    }
    st = pl_tempfile_open(fetch->temp_dir, &fd, fetch->err);
    pl_tar_writer_init(&tar, fd);
    for (size_t i = 0; st == PL_OK && i < changes.count; i++) {
        st = fetch_change(fetch, &changes.items[i], &tar, &ret->gone);
    }
    if (st == PL_OK) {
        st = pl_tar_writer_finish(&tar, fetch->err);
    }
    if (st == PL_OK && lseek(fd, 0, SEEK_SET) < 0) {
        st = pl_error_set(fetch->err, PL_E_IO, "the temporary file cannot be read again");
    }
    if (st == PL_OK) {
        ret->what = PL_REMOTE_CHANGES;
        ret->fd = pl_fd_take(&fd);
    }
    return st;
}

/* ---- documents that name others ---- */

/* The text of a small document; *ret_is_same when it is as known. */
static enum pl_status read_index(struct fetch *fetch, pl_str url,
                                 const struct pl_http_version *known, struct pl_buf *into,
                                 bool *ret_is_same, struct pl_http_version *ret_version)
{
    return pl_http_get_newer(fetch->http, url.ptr, known, into, fetch->arena, ret_is_same,
                             ret_version, fetch->err);
}

/* The URL of `path` below `base`. What a server names must not lead elsewhere. */
static enum pl_status resolve(struct fetch *fetch, pl_str base, pl_str path, pl_str *ret)
{
    bool is_below = path.len > 0 && path.ptr[0] != '/' && pl_str_find_char(path, ':') == SIZE_MAX &&
                    pl_str_find(path, PL_STR("..")) == SIZE_MAX;
    for (size_t i = 0; i < path.len; i++) {
        is_below = is_below && (unsigned char)path.ptr[i] > ' ';
    }
    if (!is_below) {
        return pl_error_set(fetch->err, PL_E_PARSE, PL_STR_FMT " names no file below it",
                            PL_STR_ARG(pl_http_url_for_people(fetch->arena, base)));
    }
    *ret = pl_arena_format(fetch->arena, PL_STR_FMT PL_STR_FMT, PL_STR_ARG(base), PL_STR_ARG(path));
    return PL_OK;
}

/* Where repomd.xml says that the updateinfo lies, from the repository's top. */
static pl_str updateinfo_of(const struct pl_xml_node *repomd)
{
    const struct pl_xml_node *data = pl_xml_child(repomd, "data");
    while (data && !pl_str_eq(pl_xml_attribute(data, "type"), PL_STR("updateinfo"))) {
        data = pl_xml_next(data, "data");
    }
    return pl_xml_attribute(pl_xml_child(data, "location"), "href");
}

/* Follows repomd.xml at `url`; *ret is empty when it is as known. */
static enum pl_status follow_repomd(struct fetch *fetch, pl_str url, pl_str *ret,
                                    struct pl_http_version *ret_version)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FEED_INDEX_BYTES);
    const struct pl_xml_node *root = NULL;
    bool is_same = false;
    pl_str name = PL_STR_EMPTY;
    pl_str top = dir_of(url, &name);
    enum pl_status st = read_index(fetch, url, known_version(fetch), &text, &is_same, ret_version);
    if (st < 0 || is_same) {
        return st;
    }
    st = pl_xml_parse(fetch->arena, pl_buf_str(&text), "repomd.xml", &root, fetch->err);
    if (st < 0) {
        return st;
    }
    pl_str href = updateinfo_of(root);
    if (href.len == 0) {
        return pl_error_set(fetch->err, PL_E_NOT_FOUND, PL_STR_FMT " has no advisories",
                            PL_STR_ARG(pl_http_url_for_people(fetch->arena, url)));
    }
    top = pl_str_ends_with(top, PL_STR("/repodata/"))
              ? pl_str_sub(top, 0, top.len - PL_STR("repodata/").len)
              : top;
    return resolve(fetch, top, href, ret);
}

static enum pl_status follow_mirrors(struct fetch *fetch, pl_str *ret,
                                     struct pl_http_version *ret_version)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FEED_INDEX_BYTES);
    struct pl_http_version unused = {0};
    bool is_same = false;
    enum pl_status st = read_index(fetch, fetch->url, NULL, &text, &is_same, &unused);
    if (st < 0) {
        return st;
    }
    pl_str cursor = pl_buf_str(&text);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&cursor, &line)) {
        line = pl_str_trim(line);
        while (line.len > 0 && line.ptr[line.len - 1] == '/') {
            line.len--;
        }
        if (pl_http_is_url(line)) {
            return follow_repomd(
                fetch,
                pl_arena_format(fetch->arena, PL_STR_FMT "/repodata/repomd.xml", PL_STR_ARG(line)),
                ret, ret_version);
        }
    }
    return pl_error_set(fetch->err, PL_E_PARSE, PL_STR_FMT " names no mirror",
                        PL_STR_ARG(pl_http_url_for_people(fetch->arena, fetch->url)));
}

static enum pl_status follow_latest(struct fetch *fetch, pl_str *ret,
                                    struct pl_http_version *ret_version)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FEED_INDEX_BYTES);
    bool is_same = false;
    pl_str name = PL_STR_EMPTY;
    pl_str dir = dir_of(fetch->url, &name);
    enum pl_status st =
        read_index(fetch, fetch->url, known_version(fetch), &text, &is_same, ret_version);
    return st < 0 || is_same ? st : resolve(fetch, dir, pl_str_trim(pl_buf_str(&text)), ret);
}

/* One that could not be read when its documents were looked for, or nothing would ask for it. */
static enum pl_status follow_index(struct fetch *fetch)
{
    struct pl_feed_index index = {.count = 0};
    struct pl_http_version unused = {0};
    enum pl_status st =
        pl_remote_index(fetch->http, fetch->arena, fetch->url, &index, &unused, fetch->err);
    return st < 0 ? st
                  : pl_error_set(fetch->err, PL_E_NET, PL_STR_FMT " could not be read at first",
                                 PL_STR_ARG(pl_http_url_for_people(fetch->arena, fetch->url)));
}

/* ---- all of it ---- */

static enum pl_status fetch_whole(struct fetch *fetch, pl_str name, struct pl_remote *ret)
{
    struct pl_http_version version = {0};
    struct pl_http_version own = {0};
    pl_str target = PL_STR_EMPTY;
    bool is_named = true;
    int fd = -1;
    enum pl_status st = PL_OK;
    if (pl_feed_index_is_url(fetch->url)) {
        return follow_index(fetch);
    }
    if (pl_str_eq(name, PL_STR("archive_latest.txt"))) {
        st = follow_latest(fetch, &target, &version);
    } else if (pl_str_eq(name, PL_STR("mirror.list"))) {
        st = follow_mirrors(fetch, &target, &version);
    } else if (pl_str_eq(name, PL_STR("repomd.xml"))) {
        st = follow_repomd(fetch, fetch->url, &target, &version);
    } else {
        is_named = false;
        target = fetch->url;
    }
    if (st == PL_OK && target.len > 0) {
        st = pl_http_download_newer(fetch->http, target.ptr, is_named ? NULL : known_version(fetch),
                                    PL_LIMIT_DOWNLOAD_BYTES, fetch->temp_dir, fetch->progress,
                                    fetch->arena, &fd, &own, fetch->err);
    }
    if (st < 0) {
        return st;
    }
    *ret = (struct pl_remote){.what = fd < 0 ? PL_REMOTE_SAME : PL_REMOTE_WHOLE,
                              .fd = fd,
                              .version = is_named ? version : own,
                              .cursor = fd < 0 ? fetch->known->cursor : PL_STR_EMPTY};
    return PL_OK;
}

/* What changes are listed in beside the whole of this name, if they are. */
static bool lists_changes(pl_str name, enum pl_changes_kind *ret)
{
    *ret = pl_str_eq(name, PL_STR("all.zip")) ? PL_CHANGES_OSV : PL_CHANGES_CSAF;
    return *ret == PL_CHANGES_OSV || pl_str_eq(name, PL_STR("archive_latest.txt"));
}

enum pl_status pl_remote_index(struct pl_http *http, struct pl_arena *arena, pl_str url,
                               struct pl_feed_index *ret, struct pl_http_version *ret_version,
                               struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FEED_LIST_BYTES);
    bool is_same = false;
    enum pl_status st =
        pl_http_get_newer(http, url.ptr, NULL, &text, arena, &is_same, ret_version, err);
    if (st == PL_OK) {
        st = pl_feed_index_read(arena, pl_arena_dup(arena, pl_buf_str(&text)), ret, err);
    }
    if (st == PL_E_NOT_FOUND) { /* what is listed may be there all the same */
        st = PL_E_NET;
    }
    if (st < 0 && err) {
        err->status = st;
    }
    return st < 0 ? pl_error_wrap(err, "the list of documents " PL_STR_FMT,
                                  PL_STR_ARG(pl_http_url_for_people(arena, url)))
                  : PL_OK;
}

enum pl_status pl_remote_fetch(struct pl_http *http, struct pl_arena *arena, pl_str url,
                               const struct pl_remote_known *known, const char *temp_dir,
                               const struct pl_progress *progress, struct pl_remote *ret,
                               struct pl_error *err)
{
    struct pl_error no_changes = PL_ERROR_INIT;
    struct fetch fetch = {.http = http,
                          .arena = arena,
                          .url = url,
                          .known = known,
                          .temp_dir = temp_dir,
                          .progress = progress,
                          .err = &no_changes};
    pl_str name = PL_STR_EMPTY;
    enum pl_changes_kind kind = PL_CHANGES_OSV;
    if (known->index) {
        return pl_listed_fetch(http, arena, known, temp_dir, progress, ret, err);
    }
    dir_of(url, &name);
    bool has_list = lists_changes(name, &kind);
    /* Whatever is wrong with the changes, the whole says it as well. */
    enum pl_status listed = has_list ? fetch_changes(&fetch, kind, OF_LATE, ret) : PL_OK;
    if (has_list && listed == PL_OK) {
        return PL_OK;
    }
    fetch.err = err;
    enum pl_status st = fetch_whole(&fetch, name, ret);
    /* An archive that is not made anew does not have the changes that are listed. */
    if (st == PL_OK && listed == PL_E_LIMIT && ret->what == PL_REMOTE_SAME) {
        st = fetch_changes(&fetch, kind, AT_ANY_AGE, ret);
        st = st == PL_E_LIMIT ? fetch_changes(&fetch, kind, AFTER_THE_WHOLE, ret) : st;
    }
    if (st == PL_OK && has_list && ret->what == PL_REMOTE_WHOLE) {
        pl_changes_start(arena, ret->version.last_modified, &ret->cursor);
    }
    return st;
}
