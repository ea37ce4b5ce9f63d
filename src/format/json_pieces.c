/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON (RFC 8259) is read here at two depths. The grammar of objects and arrays on the way to the
 * pieces and between them is followed exactly: commas, colons, keys with their escapes (section 7),
 * literals and numbers (sections 3 and 6). A value that is an object or array itself is passed over
 * by looking for the quotes and brackets in it alone, which is several times as fast as parsing,
 * and who wants the value parses it anyway. The kinds of the open brackets are kept as one bit
 * each, so that the depth is bounded without recursion.
 */
#include "format/json_pieces.h"
#include "base/limits.h"
#include "base/utf8.h"

static enum pl_status malformed(const struct pl_json_pieces *pieces, const char *what,
                                struct pl_error *err)
{
    bool is_end = pieces->at >= pieces->text.len;
    return pl_error_set_at(err, PL_E_PARSE, pieces->at, "JSON %s at byte %zu: %s",
                           is_end ? "ends" : "is malformed", pieces->at, what);
}

static void pass_blanks(struct pl_json_pieces *pieces)
{
    while (pieces->at < pieces->text.len) {
        char c = pieces->text.ptr[pieces->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            break;
        }
        pieces->at++;
    }
}

/* NUL at the end of the text, where NUL itself is as malformed as the end. */
static char peek(const struct pl_json_pieces *pieces)
{
    return pieces->at < pieces->text.len ? pieces->text.ptr[pieces->at] : '\0';
}

/* From the quote at `at` to behind the one that ends the string. A quote is escaped when an odd
 * number of backslashes stands before it; each run of them is counted once. */
static bool pass_string(struct pl_json_pieces *pieces)
{
    const char *from = pieces->text.ptr + pieces->at + 1;
    const char *end = pieces->text.ptr + pieces->text.len;
    for (const char *at = from; at < end;) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        if (!quote) {
            break;
        }
        const char *run = quote;
        while (run > at && run[-1] == '\\') {
            run--;
        }
        at = quote + 1;
        if ((quote - run) % 2 == 0) {
            pieces->at = (size_t)(at - pieces->text.ptr);
            return true;
        }
    }
    pieces->at = pieces->text.len;
    return false;
}

static enum pl_status pass_brackets(struct pl_json_pieces *pieces, size_t depth_around,
                                    struct pl_error *err)
{
    bool is_object[PL_LIMIT_JSON_DEPTH];
    size_t depth = 0;
    do {
        char c = peek(pieces);
        if (pieces->at >= pieces->text.len) {
            return malformed(pieces, "a bracket is not closed", err);
        }
        if (c == '"') {
            if (!pass_string(pieces)) {
                return malformed(pieces, "a string is not closed", err);
            }
            continue;
        }
        if (c == '{' || c == '[') {
            if (depth_around + depth >= PL_LIMIT_JSON_DEPTH) {
                return pl_error_set_at(err, PL_E_LIMIT, pieces->at,
                                       "JSON nests deeper than %d levels", PL_LIMIT_JSON_DEPTH);
            }
            is_object[depth++] = c == '{';
        } else if (c == '}' || c == ']') {
            if (is_object[--depth] != (c == '}')) {
                return malformed(pieces, "this bracket does not match", err);
            }
        }
        pieces->at++;
    } while (depth > 0);
    return PL_OK;
}

static size_t pass_digits(struct pl_json_pieces *pieces)
{
    size_t from = pieces->at;
    while (pl_char_is_digit(peek(pieces))) {
        pieces->at++;
    }
    return pieces->at - from;
}

/* RFC 8259 section 6. */
static bool pass_number(struct pl_json_pieces *pieces)
{
    pieces->at += peek(pieces) == '-';
    bool is_zero = peek(pieces) == '0';
    size_t digits = pass_digits(pieces);
    if (digits == 0 || (is_zero && digits > 1)) {
        return false;
    }
    if (peek(pieces) == '.') {
        pieces->at++;
        if (pass_digits(pieces) == 0) {
            return false;
        }
    }
    if (peek(pieces) == 'e' || peek(pieces) == 'E') {
        pieces->at++;
        pieces->at += peek(pieces) == '-' || peek(pieces) == '+';
        return pass_digits(pieces) > 0;
    }
    return true;
}

static bool pass_literal(struct pl_json_pieces *pieces)
{
    static const pl_str literals[] = {PL_STR_INIT("true"), PL_STR_INIT("false"),
                                      PL_STR_INIT("null")};
    for (size_t i = 0; i < sizeof(literals) / sizeof(*literals); i++) {
        if (pl_str_starts_with(pl_str_skip(pieces->text, pieces->at), literals[i])) {
            pieces->at += literals[i].len;
            return true;
        }
    }
    return false;
}

