/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * writer - buffered output to a descriptor or into a buffer, with one error at the end.
 *
 * The functions that write return nothing: the first failure sticks, later bytes are dropped, and
 * pl_writer_finish tells. The descriptor or buffer is borrowed. A writer is about 16 KiB, owns
 * nothing, and is used by one thread.
 */
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

struct pl_writer {
    int fd; /* -1 when `into` is used */
    struct pl_buf *into;
    struct pl_error err; /* status PL_OK while all is well */
    size_t pending_bytes;
    char pending[16384];
};

void pl_writer_init_fd(struct pl_writer *writer, int fd);
/* The buffer's own ceiling bounds the output. */
void pl_writer_init_buf(struct pl_writer *writer, struct pl_buf *into);

void pl_writer_str(struct pl_writer *writer, pl_str s);
void pl_writer_char(struct pl_writer *writer, char c);
/* `c` `count` times. */
void pl_writer_repeat(struct pl_writer *writer, char c, size_t count);
/* At most 480 bytes come out of one call; longer text goes through pl_writer_str. */
void pl_writer_format(struct pl_writer *writer, const char *format, ...) PL_PRINTF(2, 3);

/* Hands over what is pending, and gives the first failure of all that was written. The descriptor
 * stays open; nothing is synced. */
enum pl_status pl_writer_finish(struct pl_writer *writer, struct pl_error *err);
