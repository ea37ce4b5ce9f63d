/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * str - a view of bytes by value, and cursor functions that never copy.
 *
 * A pl_str borrows: whoever made the bytes owns them (an arena, a mapped file, a literal), and the
 * view is good as long as they are. The bytes need not end in NUL and may hold any value; code that
 * hands a view to a C API goes through pl_arena_cstr, which refuses inner NULs. Cursor functions
 * (pl_str_take_*, pl_str_next_*) advance the view they are given. No function here allocates, and
 * none depends on the locale.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct pl_str {
    const char *ptr;
    size_t len;
} pl_str;

/* Bytes that are not text: a file's content, a blob, a serialised record. */
typedef struct pl_span {
    const uint8_t *ptr;
    size_t len;
} pl_span;

/* A view of a string literal; in initialisers of static tables use PL_STR_INIT. */
#define PL_STR(literal) ((pl_str){(literal), sizeof(literal) - 1})
#define PL_STR_INIT(literal)                                                                       \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define PL_STR_EMPTY ((pl_str){"", 0})

/* printf pair: printf("name " PL_STR_FMT "\n", PL_STR_ARG(name)). */
#define PL_STR_FMT "%.*s"
#define PL_STR_ARG(s) ((int)((s).len > INT32_MAX ? INT32_MAX : (s).len)), ((s).ptr ? (s).ptr : "")

static inline pl_str pl_str_make(const char *ptr, size_t len)
{
    return (pl_str){ptr, len};
}

/* A view of a C string; NULL gives the empty view. */
static inline pl_str pl_str_from(const char *cstr)
{
    return cstr ? (pl_str){cstr, strlen(cstr)} : PL_STR_EMPTY;
}

static inline pl_str pl_span_str(pl_span span)
{
    return (pl_str){(const char *)span.ptr, span.len};
}

static inline pl_span pl_str_span(pl_str s)
{
    return (pl_span){(const uint8_t *)s.ptr, s.len};
}

static inline bool pl_str_is_empty(pl_str s)
{
    return s.len == 0;
}

static inline bool pl_str_eq(pl_str a, pl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Byte order; a proper prefix comes first. Less than, equal to or greater than zero. */
int pl_str_cmp(pl_str a, pl_str b);

/* The same two with ASCII letters, and nothing else, folded to lower case. */
int pl_str_cmp_nocase(pl_str a, pl_str b);
bool pl_str_eq_nocase(pl_str a, pl_str b);

static inline bool pl_str_starts_with(pl_str s, pl_str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool pl_str_ends_with(pl_str s, pl_str suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* The part from `from` (clamped) of at most `len` bytes. */
static inline pl_str pl_str_sub(pl_str s, size_t from, size_t len)
{
    if (from > s.len) {
        from = s.len;
    }
    if (len > s.len - from) {
        len = s.len - from;
    }
    return (pl_str){s.ptr ? s.ptr + from : "", len};
}

static inline pl_str pl_str_skip(pl_str s, size_t count)
{
    return pl_str_sub(s, count, SIZE_MAX);
}

/* Position of the first (last) `c`, or SIZE_MAX. */
size_t pl_str_find_char(pl_str s, char c);
size_t pl_str_find_last_char(pl_str s, char c);
/* Position of the first occurrence of `needle`, or SIZE_MAX. */
size_t pl_str_find(pl_str s, pl_str needle);

/* What follows the last `c`; all of `s` where there is none. */
static inline pl_str pl_str_after_last(pl_str s, char c)
{
    size_t at = pl_str_find_last_char(s, c);
    return at == SIZE_MAX ? s : pl_str_skip(s, at + 1);
}

/* Does the whole of `s` fit a pattern in which a star stands for any run of bytes, a question mark
 * for one, the others for themselves? */
bool pl_str_fits(pl_str s, pl_str pattern);

static inline bool pl_str_contains(pl_str s, pl_str needle)
{
    return pl_str_find(s, needle) != SIZE_MAX;
}

/* Without ASCII blanks (space, tab, CR, LF, VT, FF) at both ends. */
pl_str pl_str_trim(pl_str s);

/* Splits at the first `sep`. Without one, *ret_head is all of `s`, *ret_tail empty, and the result
 * false. The out arguments may be the address of `s` itself. */
bool pl_str_cut(pl_str s, char sep, pl_str *ret_head, pl_str *ret_tail);

/* Takes the next line off *cursor, without its LF or CRLF. False at the end. */
bool pl_str_next_line(pl_str *cursor, pl_str *ret_line);

/* Takes the next piece up to `sep` off *cursor; pieces may be empty. False at the end. */
bool pl_str_next_piece(pl_str *cursor, char sep, pl_str *ret_piece);

/* Takes the next run of non-blank bytes off *cursor, skipping blanks before it. False at the end.
 */
bool pl_str_next_word(pl_str *cursor, pl_str *ret_word);

/* Takes the bytes at the front of *cursor that are wanted off it; they may be none. */
static inline pl_str pl_str_take_while(pl_str *cursor, bool (*is_wanted)(char c))
{
    size_t len = 0;
    while (len < cursor->len && is_wanted(cursor->ptr[len])) {
        len++;
    }
    pl_str taken = pl_str_sub(*cursor, 0, len);
    *cursor = pl_str_skip(*cursor, len);
    return taken;
}

/* Takes decimal digits off *cursor. False, and *cursor as it was, when there is no digit or the
 * value is above `max`. */
bool pl_str_take_uint(pl_str *cursor, uint64_t max, uint64_t *ret_value);

/* The whole of `s` as a decimal number up to `max`. */
bool pl_str_to_uint(pl_str s, uint64_t max, uint64_t *ret_value);

/* A 64-bit hash for tables in memory and path sets in evidence; the same on every machine. Not
 * against an adversary who picks keys to collide. */
uint64_t pl_str_hash(pl_str s);

/* The same under a secret `key`, for tables whose keys an adversary picks: without the key it
 * cannot be told which strings collide. */
uint64_t pl_str_hash_keyed(pl_str s, uint64_t key);

/* How many bytes at the start are ASCII and not NUL: nearly always all of them. */
size_t pl_str_ascii_prefix(pl_str s);

/* True when `s` is well-formed UTF-8 (RFC 3629). */
bool pl_str_is_utf8(pl_str s);

static inline bool pl_char_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool pl_char_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool pl_char_is_alnum(char c)
{
    return pl_char_is_digit(c) || pl_char_is_alpha(c);
}

static inline bool pl_char_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char pl_char_lower(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c + ('a' - 'A')) : c;
}
