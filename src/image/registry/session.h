/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * session - an endpoint of a registry while it is spoken to: its connection, whether it speaks
 * HTTPS, and what it was shown to let us in. Private to image/registry/.
 */
#include "image/registry/client.h"
#include "image/registry/credentials.h"

struct pl_registry_session {
    const struct pl_registry_endpoint *endpoint;
    struct pl_http *http;
    const char *scheme; /* "https", "http"; NULL: not known yet */
    const char *authorization[PL_REGISTRY_ACTIONS]; /* NULL: none was asked for so far */
    struct pl_credentials credentials;
    bool has_credentials; /* they were looked for */
};

struct pl_registry {
    struct pl_arena arena;
    const struct pl_registry_options *options;
    struct pl_reference reference;
    struct pl_registry_endpoints endpoints;
    struct pl_registry_session *sessions; /* one for each endpoint */
    size_t current; /* the endpoint that answered last */
};

/* The header that asks for every kind of manifest and index: a registry may answer 404 for one that
 * is there, but is not among what is accepted. */
extern const char *const pl_registry_accept_manifests[];

/* Answers a 401 (pl_http_login): `context` is a struct pl_registry_login. */
struct pl_registry_login {
    struct pl_registry *registry;
    struct pl_registry_session *session;
    enum pl_registry_action action;
};

enum pl_status pl_registry_log_in(void *login, struct pl_arena *arena,
                                  const struct pl_http_response *challenge, const char **ret_value,
                                  struct pl_error *err);
