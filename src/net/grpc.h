/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * grpc - calls over HTTP/2 as gRPC makes them: one message asked, one or a stream of them answered.
 *
 * What the messages hold is the caller's (format/protobuf.h). Only calls that change nothing are
 * meant. A call is made once; what broke off is for the caller to ask again.
 */
#include "net/http.h"

struct pl_grpc_call {
    const char *url; /* "http://containerd/containerd.services.images.v1.Images/Get" */
    const char *metadata; /* one more header, "containerd-namespace: default"; or NULL */
    pl_str request; /* the message */
    uint64_t max_bytes; /* of all messages together, with their prefixes */
    /* Takes the messages in their order; a failure of its own ends the call with that. */
    enum pl_status (*take)(void *context, pl_str message, struct pl_error *err);
    void *context;
};

/* PL_OK when the call came to its end and the server says that it was well. Else the class of the
 * server's status (pl_grpc_status_class) with its message; or what the transport, or `take`, failed
 * with. */
enum pl_status pl_grpc_call(struct pl_http *http, const struct pl_grpc_call *call,
                            struct pl_error *err);

/* Of a status code (grpc, statuscodes.md): NOT_FOUND, PERMISSION_DENIED and so on; NET for what is
 * no fault of the question. */
enum pl_status pl_grpc_status_class(uint64_t code);

/* The messages of a body that comes in pieces: each has a prefix of five bytes, whether it is
 * compressed and its length. Bounded by PL_LIMIT_GRPC_MESSAGE_BYTES. */
struct pl_grpc_frames {
    enum pl_status (*take)(void *context, pl_str message, struct pl_error *err);
    void *context;
    uint8_t prefix[5];
    size_t prefix_len;
    struct pl_buf message;
};

struct pl_grpc_frames pl_grpc_frames_start(enum pl_status (*take)(void *context, pl_str message,
                                                                  struct pl_error *err),
                                           void *context);
void pl_grpc_frames_release(struct pl_grpc_frames *frames);
/* A pl_http_sink's take. */
enum pl_status pl_grpc_frames_take(void *frames, pl_span piece, struct pl_error *err);
/* Does the body end between two messages? */
bool pl_grpc_frames_is_between(const struct pl_grpc_frames *frames);
