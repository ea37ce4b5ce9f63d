/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"
#include "base/io.h"
#include "base/tempfile.h"
#include <curl/curl.h>
#include <pthread.h>

enum {
    MOST_REDIRECTS = 5,
    CONNECT_TIMEOUT_S = 20,
    /* Below this speed for this long, a transfer stands still. */
    STALL_BYTES_PER_S = 512,
    STALL_S = 45,
};

struct transfer {
    CURL *curl;
    int fd; /* or -1: into `into` */
    struct pl_buf *into;
    uint64_t got_bytes;
    uint64_t max_bytes;
    bool too_large;
    const struct pl_progress *progress;
    struct pl_error write_error;
    char curl_error[CURL_ERROR_SIZE];
};

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool pl_http_is_url(pl_str text)
{
    return pl_str_starts_with(text, PL_STR("https://")) ||
           pl_str_starts_with(text, PL_STR("http://"));
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    pl_str piece = pl_str_make(bytes, size * count);
    if (piece.len > transfer->max_bytes - transfer->got_bytes) {
        transfer->too_large = true;
        return 0;
    }
    transfer->got_bytes += piece.len;
    if (transfer->fd < 0) {
        pl_buf_append(transfer->into, piece);
        return transfer->into->overflowed ? 0 : piece.len;
    }
    return pl_io_write(transfer->fd, piece, &transfer->write_error) < 0 ? 0 : piece.len;
}

static int tell_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total,
                         curl_off_t up_now)
{
    (void)up_total;
    (void)up_now;
    const struct transfer *transfer = context;
    if (now > 0) {
        pl_progress_tell(transfer->progress, PL_STR("downloading"), (uint64_t)now,
                         total > 0 ? (uint64_t)total : 0);
    }
    return 0;
}

static enum pl_status explain(const struct transfer *transfer, const char *url, CURLcode code,
                              struct pl_error *err)
{
    long status = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    if (transfer->too_large || code == CURLE_FILESIZE_EXCEEDED) {
        return pl_error_set(err, PL_E_LIMIT, "%s is larger than %llu bytes", url,
                            (unsigned long long)transfer->max_bytes);
    }
    if (transfer->write_error.status < 0) {
        *err = transfer->write_error;
        return pl_error_wrap(err, "keeping %s", url);
    }
    if (code == CURLE_HTTP_RETURNED_ERROR) {
        enum pl_status st = status == 404                    ? PL_E_NOT_FOUND
                            : status == 401 || status == 403 ? PL_E_DENIED
                                                             : PL_E_NET;
        return pl_error_set(err, st, "%s: the server answers with status %ld", url, status);
    }
    return pl_error_set(err, PL_E_NET, "%s: %s", url,
                        transfer->curl_error[0] ? transfer->curl_error : curl_easy_strerror(code));
}

static void set_options(struct transfer *transfer, const char *url)
{
    CURL *curl = transfer->curl;
    bool secure = pl_str_starts_with(pl_str_from(url), PL_STR("https://"));
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "https,http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)MOST_REDIRECTS);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES_PER_S);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)transfer->max_bytes);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "plimsoll/" PL_VERSION);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->curl_error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    if (transfer->progress) {
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, tell_progress);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
    }
}

static enum pl_status perform(struct transfer *transfer, const char *url, struct pl_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_curl);
    if (!pl_http_is_url(pl_str_from(url))) {
        return pl_error_set(err, PL_E_USAGE, "\"%s\" is not an http or https URL", url);
    }
    transfer->curl = curl_easy_init();
    if (!transfer->curl) {
        return pl_error_set(err, PL_E_INTERNAL, "libcurl cannot be started");
    }
    struct pl_error ignored = PL_ERROR_INIT;
    set_options(transfer, url);
    CURLcode code = curl_easy_perform(transfer->curl);
    enum pl_status st = PL_OK;
    if (code != CURLE_OK) {
        st = explain(transfer, url, code, err ? err : &ignored);
    }
    curl_easy_cleanup(transfer->curl);
    return st;
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
    struct transfer transfer = {.fd = fd, .max_bytes = max_bytes, .progress = progress};
    st = perform(&transfer, url, err);
    if (st == PL_OK && lseek(fd, 0, SEEK_SET) < 0) {
        st = pl_error_set(err, PL_E_IO, "%s: the temporary file cannot be read again", url);
    }
    if (st == PL_OK) {
        *ret_fd = pl_fd_take(&fd);
    }
    return st;
}

enum pl_status pl_http_get(const char *url, struct pl_buf *into, struct pl_error *err)
{
    struct transfer transfer = {
        .fd = -1, .into = into, .max_bytes = into->ceiling_bytes - into->len};
    return perform(&transfer, url, err);
}

void pl_http_append_escaped(struct pl_buf *url, pl_str segment)
{
    for (size_t i = 0; i < segment.len; i++) {
        char c = segment.ptr[i];
        /* The unreserved characters of RFC 3986, section 2.3. */
        if (pl_char_is_alpha(c) || pl_char_is_digit(c) || (c != '\0' && strchr("-._~", c))) {
            pl_buf_append_char(url, c);
        } else {
            pl_buf_append_format(url, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
}

static int hex_digit(char c)
{
    char lower = pl_char_lower(c);
    if (pl_char_is_digit(c)) {
        return c - '0';
    }
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void pl_http_append_unescaped(struct pl_buf *text, pl_str segment)
{
    for (size_t i = 0; i < segment.len; i++) {
        int high = -1;
        int low = -1;
        if (segment.ptr[i] == '%' && i + 2 < segment.len) {
            high = hex_digit(segment.ptr[i + 1]);
            low = hex_digit(segment.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            pl_buf_append_char(text, (char)(high * 16 + low));
            i += 2;
        } else {
            pl_buf_append_char(text, segment.ptr[i]);
        }
    }
}