/* `depth_around` is how many brackets are open around the value at `at`. */
static enum pl_status pass_value(struct pl_json_pieces *pieces, size_t depth_around,
                                 struct pl_error *err)
{
    char c = peek(pieces);
    if (c == '{' || c == '[') {
        return pass_brackets(pieces, depth_around, err);
    }
    bool is_ok = c == '"'                          ? pass_string(pieces)
                 : c == '-' || pl_char_is_digit(c) ? pass_number(pieces)
                                                   : pass_literal(pieces);
    return is_ok ? PL_OK : malformed(pieces, "a value is expected", err);
}

static int hex_value(char c)
{
    return pl_char_is_digit(c)    ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Takes the four digits of "\uXXXX" off *raw. */
static bool take_hex(pl_str *raw, uint32_t *ret)
{
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = i < raw->len ? hex_value(raw->ptr[i]) : -1;
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint32_t)digit;
    }
    *raw = pl_str_skip(*raw, 4);
    *ret = value;
    return true;
}

/* The character of "\uXXXX", or of two of them where the first is a high surrogate. NUL is refused
 * as Jansson refuses it in keys. */
static bool take_unicode(pl_str *raw, uint32_t *ret)
{
    uint32_t value;
    if (!take_hex(raw, &value) || value == 0 || (value >= 0xdc00 && value <= 0xdfff)) {
        return false;
    }
    if (value >= 0xd800 && value <= 0xdbff) {
        uint32_t low;
        if (!pl_str_starts_with(*raw, PL_STR("\\u"))) {
            return false;
        }
        *raw = pl_str_skip(*raw, 2);
        if (!take_hex(raw, &low) || low < 0xdc00 || low > 0xdfff) {
            return false;
        }
        value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
    }
    *ret = value;
    return true;
}

