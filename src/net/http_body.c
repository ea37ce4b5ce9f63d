/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_body.h"

void pl_http_body_release(struct pl_http_body *body)
{
    pl_buf_release(&body->buffer);
}

bool pl_http_body_can_resume(const struct pl_http_body *body)
{
    return body->handed == 0 || (strcmp(body->method, "GET") == 0 && !body->has_own_range);
}

static enum pl_status changed(struct pl_error *err)
{
    return pl_error_set(err, PL_E_NET, "it changed on the server while it was being read");
}

/* How long the body will be, from offset 0 on, as the answer has it. */
static enum pl_status learn_length(struct pl_http_body *body, uint64_t whole, struct pl_error *err)
{
    if (whole == UINT64_MAX) {
        return PL_OK;
    }
    if (body->whole != UINT64_MAX && body->whole != whole) {
        return changed(err);
    }
    if (whole < pl_http_body_offset(body)) {
        return pl_error_set(err, PL_E_NET, "it has %llu bytes, and was to be read from %llu on",
                            (unsigned long long)whole,
                            (unsigned long long)pl_http_body_offset(body));
    }
    if (whole - body->from > body->max_bytes) {
        return pl_error_set(err, PL_E_LIMIT, "it is larger than %llu bytes",
                            (unsigned long long)body->max_bytes);
    }
    body->whole = whole;
    return PL_OK;
}

static uint64_t content_length(const struct pl_http_head *head)
{
    uint64_t length = UINT64_MAX;
    if (pl_http_headers_find(&head->headers, "transfer-encoding").len > 0 ||
        !pl_str_to_uint(pl_http_headers_find(&head->headers, "content-length"), INT64_MAX,
                        &length)) {
        return UINT64_MAX;
    }
    return length;
}

static enum pl_status begin_part(struct pl_http_body *body, const struct pl_http_head *head,
                                 struct pl_error *err)
{
    struct pl_http_content_range range = {.length = UINT64_MAX};
    if (!pl_http_content_range_parse(pl_http_headers_find(&head->headers, "content-range"),
                                     &range) ||
        !range.has_bytes || range.first != pl_http_body_offset(body)) {
        return pl_error_set(err, PL_E_NET,
                            "the server answers with another part than the one from byte %llu on",
                            (unsigned long long)pl_http_body_offset(body));
    }
    body->skip = 0;
    return learn_length(body, range.length, err);
}

/* "xyzzy" in its quotes (section 8.8.3): it is sent back, so nothing may hide in it. */
static bool is_strong_etag(pl_str etag)
{
    if (etag.len < 2 || etag.ptr[0] != '"' || etag.ptr[etag.len - 1] != '"') {
        return false;
    }
    for (size_t i = 0; i < etag.len; i++) {
        if ((unsigned char)etag.ptr[i] <= ' ' || etag.ptr[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

/* Two answers belong together only when their strong validators are the same (section 15.3.7.3). */
static enum pl_status check_validator(struct pl_http_body *body, struct pl_arena *arena,
                                      const struct pl_http_head *head, struct pl_error *err)
{
    pl_str etag = pl_http_headers_find(&head->headers, "etag");
    if (!is_strong_etag(etag)) {
        etag = PL_STR_EMPTY;
    }
    if (body->handed == 0) {
        body->etag = pl_arena_dup(arena, etag);
    } else if (body->etag.len > 0 && etag.len > 0 && !pl_str_eq(etag, body->etag)) {
        return changed(err);
    }
    return PL_OK;
}

enum pl_status pl_http_body_begin(struct pl_http_body *body, struct pl_arena *arena,
                                  const struct pl_http_head *head, struct pl_error *err)
{
    enum pl_status st = check_validator(body, arena, head, err);
    if (st < 0) {
        return st;
    }
    if (body->handed == 0) {
        body->whole = UINT64_MAX;
        body->status = head->status;
    }
    if (head->status == 206 && !body->has_own_range) {
        return begin_part(body, head, err);
    }
    if (body->handed > 0 && head->status != 200) {
        return pl_error_set(err, PL_E_NET, "the server answers the rest with status %u",
                            head->status);
    }
    body->skip = pl_http_body_offset(body);
    return learn_length(body, content_length(head), err);
}

enum pl_status pl_http_body_take(struct pl_http_body *body, pl_span piece, struct pl_error *err)
{
    if (body->skip > 0) {
        size_t left_out = body->skip < piece.len ? (size_t)body->skip : piece.len;
        body->skip -= left_out;
        piece = (pl_span){piece.ptr + left_out, piece.len - left_out};
    }
    if (piece.len > body->max_bytes - body->handed) {
        return pl_error_set(err, PL_E_LIMIT, "it is larger than %llu bytes",
                            (unsigned long long)body->max_bytes);
    }
    if (body->whole != UINT64_MAX && piece.len > body->whole - pl_http_body_offset(body)) {
        return pl_error_set(err, PL_E_NET, "the server sends more than the %llu bytes it has",
                            (unsigned long long)body->whole);
    }
    if (piece.len == 0) {
        return PL_OK;
    }
    enum pl_status st = PL_OK;
    if (body->sink) {
        st = body->sink->take(body->sink->context, piece, err);
        body->has_sink_failed = st < 0;
    } else {
        pl_buf_append(&body->buffer, pl_span_str(piece));
        st = pl_buf_status(&body->buffer, "it", err);
    }
    body->handed += st == PL_OK ? piece.len : 0;
    return st;
}

enum pl_status pl_http_body_end(const struct pl_http_body *body, struct pl_error *err)
{
    if (body->skip > 0 || (body->whole != UINT64_MAX && pl_http_body_offset(body) < body->whole)) {
        return pl_error_set(err, PL_E_NET, "it ends after %llu bytes, before its end",
                            (unsigned long long)(pl_http_body_offset(body) - body->skip));
    }
    return PL_OK;
}

bool pl_http_body_is_ended_by(const struct pl_http_body *body, const struct pl_http_head *head)
{
    struct pl_http_content_range range = {.length = UINT64_MAX};
    return body->handed > 0 &&
           pl_http_content_range_parse(pl_http_headers_find(&head->headers, "content-range"),
                                       &range) &&
           !range.has_bytes && range.length == pl_http_body_offset(body);
}
