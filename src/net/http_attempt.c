/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_attempt.h"
#include "base/limits.h"
#include "net/http_options.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>

void pl_http_attempt_release(struct pl_http_attempt *attempt)
{
    pl_buf_release(&attempt->failure);
    pl_fd_closep(&attempt->dialled_fd);
}

static uint64_t now_ns(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool is_success(const struct pl_http_attempt *attempt)
{
    return attempt->head.status >= 200 && attempt->head.status <= 299;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct pl_http_attempt *attempt = context;
    bool was_complete = attempt->head.is_complete;
    enum pl_status st = pl_http_head_take(&attempt->head, attempt->arena,
                                          pl_str_make(bytes, size * count), &attempt->error);
    if (st == PL_OK && attempt->head.is_complete && !was_complete && is_success(attempt) &&
        !pl_http_attempt_is_head(attempt)) {
        st = pl_http_body_begin(attempt->body, attempt->arena, &attempt->head, &attempt->error);
    }
    return st < 0 ? 0 : size * count;
}

static size_t take_failure(struct pl_http_attempt *attempt, pl_str piece)
{
    size_t room = PL_LIMIT_HTTP_FAILURE_BYTES - attempt->failure.len;
    pl_buf_append(&attempt->failure, pl_str_sub(piece, 0, room));
    return piece.len > room ? 0 : piece.len; /* nobody wants the rest */
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct pl_http_attempt *attempt = context;
    pl_str piece = pl_str_make(bytes, size * count);
    if (!is_success(attempt)) {
        return take_failure(attempt, piece);
    }
    uint64_t started = now_ns();
    enum pl_status st = pl_http_body_take(attempt->body, pl_str_span(piece), &attempt->error);
    attempt->outside_ns += now_ns() - started;
    attempt->is_own_error = attempt->body->has_sink_failed;
    return st < 0 ? 0 : piece.len;
}

static size_t give_body(char *into, size_t size, size_t count, void *context)
{
    struct pl_http_attempt *attempt = context;
    const struct pl_http_upload *upload = attempt->request->upload;
    size_t got = 0;
    if (attempt->sent >= upload->length) {
        return 0;
    }
    uint64_t left = upload->length - attempt->sent;
    size_t wanted = size * count < left ? size * count : (size_t)left;
    uint64_t started = now_ns();
    enum pl_status st = upload->read(upload->context, attempt->sent, (uint8_t *)into, wanted, &got,
                                     &attempt->error);
    attempt->outside_ns += now_ns() - started;
    if (st == PL_OK && (got == 0 || got > wanted)) {
        pl_error_set(&attempt->error, PL_E_IO, "what is sent to %s ends after %llu of %llu bytes",
                     attempt->target->shown.ptr, (unsigned long long)attempt->sent,
                     (unsigned long long)upload->length);
        st = PL_E_IO;
    }
    if (st < 0) {
        attempt->is_own_error = true;
        return CURL_READFUNC_ABORT;
    }
    attempt->sent += got;
    return got;
}

/* Called when a connection that had been kept turns out to be closed, and another is taken. */
static int rewind_body(void *context, curl_off_t offset, int origin)
{
    struct pl_http_attempt *attempt = context;
    if (offset != 0 || origin != SEEK_SET) {
        return CURL_SEEKFUNC_FAIL;
    }
    attempt->sent = 0;
    return CURL_SEEKFUNC_OK;
}

static uint64_t transfer_ms(const struct pl_http_attempt *attempt)
{
    return (now_ns() - attempt->outside_ns) / 1000000;
}

static int note_connected(void *context, char *server_ip, char *own_ip, int server_port,
                          int own_port)
{
    (void)server_ip;
    (void)own_ip;
    (void)server_port;
    (void)own_port;
    struct pl_http_attempt *attempt = context;
    if (attempt->dialled_fd >= 0) {
        int put = dup3(attempt->dialled_fd, attempt->placeholder_fd, O_CLOEXEC);
        pl_fd_closep(&attempt->dialled_fd);
        attempt->dialled_fd = -1;
        if (put < 0 || fcntl(put, F_SETFL, O_RDWR | O_NONBLOCK) < 0) {
            pl_error_sys(&attempt->error, errno, "taking over a connection");
            attempt->is_own_error = true;
            return CURL_PREREQFUNC_ABORT;
        }
    }
    attempt->is_connected = true;
    attempt->began_ms = transfer_ms(attempt);
    attempt->mark_ms = attempt->began_ms;
    attempt->mark_bytes = 0;
    return CURL_PREREQFUNC_OK;
}

static unsigned patience_ms(const struct pl_http_attempt *attempt)
{
    const struct pl_http_transport *transport = &attempt->http->transport;
    bool is_local = transport->unix_socket || transport->dial;
    return is_local && !attempt->head.is_complete ? attempt->http->timings.local_answer_ms
                                                  : attempt->http->timings.stall_ms;
}

/* The mark follows the transfer for as long as it had its least speed since the last one; and an
 * answer that was long in coming is not held to make up for that. */
static bool stands_still(struct pl_http_attempt *attempt, uint64_t bytes)
{
    const struct pl_http_timings *timings = &attempt->http->timings;
    uint64_t now = transfer_ms(attempt);
    uint64_t passed = now - attempt->mark_ms;
    uint64_t moved = bytes - attempt->mark_bytes;
    bool begins = attempt->head.is_complete && !attempt->has_answer;
    if (begins || (moved > 0 && moved * 1000 >= passed * timings->stall_bytes_per_s)) {
        attempt->has_answer = attempt->head.is_complete;
        attempt->mark_ms = now;
        attempt->mark_bytes = bytes;
        return false;
    }
    return passed >= patience_ms(attempt);
}

static bool takes_too_long(struct pl_http_attempt *attempt)
{
    unsigned most_seconds = attempt->request->most_seconds;
    if (most_seconds == 0 || !attempt->is_connected ||
        transfer_ms(attempt) - attempt->began_ms < 1000ULL * most_seconds) {
        return false;
    }
    attempt->is_out_of_time = true;
    pl_error_set(&attempt->error, PL_E_LIMIT, "the answer was not whole after %u seconds",
                 most_seconds);
    return true;
}

static int note_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                         curl_off_t up)
{
    (void)down_total;
    (void)up_total;
    struct pl_http_attempt *attempt = context;
    const struct pl_http_body *body = attempt->body;
    if (body->handed > 0) {
        pl_progress_tell(attempt->request->progress, PL_STR("downloading"), body->handed,
                         body->whole == UINT64_MAX ? 0 : body->whole - body->from);
    }
    if (attempt->is_connected &&
        stands_still(attempt, (uint64_t)down + (uint64_t)up + attempt->head.bytes)) {
        pl_error_set(&attempt->error, PL_E_NET,
                     "the connection stood still: less than %u bytes a second for %u seconds",
                     attempt->http->timings.stall_bytes_per_s, (patience_ms(attempt) + 999) / 1000);
        return 1;
    }
    return takes_too_long(attempt) ? 1 : 0;
}