static size_t put_utf8(char *into, uint32_t c)
{
    if (c < 0x80) {
        into[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        into[0] = (char)(0xc0 | c >> 6);
        into[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        into[0] = (char)(0xe0 | c >> 12);
        into[1] = (char)(0x80 | (c >> 6 & 0x3f));
        into[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    into[0] = (char)(0xf0 | c >> 18);
    into[1] = (char)(0x80 | (c >> 12 & 0x3f));
    into[2] = (char)(0x80 | (c >> 6 & 0x3f));
    into[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* RFC 8259 section 7; `raw` is what stands between the quotes. An escape is never shorter than the
 * bytes that it stands for. */
static bool unescape(struct pl_arena *arena, pl_str raw, pl_str *ret)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    char *into = pl_arena_alloc(arena, raw.len, 1);
    size_t len = 0;
    while (raw.len > 0) {
        char c = raw.ptr[0];
        raw = pl_str_skip(raw, 1);
        if (c != '\\') {
            into[len++] = c;
            continue;
        }
        char escape = raw.len > 0 ? raw.ptr[0] : '\0';
        raw = pl_str_skip(raw, 1);
        const char *named = escape ? strchr(names, escape) : NULL;
        uint32_t character;
        if (named) {
            into[len++] = meant[named - names];
        } else if (escape == 'u' && take_unicode(&raw, &character)) {
            len += put_utf8(into + len, character);
        } else {
            return false;
        }
    }
    *ret = pl_str_make(into, len);
    return true;
}

/* `raw` is what stands between the quotes. */
static bool read_string(struct pl_arena *arena, pl_str raw, pl_str *ret)
{
    bool has_escape = false;
    for (size_t i = 0; i < raw.len; i++) {
        if ((unsigned char)raw.ptr[i] < 0x20) {
            return false;
        }
        has_escape |= raw.ptr[i] == '\\';
    }
    if (!pl_str_is_utf8(raw)) {
        return false;
    }
    *ret = raw;
    return !has_escape || unescape(arena, raw, ret);
}

/* A key and the colon behind it, and the blanks that follow. */
static enum pl_status take_key(struct pl_json_pieces *pieces, pl_str *ret, struct pl_error *err)
{
    size_t from = pieces->at;
    if (peek(pieces) != '"' || !pass_string(pieces)) {
        return malformed(pieces, "a key is expected", err);
    }
    if (!read_string(pieces->arena, pl_str_sub(pieces->text, from + 1, pieces->at - from - 2),
                     ret)) {
        pieces->at = from;
        return malformed(pieces, "this key is no string", err);
    }
    pass_blanks(pieces);
    if (peek(pieces) != ':') {
        return malformed(pieces, "a colon is expected", err);
    }
    pieces->at++;
    pass_blanks(pieces);
    return PL_OK;
}

/* At what follows the opening bracket, or a value: to the next value, key or closing bracket. */
static enum pl_status pass_comma(struct pl_json_pieces *pieces, bool is_first, bool is_array,
                                 bool *ret_closed, struct pl_error *err)
{
    char close = is_array ? ']' : '}';
    pass_blanks(pieces);
    *ret_closed = peek(pieces) == close;
    if (*ret_closed) {
        pieces->at++;
        return PL_OK;
    }
    if (is_first) {
        return PL_OK;
    }
    if (peek(pieces) != ',') {
        return malformed(pieces, is_array ? "',' or ']' is expected" : "',' or '}' is expected",
                         err);
    }
    pieces->at++;
    pass_blanks(pieces);
    return PL_OK;
}

/* Goes through the members of the object of the path's level `level` up to the one it names. */
static enum pl_status find_member(struct pl_json_pieces *pieces, size_t level, bool is_first,
                                  bool *ret_found, struct pl_error *err)
{
    for (;; is_first = false) {
        bool is_closed = false;
        pl_str key;
        enum pl_status st = pass_comma(pieces, is_first, false, &is_closed, err);
        if (st < 0 || is_closed) {
            *ret_found = false;
            return st;
        }
        st = take_key(pieces, &key, err);
        if (st < 0) {
            return st;
        }
        if (pl_str_eq(key, pl_str_from(pieces->path[level]))) {
            *ret_found = true;
            return PL_OK;
        }
        st = pass_value(pieces, level + 1, err);
        if (st < 0) {
            return st;
        }
    }
}

enum pl_status pl_json_pieces_open(struct pl_json_pieces *pieces, struct pl_arena *arena,
                                   pl_str text, const char *const *path, struct pl_error *err)
{
    *pieces = (struct pl_json_pieces){.arena = arena, .path = path, .text = text};
    pass_blanks(pieces);
    for (size_t level = 0; path[level]; level++) {
        bool is_found = false;
        if (peek(pieces) != '{') {
            return malformed(pieces, "an object is expected", err);
        }
        if (level + 1 >= PL_LIMIT_JSON_DEPTH) {
            return pl_error_set(err, PL_E_LIMIT, "JSON is looked into too deep");
        }
        pieces->at++;
        enum pl_status st = find_member(pieces, level, true, &is_found, err);
        if (st < 0) {
            return st;
        }
        if (!is_found) {
            return pl_error_set(err, PL_E_NOT_FOUND, "JSON has no member \"%s\"", path[level]);
        }
        pieces->path_len = level + 1;
    }
    char open = peek(pieces);
    if (open != '{' && open != '[') {
        return malformed(pieces, "an object or array is expected", err);
    }
    pieces->is_array = open == '[';
    pieces->at++;
    return PL_OK;
}

/* The objects around the pieces, to the end of the text. */
static enum pl_status pass_rest(struct pl_json_pieces *pieces, struct pl_error *err)
{
    pieces->is_done = true;
    for (size_t level = pieces->path_len; level-- > 0;) {
        bool is_found = false;
        enum pl_status st = find_member(pieces, level, false, &is_found, err);
        if (st < 0) {
            return st;
        }
        if (is_found) {
            return malformed(pieces, "a key is given twice", err);
        }
    }
    pass_blanks(pieces);
    if (pieces->at < pieces->text.len) {
        return malformed(pieces, "nothing is expected after the value", err);
    }
    return PL_E_NOT_FOUND;
}

enum pl_status pl_json_pieces_next(struct pl_json_pieces *pieces, pl_str *ret_key,
                                   pl_str *ret_value, struct pl_error *err)
{
    bool is_closed = false;
    pl_str key = PL_STR_EMPTY;
    if (pieces->is_done) {
        return PL_E_NOT_FOUND;
    }
    enum pl_status st = pass_comma(pieces, !pieces->is_begun, pieces->is_array, &is_closed, err);
    pieces->is_begun = true;
    if (st == PL_OK && is_closed) {
        return pass_rest(pieces, err);
    }
    if (st == PL_OK && !pieces->is_array) {
        st = take_key(pieces, &key, err);
    }
    size_t from = pieces->at;
    if (st == PL_OK) {
        st = pass_value(pieces, pieces->path_len + 1, err);
    }
    if (st < 0) {
        return st;
    }
    *ret_key = key;
    *ret_value = pl_str_sub(pieces->text, from, pieces->at - from);
    return PL_OK;
}

pl_str pl_json_piece_text(struct pl_arena *arena, pl_str value)
{
    pl_str text = PL_STR_EMPTY;
    if (value.len < 2 || value.ptr[0] != '"' || value.ptr[value.len - 1] != '"' ||
        !read_string(arena, pl_str_sub(value, 1, value.len - 2), &text)) {
        return PL_STR_EMPTY;
    }
    return text;
}
