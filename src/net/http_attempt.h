/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_attempt - one request to one URL, and its answer: what happens between two decisions of
 * pl_http_send.
 */
#include "net/http_body.h"
#include "net/http_client.h"
#include "net/http_url.h"

struct pl_http_attempt {
    /* What is asked. */
    struct pl_http *http;
    struct pl_arena *arena;
    const struct pl_http_request *request;
    const struct pl_http_target *target;
    const char *method; /* the request's, or GET after a redirect that says so */
    const char *authorization; /* NULL: none */
    const char *user; /* of the caller's URL, in place of `authorization`; or NULL */
    const char *password;
    bool is_foreign; /* not the origin that the caller named: what may be secret stays out */
    bool has_body; /* the request's body goes along */
    struct pl_http_body *body;

    /* What came back. */
    struct pl_http_head head;
    struct pl_buf failure; /* beginning of a body that is no success's */
    unsigned most_tries; /* after an error: how often the request may be made in all */
    uint64_t began_ms; /* when it was connected, on the clock of mark_ms */
    bool is_out_of_time; /* the request's most_seconds are over */
    bool is_own_error; /* the sink's or the upload's, whose words stand as they are */

    /* While it runs. */
    struct pl_error error; /* why libcurl was told to stop; its status is PL_OK when it was not */
    bool is_connected;
    int placeholder_fd; /* with `dial`: what libcurl took for the connection, and the true one */
    int dialled_fd;
    uint64_t sent; /* of the upload */
    uint64_t outside_ns; /* spent in the caller's functions */
    bool has_answer; /* the mark was set anew when the answer began */
    uint64_t mark_ms; /* when the transfer last had its least speed, and what had gone by then */
    uint64_t mark_bytes;
    char curl_text[CURL_ERROR_SIZE];
};

static inline bool pl_http_attempt_is_head(const struct pl_http_attempt *attempt)
{
    return strcmp(attempt->method, "HEAD") == 0;
}

void pl_http_attempt_release(struct pl_http_attempt *attempt);

/* PL_OK when there is an answer, with a whole body where it is a success. */
enum pl_status pl_http_attempt_run(struct pl_http_attempt *attempt, struct pl_error *err);
