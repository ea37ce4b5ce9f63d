/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * host - where an engine that speaks the Docker Engine API may be, and how it is spoken to there.
 *
 * Nothing is connected here. Everything lives in the arena given. What users wrote is checked
 * before it can become a program's argument, and nothing that is secret is kept: URLs with a
 * password are refused.
 */
#include "base/arena.h"
#include "base/vec.h"
#include "net/http.h"

/* An engine by its make; both constants are rows of one table. */
struct pl_docker_kind {
    const char *name; /* the scheme, and the program asked for over SSH */
    const char *title; /* for people */
    const char *host_variable; /* names the host; the first of all places */
    bool has_client_settings; /* the docker client's: its contexts, its variables for TLS */
    /* Tried in order. A leading '~' is the home directory, a leading '@' the user's run-time
     * directory. Ended by NULL. */
    const char *const *sockets;
    const char *ssh_host_option; /* by which the program over there is told a socket */
    const char *advice; /* when none answers */
};

extern const struct pl_docker_kind pl_docker_kind_docker;
extern const struct pl_docker_kind pl_docker_kind_podman;

/* What of TLS stands beside a tcp:// host. */
struct pl_docker_tls {
    bool is_on;
    bool is_insecure; /* any certificate is taken */
    const char *ca_file; /* or NULL, as the others */
    const char *client_cert;
    const char *client_key;
};

/* A machine that is reached over SSH. */
struct pl_docker_ssh {
    const char *user; /* or NULL */
    const char *port; /* or NULL */
    const char *host;
    /* Asked there: NAME [OPTION SOCKET] system dial-stdio; ended by NULL. */
    const char *command[6];
};

struct pl_docker_host {
    pl_str shown; /* "unix:///var/run/docker.sock" */
    const char *base_url; /* of the API, without a slash at the end */
    struct pl_http_transport transport; /* without `dial` */
    const struct pl_docker_ssh *ssh; /* what to dial; or NULL */
    bool is_local; /* a socket of this machine: its process ids are ours */
};

struct pl_docker_hosts {
    PL_VEC_FIELDS(struct pl_docker_host);
};

/* unix://PATH, tcp://HOST[:PORT][/PATH], http(s)://..., ssh://[USER@]HOST[:PORT][/SOCKET], or
 * HOST:PORT. PL_E_USAGE, saying what is wrong; UNSUPPORTED for pipes of Windows. */
enum pl_status pl_docker_host_parse(struct pl_arena *arena, const struct pl_docker_kind *kind,
                                    pl_str text, const struct pl_docker_tls *tls,
                                    struct pl_docker_host *ret, struct pl_error *err);

/* The hosts to try, in order: the one that the kind's variable names, or the current context does,
 * alone; else the usual sockets. What is named but cannot be read is an error, never passed over.
 */
enum pl_status pl_docker_hosts_find(struct pl_arena *arena, const struct pl_docker_kind *kind,
                                    struct pl_docker_hosts *ret, struct pl_error *err);
