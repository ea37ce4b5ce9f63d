/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_client - the connections of a client, and the sockets below them.
 *
 * A process that forks leaves its connections to two owners. The child must neither speak on them
 * nor close them politely, which would end them for the parent: so a client knows its sockets and
 * the process it was made in.
 */
#include "net/curl.h"
#include "net/http_retry.h"

struct pl_http {
    const struct pl_curl *curl;
    CURL *easy; /* keeps the connections between requests */
    struct pl_http_transport transport;
    struct pl_http_timings timings;
    struct curl_slist *connect_to; /* with `dial`: saves the URL's host from being looked up */
    const char *ca_dir; /* the system's store; NULL where libcurl's own settings do */
    pid_t pid;
    int sockets[16];
    size_t socket_count;
    bool is_busy; /* inside libcurl, where the client must not be used again */
};

/* To be called before each use: after a fork, the child starts with connections of its own. */
void pl_http_client_enter(struct pl_http *http);

/* For CURLOPT_SOCKOPTFUNCTION and CURLOPT_CLOSESOCKETFUNCTION, with the client as context. */
int pl_http_client_add_socket(void *context, curl_socket_t fd, curlsocktype purpose);
int pl_http_client_close_socket(void *context, curl_socket_t fd);
