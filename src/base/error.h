/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * error - the class of a failure as a returned value, and its story in a caller-owned struct.
 *
 * Every function that can fail returns enum pl_status and takes a struct pl_error last. The error
 * is set once, where it is found, and widened on the way up: each pl_error_wrap puts "context: " in
 * front. The class decides the exit status and the HTTP status; the text is for people and says
 * what, where, why and what to do. NULL for the error means that nobody wants the text.
 * Results are returned through ret_ arguments, which stay untouched on failure.
 */
#include "base/compiler.h"
#include <stdint.h>

/* One list: the enum, the names and the exit status of a command that ends with this class. */
#define PL_STATUS_LIST(X)                                                                          \
    X(PL_E_IO, -1, "io", 3) /* reading or writing */                                               \
    X(PL_E_PARSE, -2, "malformed", 3) /* input breaks its format */                                \
    X(PL_E_LIMIT, -3, "limit", 3) /* a budget was used up */                                       \
    X(PL_E_NOT_FOUND, -4, "not found", 3)                                                          \
    X(PL_E_UNSUPPORTED, -5, "unsupported", 3) /* known, but not read here */                       \
    X(PL_E_DENIED, -6, "denied", 3)                                                                \
    X(PL_E_NET, -7, "network", 3)                                                                  \
    X(PL_E_TRUST, -8, "trust", 3) /* a digest or signature does not match */                       \
    X(PL_E_CONFLICT, -9, "conflict", 3)                                                            \
    X(PL_E_USAGE, -10, "usage", 2)                                                                 \
    X(PL_E_INTERNAL, -11, "internal", 3)

enum pl_status {
    PL_OK = 0,
#define X(name, value, text, exit_status) name = (value),
    PL_STATUS_LIST(X)
#undef X
};

/* `pos` is a byte offset in the input, or PL_POS_NONE. */
#define PL_POS_NONE UINT64_MAX

struct pl_error {
    enum pl_status status;
    int sys_errno;
    uint64_t pos;
    char msg[480];
};

#define PL_ERROR_INIT                                                                              \
    (struct pl_error)                                                                              \
    {                                                                                              \
        .pos = PL_POS_NONE                                                                         \
    }

/* Sets class and text, replacing what was there; returns `status`, so that a failing function can
 * end with `return pl_error_set(...)`. What is unsafe to show (base/utf8.h) becomes '?'. */
enum pl_status pl_error_set(struct pl_error *err, enum pl_status status, const char *format, ...)
    PL_PRINTF(3, 4);

/* The same with the position where the input went wrong. */
enum pl_status pl_error_set_at(struct pl_error *err, enum pl_status status, uint64_t pos,
                               const char *format, ...) PL_PRINTF(4, 5);

/* The same for a failed system call: appends the text of `sys_errno`, and picks DENIED for EACCES
 * and EPERM, NOT_FOUND for ENOENT and IO for the rest. */
enum pl_status pl_error_sys(struct pl_error *err, int sys_errno, const char *format, ...)
    PL_PRINTF(3, 4);

/* Puts "context: " before the text; returns err's status (INTERNAL when err is NULL). */
enum pl_status pl_error_wrap(struct pl_error *err, const char *format, ...) PL_PRINTF(2, 3);

/* "malformed", "io"...; the exit status of the command contract. */
const char *pl_status_to_string(enum pl_status status);
int pl_status_exit(enum pl_status status);
