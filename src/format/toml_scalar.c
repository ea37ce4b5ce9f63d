/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings (TOML 1.0, "String") come in four forms: "basic" with escapes, 'literal' without, and
 * both between three quotes over several lines. A line end right behind the opening three is no
 * part of the string, a backslash at a line's end takes all blanks and line ends behind it away,
 * and one or two quotes may stand directly before the closing three. CRLF counts as LF. Control
 * characters other than the tab are not allowed anywhere.
 *
 * Numbers may hold an underscore between two digits. Decimal ones have no leading zero; 0x, 0o and
 * 0b have no sign. A float has a fraction, an exponent or both; inf and nan are floats.
 *
 * Dates and times are those of RFC 3339, each part may stand alone, and a blank may stand between
 * date and time.
 */
#include "format/toml_scalar.h"

enum { QUOTES = 3 };

enum pl_status pl_toml_failed(const struct pl_toml_cursor *cursor, enum pl_status status,
                              const char *what, struct pl_error *err)
{
    size_t line = 1;
    for (const char *p = cursor->start; p < cursor->at; p++) {
        line += *p == '\n' ? 1 : 0;
    }
    return pl_error_set_at(err, status, (uint64_t)(cursor->at - cursor->start),
                           "%s is not TOML: line %zu: %s", cursor->name, line, what);
}

static enum pl_status failed(const struct pl_toml_cursor *cursor, const char *what,
                             struct pl_error *err)
{
    return pl_toml_failed(cursor, PL_E_PARSE, what, err);
}

static size_t count_quotes(const struct pl_toml_cursor *cursor, char quote, size_t most)
{
    size_t count = 0;
    while (count < most && cursor->at + count < cursor->end && cursor->at[count] == quote) {
        count++;
    }
    return count;
}

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

