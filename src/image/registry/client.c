/* SPDX-License-Identifier: Apache-2.0 */
#include "image/registry/client.h"
#include "base/limits.h"
#include "format/json.h"
#include "image/registry/session.h"
#include <errno.h>

enum pl_status pl_registry_open(const struct pl_registry_options *options,
                                const struct pl_reference *reference, struct pl_registry **ret,
                                struct pl_error *err)
{
    struct pl_registry *registry PL_CLEANUP(pl_registry_closep) =
        pl_mem_alloc(1, sizeof(*registry));
    struct pl_arena *arena = &registry->arena;
    registry->options = options;
    registry->reference = (struct pl_reference){
        .registry = pl_arena_dup(arena, reference->registry),
        .repository = pl_arena_dup(arena, reference->repository),
        .tag = pl_arena_dup(arena, reference->tag),
        .digest = reference->digest,
    };
    enum pl_status st =
        pl_registry_hosts(arena, options, &registry->reference, &registry->endpoints, err);
    if (st < 0) {
        return st;
    }
    registry->sessions =
        PL_ARENA_ARRAY(arena, struct pl_registry_session, registry->endpoints.count);
    for (size_t i = 0; i < registry->endpoints.count; i++) {
        registry->sessions[i].endpoint = &registry->endpoints.items[i];
    }
    *ret = PL_TAKE(registry);
    return PL_OK;
}

void pl_registry_close(struct pl_registry *registry)
{
    if (registry) {
        for (size_t i = 0; registry->sessions && i < registry->endpoints.count; i++) {
            pl_http_free(registry->sessions[i].http);
        }
        pl_arena_release(&registry->arena);
        free(registry);
    }
}

void pl_registry_after_fork(struct pl_registry *registry)
{
    for (size_t i = 0; i < registry->endpoints.count; i++) {
        registry->sessions[i].http = NULL;
    }
}

static pl_str base_of(struct pl_arena *arena, const struct pl_registry_session *session)
{
    return pl_arena_format(arena, "%s://" PL_STR_FMT, session->scheme ? session->scheme : "https",
                           PL_STR_ARG(session->endpoint->host));
}

pl_str pl_registry_base(const struct pl_registry *registry)
{
    struct pl_registry *owner = (struct pl_registry *)(uintptr_t)registry;
    return base_of(&owner->arena, &registry->sessions[registry->current]);
}

/* An insecure registry is asked over HTTPS first, and over HTTP when that is not what it speaks. */
static enum pl_status find_scheme(struct pl_registry_session *session, struct pl_error *err)
{
    if (!session->endpoint->is_insecure) {
        session->scheme = "https";
        return PL_OK;
    }
    const char *schemes[] = {"https", "http"};
    enum pl_status st = PL_OK;
    for (size_t i = 0; i < PL_ARRAY_LEN(schemes) && !session->scheme; i++) {
        struct pl_arena scratch pl_autoarena = {0};
        pl_str url = pl_arena_format(&scratch, "%s://" PL_STR_FMT "/v2/", schemes[i],
                                     PL_STR_ARG(session->endpoint->host));
        /* Once: what does not speak TLS will not do so later. */
        struct pl_http_request request = {.url = url.ptr,
                                          .max_bytes = PL_LIMIT_MANIFEST_BYTES,
                                          .keeps_redirect = true,
                                          .most_seconds = PL_LIMIT_DOCUMENT_SECONDS,
                                          .is_once = schemes[i][4] == 's'};
        struct pl_http_response response = {0};
        struct pl_error failure = PL_ERROR_INIT;
        st = pl_http_send(session->http, &scratch, &request, &response, &failure);
        if (st == PL_OK) {
            session->scheme = schemes[i];
        } else if (err && (i == 0 || failure.sys_errno == ECONNREFUSED || !err->msg[0])) {
            *err = failure;
        }
    }
    return session->scheme ? PL_OK : st;
}

static enum pl_status make_ready(struct pl_registry_session *session, struct pl_error *err)
{
    if (!session->http) {
        enum pl_status st = pl_http_new(&session->endpoint->transport, &session->http, err);
        if (st < 0) {
            return st;
        }
    }
    return session->scheme ? PL_OK : find_scheme(session, err);
}

/* *ret_is_own tells whether the URL is the registry's own: one that it names may be another's. */
static const char *make_url(const struct pl_registry_session *session, struct pl_arena *arena,
                            const struct pl_registry_request *request, bool *ret_is_own)
{
    pl_str base = base_of(arena, session);
    *ret_is_own = true;
    if (request->url && request->url[0] == '/') {
        return pl_arena_format(arena, PL_STR_FMT "%s", PL_STR_ARG(base), request->url).ptr;
    }
    if (request->url) {
        pl_str root = pl_arena_format(arena, PL_STR_FMT "/", PL_STR_ARG(base));
        *ret_is_own = pl_str_starts_with(pl_str_from(request->url), root);
        return request->url;
    }
    if (request->action == PL_REGISTRY_CATALOG) {
        return pl_arena_format(arena, PL_STR_FMT "/v2/%s", PL_STR_ARG(base), request->path).ptr;
    }
    return pl_arena_format(arena, PL_STR_FMT "/v2/" PL_STR_FMT "/%s", PL_STR_ARG(base),
                           PL_STR_ARG(session->endpoint->repository), request->path)
        .ptr;
}

