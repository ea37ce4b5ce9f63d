/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * curl - libcurl, loaded when it is first needed.
 *
 * libcurl brings some thirty libraries along, and loading them takes longer than many a scan of an
 * image that is already at hand. So the program is not linked with it: its functions stand in a
 * table that is filled on the first call of pl_curl_get, and stays for the life of the process.
 */
#include "base/error.h"
#include <curl/curl.h>

#define PL_CURL_FUNCTIONS(X)                                                                       \
    X(easy_cleanup)                                                                                \
    X(easy_getinfo)                                                                                \
    X(easy_init)                                                                                   \
    X(easy_perform)                                                                                \
    X(easy_reset)                                                                                  \
    X(easy_setopt)                                                                                 \
    X(easy_strerror)                                                                               \
    X(free)                                                                                        \
    X(global_init)                                                                                 \
    X(slist_append)                                                                                \
    X(slist_free_all)                                                                              \
    X(url)                                                                                         \
    X(url_cleanup)                                                                                 \
    X(url_get)                                                                                     \
    X(url_set)                                                                                     \
    X(url_strerror)                                                                                \
    X(version_info)

struct pl_curl {
#define X(name) __typeof__(curl_##name) *name;
    PL_CURL_FUNCTIONS(X)
#undef X
};

/* The loaded and initialised library, from any thread; UNSUPPORTED when it is not there or too old,
 * with the name of the package that has it. */
enum pl_status pl_curl_get(const struct pl_curl **ret, struct pl_error *err);
