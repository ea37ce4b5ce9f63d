/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include <stdarg.h>
#include <stdio.h>

void pl_buf_release(struct pl_buf *buf)
{
    free(buf->ptr);
    buf->ptr = NULL;
    buf->len = 0;
    buf->capacity = 0;
}

void pl_buf_clear(struct pl_buf *buf)
{
    buf->len = 0;
    buf->overflowed = false;
    if (buf->ptr) {
        buf->ptr[0] = '\0';
    }
}

char *pl_buf_reserve(struct pl_buf *buf, size_t len)
{
    if (buf->overflowed || len > buf->ceiling_bytes || buf->len > buf->ceiling_bytes - len) {
        buf->overflowed = true;
        return NULL;
    }
    size_t needed = buf->len + len + 1;
    if (needed > buf->capacity) {
        size_t grown = buf->capacity ? buf->capacity * 2 : 256;
        if (grown < needed) {
            grown = needed;
        }
        buf->ptr = pl_mem_realloc(buf->ptr, grown, 1);
        buf->capacity = grown;
    }
    return buf->ptr + buf->len;
}

void pl_buf_append(struct pl_buf *buf, pl_str s)
{
    char *room = pl_buf_reserve(buf, s.len);
    if (!room) {
        return;
    }
    if (s.len > 0) {
        memcpy(room, s.ptr, s.len);
    }
    buf->len += s.len;
    buf->ptr[buf->len] = '\0';
}

void pl_buf_append_char(struct pl_buf *buf, char c)
{
    pl_buf_append(buf, pl_str_make(&c, 1));
}

void pl_buf_append_format(struct pl_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *room = len < 0 ? NULL : pl_buf_reserve(buf, (size_t)len);
    if (room) {
        vsnprintf(room, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

enum pl_status pl_buf_status(const struct pl_buf *buf, const char *what, struct pl_error *err)
{
    if (!buf->overflowed) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_LIMIT, "%s is larger than its ceiling of %zu bytes", what,
                        buf->ceiling_bytes);
}
