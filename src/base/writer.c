/* SPDX-License-Identifier: Apache-2.0 */
#include "base/writer.h"
#include "base/io.h"
#include <assert.h>
#include <stdarg.h>

/* `pending` is left as it is: it is large, and nothing of it is read before it is written. */
static void init(struct pl_writer *writer, int fd, struct pl_buf *into)
{
    writer->fd = fd;
    writer->into = into;
    writer->err = PL_ERROR_INIT;
    writer->pending_bytes = 0;
}

void pl_writer_init_fd(struct pl_writer *writer, int fd)
{
    init(writer, fd, NULL);
}

void pl_writer_init_buf(struct pl_writer *writer, struct pl_buf *into)
{
    init(writer, -1, into);
}

/* Past everything that is pending. */
static void hand_over(struct pl_writer *writer, pl_str s)
{
    if (writer->err.status < 0) {
        return;
    }
    if (writer->into) {
        pl_buf_append(writer->into, s);
        pl_buf_status(writer->into, "output", &writer->err);
    } else {
        pl_io_write(writer->fd, s, &writer->err);
    }
}

static void flush(struct pl_writer *writer)
{
    hand_over(writer, pl_str_make(writer->pending, writer->pending_bytes));
    writer->pending_bytes = 0;
}

void pl_writer_str(struct pl_writer *writer, pl_str s)
{
    if (s.len > sizeof(writer->pending) - writer->pending_bytes) {
        flush(writer);
    }
    if (s.len > sizeof(writer->pending)) {
        hand_over(writer, s);
    } else if (s.len > 0) {
        memcpy(writer->pending + writer->pending_bytes, s.ptr, s.len);
        writer->pending_bytes += s.len;
    }
}

void pl_writer_char(struct pl_writer *writer, char c)
{
    if (writer->pending_bytes == sizeof(writer->pending)) {
        flush(writer);
    }
    writer->pending[writer->pending_bytes++] = c;
}

void pl_writer_repeat(struct pl_writer *writer, char c, size_t count)
{
    while (count > 0) {
        if (writer->pending_bytes == sizeof(writer->pending)) {
            flush(writer);
        }
        size_t room = sizeof(writer->pending) - writer->pending_bytes;
        size_t some = count < room ? count : room;
        memset(writer->pending + writer->pending_bytes, c, some);
        writer->pending_bytes += some;
        count -= some;
    }
}

void pl_writer_format(struct pl_writer *writer, const char *format, ...)
{
    char text[481];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    assert(len >= 0 && (size_t)len < sizeof(text));
    pl_writer_str(writer, pl_str_from(text));
}

enum pl_status pl_writer_finish(struct pl_writer *writer, struct pl_error *err)
{
    flush(writer);
    if (writer->err.status < 0 && err) {
        *err = writer->err;
    }
    return writer->err.status;
}
