/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dotted - versions that are nothing but numbers with something between them, compared number by
 * number. Ecosystems differ in whether 1.2 is 1.2.0 or less than it.
 */
#include "version/digits.h"

/* Numbers with exactly one byte out of `separators` between any two of them. */
static inline bool pl_dotted_is_valid(pl_str version, const char *separators)
{
    while (pl_digits_take(&version).len > 0) {
        if (version.len == 0) {
            return true;
        }
        if (version.ptr[0] == '\0' || !strchr(separators, version.ptr[0])) {
            return false;
        }
        version = pl_str_skip(version, 1);
    }
    return false;
}

/* The first `depth` numbers of two valid versions; here a missing number is less than any. */
static inline int pl_dotted_compare_to(pl_str a, pl_str b, size_t depth)
{
    for (; depth > 0 && a.len > 0 && b.len > 0; depth--) {
        int order = pl_digits_compare(pl_digits_take(&a), pl_digits_take(&b));
        if (order != 0) {
            return order;
        }
        a = pl_str_skip(a, 1);
        b = pl_str_skip(b, 1);
    }
    return depth > 0 ? (int)(a.len > 0) - (int)(b.len > 0) : 0;
}

static inline int pl_dotted_compare(pl_str a, pl_str b)
{
    return pl_dotted_compare_to(a, b, SIZE_MAX);
}

/* Here a missing number is a 0. */
static inline int pl_dotted_compare_padded(pl_str a, pl_str b)
{
    int order = 0;
    while (order == 0 && (a.len > 0 || b.len > 0)) {
        order = pl_digits_compare(pl_digits_take(&a), pl_digits_take(&b));
        a = pl_str_skip(a, 1);
        b = pl_str_skip(b, 1);
    }
    return order;
}
