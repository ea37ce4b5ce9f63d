/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_client.h"
#include "base/io.h"
#include "base/limits.h"
#include <errno.h>
#include <fcntl.h>

static enum pl_status check_file(const char *path, const char *what, struct pl_error *err)
{
    int fd pl_autoclose = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    return path && fd < 0 ? pl_error_sys(err, errno, "%s %s", what, path) : PL_OK;
}

/* libcurl takes one file, and would take the user's in place of the system's: so both are joined. A
 * file without any certificate would go unseen among the others, and is refused here. */
static enum pl_status join_trusted(struct pl_http *http, struct pl_error *err)
{
    const char *own = http->transport.ca_pem.len > 0 ? "as text" : http->transport.ca_file;
    enum pl_status st = PL_OK;
    pl_buf_append(&http->trusted, http->transport.ca_pem);
    if (http->transport.ca_pem.len == 0) {
        st = pl_io_read_file(own, &http->trusted, err);
    }
    if (st == PL_OK && !pl_str_contains(pl_buf_str(&http->trusted), PL_STR("CERTIFICATE-----"))) {
        st = pl_error_set(err, PL_E_TRUST, "it holds no certificate in PEM");
    }
    if (st < 0) {
        return pl_error_wrap(err, "the trusted certificates %s", own);
    }
    pl_buf_append_char(&http->trusted, '\n');
    if (http->system_file && access(http->system_file, R_OK) == 0) {
        st = pl_io_read_file(http->system_file, &http->trusted, err);
    }
    return st;
}

/* OpenSSL's own variables name another store than the system's, as they do for Go programs. */
static enum pl_status prepare_trust(struct pl_http *http, struct pl_error *err)
{
    const struct pl_http_transport *transport = &http->transport;
    const curl_version_info_data *info = http->curl->version_info(CURLVERSION_NOW);
    const char *file = getenv("SSL_CERT_FILE");
    const char *dir = getenv("SSL_CERT_DIR");
    http->system_file = file && *file ? file : info->cainfo;
    http->system_dir = dir && *dir ? dir : info->capath;
    http->trusted = PL_BUF_INIT(PL_LIMIT_TRUSTED_BYTES);
    bool has_own = transport->ca_file || transport->ca_pem.len > 0;
    enum pl_status st = has_own ? join_trusted(http, err) : PL_OK;
    if (st == PL_OK) {
        st = check_file(transport->client_cert, "the client certificate", err);
    }
    if (st == PL_OK) {
        st = check_file(transport->client_key, "the client certificate's key", err);
    }
    return st;
}

static CURL *new_easy(const struct pl_curl *curl)
{
    CURL *easy = curl->easy_init();
    if (!easy) {
        pl_mem_abort(0);
    }
    return easy;
}

enum pl_status pl_http_new(const struct pl_http_transport *transport, struct pl_http **ret,
                           struct pl_error *err)
{
    const struct pl_curl *curl = NULL;
    enum pl_status st = pl_curl_get(&curl, err);
    if (st < 0) {
        return st;
    }
    struct pl_http *http PL_CLEANUP(pl_http_freep) = pl_mem_alloc(1, sizeof(*http));
    http->curl = curl;
    http->timings = PL_HTTP_TIMINGS_DEFAULT;
    http->pid = getpid();
    http->easy = new_easy(curl);
    if (transport) {
        http->transport = *transport;
    }
    if (http->transport.dial) {
        http->connect_to = curl->slist_append(NULL, "::127.0.0.1:");
    }
    st = prepare_trust(http, err);
    if (st == PL_OK && http->transport.is_http2_only &&
        !(curl->version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2)) {
        st = pl_error_set(err, PL_E_UNSUPPORTED, "libcurl was built without HTTP/2");
    }
    if (st == PL_OK) {
        *ret = PL_TAKE(http);
    }
    return st;
}

/* Behind the child's copies of the sockets there is nothing any more: what libcurl says on them
 * while it ends the connections reaches nobody. */
static void leave_to_parent(struct pl_http *http)
{
    int nothing pl_autoclose = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (size_t i = 0; i < http->socket_count; i++) {
        if (nothing < 0 || dup3(nothing, http->sockets[i], O_CLOEXEC) < 0) {
            close(http->sockets[i]);
        }
    }
}

void pl_http_client_enter(struct pl_http *http)
{
    if (http->pid == getpid()) {
        return;
    }
    leave_to_parent(http);
    http->curl->easy_cleanup(http->easy);
    http->easy = new_easy(http->curl);
    http->socket_count = 0;
    http->pid = getpid();
}

void pl_http_free(struct pl_http *http)
{
    if (!http) {
        return;
    }
    if (http->pid != getpid()) {
        leave_to_parent(http);
    }
    http->curl->easy_cleanup(http->easy);
    http->curl->slist_free_all(http->connect_to);
    pl_buf_release(&http->trusted);
    free(http);
}

void pl_http_set_timings(struct pl_http *http, const struct pl_http_timings *timings)
{
    http->timings = *timings;
}

bool pl_http_client_add_socket(struct pl_http *http, int fd)
{
    if (http->socket_count == PL_ARRAY_LEN(http->sockets)) {
        return false;
    }
    http->sockets[http->socket_count++] = fd;
    return true;
}

int pl_http_client_close_socket(void *context, curl_socket_t fd)
{
    struct pl_http *http = context;
    for (size_t i = 0; i < http->socket_count; i++) {
        if (http->sockets[i] == fd) {
            http->sockets[i] = http->sockets[--http->socket_count];
            break;
        }
    }
    return close(fd);
}