/* The length of the line end at `p`, or 0. */
static size_t line_end(const char *p, const char *end)
{
    if (p < end && *p == '\n') {
        return 1;
    }
    return end - p >= 2 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

/* Advances past the closing quotes; *ret is all between them. `needs_work` when it holds escapes or
 * line ends of two bytes. */
static enum pl_status scan_string(struct pl_toml_cursor *cursor, char quote, bool is_long,
                                  pl_str *ret, bool *needs_work, struct pl_error *err)
{
    const char *begin = cursor->at;
    while (cursor->at < cursor->end) {
        char c = *cursor->at;
        if (c == quote) {
            size_t quotes = is_long ? count_quotes(cursor, quote, 2 + QUOTES) : 1;
            cursor->at += quotes;
            if (!is_long || quotes >= QUOTES) {
                const char *close = cursor->at - (is_long ? QUOTES : 1);
                *ret = pl_str_make(begin, (size_t)(close - begin));
                return PL_OK;
            }
        } else if (c == '\\' && quote == '"') {
            *needs_work = true;
            cursor->at += cursor->end - cursor->at > 1 ? 2 : 1;
        } else if (is_control(c)) {
            size_t len = is_long ? line_end(cursor->at, cursor->end) : 0;
            if (len == 0) {
                return failed(cursor, "a control character in a string", err);
            }
            *needs_work = *needs_work || len == 2;
            cursor->at += len;
        } else {
            cursor->at++;
        }
    }
    return failed(cursor, "a string without its end", err);
}

static size_t append_utf8(char *into, uint32_t c)
{
    if (c < 0x80) {
        into[0] = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        into[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    into[0] = (char)((0xf00 >> len) | c);
    return len;
}

static int hex_digit(char c)
{
    if (pl_char_is_digit(c)) {
        return c - '0';
    }
    c = pl_char_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character of \uXXXX or \UXXXXXXXX, whose digits are at *p; UINT32_MAX when it is none. */
static uint32_t take_unicode(const char **p, const char *end, int digits)
{
    uint32_t value = 0;
    for (int i = 0; i < digits; i++, (*p)++) {
        int digit = *p < end ? hex_digit(**p) : -1;
        if (digit < 0) {
            return UINT32_MAX;
        }
        value = value << 4 | (uint32_t)digit;
    }
    return value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff) ? UINT32_MAX : value;
}

/* Behind a backslash at the end of a line: past all blanks and line ends; NULL when something else
 * stands on the line. */
static const char *skip_continuation(const char *p, const char *end)
{
    bool has_line_end = false;
    for (;;) {
        size_t len = line_end(p, end);
        if (len > 0) {
            has_line_end = true;
            p += len;
        } else if (p < end && (*p == ' ' || *p == '\t')) {
            p++;
        } else {
            return has_line_end ? p : NULL;
        }
    }
}

/* One escape, behind its backslash; advances *p. */
static bool take_escape(const char **p, const char *end, bool is_long, char *into, size_t *len)
{
    static const char from[] = "btnfr\"\\";
    static const char to[] = "\b\t\n\f\r\"\\";
    char c = **p;
    const char *plain = memchr(from, c, sizeof(from) - 1);
    if (plain) {
        into[(*len)++] = to[plain - from];
        (*p)++;
        return true;
    }
    if (c == 'u' || c == 'U') {
        (*p)++;
        uint32_t character = take_unicode(p, end, c == 'u' ? 4 : 8);
        *len += character == UINT32_MAX ? 0 : append_utf8(into + *len, character);
        return character != UINT32_MAX;
    }
    const char *next = is_long ? skip_continuation(*p, end) : NULL;
    *p = next ? next : *p;
    return next != NULL;
}

/* A copy with escapes and line ends as they are meant. */
static enum pl_status decode(struct pl_toml_cursor *cursor, pl_str raw, char quote, bool is_long,
                             pl_str *ret, struct pl_error *err)
{
    char *into = pl_arena_alloc(cursor->arena, raw.len, 1);
    size_t len = 0;
    const char *end = raw.ptr + raw.len;
    for (const char *p = raw.ptr; p < end;) {
        if (*p == '\\' && quote == '"') {
            p++;
            if (p == end || !take_escape(&p, end, is_long, into, &len)) {
                cursor->at = p;
                return failed(cursor, "an escape that is none", err);
            }
        } else if (*p == '\r') {
            p++; /* its LF follows */
        } else {
            into[len++] = *p++;
        }
    }
    *ret = pl_str_make(into, len);
    return PL_OK;
}

enum pl_status pl_toml_take_string(struct pl_toml_cursor *cursor, bool multiline, pl_str *ret,
                                   struct pl_error *err)
{
    char quote = *cursor->at;
    bool is_long = multiline && count_quotes(cursor, quote, QUOTES) == QUOTES;
    cursor->at += is_long ? QUOTES : 1;
    if (is_long) {
        cursor->at += line_end(cursor->at, cursor->end);
    }
    pl_str raw = PL_STR_EMPTY;
    bool needs_work = false;
    enum pl_status st = scan_string(cursor, quote, is_long, &raw, &needs_work, err);
    if (st == PL_OK && needs_work) {
        const char *behind = cursor->at;
        st = decode(cursor, raw, quote, is_long, &raw, err);
        cursor->at = st == PL_OK ? behind : cursor->at;
    }
    if (st == PL_OK) {
        *ret = raw;
    }
    return st;
}

/* `count` digits at *p, as a number up to `most`. */
static bool take_digits(const char **p, const char *end, int count, int most, int *ret)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*p)++) {
        if (*p == end || !pl_char_is_digit(**p)) {
            return false;
        }
        value = value * 10 + (**p - '0');
    }
    *ret = value;
    return value <= most;
}

static bool take_char(const char **p, const char *end, char c)
{
    if (*p == end || **p != c) {
        return false;
    }
    (*p)++;
    return true;
}

