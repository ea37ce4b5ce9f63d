/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_body - a success's body, put together from as many answers as it takes.
 *
 * What was handed out is never handed out again: after a break the rest is asked for by Range (RFC
 * 9110, section 14), and where a server ignores that, its bytes are skipped up to the place.
 */
#include "net/http_header.h"

struct pl_http_body {
    const struct pl_http_sink *sink; /* NULL: into `buffer` */
    struct pl_buf buffer;
    const char *method; /* of the request that is answered */
    bool has_own_range; /* the caller's headers ask for one, which is not meddled with */
    uint64_t from; /* where the caller wants to begin */
    uint64_t max_bytes;
    uint64_t handed; /* bytes given to the sink or the buffer */
    uint64_t whole; /* length of the complete body, from 0; UINT64_MAX: not known */
    uint64_t skip; /* bytes of this answer that are left out */
    bool has_sink_failed; /* its error is the caller's own */
    unsigned status; /* of the first success; 0 before */
    pl_str etag; /* of that, when it is a strong one */
};

void pl_http_body_release(struct pl_http_body *body);

/* Where the next answer should begin. */
static inline uint64_t pl_http_body_offset(const struct pl_http_body *body)
{
    return body->from + body->handed;
}

/* Can it be gone on with, or begun anew, in another answer? */
bool pl_http_body_can_resume(const struct pl_http_body *body);

/* A success's headers are complete: its body follows. NET when it is no continuation of what was
 * handed out; LIMIT when it says itself that it is too long. */
enum pl_status pl_http_body_begin(struct pl_http_body *body, struct pl_arena *arena,
                                  const struct pl_http_head *head, struct pl_error *err);

enum pl_status pl_http_body_take(struct pl_http_body *body, pl_span piece, struct pl_error *err);

/* After an answer that ended as it should: NET when bytes are missing all the same. */
enum pl_status pl_http_body_end(const struct pl_http_body *body, struct pl_error *err);

/* Does this answer of status 416 mean that nothing was missing any more? */
bool pl_http_body_is_ended_by(const struct pl_http_body *body, const struct pl_http_head *head);
