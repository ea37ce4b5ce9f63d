/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * evr - versions as rpm and pacman write them, which order the parts by rules of their own:
 *
 *     [epoch:]version[-release]
 *
 * The epoch is a run of digits before the first colon; what stands before a colon and is not only
 * digits belongs to the version. The release follows the last hyphen.
 */
#include "version/digits.h"

struct pl_evr {
    pl_str epoch; /* empty, which counts as 0, where none is written */
    pl_str version;
    pl_str release;
    bool has_release;
};

static inline struct pl_evr pl_evr_split(pl_str text)
{
    struct pl_evr evr = {.epoch = PL_STR_EMPTY, .release = PL_STR_EMPTY};
    pl_str rest = text;
    pl_str epoch = pl_digits_take(&rest);
    if (rest.len > 0 && rest.ptr[0] == ':') {
        evr.epoch = epoch;
        text = pl_str_skip(rest, 1);
    }
    size_t hyphen = pl_str_find_last_char(text, '-');
    if (hyphen != SIZE_MAX) {
        evr.has_release = true;
        evr.release = pl_str_skip(text, hyphen + 1);
        text = pl_str_sub(text, 0, hyphen);
    }
    evr.version = text;
    return evr;
}

/* No blanks and no control bytes, since no package holds them in a version: PKGBUILD(5) allows
 * still less. When they compare, librpm refuses only the empty text, and vercmp takes anything. */
static inline bool pl_evr_is_valid(pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 0x7f) {
            return false;
        }
    }
    return text.len > 0;
}
