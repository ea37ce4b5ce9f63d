/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_options - what libcurl is told about an attempt: how to connect, whom to trust, what to
 * send.
 */
#include "net/http_attempt.h"

/* Freed by its owner after the request; the table is there to do it with. */
struct pl_http_header_list {
    const struct pl_curl *curl;
    struct curl_slist *items;
};

void pl_http_header_list_release(struct pl_http_header_list *list);

/* Everything but the callbacks; `headers` has to live as long as the request. */
void pl_http_set_options(const struct pl_http_attempt *attempt,
                         struct pl_http_header_list *headers);

/* Each kind of option has its type: the compiler sees what C's "..." would not let it see. */
void pl_http_set_number(const struct pl_http *http, CURLoption option, long value);
void pl_http_set_context(const struct pl_http *http, CURLoption option, void *value);
