/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_client - the connections of a client, and the sockets below them.
 *
 * A process that forks leaves its connections to two owners. The child must neither speak on them
 * nor close them politely, which would end them for the parent: so a client knows its sockets and
 * the process it was made in.
 */
#include "base/buf.h"
#include "net/curl.h"
#include "net/http_retry.h"

struct pl_http {
    const struct pl_curl *curl;
    CURL *easy; /* keeps the connections between requests */
    struct pl_http_transport transport;
    struct pl_http_timings timings;
    struct curl_slist *connect_to; /* with `dial`: saves the URL's host from being looked up */
    const char *system_file; /* the system's store of certificates; each may be NULL */
    const char *system_dir;
    struct pl_buf trusted; /* system_file and the transport's ca_file, when there is one */
    pid_t pid;
    int sockets[16];
    size_t socket_count;
    bool is_busy; /* inside libcurl, where the client must not be used again */
};

/* To be called before each use: after a fork, the child starts with connections of its own. */
void pl_http_client_enter(struct pl_http *http);

/* Notes an open socket; false when there are too many. */
bool pl_http_client_add_socket(struct pl_http *http, int fd);
/* For CURLOPT_CLOSESOCKETFUNCTION, with the client as context. */
int pl_http_client_close_socket(void *context, curl_socket_t fd);
