/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * varint - unsigned numbers as LEB128: seven bits a byte, lowest first, the top bit set on all but
 * the last.
 */
#include "base/buf.h"

static inline void pl_varint_append(struct pl_buf *buf, uint64_t value)
{
    char bytes[10];
    size_t len = 0;
    while (value >= 0x80) {
        bytes[len++] = (char)(value | 0x80);
        value >>= 7;
    }
    bytes[len++] = (char)value;
    pl_buf_append(buf, pl_str_make(bytes, len));
}

/* Takes a number off *cursor. False, and *cursor as it was, when it is cut off or over 64 bits. */
static inline bool pl_varint_take(pl_span *cursor, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < cursor->len && i < 10; i++) {
        uint64_t part = cursor->ptr[i] & 0x7f;
        if (i == 9 && part > 1) {
            return false;
        }
        value |= part << (7 * i);
        if ((cursor->ptr[i] & 0x80) == 0) {
            cursor->ptr += i + 1;
            cursor->len -= i + 1;
            *ret_value = value;
            return true;
        }
    }
    return false;
}
