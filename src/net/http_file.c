/* SPDX-License-Identifier: Apache-2.0 */
/* A whole file in one call, for those who need one address and no answer but its bytes. */
#include "base/io.h"
#include "base/tempfile.h"
#include "net/http.h"

enum { NOT_MODIFIED = 304 };

/* A status that is no success is an error, but for NOT_MODIFIED where `may_be_same`. */
static enum pl_status send(const struct pl_http_request *request, bool may_be_same,
                           struct pl_arena *arena, struct pl_http_response *ret,
                           struct pl_error *err)
{
    struct pl_http *http PL_CLEANUP(pl_http_freep) = NULL;
    enum pl_status st = pl_http_new(NULL, &http, err);
    if (st == PL_OK) {
        st = pl_http_send(http, arena, request, ret, err);
    }
    bool is_fine =
        (ret->status >= 200 && ret->status <= 299) || (may_be_same && ret->status == NOT_MODIFIED);
    if (st == PL_OK && !is_fine) {
        st = pl_error_set(
            err, pl_http_status_class(ret->status), "%s: the server answers with status %u",
            pl_http_url_for_people(arena, pl_str_from(request->url)).ptr, ret->status);
    }
    return st;
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

enum pl_status pl_http_download_newer(const char *url, const struct pl_http_version *known,
                                      uint64_t max_bytes, const char *temp_dir,
                                      const struct pl_progress *progress, struct pl_arena *arena,
                                      int *ret_fd, struct pl_http_version *ret_version,
                                      struct pl_error *err)
{
    int fd pl_autoclose = -1;
    enum pl_status st = pl_tempfile_open(temp_dir, &fd, err);
    if (st < 0) {
        return st;
    }
    const char *conditions[3] = {NULL};
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
    struct pl_http_sink sink = {.take = keep_in_file, .context = &fd};
    struct pl_http_response answer = {0};
    const struct pl_http_request request = {.url = url,
                                            .headers = conditions,
                                            .sink = &sink,
                                            .max_bytes = max_bytes,
                                            .progress = progress};
    st = send(&request, count > 0, arena, &answer, err);
    if (st < 0) {
        return st;
    }
    if (answer.status == NOT_MODIFIED) {
        *ret_fd = -1;
        *ret_version = *known;
        return PL_OK;
    }
    if (lseek(fd, 0, SEEK_SET) < 0) {
        return pl_error_set(err, PL_E_IO, "the temporary file cannot be read again");
    }
    ret_version->etag = pl_http_header_value(&answer, "etag");
    ret_version->last_modified = pl_http_header_value(&answer, "last-modified");
    *ret_fd = pl_fd_take(&fd);
    return PL_OK;
}

enum pl_status pl_http_get(const char *url, struct pl_buf *into, struct pl_error *err)
{
    struct pl_http_sink sink = {.take = keep_in_buffer, .context = into};
    struct pl_arena arena pl_autoarena = {0};
    struct pl_http_response answer = {0};
    const struct pl_http_request request = {
        .url = url, .sink = &sink, .max_bytes = into->ceiling_bytes - into->len};
    return send(&request, false, &arena, &answer, err);
}