/*
 * A socket that is connected already: libcurl 7.87 and 7.88 connect it again all the same, although
 * CURL_SOCKOPT_ALREADY_CONNECTED is there to tell them, and fail. So they get a datagram socket,
 * which "connects" to any address without a packet, and the true one takes over its number before
 * the first byte is sent (note_connected). TLS would have sent some by then: see
 * pl_http_attempt_run.
 */
static int open_dialled(struct pl_http_attempt *attempt)
{
    const struct pl_http_transport *transport = &attempt->http->transport;
    pl_fd_closep(&attempt->dialled_fd);
    attempt->dialled_fd = -1;
    if (transport->dial(transport->dial_context, &attempt->dialled_fd, &attempt->error) < 0) {
        attempt->is_own_error = true;
        return -1;
    }
    attempt->placeholder_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return attempt->placeholder_fd;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    struct pl_http_attempt *attempt = context;
    int fd = attempt->http->transport.dial
                 ? open_dialled(attempt)
                 : socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0 && !pl_http_client_add_socket(attempt->http, fd)) {
        close(fd);
        fd = -1;
    }
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static void set_callbacks(struct pl_http_attempt *attempt)
{
    const struct pl_http *http = attempt->http;
    const struct pl_curl *curl = http->curl;
    curl->easy_setopt(http->easy, CURLOPT_HEADERFUNCTION, (curl_write_callback)take_header);
    pl_http_set_context(http, CURLOPT_HEADERDATA, attempt);
    curl->easy_setopt(http->easy, CURLOPT_WRITEFUNCTION, (curl_write_callback)take_body);
    pl_http_set_context(http, CURLOPT_WRITEDATA, attempt);
    curl->easy_setopt(http->easy, CURLOPT_READFUNCTION, (curl_read_callback)give_body);
    pl_http_set_context(http, CURLOPT_READDATA, attempt);
    curl->easy_setopt(http->easy, CURLOPT_SEEKFUNCTION, (curl_seek_callback)rewind_body);
    pl_http_set_context(http, CURLOPT_SEEKDATA, attempt);
    curl->easy_setopt(http->easy, CURLOPT_PREREQFUNCTION, (curl_prereq_callback)note_connected);
    pl_http_set_context(http, CURLOPT_PREREQDATA, attempt);
    curl->easy_setopt(http->easy, CURLOPT_XFERINFOFUNCTION, (curl_xferinfo_callback)note_progress);
    pl_http_set_context(http, CURLOPT_XFERINFODATA, attempt);
    pl_http_set_number(http, CURLOPT_NOPROGRESS, 0);
    curl->easy_setopt(http->easy, CURLOPT_OPENSOCKETFUNCTION,
                      (curl_opensocket_callback)open_socket);
    pl_http_set_context(http, CURLOPT_OPENSOCKETDATA, attempt);
    curl->easy_setopt(http->easy, CURLOPT_CLOSESOCKETFUNCTION,
                      (curl_closesocket_callback)pl_http_client_close_socket);
    pl_http_set_context(http, CURLOPT_CLOSESOCKETDATA, attempt->http);
    pl_http_set_context(http, CURLOPT_ERRORBUFFER, attempt->curl_text);
}

