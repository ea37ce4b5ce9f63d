/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * buf - a growable byte buffer with a ceiling.
 *
 * A buffer cannot be made without a ceiling. An append that would pass it changes nothing but sets
 * `overflowed`, which stays: a series of appends is checked once, at its end, with
 * pl_buf_status. The bytes are always followed by a NUL that is not counted.
 */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

struct pl_buf {
    char *ptr;
    size_t len;
    size_t capacity;
    size_t ceiling_bytes;
    bool overflowed;
};

#define PL_BUF_INIT(ceiling)                                                                       \
    (struct pl_buf)                                                                                \
    {                                                                                              \
        .ceiling_bytes = (ceiling)                                                                 \
    }

void pl_buf_release(struct pl_buf *buf);
/* Empties, keeping the memory. */
void pl_buf_clear(struct pl_buf *buf);

void pl_buf_append(struct pl_buf *buf, pl_str s);
void pl_buf_append_char(struct pl_buf *buf, char c);
void pl_buf_append_format(struct pl_buf *buf, const char *format, ...) PL_PRINTF(2, 3);

/* Room for `len` more bytes at the end, or NULL past the ceiling; then raise buf->len by what was
 * written there. */
char *pl_buf_reserve(struct pl_buf *buf, size_t len);

static inline pl_str pl_buf_str(const struct pl_buf *buf)
{
    return (pl_str){buf->ptr ? buf->ptr : "", buf->len};
}

/* PL_E_LIMIT, naming `what` and the ceiling, when an append did not fit. */
enum pl_status pl_buf_status(const struct pl_buf *buf, const char *what, struct pl_error *err);

#define pl_autobuf PL_CLEANUP(pl_buf_release)
