/* SPDX-License-Identifier: Apache-2.0 */
/* A whole file in one call, for those who need one address and no answer but its bytes. */
#include "base/io.h"
#include "base/tempfile.h"
#include "net/http.h"

enum { NOT_MODIFIED = 304 };

/* Asks for what is newer than `known`, which may be NULL. */
static enum pl_status send_newer(struct pl_http *http, const struct pl_http_version *known,
                                 struct pl_http_request *request, struct pl_arena *arena,
                                 bool *ret_is_same, struct pl_http_version *ret_version,
                                 struct pl_error *err)
{
    const char *conditions[3] = {NULL};
    struct pl_http_response answer = {0};
    size_t count = 0;
    if (known && known->etag.len > 0) {
        conditions[count++] =
            pl_arena_format(arena, "If-None-Match: " PL_STR_FMT, PL_STR_ARG(known->etag)).ptr;
    }
    if (known && known->last_modified.len > 0) {
        conditions[count++] = pl_arena_format(arena, "If-Modified-Since: " PL_STR_FMT,
                                              PL_STR_ARG(known->last_modified))
                                  .ptr;
    }
    request->headers = conditions;
    enum pl_status st = pl_http_send(http, arena, request, &answer, err);
    if (st < 0) {
        return st;
    }
    *ret_is_same = count > 0 && answer.status == NOT_MODIFIED;
    if (*ret_is_same) {
        *ret_version = *known;
        return PL_OK;
    }
    if (answer.status < 200 || answer.status > 299) {
        return pl_error_set(
            err, pl_http_status_class(answer.status), "%s: the server answers with status %u",
            pl_http_url_for_people(arena, pl_str_from(request->url)).ptr, answer.status);
    }
    ret_version->etag = pl_http_header_value(&answer, "etag");
    ret_version->last_modified = pl_http_header_value(&answer, "last-modified");
    return PL_OK;
}

static enum pl_status keep_in_file(void *context, pl_span piece, struct pl_error *err)
{
    return pl_io_write(*(const int *)context, pl_span_str(piece), err);
}

static enum pl_status keep_in_buffer(void *context, pl_span piece, struct pl_error *err)
{
    struct pl_buf *into = context;
    pl_buf_append(into, pl_span_str(piece));
    return pl_buf_status(into, "the answer", err);
}

enum pl_status pl_http_download_newer(struct pl_http *http, const char *url,
                                      const struct pl_http_version *known, uint64_t max_bytes,
                                      const char *temp_dir, const struct pl_progress *progress,
                                      struct pl_arena *arena, int *ret_fd,
                                      struct pl_http_version *ret_version, struct pl_error *err)
{
    int fd pl_autoclose = -1;
    bool is_same = false;
    struct pl_http_sink sink = {.take = keep_in_file, .context = &fd};
    struct pl_http_request request = {
        .url = url, .sink = &sink, .max_bytes = max_bytes, .progress = progress};
    enum pl_status st = pl_tempfile_open(temp_dir, &fd, err);
    if (st == PL_OK) {
        st = send_newer(http, known, &request, arena, &is_same, ret_version, err);
    }
    if (st == PL_OK && lseek(fd, 0, SEEK_SET) < 0) {
        st = pl_error_set(err, PL_E_IO, "the temporary file cannot be read again");
    }
    if (st == PL_OK) {
        *ret_fd = is_same ? -1 : pl_fd_take(&fd);
    }
    return st;
}

enum pl_status pl_http_get_newer(struct pl_http *http, const char *url,
                                 const struct pl_http_version *known, struct pl_buf *into,
                                 struct pl_arena *arena, bool *ret_is_same,
                                 struct pl_http_version *ret_version, struct pl_error *err)
{
    struct pl_http_sink sink = {.take = keep_in_buffer, .context = into};
    struct pl_http_request request = {
        .url = url, .sink = &sink, .max_bytes = into->ceiling_bytes - into->len};
    return send_newer(http, known, &request, arena, ret_is_same, ret_version, err);
}
