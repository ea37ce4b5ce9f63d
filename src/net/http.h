/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http - requests over HTTP and HTTPS (1.1 and 2), through libcurl, which is loaded when the first
 * client is made and not before.
 *
 * A client keeps its connections between requests and belongs to one thread. It does what every
 * caller would have to do: follows redirects, and never takes a credential along to another origin
 * (scheme, host or port) nor goes from HTTPS to HTTP; tries again, with growing pauses and as
 * Retry-After asks, after 429, 500, 502, 503, 504 and after a connection that broke or stood still;
 * takes a broken body up again by Range where it had ended; and lets the caller answer a 401 once.
 * Certificates are checked against the system's store (or what SSL_CERT_FILE and SSL_CERT_DIR name
 * in its place); proxies come from the usual variables (https_proxy, no_proxy ...). How long it has
 * patience is in net/http_retry.h.
 *
 * No thread outlives pl_http_send, and a client may be used in a child that was forked after it was
 * made: the child leaves the connections to the parent and makes its own.
 *
 * Nothing that is secret gets into an error: URLs in messages stand without user, password and
 * query.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/progress.h"
#include "base/vec.h"

/* How to reach a server, beside what its URL says. Borrowed by the client; NULL where not wanted.
 */
struct pl_http_transport {
    const char *ca_file; /* PEM; trusted beside the system's store */
    pl_str ca_pem; /* the same as text, in place of `ca_file` when not empty */
    const char *client_cert; /* PEM, with `client_key` */
    const char *client_key;
    bool is_insecure; /* takes any certificate */
    const char *unix_socket; /* connected to in place of the URL's host */
    /* In place of any connecting: gives a connected stream socket, which the client closes. For
     * http URLs alone; no proxy is asked, and nothing looked up. */
    enum pl_status (*dial)(void *context, int *ret_fd, struct pl_error *err);
    void *dial_context;
    /* HTTP/2 from the first byte, without TLS, as gRPC speaks it; one connection a request. */
    bool is_http2_only;
};

struct pl_http;

enum pl_status pl_http_new(const struct pl_http_transport *transport, struct pl_http **ret,
                           struct pl_error *err);
void pl_http_free(struct pl_http *http);
PL_DEFINE_CLEANUP(struct pl_http, pl_http_free)

struct pl_http_header {
    pl_str name; /* in lower case */
    pl_str value;
};

struct pl_http_headers {
    PL_VEC_FIELDS(struct pl_http_header);
};

struct pl_http_response {
    /* Of the last answer, after redirects; of a body that was taken up again, of its beginning. */
    unsigned status;
    struct pl_http_headers headers; /* of the last answer; with its trailers */
    pl_str url; /* where the redirects led; without user and password */
    pl_str body; /* of a success without a sink; of a failure its first 64 KiB */
    uint64_t body_bytes; /* handed to the sink, or in `body` */
};

/* Takes a success's body piece by piece; a failure of its own ends the request with that. */
struct pl_http_sink {
    enum pl_status (*take)(void *context, pl_span piece, struct pl_error *err);
    void *context;
};

/* Gives a request's body from its start on: called with offset 0 first, and again with 0 when the
 * request has to be repeated. */
struct pl_http_upload {
    enum pl_status (*read)(void *context, uint64_t offset, uint8_t *into, size_t size,
                           size_t *ret_got, struct pl_error *err);
    void *context;
    uint64_t length;
};

/* Asked once a request when the answer is 401, and again when some of the body came since: gives
 * the value of a new Authorization header, in `arena`, or PL_E_DENIED with the words for it. It may
 * send requests with the same client. Not asked when a redirect led to another origin: what that
 * wants to know is not for it. */
struct pl_http_login {
    enum pl_status (*answer)(void *context, struct pl_arena *arena,
                             const struct pl_http_response *challenge, const char **ret_value,
                             struct pl_error *err);
    void *context;
};