/* What libcurl's codes mean here. Where none fits, the connection broke, and another try may do. */
static const struct failure {
    CURLcode code;
    enum pl_status status;
    enum { FINAL, CONNECTING, BROKEN } kind;
    const char *words;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_PROXY, PL_E_NET, CONNECTING, "the proxy's name is not known"},
    {CURLE_COULDNT_RESOLVE_HOST, PL_E_NET, CONNECTING, "the server's name is not known"},
    {CURLE_COULDNT_CONNECT, PL_E_NET, CONNECTING, "the server cannot be reached"},
    {CURLE_SSL_CONNECT_ERROR, PL_E_NET, CONNECTING, "no TLS connection comes about"},
    {CURLE_PROXY, PL_E_NET, CONNECTING, "the proxy does not connect"},
    {CURLE_PEER_FAILED_VERIFICATION, PL_E_TRUST, FINAL, "its certificate is not trusted"},
    {CURLE_SSL_ISSUER_ERROR, PL_E_TRUST, FINAL, "its certificate is not trusted"},
    {CURLE_SSL_INVALIDCERTSTATUS, PL_E_TRUST, FINAL, "its certificate is not trusted"},
    {CURLE_SSL_CACERT_BADFILE, PL_E_TRUST, FINAL,
     "the trusted certificates cannot be read (on Debian they are in the package ca-certificates)"},
    {CURLE_SSL_CERTPROBLEM, PL_E_TRUST, FINAL, "the client certificate or its key cannot be used"},
    {CURLE_UNSUPPORTED_PROTOCOL, PL_E_NET, FINAL, "what answers does not speak HTTP"},
    {CURLE_WEIRD_SERVER_REPLY, PL_E_NET, FINAL, "what answers does not speak HTTP"},
    {CURLE_URL_MALFORMAT, PL_E_USAGE, FINAL, "the URL cannot be used"},
    {CURLE_OPERATION_TIMEDOUT, PL_E_NET, CONNECTING, "no connection comes about in time"},
    {CURLE_GOT_NOTHING, PL_E_NET, BROKEN, "the connection was closed without an answer"},
    {CURLE_PARTIAL_FILE, PL_E_NET, BROKEN, "the connection was closed before the answer's end"},
};

static const struct failure *find_failure(CURLcode code)
{
    static const struct failure broken = {CURLE_RECV_ERROR, PL_E_NET, BROKEN,
                                          "the connection broke"};
    for (size_t i = 0; i < PL_ARRAY_LEN(failures); i++) {
        if (failures[i].code == code) {
            return &failures[i];
        }
    }
    return &broken;
}

/* A server that turns our certificate down, or wants one, says so by an alert (RFC 8446, section
 * 6.2), which in TLS 1.3 arrives when the handshake is over for us. */
static bool is_certificate_alert(const char *text)
{
    return strstr(text, "alert") && (strstr(text, "certificate") || strstr(text, "unknown ca") ||
                                     strstr(text, "access denied"));
}

static unsigned tries_of(const struct pl_http_attempt *attempt, const struct failure *failure)
{
    const struct pl_http_timings *timings = &attempt->http->timings;
    switch (failure->kind) {
    case FINAL:
        break;
    case CONNECTING:
        return timings->most_connects;
    case BROKEN:
        return timings->most_tries;
    }
    return 1;
}

