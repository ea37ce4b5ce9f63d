/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/reader/head.h"

static pl_str without_blanks(pl_str text)
{
    while (text.len > 0 && pl_char_is_blank(text.ptr[0])) {
        text = pl_str_skip(text, 1);
    }
    return text;
}

/* From the byte after the opening quote to the closing one, or to the end. */
static size_t string_end(pl_str text, size_t at)
{
    while (at < text.len && text.ptr[at] != '"') {
        at += text.ptr[at] == '\\' ? 2 : 1;
    }
    return at < text.len ? at : text.len;
}

bool pl_head_member(pl_str head, const char *key, pl_str *ret_value)
{
    pl_str wanted = pl_str_from(key);
    pl_str text = without_blanks(head);
    size_t depth = 0;
    if (text.len == 0 || text.ptr[0] != '{') {
        return false;
    }
    for (size_t at = 0; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (--depth == 0) {
                return false;
            }
        } else if (c == '"') {
            size_t end = string_end(text, at + 1);
            pl_str after = without_blanks(pl_str_skip(text, end + 1));
            if (depth == 1 && pl_str_starts_with(after, PL_STR(":")) &&
                pl_str_eq(pl_str_sub(text, at + 1, end - at - 1), wanted)) {
                if (ret_value) {
                    *ret_value = without_blanks(pl_str_skip(after, 1));
                }
                return true;
            }
            at = end;
        }
    }
    return false;
}

bool pl_head_first_member(pl_str head, pl_str *ret_key, pl_str *ret_value)
{
    pl_str text = without_blanks(head);
    if (text.len == 0 || text.ptr[0] != '{') {
        return false;
    }
    text = without_blanks(pl_str_skip(text, 1));
    if (text.len == 0 || text.ptr[0] != '"') {
        return false;
    }
    size_t end = string_end(text, 1);
    pl_str after = without_blanks(pl_str_skip(text, end + 1));
    if (!pl_str_starts_with(after, PL_STR(":"))) {
        return false;
    }
    *ret_key = pl_str_sub(text, 1, end - 1);
    *ret_value = without_blanks(pl_str_skip(after, 1));
    return true;
}

pl_str pl_head_first_element(pl_str head)
{
    pl_str text = without_blanks(head);
    if (text.len == 0 || text.ptr[0] != '[') {
        return PL_STR_EMPTY;
    }
    return without_blanks(pl_str_skip(text, 1));
}

bool pl_head_yaml_key(pl_str head, const char *key)
{
    pl_str wanted = pl_str_from(key);
    for (pl_str line = PL_STR_EMPTY; pl_str_next_line(&head, &line);) {
        if (pl_str_starts_with(line, wanted) &&
            pl_str_starts_with(pl_str_skip(line, wanted.len), PL_STR(":"))) {
            return true;
        }
    }
    return false;
}
