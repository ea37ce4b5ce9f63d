/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Link: </v2/NAME/tags/list?n=100&last=x>; rel="next", <...>; rel="other"
 *
 * A header is a list of links, each "<" target ">" with parameters: ";" name [ "=" value ], where a
 * value is a token or a quoted string (section 3). "rel" holds relation types parted by blanks, of
 * which the registered ones have no case (3.3), and only its first occurrence counts. A comma or a
 * ">" within quotes parts nothing.
 */
#include "image/registry/link.h"

static pl_str skip_blanks(pl_str s)
{
    pl_str_take_while(&s, pl_char_is_blank);
    return s;
}

/* Up to any of the characters given, which are left there. */
static pl_str take_until(pl_str *cursor, const char *ends)
{
    size_t len = 0;
    while (len < cursor->len && (cursor->ptr[len] == '\0' || !strchr(ends, cursor->ptr[len]))) {
        len++;
    }
    pl_str taken = pl_str_trim(pl_str_sub(*cursor, 0, len));
    *cursor = pl_str_skip(*cursor, len);
    return taken;
}

/* What a quoted string holds, with its backslashes: no relation type has one. */
static pl_str take_quoted(pl_str *cursor)
{
    size_t end = 1;
    while (end < cursor->len && cursor->ptr[end] != '"') {
        end += cursor->ptr[end] == '\\' ? 2 : 1;
    }
    pl_str quoted = pl_str_sub(*cursor, 1, end < cursor->len ? end - 1 : SIZE_MAX);
    *cursor = pl_str_skip(*cursor, end + 1);
    return quoted;
}

static bool holds_next(pl_str relations)
{
    pl_str word = PL_STR_EMPTY;
    while (pl_str_next_word(&relations, &word)) {
        if (pl_str_eq_nocase(word, PL_STR("next"))) {
            return true;
        }
    }
    return false;
}

/* The parameters of one link, up to the comma or the end. True when they make it the next page. */
static bool take_parameters(pl_str *cursor)
{
    bool has_relation = false;
    bool is_next = false;
    bool is_of_another = false;
    while (*cursor = skip_blanks(*cursor), cursor->len > 0 && cursor->ptr[0] != ',') {
        if (cursor->ptr[0] == ';') {
            *cursor = pl_str_skip(*cursor, 1);
            continue;
        }
        pl_str name = take_until(cursor, "=;,");
        pl_str value = PL_STR_EMPTY;
        if (cursor->len > 0 && cursor->ptr[0] == '=') {
            *cursor = skip_blanks(pl_str_skip(*cursor, 1));
            bool is_quoted = cursor->len > 0 && cursor->ptr[0] == '"';
            value = is_quoted ? take_quoted(cursor) : take_until(cursor, ";,");
        }
        if (pl_str_eq_nocase(name, PL_STR("rel")) && !has_relation) {
            has_relation = true;
            is_next = holds_next(value);
        }
        is_of_another = is_of_another || pl_str_eq_nocase(name, PL_STR("anchor"));
    }
    return is_next && !is_of_another;
}

pl_str pl_link_next(pl_str header)
{
    pl_str cursor = header;
    while (cursor.len > 0) {
        pl_str target = PL_STR_EMPTY;
        cursor = skip_blanks(cursor);
        if (cursor.len > 0 && cursor.ptr[0] == '<') {
            cursor = pl_str_skip(cursor, 1);
            target = take_until(&cursor, ">");
            cursor = pl_str_skip(cursor, 1);
        }
        if (take_parameters(&cursor) && target.len > 0) {
            return target;
        }
        cursor = pl_str_skip(cursor, 1);
    }
    return PL_STR_EMPTY;
}
