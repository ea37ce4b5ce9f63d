/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   GET /v2/            200 when we are let in, 401 with a challenge when we are not
 *   GET /v2/_catalog    {"repositories": [...]}, in pages
 */
#include "image/registry/account.h"
#include "base/limits.h"
#include "image/registry/listing.h"
#include "image/registry/session.h"

static enum pl_status check(struct pl_registry *registry, bool *ret_is_asked, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_registry_request request = {
        .action = PL_REGISTRY_PULL, .url = "/v2/", .http = {.max_bytes = PL_LIMIT_MANIFEST_BYTES}};
    struct pl_http_response response = {0};
    enum pl_status st = pl_registry_send(registry, &scratch, &request, &response, err);
    const struct pl_registry_session *session = &registry->sessions[registry->current];
    bool is_denied = response.status == 401 || response.status == 403;
    if (st == PL_OK && is_denied) {
        st = pl_error_set(err, PL_E_DENIED,
                          PL_STR_FMT " does not accept this user name and password (status %u)",
                          PL_STR_ARG(registry->reference.registry), response.status);
    } else if (st == PL_OK && response.status != 200) {
        st = pl_registry_refused(registry, &response, "the login", err);
    }
    if (st == PL_OK) {
        *ret_is_asked = session->authorization[PL_REGISTRY_PULL] != NULL;
    }
    return st;
}

enum pl_status pl_registry_check_login(const struct pl_registry_options *options, pl_str host,
                                       const struct pl_credentials *credentials, bool *ret_is_asked,
                                       struct pl_error *err)
{
    struct pl_reference reference = {.registry = host};
    struct pl_registry *registry PL_CLEANUP(pl_registry_closep) = NULL;
    enum pl_status st = pl_registry_open(options, &reference, &registry, err);
    if (st < 0) {
        return st;
    }
    /* A mirror has nothing to do with it, and must not be shown them. */
    registry->current = registry->endpoints.count - 1;
    struct pl_registry_session *session = &registry->sessions[registry->current];
    if (!session->endpoint->is_named) {
        return pl_error_set(err, PL_E_USAGE,
                            "registries.conf has " PL_STR_FMT " in place of " PL_STR_FMT
                            "; log in there",
                            PL_STR_ARG(session->endpoint->host), PL_STR_ARG(host));
    }
    session->credentials = *credentials;
    session->has_credentials = true;
    return check(registry, ret_is_asked, err);
}

static enum pl_status take_repositories(void *context, const json_t *page, struct pl_error *err)
{
    (void)err;
    struct pl_registry_names *names = context;
    const json_t *repositories = pl_json_array(page, "repositories");
    for (size_t i = 0; i < json_array_size(repositories); i++) {
        pl_registry_names_add(names, pl_json_text(json_array_get(repositories, i)));
    }
    return PL_OK;
}

enum pl_status pl_registry_catalog(struct pl_registry *registry, struct pl_arena *arena,
                                   struct pl_strs *ret, struct pl_error *err)
{
    struct pl_registry_names names = {.arena = arena};
    struct pl_registry_list list = {.action = PL_REGISTRY_CATALOG,
                                    .path = "_catalog",
                                    .what = "the list of repositories",
                                    .take = take_repositories,
                                    .context = &names};
    struct pl_error why = PL_ERROR_INIT;
    enum pl_status st = pl_registry_list(registry, &list, &why);
    if (st == PL_E_NOT_FOUND || st == PL_E_DENIED) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            PL_STR_FMT " does not list its repositories, or not to us (%s); many "
                                       "registries, Docker Hub among them, never do",
                            PL_STR_ARG(registry->reference.registry), why.msg);
    }
    if (st < 0) {
        if (err) {
            *err = why;
        }
        return st;
    }
    *ret = names.names;
    return PL_OK;
}
