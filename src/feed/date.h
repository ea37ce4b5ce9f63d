/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * date - days as publishers write them.
 */
#include "base/str.h"

/* Does the text begin with a day, YYYY-MM-DD, that is not followed by a further digit? */
static inline bool pl_date_leads(pl_str text)
{
    static const char shape[] = "dddd-dd-dd";
    if (text.len < sizeof(shape) - 1 ||
        (text.len > sizeof(shape) - 1 && pl_char_is_digit(text.ptr[sizeof(shape) - 1]))) {
        return false;
    }
    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        if (shape[i] == 'd' ? !pl_char_is_digit(text.ptr[i]) : text.ptr[i] != shape[i]) {
            return false;
        }
    }
    return true;
}

/* The day that the text begins with, or empty. */
static inline pl_str pl_date_of(pl_str text)
{
    return pl_date_leads(text) ? pl_str_sub(text, 0, 10) : PL_STR_EMPTY;
}
