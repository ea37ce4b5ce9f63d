/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modified_id.csv (https://google.github.io/osv.dev/data/):
 *     2026-08-16T09:12:44.123456Z,GHSA-aaaa-bbbb-cccc
 * changes.csv and deletions.csv (CSAF 2.0, requirement 13 of section 7.1):
 *     "2024/cve-2024-1234.json","2024-08-04T10:17:22+00:00"
 *
 * Times are compared as text to the second; publishers write them in UTC.
 */
#include "feed/changes.h"
#include "base/limits.h"
#include "feed/csv.h"
#include <stdio.h>
#include <time.h>

enum {
    SECONDS_LEN = 19, /* "2024-01-02T03:04:05" */
    FIRST_STEP_BYTES = 32 << 10,
    MOST_STEP_BYTES = 4 << 20,
    HTTP_OK = 200,
    HTTP_PARTIAL = 206,
    HTTP_NOT_SATISFIABLE = 416,
};

static pl_str to_seconds(pl_str time)
{
    return pl_str_sub(time, 0, SECONDS_LEN);
}

static pl_str format_time(struct pl_arena *arena, time_t at)
{
    struct tm parts = {0};
    char text[32];
    gmtime_r(&at, &parts);
    size_t len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return pl_arena_dup(arena, pl_str_make(text, len));
}

static bool time_less(struct pl_arena *arena, pl_str last_modified, time_t seconds, pl_str *ret)
{
    struct tm parts = {0};
    char text[64];
    snprintf(text, sizeof(text), PL_STR_FMT, PL_STR_ARG(last_modified));
    if (!strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &parts)) {
        return false;
    }
    *ret = format_time(arena, timegm(&parts) - seconds);
    return true;
}

bool pl_changes_time(struct pl_arena *arena, pl_str last_modified, pl_str *ret)
{
    return time_less(arena, last_modified, 0, ret);
}

bool pl_changes_start(struct pl_arena *arena, pl_str last_modified, pl_str *ret)
{
    enum { HOUR = 3600 };
    return time_less(arena, last_modified, HOUR, ret);
}

bool pl_changes_is_long_after(pl_str time, pl_str since)
{
    enum { DAY = 86400 };
    struct tm late = {0};
    struct tm early = {0};
    char text[2][SECONDS_LEN + 1];
    snprintf(text[0], sizeof(text[0]), PL_STR_FMT, PL_STR_ARG(to_seconds(time)));
    snprintf(text[1], sizeof(text[1]), PL_STR_FMT, PL_STR_ARG(to_seconds(since)));
    return since.len > 0 && (!strptime(text[0], "%Y-%m-%dT%H:%M:%S", &late) ||
                             !strptime(text[1], "%Y-%m-%dT%H:%M:%S", &early) ||
                             timegm(&late) - timegm(&early) > PL_CHANGES_DAYS * DAY);
}

struct list {
    struct pl_http *http;
    struct pl_arena *arena;
    enum pl_changes_kind kind;
    pl_str base;
    pl_str cursor;
    pl_str since;
    size_t most;
    bool are_gone;
    uint64_t rows; /* with a time, so far */
    struct pl_changes *changes;
    struct pl_error *err;
};

/* "2024/cve-2024-1234.json" is about "CVE-2024-1234", "2024/rhsa-2024_0123.json" is RHSA-2024:0123:
 * names of files have '_' for what they may not hold (CSAF 2.0, section 5.1). */
pl_str pl_changes_id_of_path(struct pl_arena *arena, pl_str path)
{
    size_t slash = pl_str_find_last_char(path, '/');
    pl_str name = slash == SIZE_MAX ? path : pl_str_skip(path, slash + 1);
    if (pl_str_ends_with(name, PL_STR(".json"))) {
        name = pl_str_sub(name, 0, name.len - 5);
    }
    char *upper = pl_arena_alloc(arena, name.len, 1);
    for (size_t i = 0; i < name.len; i++) {
        bool is_lower = name.ptr[i] >= 'a' && name.ptr[i] <= 'z';
        upper[i] = is_lower             ? (char)(name.ptr[i] - 'a' + 'A')
                   : name.ptr[i] == '_' ? ':'
                                        : name.ptr[i];
    }
    return pl_str_make(upper, name.len);
}

/* They become part of a URL: an id escaped, so that any text will do, a path as it is. */
static bool is_fit(enum pl_changes_kind kind, pl_str name)
{
    bool is_path = kind == PL_CHANGES_CSAF;
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] < ' ' || (is_path && name.ptr[i] == ' ')) {
            return false;
        }
    }
    return name.len > 0 && name.len <= PL_LIMIT_ADVISORY_ID_BYTES &&
           !(is_path && pl_str_contains(name, PL_STR("..")));
}

static enum pl_status add(struct list *list, pl_str name, pl_str time)
{
    struct pl_arena *arena = list->arena;
    struct pl_buf url pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    if (!is_fit(list->kind, name)) {
        return pl_error_set(list->err, PL_E_LIMIT,
                            "the list of changes names what cannot be fetched: \"" PL_STR_FMT "\"",
                            PL_STR_ARG(pl_str_sub(name, 0, 100)));
    }
    if (list->changes->count == list->most || pl_changes_is_long_after(time, list->since)) {
        return pl_error_set(list->err, PL_E_LIMIT,
                            "more than %zu records are listed as changed, or some long after the "
                            "archive was made",
                            list->most);
    }
    pl_buf_append(&url, list->base);
    if (list->kind == PL_CHANGES_OSV) {
        pl_http_append_escaped(&url, name);
        pl_buf_append(&url, PL_STR(".json"));
    } else {
        pl_buf_append(&url, name);
    }
    *pl_vec_push(arena, list->changes) =
        (struct pl_change){.url = pl_arena_dup(arena, pl_buf_str(&url)),
                           .id = list->kind == PL_CHANGES_OSV ? pl_arena_dup(arena, name)
                                                              : pl_changes_id_of_path(arena, name),
                           .is_gone = list->are_gone};
    if (pl_str_cmp(list->changes->cursor, time) < 0) {
        list->changes->cursor = pl_arena_dup(arena, time);
    }
    return pl_buf_status(&url, "the URL of a record", list->err);
}

