/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * hosts - where a registry's images are really asked for, and how its servers are trusted.
 *
 * registries.conf (containers-registries.conf(5), version 2, with its .d directories; system-wide,
 * the user's, or ${CONTAINERS_REGISTRIES_CONF}) gives mirrors, other locations, insecure and
 * blocked registries; the daemon's registry-mirrors and insecure-registries in
 * /etc/docker/daemon.json count where registries.conf says nothing. certs.d directories
 * (~/.config/containers, /etc/containers, /etc/docker) give CAs and client certificates of a
 * HOST[:PORT]. The user's options come before all of them; a CA of theirs is trusted beside those.
 *
 * Endpoints live in the arena, all that their transports point to included.
 */
#include "base/vec.h"
#include "image/reference.h"
#include "net/http.h"

/* From the command line; borrowed. */
struct pl_registry_options {
    struct pl_strs insecure; /* HOST[:PORT]s that may speak HTTP or show any certificate */
    const char *ca_file; /* PEM, for every registry; or NULL */
    const char *client_cert;
    const char *client_key;
    pl_str token; /* a bearer token for the registry the user named; or empty */
};

struct pl_registry_endpoint {
    pl_str host; /* HOST[:PORT]; for docker.io registry-1.docker.io */
    pl_str repository; /* as it is called there */
    bool is_insecure; /* HTTPS is tried first, with any certificate, then HTTP */
    bool is_mirror;
    /* The registry that the user named. Any other, be it a mirror or another location, gets no
     * token of the options, and its credentials from pl_credentials_find_for_mirror. */
    bool is_named;
    struct pl_http_transport transport;
};

struct pl_registry_endpoints {
    PL_VEC_FIELDS(struct pl_registry_endpoint);
};

/* Where the files are looked for; NULL: nowhere. */
struct pl_registry_places {
    const char *registries_conf; /* stated: must be there, in place of the two main files */
    const char *user_dir; /* ~/.config/containers */
    const char *system_dir; /* /etc/containers */
    const char *docker_dir; /* /etc/docker */
};

/* In the order to be tried, the registry itself last. A reference without tag and digest counts as
 * one by tag. A mirror that is for digests only, or for
 * tags only, is left out when the reference is the other. Loopback addresses (127.0.0.0/8, ::1,
 * localhost) are taken as insecure without being told, as Docker does. DENIED for a blocked
 * registry. */
enum pl_status pl_registry_hosts(struct pl_arena *arena, const struct pl_registry_options *options,
                                 const struct pl_reference *reference,
                                 struct pl_registry_endpoints *ret, struct pl_error *err);

/* The same with other places. */
enum pl_status pl_registry_hosts_in(struct pl_arena *arena, const struct pl_registry_places *places,
                                    const struct pl_registry_options *options,
                                    const struct pl_reference *reference,
                                    struct pl_registry_endpoints *ret, struct pl_error *err);
