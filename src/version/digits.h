/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * digits - decimal numbers of any length inside versions: dates with time and hash-like counters do
 * not fit 64 bits, so runs of digits are compared as text. Nothing here allocates.
 */
#include "base/str.h"

/* Takes the run of digits off the front of *cursor; empty when there is none. */
static inline pl_str pl_digits_take(pl_str *cursor)
{
    return pl_str_take_while(cursor, pl_char_is_digit);
}

/* Without leading zeros: empty for 0. */
static inline pl_str pl_digits_strip(pl_str digits)
{
    while (digits.len > 0 && digits.ptr[0] == '0') {
        digits = pl_str_skip(digits, 1);
    }
    return digits;
}

/* By numeric value, leading zeros aside; no digits count as 0. */
static inline int pl_digits_compare(pl_str a, pl_str b)
{
    a = pl_digits_strip(a);
    b = pl_digits_strip(b);
    if (a.len != b.len) {
        return a.len < b.len ? -1 : 1;
    }
    return pl_str_cmp(a, b);
}

/* Is `a` by one greater than `b`? No digits count as 0. */
static inline bool pl_digits_is_next(pl_str a, pl_str b)
{
    a = pl_digits_strip(a);
    b = pl_digits_strip(b);
    /* From the right: nines become zeros, and the first digit that is none grows by one. */
    size_t nines = 0;
    while (nines < b.len && b.ptr[b.len - 1 - nines] == '9') {
        if (nines >= a.len || a.ptr[a.len - 1 - nines] != '0') {
            return false;
        }
        nines++;
    }
    if (nines == b.len) {
        return a.len == b.len + 1 && a.ptr[0] == '1';
    }
    size_t grown = b.len - 1 - nines;
    return a.len == b.len && a.ptr[grown] == b.ptr[grown] + 1 &&
           pl_str_eq(pl_str_sub(a, 0, grown), pl_str_sub(b, 0, grown));
}