/* Takes whole lines off the text; *ret_done when what follows is known. */
static enum pl_status take_lines(struct list *list, pl_str *text, bool is_end, bool *ret_done)
{
    enum pl_status st = PL_OK;
    while (st == PL_OK && !*ret_done && text->len > 0) {
        size_t end = pl_str_find_char(*text, '\n');
        if (end == SIZE_MAX && !is_end) {
            break;
        }
        pl_str line = end == SIZE_MAX ? *text : pl_str_sub(*text, 0, end);
        *text = end == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(*text, end + 1);
        struct pl_csv_row row = {.count = 0};
        if (pl_csv_next(&line, &row) != PL_CSV_ROW || row.count < 2) {
            continue;
        }
        pl_str time = row.fields[list->kind == PL_CHANGES_OSV ? 0 : 1];
        pl_str name = row.fields[list->kind == PL_CHANGES_OSV ? 1 : 0];
        if (time.len < SECONDS_LEN || !pl_char_is_digit(time.ptr[0])) {
            continue; /* a row of names */
        }
        list->rows++;
        *ret_done = pl_str_cmp(to_seconds(time), to_seconds(list->cursor)) <= 0;
        st = *ret_done ? PL_OK : add(list, name, time);
    }
    return st;
}

/* Asks for bytes from `offset` on; *ret_end when there are no more behind them. */
static enum pl_status read_step(struct list *list, const char *url, uint64_t offset, uint64_t size,
                                struct pl_buf *into, bool *ret_end)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_http_response answer = {0};
    const char *headers[] = {pl_arena_format(&arena, "Range: bytes=%llu-%llu",
                                             (unsigned long long)offset,
                                             (unsigned long long)(offset + size - 1))
                                 .ptr,
                             NULL};
    const struct pl_http_request request = {
        .url = url, .headers = headers, .max_bytes = PL_LIMIT_FEED_CHANGES_BYTES};
    enum pl_status st = pl_http_send(list->http, &arena, &request, &answer, list->err);
    if (st < 0) {
        return st;
    }
    if (answer.status == HTTP_NOT_SATISFIABLE) { /* there is nothing from there on */
        *ret_end = true;
        return PL_OK;
    }
    if (answer.status != HTTP_OK && answer.status != HTTP_PARTIAL) {
        return pl_error_set(list->err, pl_http_status_class(answer.status),
                            "%s: the server answers with status %u",
                            pl_http_url_for_people(&arena, pl_str_from(url)).ptr, answer.status);
    }
    /* A server that knows no ranges sends the whole from its beginning. */
    *ret_end = answer.status == HTTP_OK || answer.body.len < size;
    pl_buf_append(into, answer.status == HTTP_OK ? pl_str_skip(answer.body, (size_t)offset)
                                                 : answer.body);
    list->changes->bytes += answer.body.len;
    return pl_buf_status(into, "a list of changes", list->err);
}

static enum pl_status read_list(struct list *list, const char *name)
{
    pl_str url = pl_arena_format(list->arena, PL_STR_FMT "%s", PL_STR_ARG(list->base), name);
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FEED_CHANGES_BYTES);
    uint64_t size = FIRST_STEP_BYTES;
    size_t taken = 0;
    bool is_end = false;
    bool is_done = false;
    enum pl_status st = PL_OK;
    while (st == PL_OK && !is_end && !is_done) {
        st = read_step(list, url.ptr, text.len, size, &text, &is_end);
        pl_str left = pl_str_skip(pl_buf_str(&text), taken);
        if (st == PL_OK) {
            st = take_lines(list, &left, is_end, &is_done);
        }
        taken = text.len - left.len;
        size = size * 2 < MOST_STEP_BYTES ? size * 2 : MOST_STEP_BYTES;
    }
    /* A server that answers something else than the list must not pass for one without news. */
    if (st == PL_OK && list->rows == 0 && text.len > 0) {
        st = pl_error_set(list->err, PL_E_PARSE, "%s is no list of changes", name);
    }
    return st;
}

enum pl_status pl_changes_read(struct pl_http *http, struct pl_arena *arena,
                               enum pl_changes_kind kind, pl_str base, pl_str cursor, pl_str since,
                               size_t most, struct pl_changes *ret, struct pl_error *err)
{
    struct pl_changes changes = {.cursor = cursor};
    struct list list = {.http = http,
                        .arena = arena,
                        .kind = kind,
                        .base = base,
                        .cursor = cursor,
                        .since = since,
                        .most = most,
                        .changes = &changes,
                        .err = err};
    enum pl_status st =
        read_list(&list, kind == PL_CHANGES_OSV ? "modified_id.csv" : "changes.csv");
    if (st == PL_OK && kind == PL_CHANGES_CSAF) {
        list.are_gone = true;
        list.rows = 0;
        st = read_list(&list, "deletions.csv");
        st = st == PL_E_NOT_FOUND ? PL_OK : st;
    }
    if (st == PL_OK) {
        *ret = changes;
    }
    return st;
}
