/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a registry lets us in (distribution, "Token Authentication Specification"): it answers 401
 * with a challenge. For Basic the credentials are sent to it. For Bearer they are sent to the
 * realm, a token server, with what we want to do (scope), and the token that it answers with is
 * sent to the registry. With a refresh token ("identity token") the server is asked by POST as
 * OAuth2 has it. Without credentials it is asked as nobody.
 */
#include "base/limits.h"
#include "format/base64.h"
#include "image/registry/challenge.h"
#include "image/registry/session.h"
#include "image/registry/token.h"

enum { TOKEN_SECONDS = 60 };

struct grant {
    struct pl_registry_login *login;
    struct pl_arena *arena;
    const struct pl_credentials *credentials;
    const struct pl_challenge *challenge;
    pl_str scope;
};

static void append_parameter(struct pl_buf *buf, const char *name, pl_str value)
{
    char last = buf->len > 0 ? buf->ptr[buf->len - 1] : '\0';
    if (buf->len > 0 && last != '?' && last != '&') {
        pl_buf_append_char(buf, '&');
    }
    pl_buf_append_format(buf, "%s=", name);
    pl_http_append_escaped(buf, value);
}

static const char *basic_value(struct pl_arena *arena, const struct pl_credentials *credentials)
{
    pl_str pair = pl_arena_format(arena, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(credentials->user),
                                  PL_STR_ARG(credentials->password));
    return pl_arena_format(arena, "Basic " PL_STR_FMT, PL_STR_ARG(pl_base64_encode(arena, pair)))
        .ptr;
}

static const char *bearer_value(struct pl_arena *arena, pl_str token)
{
    return pl_arena_format(arena, "Bearer " PL_STR_FMT, PL_STR_ARG(token)).ptr;
}

/* What would be asked for when the registry does not say. */
static pl_str default_scope(struct pl_arena *arena, const struct pl_registry_login *login)
{
    if (login->action == PL_REGISTRY_CATALOG) {
        return PL_STR("registry:catalog:*");
    }
    if (login->session->endpoint->repository.len == 0) {
        return PL_STR_EMPTY; /* it is only asked whether we are let in */
    }
    return pl_arena_format(arena, "repository:" PL_STR_FMT ":%s",
                           PL_STR_ARG(login->session->endpoint->repository),
                           login->action == PL_REGISTRY_PUSH ? "pull,push" : "pull");
}

/* Where credentials are sent is what a registry says; it is not allowed to have them sent in the
 * clear when it is itself reached over HTTPS. */
static enum pl_status check_realm(const struct grant *grant, struct pl_error *err)
{
    pl_str realm = grant->challenge->realm;
    bool is_secure = pl_str_starts_with(realm, PL_STR("https://"));
    if (!pl_http_is_url(realm)) {
        return pl_error_set(err, PL_E_PARSE, "the registry names no token server to log in at");
    }
    if (!is_secure && strcmp(grant->login->session->scheme, "https") == 0 &&
        !grant->login->session->endpoint->is_insecure) {
        return pl_error_set(err, PL_E_DENIED,
                            "the registry wants us to log in at " PL_STR_FMT
                            ", which is not encrypted; nothing was sent there",
                            PL_STR_ARG(pl_http_url_for_people(grant->arena, realm)));
    }
    return PL_OK;
}

static enum pl_status read_token(const struct grant *grant, const struct pl_http_response *response,
                                 const char **ret_value, struct pl_error *err)
{
    pl_str where = pl_http_url_for_people(grant->arena, grant->challenge->realm);
    if (response->status == 401 || response->status == 403) {
        pl_str found = grant->credentials->found_in;
        return pl_error_set(
            err, PL_E_DENIED,
            "the token server " PL_STR_FMT " refuses the credentials%s" PL_STR_FMT " (status %u)",
            PL_STR_ARG(where), found.len > 0 ? " from " : "", PL_STR_ARG(found), response->status);
    }
    if (response->status != 200) {
        return pl_error_set(err, pl_http_status_class(response->status),
                            "the token server " PL_STR_FMT " answers with status %u",
                            PL_STR_ARG(where), response->status);
    }
    pl_str token = PL_STR_EMPTY;
    enum pl_status st = pl_registry_token_parse(grant->arena, response->body, &token, err);
    if (st < 0) {
        return pl_error_wrap(err, "the token server " PL_STR_FMT, PL_STR_ARG(where));
    }
    *ret_value = bearer_value(grant->arena, token);
    return PL_OK;
}

static void append_scopes(struct pl_buf *buf, pl_str scopes)
{
    pl_str scope = PL_STR_EMPTY;
    while (pl_str_next_word(&scopes, &scope)) {
        append_parameter(buf, "scope", scope);
    }
}