/* What the sink has got already: where a mirror broke off for good, the next endpoint goes on. */
struct handed {
    const struct pl_http_sink *sink;
    uint64_t bytes;
};

static enum pl_status hand_on(void *context, pl_span piece, struct pl_error *err)
{
    struct handed *handed = context;
    enum pl_status st = handed->sink->take(handed->sink->context, piece, err);
    handed->bytes += st == PL_OK ? piece.len : 0;
    return st;
}

static enum pl_status send_to(struct pl_registry *registry, struct pl_registry_session *session,
                              struct pl_arena *arena, const struct pl_registry_request *request,
                              struct handed *handed, struct pl_http_response *ret,
                              struct pl_error *err)
{
    enum pl_status st = make_ready(session, err);
    if (st < 0) {
        return st;
    }
    struct pl_registry_login context = {registry, session, request->action};
    struct pl_http_login login = {pl_registry_log_in, &context};
    struct pl_http_request http = request->http;
    if (!http.sink && !http.upload && http.most_seconds == 0) {
        http.most_seconds = PL_LIMIT_DOCUMENT_SECONDS;
    }
    struct pl_http_sink sink = {hand_on, handed};
    bool is_own = false;
    if (http.sink) {
        http.sink = &sink;
        http.from_offset += handed->bytes;
        http.max_bytes -= handed->bytes;
    }
    http.url = make_url(session, arena, request, &is_own);
    if (is_own) {
        http.login = &login;
        http.authorization = session->authorization[request->action];
    }
    uint64_t before = handed->bytes;
    st = pl_http_send(session->http, arena, &http, ret, err);
    if (st == PL_OK && http.sink) {
        ret->body_bytes += before;
    }
    return st;
}

static bool is_no_answer(enum pl_status st, unsigned status)
{
    return st == PL_E_NET || st == PL_E_TRUST || st == PL_E_DENIED ||
           (st == PL_OK && (status == 404 || status == 401 || status == 403 || status >= 500));
}

enum pl_status pl_registry_send(struct pl_registry *registry, struct pl_arena *arena,
                                const struct pl_registry_request *request,
                                struct pl_http_response *ret, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    struct handed handed = {request->http.sink, 0};
    for (size_t i = registry->current; i < registry->endpoints.count; i++) {
        struct pl_registry_session *session = &registry->sessions[i];
        struct pl_http_response response = {0};
        struct pl_error failure = PL_ERROR_INIT;
        st = send_to(registry, session, arena, request, &handed, &response, &failure);
        if (session->endpoint->is_mirror && is_no_answer(st, response.status)) {
            continue;
        }
        registry->current = i;
        if (st == PL_OK) {
            *ret = response;
        } else if (err) {
            *err = failure;
        }
        return st;
    }
    return st;
}

/* What the registry itself says: {"errors": [{"code", "message", "detail"}]}. */
static pl_str words_of(struct pl_arena *arena, pl_str body)
{
    json_t *document pl_autojson = NULL;
    if (pl_json_parse(body, "the answer", &document, NULL) < 0) {
        return PL_STR_EMPTY;
    }
    const json_t *error = json_array_get(pl_json_array(document, "errors"), 0);
    pl_str code = pl_json_str(error, "code");
    pl_str message = pl_json_str(error, "message");
    if (code.len == 0 && message.len == 0) {
        return PL_STR_EMPTY;
    }
    return pl_arena_format(arena, ": " PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(code),
                           code.len > 0 && message.len > 0 ? ", " : "",
                           PL_STR_ARG(pl_str_sub(message, 0, 200)));
}

enum pl_status pl_registry_refused(const struct pl_registry *registry,
                                   const struct pl_http_response *response, const char *what,
                                   struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_registry_session *session = &registry->sessions[registry->current];
    pl_str words = words_of(&scratch, response->body);
    enum pl_status st = pl_http_status_class(response->status);
    if (st != PL_E_DENIED) {
        return pl_error_set(err, st, "%s: " PL_STR_FMT " answers with status %u" PL_STR_FMT, what,
                            PL_STR_ARG(base_of(&scratch, session)), response->status,
                            PL_STR_ARG(words));
    }
    pl_str found = session->credentials.found_in;
    pl_str host = registry->reference.registry;
    if (pl_credentials_are_empty(&session->credentials)) {
        return pl_error_set(err, st,
                            "%s: " PL_STR_FMT " denies access (status %u" PL_STR_FMT
                            "); it does not exist, or needs a login: plimsoll registry "
                            "login " PL_STR_FMT,
                            what, PL_STR_ARG(host), response->status, PL_STR_ARG(words),
                            PL_STR_ARG(host));
    }
    return pl_error_set(err, st,
                        "%s: " PL_STR_FMT " denies access (status %u" PL_STR_FMT
                        ") with the credentials from " PL_STR_FMT,
                        what, PL_STR_ARG(host), response->status, PL_STR_ARG(words),
                        PL_STR_ARG(found));
}