struct pl_http_request {
    const char *method; /* NULL: GET */
    const char *url; /* a user and password in it stand for `authorization` */
    /* "Name: value", ended by NULL; or NULL. Those that may be secret (all but Accept, Content-Type
     * and their like) are for the URL's own origin too. */
    const char *const *headers;
    const char *authorization; /* that header's value, for the URL's own origin; or NULL */
    const struct pl_http_login *login; /* or NULL */
    pl_str body; /* sent when not empty, or with `has_body` */
    bool has_body;
    const struct pl_http_upload *upload; /* in place of `body`; or NULL */
    const struct pl_http_sink *sink; /* NULL: into the response's body */
    uint64_t max_bytes; /* of a success's body; PL_E_LIMIT beyond */
    uint64_t from_offset; /* asks for the body from there on (Range), and hands that out alone */
    unsigned most_seconds; /* of one transfer, without the time that the sink takes; LIMIT beyond.
                              0: for as long as it does not stand still */
    bool keeps_redirect; /* a 3xx is given back rather than followed */
    bool is_once; /* never repeated: not to be done twice (POST) */
    const struct pl_progress *progress; /* told "downloading"; or NULL */
};

/* PL_OK for every complete answer, whatever its status. Else: NET when the server could not be
 * reached, what it said broke off, with the number of tries in the text, or redirects lead nowhere;
 * TRUST when its certificate is not accepted, or ours; LIMIT; DENIED for a redirect that is
 * refused; USAGE for a request that cannot be sent; or what the sink, the upload, `dial` or the
 * login failed with. The response lives in `arena`. */
enum pl_status pl_http_send(struct pl_http *http, struct pl_arena *arena,
                            const struct pl_http_request *request, struct pl_http_response *ret,
                            struct pl_error *err);

/* The first header of that name (lower case), or empty. */
pl_str pl_http_header_value(const struct pl_http_response *response, const char *name);

/* A failure's class by HTTP status: 401 and 403 are DENIED, 404 and 410 NOT_FOUND, 413 LIMIT,
 * others NET. */
enum pl_status pl_http_status_class(unsigned status);

/* `url` as it may be shown: without user, password, query and fragment. */
pl_str pl_http_url_for_people(struct pl_arena *arena, pl_str url);

/* Is `text` an http or https URL? */
bool pl_http_is_url(pl_str text);

/* What a server calls the state of a resource; empty where it says nothing. */
struct pl_http_version {
    pl_str etag;
    pl_str last_modified;
};

/* Into a file without a name on the file system of `temp_dir` (base/tempfile.h), read
 * from its start on; NOT_FOUND, DENIED or NET when the status is no success. With what is `known`,
 * which may be NULL, *ret_fd is -1 when nothing has changed since; *ret_version, in `arena`, is
 * what to ask with next time. */
enum pl_status pl_http_download_newer(struct pl_http *http, const char *url,
                                      const struct pl_http_version *known, uint64_t max_bytes,
                                      const char *temp_dir, const struct pl_progress *progress,
                                      struct pl_arena *arena, int *ret_fd,
                                      struct pl_http_version *ret_version, struct pl_error *err);

/* The same, appended to a buffer, whose ceiling is the cap. With what is known, *ret_is_same is
 * true and nothing is appended when nothing has changed since. */
enum pl_status pl_http_get_newer(struct pl_http *http, const char *url,
                                 const struct pl_http_version *known, struct pl_buf *into,
                                 struct pl_arena *arena, bool *ret_is_same,
                                 struct pl_http_version *ret_version, struct pl_error *err);

/* `segment` escaped for a place between two slashes of a URL: "Rocky Linux" is "Rocky%20Linux". */
void pl_http_append_escaped(struct pl_buf *url, pl_str segment);
/* The reverse; a '%' without two digits stands for itself. */
void pl_http_append_unescaped(struct pl_buf *text, pl_str segment);
