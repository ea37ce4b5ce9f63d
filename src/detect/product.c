/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CPE 2.3 name (NISTIR 7695, 6.2) is "cpe:2.3:" and eleven parts: part ("a" for applications),
 * vendor, product, version, update, edition, language, sw_edition, target_sw, target_hw, other. A
 * backslash takes the meaning off the character behind it.
 */
#include "detect/product.h"

/* Takes the next part off *rest, with its backslashes. */
static pl_str next_part(pl_str *rest)
{
    size_t at = 0;
    while (at < rest->len && rest->ptr[at] != ':') {
        at += rest->ptr[at] == '\\' && at + 1 < rest->len ? 2 : 1;
    }
    pl_str part = pl_str_sub(*rest, 0, at);
    *rest = pl_str_skip(*rest, at + 1 < rest->len ? at + 1 : rest->len);
    return part;
}

/* Appends without backslashes. */
static size_t unescape(pl_str part, char *into)
{
    size_t len = 0;
    for (size_t i = 0; i < part.len; i++) {
        i += part.ptr[i] == '\\' && i + 1 < part.len;
        into[len++] = part.ptr[i];
    }
    return len;
}

pl_str pl_product_of_cpe(struct pl_arena *arena, pl_str cpe)
{
    pl_str start = PL_STR("cpe:2.3:a:");
    if (!pl_str_starts_with(cpe, start)) {
        return PL_STR_EMPTY;
    }
    pl_str rest = pl_str_skip(cpe, start.len);
    pl_str vendor = next_part(&rest);
    pl_str product = next_part(&rest);
    if (vendor.len == 0 || product.len == 0) {
        return PL_STR_EMPTY;
    }
    char *text = pl_arena_alloc(arena, vendor.len + product.len + 1, 1);
    size_t len = unescape(vendor, text);
    text[len++] = ':';
    len += unescape(product, text + len);
    return pl_str_make(text, len);
}

static bool is_any(pl_str part)
{
    return part.len == 0 || pl_str_eq(part, PL_STR("*")) || pl_str_eq(part, PL_STR("-"));
}

bool pl_product_is_meant(pl_str cpe_rest)
{
    enum { UPDATE, TARGET_SW = 4 };
    for (size_t i = 0; cpe_rest.len > 0; i++) {
        pl_str part = next_part(&cpe_rest);
        bool is_linux = i == TARGET_SW && (pl_str_starts_with(part, PL_STR("linux")) ||
                                           pl_str_eq(part, PL_STR("unix")));
        if ((i == UPDATE || i == TARGET_SW) && !is_any(part) && !is_linux) {
            return false;
        }
    }
    return true;
}