static bool take_date(const char **p, const char *end)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_digits(p, end, 4, 9999, &year) || !take_char(p, end, '-') ||
        !take_digits(p, end, 2, 12, &month) || !take_char(p, end, '-') ||
        !take_digits(p, end, 2, 31, &day) || month == 0 || day == 0) {
        return false;
    }
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= month_days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/* A second may be 60 (RFC 3339, section 5.7). */
static bool take_time(const char **p, const char *end)
{
    int number = 0;
    if (!take_digits(p, end, 2, 23, &number) || !take_char(p, end, ':') ||
        !take_digits(p, end, 2, 59, &number) || !take_char(p, end, ':') ||
        !take_digits(p, end, 2, 60, &number)) {
        return false;
    }
    if (!take_char(p, end, '.')) {
        return true;
    }
    const char *fraction = *p;
    while (*p < end && pl_char_is_digit(**p)) {
        (*p)++;
    }
    return *p > fraction;
}

static bool take_offset(const char **p, const char *end)
{
    int number = 0;
    if (take_char(p, end, 'Z') || take_char(p, end, 'z')) {
        return true;
    }
    return (take_char(p, end, '+') || take_char(p, end, '-')) &&
           take_digits(p, end, 2, 23, &number) && take_char(p, end, ':') &&
           take_digits(p, end, 2, 59, &number);
}

/* Four digits and a dash: "809e-28" is a number. */
static bool looks_like_date(pl_str token)
{
    bool good = token.len >= 5 && token.ptr[4] == '-';
    for (size_t i = 0; good && i < 4; i++) {
        good = pl_char_is_digit(token.ptr[i]);
    }
    return good;
}

static bool is_date_or_time(pl_str token)
{
    const char *p = token.ptr;
    const char *end = token.ptr + token.len;
    if (!looks_like_date(token)) {
        return take_time(&p, end) && p == end;
    }
    if (!take_date(&p, end)) {
        return false;
    }
    if (p == end) {
        return true;
    }
    bool has_time = take_char(&p, end, 'T') || take_char(&p, end, 't') || take_char(&p, end, ' ');
    return has_time && take_time(&p, end) && (p == end || (take_offset(&p, end) && p == end));
}

/* A run of digits of the base with single underscores between them. */
static bool take_run(const char **p, const char *end, int base)
{
    bool wants_digit = true;
    for (; *p < end; (*p)++) {
        int digit = hex_digit(**p);
        if (digit >= 0 && digit < base) {
            wants_digit = false;
        } else if (**p == '_' && !wants_digit) {
            wants_digit = true;
        } else {
            break;
        }
    }
    return !wants_digit;
}

static bool to_int64(pl_str digits, int base, bool is_negative, int64_t *ret)
{
    uint64_t most = is_negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] == '_') {
            continue;
        }
        uint64_t digit = (uint64_t)hex_digit(digits.ptr[i]);
        if (value > (most - digit) / (uint64_t)base) {
            return false;
        }
        value = value * (uint64_t)base + digit;
    }
    *ret = is_negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

static enum pl_status make_integer(const struct pl_toml_cursor *cursor, pl_str digits, int base,
                                   bool is_negative, json_t **ret, struct pl_error *err)
{
    int64_t value = 0;
    if (!to_int64(digits, base, is_negative, &value)) {
        return failed(cursor, "an integer of more than 64 bits", err);
    }
    *ret = json_integer(value);
    return PL_OK;
}

/* Its grammar was checked. Jansson reads it, since strtod depends on the locale. */
static json_t *make_float(const struct pl_toml_cursor *cursor, pl_str token)
{
    char *text = pl_arena_alloc(cursor->arena, token.len, 1);
    size_t len = 0;
    for (size_t i = token.ptr[0] == '+' ? 1 : 0; i < token.len; i++) {
        if (token.ptr[i] != '_') {
            text[len++] = token.ptr[i];
        }
    }
    json_t *value = json_loadb(text, len, JSON_DECODE_ANY, NULL);
    return value ? value : json_string(text[0] == '-' ? "-inf" : "inf");
}

