/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_header - the lines before a body, and the values among them that this client acts upon.
 */
#include "net/http.h"

/* Takes in the lines of an answer one after the other, with or without their CRLF. */
struct pl_http_head {
    unsigned status; /* of the block that is being read, 0 before its status line */
    struct pl_http_headers headers; /* of that block; then of its trailers too */
    bool is_complete; /* the final answer's blank line was seen: what comes now are trailers */
    size_t bytes; /* of all lines of all blocks */
    size_t lines; /* of the block */
};

/* One line. A status line begins a new block: the answers 100 to 199 come before the final one (RFC
 * 9110, section 15.2). LIMIT when there are too many, PARSE for what is no header. */
enum pl_status pl_http_head_take(struct pl_http_head *head, struct pl_arena *arena, pl_str line,
                                 struct pl_error *err);

pl_str pl_http_headers_find(const struct pl_http_headers *headers, const char *name);

/* Content-Range: bytes FIRST-LAST/LENGTH, or bytes * /LENGTH with a 416 (RFC 9110, section 14.4).
 */
struct pl_http_content_range {
    bool has_bytes; /* `first` and `last` count */
    uint64_t first;
    uint64_t last;
    uint64_t length; /* of the whole; UINT64_MAX when the server does not know */
};

/* False when it is malformed, or of another unit. */
bool pl_http_content_range_parse(pl_str value, struct pl_http_content_range *ret);

/* Retry-After (RFC 9110, section 10.2.3): seconds, or a date, from which what the server calls now
 * is taken off, `date` being its Date header; where that is missing our own clock counts.
 * False when it is neither. */
bool pl_http_retry_after_parse(pl_str value, pl_str date, uint64_t *ret_seconds);

/* A date in any of the three forms of RFC 9110, section 5.6.7, as seconds since 1970. */
bool pl_http_date_parse(pl_str value, int64_t *ret_seconds);
