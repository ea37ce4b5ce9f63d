/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_retry - how long a client waits for a server, and when it asks again.
 */
#include "net/http.h"

struct pl_http_timings {
    unsigned connect_ms; /* to look the host up, connect, and agree on TLS */
    /* A transfer stands still when less than `stall_bytes_per_s` came or went for `stall_ms`. What
     * the caller's sink or upload took is not counted: a full pipe is not the server's fault. */
    unsigned stall_ms;
    unsigned stall_bytes_per_s;
    /* In place of stall_ms until the answer begins, when the server is on this machine (a Unix
     * socket, or `dial`): an engine makes an archive before it sends its first byte, and there is
     * no network that could have lost it. */
    unsigned local_answer_ms;
    unsigned most_tries; /* when an answer broke off, or the server says that it is busy */
    unsigned most_connects; /* when no connection comes about: most often a name is misspelt */
    unsigned backoff_ms; /* before the second try; doubled before each further one */
    unsigned most_wait_s; /* of Retry-After; a server that wants more is not waited for */
};

#define PL_HTTP_TIMINGS_DEFAULT                                                                    \
    (struct pl_http_timings)                                                                       \
    {                                                                                              \
        .connect_ms = 20000, .stall_ms = 45000, .stall_bytes_per_s = 512,                          \
        .local_answer_ms = 600000, .most_tries = 5, .most_connects = 2, .backoff_ms = 250,         \
        .most_wait_s = 60                                                                          \
    }

/* For a server that has to be quicker than others, and for tests, which cannot wait that long. */
void pl_http_set_timings(struct pl_http *http, const struct pl_http_timings *timings);

/* Is it worth asking again after this status? */
bool pl_http_is_retry_status(unsigned status);

/* The pause after the try of that number, counted from 1. `dice` is any random number: the pause is
 * between three quarters and the whole of backoff_ms * 2^(tries - 1), so that many clients which
 * were refused together do not come back together. */
uint64_t pl_http_backoff_ms(const struct pl_http_timings *timings, unsigned tries, uint32_t dice);

/* Sleeps for the backoff, or for Retry-After where `answer` (or NULL) has one that is longer; NET
 * when that asks for more than most_wait_s. */
enum pl_status pl_http_pause(const struct pl_http_timings *timings, unsigned tries,
                             const struct pl_http_response *answer, struct pl_error *err);
