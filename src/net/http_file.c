/* SPDX-License-Identifier: Apache-2.0 */
/* A whole file in one call, for those who need one address and no answer but its bytes. */
#include "base/io.h"
#include "base/tempfile.h"
#include "net/http.h"

static enum pl_status fetch(const char *url, uint64_t max_bytes, const struct pl_http_sink *sink,
                            const struct pl_progress *progress, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_http *http PL_CLEANUP(pl_http_freep) = NULL;
    struct pl_http_response answer = {0};
    struct pl_http_request request = {
        .url = url, .sink = sink, .max_bytes = max_bytes, .progress = progress};
    enum pl_status st = pl_http_new(NULL, &http, err);
    if (st == PL_OK) {
        st = pl_http_send(http, &arena, &request, &answer, err);
    }
    if (st == PL_OK && (answer.status < 200 || answer.status > 299)) {
        st = pl_error_set(err, pl_http_status_class(answer.status),
                          "%s: the server answers with status %u",
                          pl_http_url_for_people(&arena, pl_str_from(url)).ptr, answer.status);
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

enum pl_status pl_http_download(const char *url, uint64_t max_bytes, const char *temp_dir,
                                const struct pl_progress *progress, int *ret_fd,
                                struct pl_error *err)
{
    int fd pl_autoclose = -1;
    enum pl_status st = pl_tempfile_open(temp_dir, &fd, err);
    if (st < 0) {
        return st;
    }
    struct pl_http_sink sink = {.take = keep_in_file, .context = &fd};
    st = fetch(url, max_bytes, &sink, progress, err);
    if (st == PL_OK && lseek(fd, 0, SEEK_SET) < 0) {
        st = pl_error_set(err, PL_E_IO, "the temporary file cannot be read again");
    }
    if (st == PL_OK) {
        *ret_fd = pl_fd_take(&fd);
    }
    return st;
}

enum pl_status pl_http_get(const char *url, struct pl_buf *into, struct pl_error *err)
{
    struct pl_http_sink sink = {.take = keep_in_buffer, .context = into};
    return fetch(url, into->ceiling_bytes - into->len, &sink, NULL, err);
}
