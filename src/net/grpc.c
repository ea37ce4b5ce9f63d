/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gRPC over HTTP/2 (grpc, PROTOCOL-HTTP2.md). A call is a POST to /PACKAGE.SERVICE/METHOD with
 * "content-type: application/grpc" and "te: trailers". Both bodies are rows of messages, each with
 * a byte that says whether it is compressed, and its length in four bytes, big endian. The answer's
 * status is 200 whatever came of the call; that stands in the trailers (or, where there is no body,
 * among the headers) as "grpc-status", a number, and "grpc-message", percent-encoded. Compression
 * is only used by a server whose client offered it in grpc-accept-encoding, which this one does
 * not.
 */
#include "net/grpc.h"
#include "base/limits.h"
#include "format/bytes.h"

enum { PREFIX_BYTES = 5, MOST_WORDS = 2048 };

/* The codes of statuscodes.md that are told apart here. */
enum {
    CODE_OK = 0,
    CODE_INVALID_ARGUMENT = 3,
    CODE_NOT_FOUND = 5,
    CODE_PERMISSION_DENIED = 7,
    CODE_RESOURCE_EXHAUSTED = 8,
    CODE_UNIMPLEMENTED = 12,
    CODE_UNAUTHENTICATED = 16,
};

enum pl_status pl_grpc_status_class(uint64_t code)
{
    static const struct {
        uint64_t code;
        enum pl_status status;
    } classes[] = {
        {CODE_OK, PL_OK},
        {CODE_INVALID_ARGUMENT, PL_E_USAGE},
        {CODE_NOT_FOUND, PL_E_NOT_FOUND},
        {CODE_PERMISSION_DENIED, PL_E_DENIED},
        {CODE_RESOURCE_EXHAUSTED, PL_E_LIMIT},
        {CODE_UNIMPLEMENTED, PL_E_UNSUPPORTED},
        {CODE_UNAUTHENTICATED, PL_E_DENIED},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(classes); i++) {
        if (classes[i].code == code) {
            return classes[i].status;
        }
    }
    return PL_E_NET;
}

struct pl_grpc_frames pl_grpc_frames_start(enum pl_status (*take)(void *context, pl_str message,
                                                                  struct pl_error *err),
                                           void *context)
{
    return (struct pl_grpc_frames){
        .take = take, .context = context, .message = PL_BUF_INIT(PL_LIMIT_GRPC_MESSAGE_BYTES)};
}

void pl_grpc_frames_release(struct pl_grpc_frames *frames)
{
    pl_buf_release(&frames->message);
}

bool pl_grpc_frames_is_between(const struct pl_grpc_frames *frames)
{
    return frames->prefix_len == 0;
}

/* Moves up to `wanted` bytes off the piece. */
static pl_str take_off(pl_str *piece, size_t wanted)
{
    pl_str head = pl_str_sub(*piece, 0, wanted);
    *piece = pl_str_skip(*piece, head.len);
    return head;
}

static enum pl_status check_prefix(const struct pl_grpc_frames *frames, struct pl_error *err)
{
    if (frames->prefix[0] != 0) {
        return pl_error_set(err, PL_E_PARSE, "a compressed message, which was not asked for");
    }
    uint32_t length = pl_bytes_be32(frames->prefix + 1);
    if (length > PL_LIMIT_GRPC_MESSAGE_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "a message of %lu bytes, at most %d are read",
                            (unsigned long)length, PL_LIMIT_GRPC_MESSAGE_BYTES);
    }
    return PL_OK;
}

enum pl_status pl_grpc_frames_take(void *context, pl_span piece, struct pl_error *err)
{
    struct pl_grpc_frames *frames = context;
    pl_str left = pl_span_str(piece);
    while (left.len > 0) {
        if (frames->prefix_len < PREFIX_BYTES) {
            pl_str head = take_off(&left, PREFIX_BYTES - frames->prefix_len);
            memcpy(frames->prefix + frames->prefix_len, head.ptr, head.len);
            frames->prefix_len += head.len;
            if (frames->prefix_len < PREFIX_BYTES) {
                return PL_OK;
            }
            enum pl_status st = check_prefix(frames, err);
            if (st < 0) {
                return st;
            }
        }
        uint32_t length = pl_bytes_be32(frames->prefix + 1);
        pl_buf_append(&frames->message, take_off(&left, length - frames->message.len));
        if (frames->message.len == length) {
            enum pl_status st = frames->take(frames->context, pl_buf_str(&frames->message), err);
            if (st < 0) {
                return st;
            }
            pl_buf_clear(&frames->message);
            frames->prefix_len = 0;
        }
    }
    return PL_OK;
}

static enum pl_status check_answer(const struct pl_http_response *response,
                                   const struct pl_grpc_frames *frames, struct pl_error *err)
{
    if (response->status != 200) {
        return pl_error_set(err, pl_http_status_class(response->status),
                            "it answers with status %u, not as gRPC", response->status);
    }
    uint64_t code = 0;
    if (!pl_str_to_uint(pl_http_header_value(response, "grpc-status"), UINT32_MAX, &code)) {
        return pl_error_set(err, PL_E_NET, "its answer broke off, or is none of gRPC");
    }
    if (code != CODE_OK) {
        struct pl_buf words pl_autobuf = PL_BUF_INIT(MOST_WORDS);
        pl_http_append_unescaped(
            &words, pl_str_sub(pl_http_header_value(response, "grpc-message"), 0, MOST_WORDS / 2));
        return pl_error_set(err, pl_grpc_status_class(code), PL_STR_FMT " (gRPC status %llu)",
                            PL_STR_ARG(pl_buf_str(&words)), (unsigned long long)code);
    }
    if (!pl_grpc_frames_is_between(frames)) {
        return pl_error_set(err, PL_E_NET, "its answer ends within a message");
    }
    return PL_OK;
}

static void put_message(struct pl_buf *body, pl_str message)
{
    uint32_t length = (uint32_t)message.len;
    const char prefix[PREFIX_BYTES] = {0, (char)(length >> 24), (char)(length >> 16),
                                       (char)(length >> 8), (char)length};
    pl_buf_append(body, pl_str_make(prefix, sizeof(prefix)));
    pl_buf_append(body, message);
}

enum pl_status pl_grpc_call(struct pl_http *http, const struct pl_grpc_call *call,
                            struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_buf body pl_autobuf = PL_BUF_INIT(PL_LIMIT_GRPC_MESSAGE_BYTES);
    put_message(&body, call->request);
    enum pl_status st = pl_buf_status(&body, "a gRPC request", err);
    if (st < 0) {
        return st;
    }
    struct pl_grpc_frames frames PL_CLEANUP(pl_grpc_frames_release) =
        pl_grpc_frames_start(call->take, call->context);
    struct pl_http_sink sink = {pl_grpc_frames_take, &frames};
    const char *headers[] = {"Content-Type: application/grpc", "TE: trailers", call->metadata,
                             NULL};
    struct pl_http_request request = {.method = "POST",
                                      .url = call->url,
                                      .headers = headers,
                                      .body = pl_buf_str(&body),
                                      .has_body = true,
                                      .sink = &sink,
                                      .max_bytes = call->max_bytes,
                                      .keeps_redirect = true,
                                      .is_once = true};
    struct pl_http_response response = {0};
    st = pl_http_send(http, &scratch, &request, &response, err);
    return st < 0 ? st : check_answer(&response, &frames, err);
}
