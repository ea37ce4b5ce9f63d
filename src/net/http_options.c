/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_options.h"
#include "base/mem.h"

/* Each kind of option has its type: the compiler sees what C's "..." would not let it see. */
void pl_http_set_number(const struct pl_http *http, CURLoption option, long value)
{
    http->curl->easy_setopt(http->easy, option, value);
}

static void set_size(const struct pl_http *http, CURLoption option, curl_off_t value)
{
    http->curl->easy_setopt(http->easy, option, value);
}

static void set_text(const struct pl_http *http, CURLoption option, const char *value)
{
    if (value && http->curl->easy_setopt(http->easy, option, value) != CURLE_OK) {
        pl_mem_abort(strlen(value));
    }
}

void pl_http_set_context(const struct pl_http *http, CURLoption option, void *value)
{
    http->curl->easy_setopt(http->easy, option, value);
}

static void set_list(const struct pl_http *http, CURLoption option, struct curl_slist *value)
{
    http->curl->easy_setopt(http->easy, option, value);
}

static void set_trust(struct pl_http *http)
{
    const struct pl_http_transport *transport = &http->transport;
    if (http->trusted.len > 0) {
        struct curl_blob blob = {http->trusted.ptr, http->trusted.len, CURL_BLOB_NOCOPY};
        http->curl->easy_setopt(http->easy, CURLOPT_CAINFO_BLOB, &blob);
        http->curl->easy_setopt(http->easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
    } else {
        set_text(http, CURLOPT_CAINFO, http->system_file);
        set_text(http, CURLOPT_PROXY_CAINFO, http->system_file);
    }
    set_text(http, CURLOPT_CAPATH, http->system_dir);
    set_text(http, CURLOPT_PROXY_CAPATH, http->system_dir);
    pl_http_set_number(http, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    pl_http_set_number(http, CURLOPT_SSL_VERIFYPEER, !transport->is_insecure);
    pl_http_set_number(http, CURLOPT_SSL_VERIFYHOST, transport->is_insecure ? 0 : 2);
    set_text(http, CURLOPT_SSLCERT, transport->client_cert);
    set_text(http, CURLOPT_SSLKEY, transport->client_key);
    /* A key under a password fails, where OpenSSL would ask for it on the terminal. */
    set_text(http, CURLOPT_KEYPASSWD, "");
}

static void set_connection(const struct pl_http_attempt *attempt)
{
    /* The most that libcurl takes. What is received in large pieces costs fewer acknowledgements
     * and wakes the sender less often: it saves a tenth of a plain layer's processor time. */
    enum { RECEIVE_BYTES = 512 << 10, KEPT_CONNECTIONS = 4 };
    const struct pl_http *http = attempt->http;
    const struct pl_http_transport *transport = &http->transport;
    pl_http_set_number(http, CURLOPT_NOSIGNAL, 1);
    set_text(http, CURLOPT_PROTOCOLS_STR, "https,http");
    pl_http_set_number(http, CURLOPT_FOLLOWLOCATION, 0);
    pl_http_set_number(http, CURLOPT_CONNECTTIMEOUT_MS, (long)http->timings.connect_ms);
    pl_http_set_number(http, CURLOPT_BUFFERSIZE, RECEIVE_BYTES);
    pl_http_set_number(http, CURLOPT_MAXCONNECTS, KEPT_CONNECTIONS);
    pl_http_set_number(http, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
    pl_http_set_number(http, CURLOPT_HEADEROPT, CURLHEADER_SEPARATE);
    pl_http_set_number(http, CURLOPT_HTTP_VERSION,
                       transport->is_http2_only ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
                                                : CURL_HTTP_VERSION_2TLS);
    set_text(http, CURLOPT_UNIX_SOCKET_PATH, transport->unix_socket);
    set_list(http, CURLOPT_CONNECT_TO, http->connect_to);
    if (transport->unix_socket || transport->dial) {
        set_text(http, CURLOPT_NOPROXY, "*");
    }
    /* On a connection that was kept, libcurl itself would repeat what got no answer. Reading twice
     * changes nothing (RFC 9110, section 9.2.1). */
    bool is_reading = pl_http_attempt_is_head(attempt) || strcmp(attempt->method, "GET") == 0;
    pl_http_set_number(http, CURLOPT_FRESH_CONNECT, attempt->request->is_once && !is_reading);
    /* libcurl 7.88 cannot use a connection again that began with HTTP/2: every further request on
     * it ends with CURLE_HTTP2, and the connection is kept all the same. */
    pl_http_set_number(http, CURLOPT_FORBID_REUSE, transport->is_http2_only);
}

static void set_method(const struct pl_http_attempt *attempt)
{
    static const char *const with_body[] = {"POST", "PUT", "PATCH"};
    const struct pl_http *http = attempt->http;
    const struct pl_http_request *request = attempt->request;
    bool has_body = attempt->has_body && (request->body.len > 0 || request->has_body);
    /* Servers want a Content-Length of 0 where a body would be usual. */
    for (size_t i = 0; i < PL_ARRAY_LEN(with_body); i++) {
        has_body = has_body || strcmp(attempt->method, with_body[i]) == 0;
    }
    if (pl_http_attempt_is_head(attempt)) {
        pl_http_set_number(http, CURLOPT_NOBODY, 1);
        return;
    }
    if (attempt->has_body && request->upload) {
        pl_http_set_number(http, CURLOPT_UPLOAD, 1);
        set_size(http, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->upload->length);
    } else if (has_body) {
        pl_str body = attempt->has_body ? request->body : PL_STR_EMPTY;
        pl_http_set_number(http, CURLOPT_POST, 1);
        set_size(http, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
        http->curl->easy_setopt(http->easy, CURLOPT_POSTFIELDS, body.ptr ? body.ptr : "");
    }
    set_text(http, CURLOPT_CUSTOMREQUEST, attempt->method);
}

void pl_http_header_list_release(struct pl_http_header_list *list)
{
    list->curl->slist_free_all(list->items);
}

static void add_header(struct pl_http_header_list *list, const char *line)
{
    struct curl_slist *items = list->curl->slist_append(list->items, line);
    if (!items) {
        pl_mem_abort(strlen(line));
    }
    list->items = items;
}

/* What is known to be no secret goes to any origin; the rest (Cookie, X-Registry-Auth, ...) only to
 * the one that the caller named. */
static bool may_travel(pl_str name)
{
    static const char *const harmless[] = {
        "accept",       "accept-encoding", "accept-language", "range",
        "content-type", "if-none-match",   "user-agent",      "te"};
    for (size_t i = 0; i < PL_ARRAY_LEN(harmless); i++) {
        if (pl_str_eq_nocase(name, pl_str_from(harmless[i]))) {
            return true;
        }
    }
    return false;
}

static bool has_header(const struct pl_http_request *request, pl_str name)
{
    for (size_t i = 0; request->headers && request->headers[i]; i++) {
        pl_str own = pl_str_from(request->headers[i]);
        if (pl_str_cut(own, ':', &own, &(pl_str){0}) && pl_str_eq_nocase(pl_str_trim(own), name)) {
            return true;
        }
    }
    return false;
}

static void make_headers(const struct pl_http_attempt *attempt, struct pl_http_header_list *list)
{
    const struct pl_http_request *request = attempt->request;
    const struct pl_http_body *body = attempt->body;
    for (size_t i = 0; request->headers && request->headers[i]; i++) {
        pl_str name = pl_str_from(request->headers[i]);
        pl_str_cut(name, ':', &name, &(pl_str){0});
        name = pl_str_trim(name);
        bool is_of_body = pl_str_eq_nocase(name, PL_STR("content-type"));
        if ((!attempt->is_foreign || may_travel(name)) && (!is_of_body || attempt->has_body)) {
            add_header(list, request->headers[i]);
        }
    }
    if (!attempt->has_body || !has_header(request, PL_STR("content-type"))) {
        add_header(list, "Content-Type:"); /* libcurl would claim that it is a form */
    }
    if (attempt->authorization) {
        add_header(
            list, pl_arena_format(attempt->arena, "Authorization: %s", attempt->authorization).ptr);
    }
    if (pl_http_body_offset(body) > 0 && strcmp(attempt->method, "GET") == 0) {
        add_header(list, pl_arena_format(attempt->arena, "Range: bytes=%llu-",
                                         (unsigned long long)pl_http_body_offset(body))
                             .ptr);
        if (body->etag.len > 0) {
            add_header(list, pl_arena_format(attempt->arena, "If-Range: %s", body->etag.ptr).ptr);
        }
    }
}

void pl_http_set_options(const struct pl_http_attempt *attempt, struct pl_http_header_list *headers)
{
    struct pl_http *http = attempt->http;
    set_text(http, CURLOPT_URL, attempt->target->url);
    set_text(http, CURLOPT_USERAGENT, "plimsoll/" PL_VERSION);
    if (!attempt->is_foreign && !attempt->authorization) {
        set_text(http, CURLOPT_USERNAME, attempt->user);
        set_text(http, CURLOPT_PASSWORD, attempt->password);
    }
    set_connection(attempt);
    set_trust(http);
    set_method(attempt);
    make_headers(attempt, headers);
    set_list(http, CURLOPT_HTTPHEADER, headers->items);
}
