/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WWW-Authenticate: Bearer realm="https://auth.example/token",service="example",scope="a:b:pull"
 * WWW-Authenticate: Basic realm="x", Negotiate dG9rZW4=, Bearer realm=...
 *
 * challenge = scheme [ 1*SP ( token68 / #( token "=" ( token / quoted-string ) ) ) ]. The comma
 * parts both parameters and challenges: a word that is followed by '=' and a value is a parameter,
 * any other begins a challenge.
 */
#include "image/registry/challenge.h"

static bool is_token_char(char c)
{
    return pl_char_is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static void skip_blanks(pl_str *cursor, bool and_commas)
{
    while (cursor->len > 0 &&
           (pl_char_is_blank(cursor->ptr[0]) || (and_commas && cursor->ptr[0] == ','))) {
        *cursor = pl_str_skip(*cursor, 1);
    }
}

/* After the opening quote; a backslash quotes the byte after it. */
static pl_str take_quoted(struct pl_arena *arena, pl_str *cursor)
{
    size_t end = 0;
    while (end < cursor->len && cursor->ptr[end] != '"') {
        end += cursor->ptr[end] == '\\' ? 2 : 1;
    }
    pl_str quoted = pl_str_sub(*cursor, 0, end);
    *cursor = pl_str_skip(*cursor, end + 1);
    return pl_arena_unescape(arena, quoted);
}

static void set_parameter(struct pl_challenge *challenge, pl_str name, pl_str value)
{
    pl_str *place = pl_str_eq_nocase(name, PL_STR("realm"))     ? &challenge->realm
                    : pl_str_eq_nocase(name, PL_STR("service")) ? &challenge->service
                    : pl_str_eq_nocase(name, PL_STR("scope"))   ? &challenge->scope
                                                                : NULL;
    if (place && place->len == 0) {
        *place = value;
    }
}

/* "= value" after a word. False, with nothing taken, when the word is no parameter's name. */
static bool take_value(struct pl_arena *arena, pl_str *cursor, pl_str *ret)
{
    pl_str rest = *cursor;
    skip_blanks(&rest, false);
    if (rest.len == 0 || rest.ptr[0] != '=') {
        return false;
    }
    rest = pl_str_skip(rest, 1);
    skip_blanks(&rest, false);
    if (rest.len > 0 && rest.ptr[0] == '"') {
        rest = pl_str_skip(rest, 1);
        *ret = take_quoted(arena, &rest);
    } else {
        *ret = pl_str_take_while(&rest, is_token_char);
    }
    *cursor = rest;
    return true;
}

void pl_challenge_read(struct pl_arena *arena, pl_str header, struct pl_challenge *challenge)
{
    bool in_bearer = false;
    pl_str cursor = header;
    skip_blanks(&cursor, true);
    while (cursor.len > 0) {
        pl_str word = pl_str_take_while(&cursor, is_token_char);
        pl_str value = PL_STR_EMPTY;
        if (word.len == 0) {
            /* No token starts here: the rest of a token68, or nonsense. */
            cursor = pl_str_skip(cursor, 1);
        } else if (take_value(arena, &cursor, &value)) {
            if (in_bearer) {
                set_parameter(challenge, word, value);
            }
        } else {
            in_bearer = pl_str_eq_nocase(word, PL_STR("bearer"));
            challenge->has_bearer = challenge->has_bearer || in_bearer;
            challenge->has_basic = challenge->has_basic || pl_str_eq_nocase(word, PL_STR("basic"));
        }
        skip_blanks(&cursor, true);
    }
}
