/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/utf8.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Texts quote names out of hostile input: nothing in them may steer a terminal, or look like other
 * text. */
static void make_printable(char *text)
{
    pl_str left = pl_str_from(text);
    char *to = text;
    while (left.len > 0) {
        const char *from = left.ptr;
        bool is_character = false;
        uint32_t character = pl_utf8_take(&left, &is_character);
        size_t length = (size_t)(left.ptr - from);
        if (!is_character || pl_utf8_is_unsafe(character)) {
            *to++ = '?';
        } else {
            memmove(to, from, length);
            to += length;
        }
    }
    *to = '\0';
}

PL_PRINTF(5, 0)
static void fill(struct pl_error *err, enum pl_status status, int sys_errno, uint64_t pos,
                 const char *format, va_list args)
{
    err->status = status;
    err->sys_errno = sys_errno;
    err->pos = pos;
    vsnprintf(err->msg, sizeof(err->msg), format, args);
    make_printable(err->msg);
}

enum pl_status pl_error_set(struct pl_error *err, enum pl_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        fill(err, status, 0, PL_POS_NONE, format, args);
        va_end(args);
    }
    return status;
}

enum pl_status pl_error_set_at(struct pl_error *err, enum pl_status status, uint64_t pos,
                               const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        fill(err, status, 0, pos, format, args);
        va_end(args);
    }
    return status;
}

enum pl_status pl_error_sys(struct pl_error *err, int sys_errno, const char *format, ...)
{
    enum pl_status status = PL_E_IO;
    if (sys_errno == EACCES || sys_errno == EPERM) {
        status = PL_E_DENIED;
    } else if (sys_errno == ENOENT) {
        status = PL_E_NOT_FOUND;
    }
    if (err) {
        va_list args;
        va_start(args, format);
        fill(err, status, sys_errno, PL_POS_NONE, format, args);
        va_end(args);
        size_t used = strlen(err->msg);
        char reason[128];
        snprintf(err->msg + used, sizeof(err->msg) - used, ": %s",
                 strerror_r(sys_errno, reason, sizeof(reason)));
    }
    return status;
}

enum pl_status pl_error_wrap(struct pl_error *err, const char *format, ...)
{
    if (!err) {
        return PL_E_INTERNAL;
    }
    char inner[sizeof(err->msg)];
    memcpy(inner, err->msg, sizeof(inner));
    va_list args;
    va_start(args, format);
    vsnprintf(err->msg, sizeof(err->msg), format, args);
    va_end(args);
    size_t used = strlen(err->msg);
    snprintf(err->msg + used, sizeof(err->msg) - used, ": %.*s", (int)(sizeof(inner) - 1), inner);
    make_printable(err->msg);
    return err->status;
}

const char *pl_status_to_string(enum pl_status status)
{
    switch (status) {
    case PL_OK:
        return "ok";
#define X(name, value, text, exit_status)                                                          \
    case name:                                                                                     \
        return text;
        PL_STATUS_LIST(X)
#undef X
    }
    return "unknown";
}

int pl_status_exit(enum pl_status status)
{
    switch (status) {
    case PL_OK:
        return 0;
#define X(name, value, text, exit_status)                                                          \
    case name:                                                                                     \
        return exit_status;
        PL_STATUS_LIST(X)
#undef X
    }
    return 3;
}