static enum pl_status take_number(const struct pl_toml_cursor *cursor, pl_str token, json_t **ret,
                                  struct pl_error *err)
{
    static const struct {
        char letter;
        int base;
    } bases[] = {{'x', 16}, {'o', 8}, {'b', 2}};
    const char *p = token.ptr;
    const char *end = token.ptr + token.len;
    for (size_t i = 0; token.len > 2 && token.ptr[0] == '0' && i < PL_ARRAY_LEN(bases); i++) {
        const char *digits = p + 2;
        if (p[1] == bases[i].letter && take_run(&digits, end, bases[i].base) && digits == end) {
            return make_integer(cursor, pl_str_skip(token, 2), bases[i].base, false, ret, err);
        }
    }
    bool is_negative = take_char(&p, end, '-');
    bool has_sign = is_negative || take_char(&p, end, '+');
    pl_str unsigned_text = pl_str_skip(token, has_sign ? 1 : 0);
    if (pl_str_eq(unsigned_text, PL_STR("inf")) || pl_str_eq(unsigned_text, PL_STR("nan"))) {
        bool is_nan = unsigned_text.ptr[0] == 'n';
        *ret = json_string(is_nan ? "nan" : is_negative ? "-inf" : "inf");
        return PL_OK;
    }
    const char *digits = p;
    bool good = take_run(&p, end, 10) && (*digits != '0' || p == digits + 1);
    if (good && p == end) {
        pl_str run = pl_str_make(digits, (size_t)(p - digits));
        return make_integer(cursor, run, 10, is_negative, ret, err);
    }
    good = good && (!take_char(&p, end, '.') || take_run(&p, end, 10));
    if (good && (take_char(&p, end, 'e') || take_char(&p, end, 'E'))) {
        if (!take_char(&p, end, '-')) {
            take_char(&p, end, '+');
        }
        good = take_run(&p, end, 10);
    }
    if (!good || p != end) {
        return failed(cursor, "a value that is none", err);
    }
    *ret = make_float(cursor, token);
    return PL_OK;
}

static bool is_token_char(char c)
{
    return pl_char_is_alnum(c) || c == '+' || c == '-' || c == '_' || c == '.' || c == ':';
}

static pl_str token_at(const struct pl_toml_cursor *cursor)
{
    const char *p = cursor->at;
    while (p < cursor->end && is_token_char(*p)) {
        p++;
    }
    pl_str token = pl_str_make(cursor->at, (size_t)(p - cursor->at));
    bool has_time =
        looks_like_date(token) && cursor->end - p >= 2 && p[0] == ' ' && pl_char_is_digit(p[1]);
    for (p++; has_time && p < cursor->end && is_token_char(*p); p++) {
        token.len = (size_t)(p + 1 - cursor->at);
    }
    return token;
}

enum pl_status pl_toml_take_scalar(struct pl_toml_cursor *cursor, json_t **ret,
                                   struct pl_error *err)
{
    pl_str token = token_at(cursor);
    json_t *value = NULL;
    enum pl_status st = PL_OK;
    if (token.len == 0) {
        return failed(cursor, "a value is missing", err);
    }
    if (pl_str_eq(token, PL_STR("true")) || pl_str_eq(token, PL_STR("false"))) {
        value = json_boolean(token.ptr[0] == 't');
    } else if (looks_like_date(token) || (token.len > 2 && token.ptr[2] == ':')) {
        if (!is_date_or_time(token)) {
            return failed(cursor, "a date or time that is none", err);
        }
        value = json_stringn(token.ptr, token.len);
    } else {
        st = take_number(cursor, token, &value, err);
    }
    if (st == PL_OK) {
        cursor->at += token.len;
        *ret = value;
    }
    return st;
}
