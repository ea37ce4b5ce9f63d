/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * credentials - who we are at a registry.
 *
 * Looked for in this order: PLIMSOLL_REGISTRY_USER and PLIMSOLL_REGISTRY_PASSWORD, or
 * PLIMSOLL_REGISTRY_TOKEN (for the one registry named by PLIMSOLL_REGISTRY, or for every one that
 * the user names when that is not set); DOCKER_AUTH_CONFIG (the text of a config.json);
 * REGISTRY_AUTH_FILE; podman's ${XDG_RUNTIME_DIR}/containers/auth.json (/run/containers/UID when
 * that is not set) and ${XDG_CONFIG_HOME:-~/.config}/containers/auth.json;
 * ${DOCKER_CONFIG:-~/.docker}/config.json. In these files credHelpers, then auths, then credsStore
 * (docker-credential-NAME programs, which are run without a shell and under a time limit). auths
 * may name a repository or a path above it (podman): the longest that fits wins.
 *
 * What is found lives in the arena; it never goes into an error or a log.
 */
#include "base/arena.h"
#include "base/error.h"

struct pl_credentials {
    pl_str user; /* with `password` */
    pl_str password;
    pl_str identity_token; /* an OAuth2 refresh token */
    pl_str registry_token; /* a bearer token to be sent as it is */
    pl_str found_in; /* "DOCKER_AUTH_CONFIG", or a file's path: for messages */
};

static inline bool pl_credentials_are_empty(const struct pl_credentials *c)
{
    return c->user.len == 0 && c->identity_token.len == 0 && c->registry_token.len == 0;
}

/* Environment variables with secrets in them, ended by NULL: no program that we start gets them. */
extern const char *const pl_credentials_variables[];

/* Empty when there are none. A file that is damaged, or a helper that fails, is an error that says
 * so: going on as nobody would only give a puzzling "denied" later. */
enum pl_status pl_credentials_find(struct pl_arena *arena, pl_str registry, pl_str repository,
                                   struct pl_credentials *ret, struct pl_error *err);

/* The same for a registry that the user did not name, but a configuration in its place: a mirror,
 * or another location. What the environment gives without PLIMSOLL_REGISTRY is not for it. */
enum pl_status pl_credentials_find_for_mirror(struct pl_arena *arena, pl_str registry,
                                              pl_str repository, struct pl_credentials *ret,
                                              struct pl_error *err);

/* Keeps them for the registry, where `docker login` would: in the credsStore or credHelper that
 * config.json names, else in its auths, mode 0600. *ret_where says where. Everything else in the
 * file stays as it is. */
enum pl_status pl_credentials_store(struct pl_arena *arena, pl_str registry,
                                    const struct pl_credentials *credentials, pl_str *ret_where,
                                    struct pl_error *err);

/* NOT_FOUND when there were none. */
enum pl_status pl_credentials_erase(struct pl_arena *arena, pl_str registry, pl_str *ret_where,
                                    struct pl_error *err);