static enum pl_status explain(struct pl_http_attempt *attempt, CURLcode code, struct pl_error *err)
{
    const struct pl_http *http = attempt->http;
    const struct failure *failure = find_failure(code);
    attempt->most_tries = tries_of(attempt, failure);
    if (attempt->error.status < 0) {
        /* Standing still is the one reason of our own that another try may do away with. */
        bool is_stall =
            code == CURLE_ABORTED_BY_CALLBACK && !attempt->is_own_error && !attempt->is_out_of_time;
        attempt->most_tries = is_stall ? http->timings.most_tries : 1;
        *err = attempt->error;
        /* A malformed header is the network's failure as much as a broken connection. */
        if (err->status == PL_E_PARSE && !attempt->is_own_error) {
            err->status = PL_E_NET;
        }
        return err->status;
    }
    long sys_errno = 0;
    http->curl->easy_getinfo(http->easy, CURLINFO_OS_ERRNO, &sys_errno);
    if (code == CURLE_COULDNT_CONNECT && http->transport.unix_socket) {
        attempt->most_tries = 1; /* whoever should listen is on this machine, and does not */
        pl_error_sys(err, (int)sys_errno, "the socket %s", http->transport.unix_socket);
        return err->status = PL_E_NET;
    }
    const char *text = attempt->curl_text[0] ? attempt->curl_text : http->curl->easy_strerror(code);
    if (is_certificate_alert(text)) {
        attempt->most_tries = 1;
        return pl_error_set(err, PL_E_TRUST,
                            "the server does not accept the client certificate, or wants one: %s",
                            text);
    }
    /* libcurl's own limit for one line; since 8.6, it has a code of its own. */
    enum { CODE_TOO_LARGE = 100 };
    if ((code == CURLE_OUT_OF_MEMORY || (int)code == CODE_TOO_LARGE) &&
        !attempt->head.is_complete) {
        attempt->most_tries = 1;
        return pl_error_set(err, PL_E_LIMIT, "a header is too long");
    }
    /* Texts about the proxy's URL quote it with its password. */
    if (strchr(text, '@') || strstr(text, "://")) {
        text = http->curl->easy_strerror(code);
    }
    if (code == CURLE_COULDNT_CONNECT && sys_errno != 0) {
        /* "Failed to connect to HOST port PORT after 0 ms: Couldn't connect to server": to which
         * host is worth knowing where there is a proxy, but why is more so. */
        size_t end = pl_str_find_last_char(pl_str_from(text), ':');
        pl_error_sys(err, (int)sys_errno, "%s: " PL_STR_FMT, failure->words,
                     PL_STR_ARG(pl_str_sub(pl_str_from(text), 0, end)));
        return err->status = failure->status;
    }
    pl_error_set(err, failure->status, "%s: %s", failure->words, text);
    err->sys_errno = (int)sys_errno;
    return failure->status;
}

enum pl_status pl_http_attempt_run(struct pl_http_attempt *attempt, struct pl_error *err)
{
    struct pl_http *http = attempt->http;
    const struct pl_curl *curl = http->curl;
    assert(!http->is_busy);
    attempt->dialled_fd = -1;
    attempt->failure = PL_BUF_INIT(PL_LIMIT_HTTP_FAILURE_BYTES);
    attempt->error = PL_ERROR_INIT;
    if (http->transport.dial && attempt->target->is_secure) {
        attempt->most_tries = 1;
        return pl_error_set(err, PL_E_UNSUPPORTED, "HTTPS through a connection that is at hand");
    }
    pl_http_client_enter(http);
    curl->easy_reset(http->easy);
    struct pl_http_header_list headers PL_CLEANUP(pl_http_header_list_release) = {curl, NULL};
    pl_http_set_options(attempt, &headers);
    set_callbacks(attempt);
    http->is_busy = true;
    CURLcode code = curl->easy_perform(http->easy);
    http->is_busy = false;
    if (code == CURLE_OK && !attempt->head.is_complete) {
        code = CURLE_GOT_NOTHING;
    }
    /* What a failure says is told as far as it came. */
    bool is_answered =
        attempt->head.is_complete && !is_success(attempt) && attempt->error.status == PL_OK;
    if (code != CURLE_OK && !is_answered) {
        return explain(attempt, code, err);
    }
    attempt->most_tries = http->timings.most_tries;
    return is_success(attempt) && !pl_http_attempt_is_head(attempt)
               ? pl_http_body_end(attempt->body, err)
               : PL_OK;
}