/* By POST with the refresh token. */
static enum pl_status refresh(const struct grant *grant, const char **ret_value,
                              struct pl_error *err)
{
    struct pl_buf form pl_autobuf = PL_BUF_INIT(PL_REGISTRY_TOKEN_BYTES * 4);
    append_parameter(&form, "grant_type", PL_STR("refresh_token"));
    append_parameter(&form, "service", grant->challenge->service);
    append_parameter(&form, "client_id", PL_STR("plimsoll"));
    append_parameter(&form, "refresh_token", grant->credentials->identity_token);
    append_parameter(&form, "scope", grant->scope);
    const char *headers[] = {"Content-Type: application/x-www-form-urlencoded", NULL};
    const char *url = NULL;
    enum pl_status st = pl_buf_status(&form, "what is sent to the token server", err);
    if (st == PL_OK) {
        st = pl_arena_cstr(grant->arena, grant->challenge->realm, &url, err);
    }
    struct pl_http_request request = {.method = "POST",
                                      .url = url,
                                      .headers = headers,
                                      .body = pl_buf_str(&form),
                                      .has_body = true,
                                      .max_bytes = PL_REGISTRY_TOKEN_BYTES * 2,
                                      .most_seconds = TOKEN_SECONDS,
                                      .keeps_redirect = true};
    struct pl_http_response response = {0};
    if (st == PL_OK) {
        st = pl_http_send(grant->login->session->http, grant->arena, &request, &response, err);
    }
    return st < 0 ? st : read_token(grant, &response, ret_value, err);
}

static enum pl_status ask_token(const struct grant *grant, const char **ret_value,
                                struct pl_error *err)
{
    bool has_user = grant->credentials->user.len > 0;
    struct pl_buf url pl_autobuf = PL_BUF_INIT(PL_REGISTRY_TOKEN_BYTES);
    pl_buf_append(&url, grant->challenge->realm);
    pl_buf_append_char(&url,
                       pl_str_find_char(grant->challenge->realm, '?') == SIZE_MAX ? '?' : '&');
    if (grant->challenge->service.len > 0) {
        append_parameter(&url, "service", grant->challenge->service);
    }
    append_scopes(&url, grant->scope);
    if (has_user) {
        append_parameter(&url, "account", grant->credentials->user);
    }
    const char *text = NULL;
    enum pl_status st = pl_buf_status(&url, "the token server's URL", err);
    if (st == PL_OK) {
        st = pl_arena_cstr(grant->arena, pl_buf_str(&url), &text, err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_http_request request = {
        .url = text,
        .authorization = has_user ? basic_value(grant->arena, grant->credentials) : NULL,
        .max_bytes = PL_REGISTRY_TOKEN_BYTES * 2,
        .most_seconds = TOKEN_SECONDS,
    };
    struct pl_http_response response = {0};
    st = pl_http_send(grant->login->session->http, grant->arena, &request, &response, err);
    return st < 0 ? st : read_token(grant, &response, ret_value, err);
}

static enum pl_status find_credentials(struct pl_registry_login *login, struct pl_error *err)
{
    struct pl_registry_session *session = login->session;
    struct pl_registry *registry = login->registry;
    if (session->has_credentials) {
        return PL_OK;
    }
    const struct pl_registry_endpoint *endpoint = session->endpoint;
    enum pl_status st = PL_OK;
    /* What the user says is for the registry named; another in its place has its own. */
    if (!endpoint->is_named) {
        st = pl_credentials_find_for_mirror(&registry->arena, endpoint->host, endpoint->repository,
                                            &session->credentials, err);
    } else if (registry->options->token.len > 0) {
        session->credentials.registry_token = registry->options->token;
        session->credentials.found_in = PL_STR("--registry-token");
    } else {
        st = pl_credentials_find(&registry->arena, registry->reference.registry,
                                 endpoint->repository, &session->credentials, err);
    }
    session->has_credentials = st == PL_OK;
    return st;
}

/* By the challenge, with what we have. */
static enum pl_status answer(const struct grant *grant, const char **ret_value,
                             struct pl_error *err)
{
    const struct pl_credentials *credentials = grant->credentials;
    if (credentials->registry_token.len > 0) {
        *ret_value = bearer_value(grant->arena, credentials->registry_token);
        return PL_OK;
    }
    if (grant->challenge->has_bearer) {
        enum pl_status st = check_realm(grant, err);
        return st < 0                                ? st
               : credentials->identity_token.len > 0 ? refresh(grant, ret_value, err)
                                                     : ask_token(grant, ret_value, err);
    }
    if (grant->challenge->has_basic && credentials->user.len > 0) {
        *ret_value = basic_value(grant->arena, credentials);
        return PL_OK;
    }
    return pl_error_set(err, PL_E_DENIED,
                        "the registry asks who we are, and no credentials for " PL_STR_FMT
                        " were found; try: plimsoll registry login " PL_STR_FMT,
                        PL_STR_ARG(grant->login->registry->reference.registry),
                        PL_STR_ARG(grant->login->registry->reference.registry));
}

enum pl_status pl_registry_log_in(void *context, struct pl_arena *arena,
                                  const struct pl_http_response *response, const char **ret_value,
                                  struct pl_error *err)
{
    struct pl_registry_login *login = context;
    struct pl_challenge challenge = {0};
    for (size_t i = 0; i < response->headers.count; i++) {
        const struct pl_http_header *header = &response->headers.items[i];
        if (pl_str_eq(header->name, PL_STR("www-authenticate"))) {
            pl_challenge_read(arena, header->value, &challenge);
        }
    }
    enum pl_status st = find_credentials(login, err);
    if (st < 0) {
        return st;
    }
    struct grant grant = {login, arena, &login->session->credentials, &challenge,
                          challenge.scope.len > 0 ? challenge.scope : default_scope(arena, login)};
    const char *value = NULL;
    st = answer(&grant, &value, err);
    if (st < 0) {
        return st;
    }
    /* For the requests to come. */
    login->session->authorization[login->action] =
        pl_arena_dup(&login->registry->arena, pl_str_from(value)).ptr;
    *ret_value = value;
    return PL_OK;
}
