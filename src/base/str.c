/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

int pl_str_cmp(pl_str a, pl_str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

int pl_str_cmp_nocase(pl_str a, pl_str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int order = (unsigned char)pl_char_lower(a.ptr[i]) - (unsigned char)pl_char_lower(b.ptr[i]);
        if (order != 0) {
            return order;
        }
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

bool pl_str_eq_nocase(pl_str a, pl_str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (pl_char_lower(a.ptr[i]) != pl_char_lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

size_t pl_str_find_char(pl_str s, char c)
{
    const char *hit = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

size_t pl_str_find_last_char(pl_str s, char c)
{
    const char *hit = s.len ? memrchr(s.ptr, c, s.len) : NULL;
    return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

size_t pl_str_find(pl_str s, pl_str needle)
{
    if (needle.len == 0) {
        return 0;
    }
    const char *hit = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
    return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

pl_str pl_str_trim(pl_str s)
{
    while (s.len > 0 && pl_char_is_blank(s.ptr[0])) {
        s = pl_str_skip(s, 1);
    }
    while (s.len > 0 && pl_char_is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

bool pl_str_cut(pl_str s, char sep, pl_str *ret_head, pl_str *ret_tail)
{
    size_t at = pl_str_find_char(s, sep);
    if (at == SIZE_MAX) {
        *ret_head = s;
        *ret_tail = PL_STR_EMPTY;
        return false;
    }
    *ret_head = pl_str_sub(s, 0, at);
    *ret_tail = pl_str_skip(s, at + 1);
    return true;
}

bool pl_str_next_line(pl_str *cursor, pl_str *ret_line)
{
    if (!pl_str_next_piece(cursor, '\n', ret_line)) {
        return false;
    }
    if (ret_line->len > 0 && ret_line->ptr[ret_line->len - 1] == '\r') {
        ret_line->len--;
    }
    return true;
}

bool pl_str_next_piece(pl_str *cursor, char sep, pl_str *ret_piece)
{
    if (cursor->len == 0) {
        return false;
    }
    pl_str_cut(*cursor, sep, ret_piece, cursor);
    return true;
}

bool pl_str_next_word(pl_str *cursor, pl_str *ret_word)
{
    pl_str rest = *cursor;
    while (rest.len > 0 && pl_char_is_blank(rest.ptr[0])) {
        rest = pl_str_skip(rest, 1);
    }
    size_t len = 0;
    while (len < rest.len && !pl_char_is_blank(rest.ptr[len])) {
        len++;
    }
    *cursor = pl_str_skip(rest, len);
    if (len == 0) {
        return false;
    }
    *ret_word = pl_str_sub(rest, 0, len);
    return true;
}

bool pl_str_take_uint(pl_str *cursor, uint64_t max, uint64_t *ret_value)
{
    uint64_t value = 0;
    size_t used = 0;
    while (used < cursor->len && pl_char_is_digit(cursor->ptr[used])) {
        uint64_t digit = (uint64_t)(cursor->ptr[used] - '0');
        if (value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
        used++;
    }
    if (used == 0 || value > max) {
        return false;
    }
    *cursor = pl_str_skip(*cursor, used);
    *ret_value = value;
    return true;
}

bool pl_str_to_uint(pl_str s, uint64_t max, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (!pl_str_take_uint(&s, max, &value) || s.len != 0) {
        return false;
    }
    *ret_value = value;
    return true;
}

/* Multiplies the state by `factor` for each eight bytes, read little-endian by assembly so that
 * every machine gets the same value, with a closing mix (the finaliser of SplitMix64). */
static uint64_t hash_with(pl_str s, uint64_t start, uint64_t factor)
{
    uint64_t hash = start ^ s.len;
    const uint8_t *p = (const uint8_t *)s.ptr;
    size_t left = s.len;
    while (left >= 8) {
        uint64_t word = (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
                        (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
                        (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
        hash = (hash ^ word) * factor;
        hash ^= hash >> 29;
        p += 8;
        left -= 8;
    }
    while (left > 0) {
        hash = (hash ^ *p) * factor;
        p++;
        left--;
    }
    hash ^= hash >> 30;
    hash *= 0xbf58476d1ce4e5b9ULL;
    hash ^= hash >> 27;
    hash *= 0x94d049bb133111ebULL;
    return hash ^ (hash >> 31);
}

/* Offset and prime of FNV-1a. */
uint64_t pl_str_hash(pl_str s)
{
    return hash_with(s, 0xcbf29ce484222325ULL, 0x100000001b3ULL);
}

uint64_t pl_str_hash_keyed(pl_str s, uint64_t key)
{
    return hash_with(s, key, key | 1);
}

/* Length of the well-formed sequence at the start of `s`, or 0 (RFC 3629, section 4). */
static size_t utf8_sequence(pl_str s)
{
    const uint8_t *p = (const uint8_t *)s.ptr;
    if (p[0] < 0x80) {
        return 1;
    }
    size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || s.len < len) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xed && p[1] > 0x9f;
    bool beyond = p[0] == 0xf4 && p[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : len;
}

size_t pl_str_ascii_prefix(pl_str s)
{
    size_t at = 0;
    for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, s.ptr + at, sizeof(word));
        /* The second term has a bit 7 set for each byte that is zero, when no byte is above 0x7f.
         */
        if (((word | (word - 0x0101010101010101ULL)) & 0x8080808080808080ULL) != 0) {
            break;
        }
    }
    while (at < s.len && (unsigned char)s.ptr[at] < 0x80 && s.ptr[at] != '\0') {
        at++;
    }
    return at;
}

bool pl_str_is_utf8(pl_str s)
{
    s = pl_str_skip(s, pl_str_ascii_prefix(s));
    while (s.len > 0) {
        size_t used = utf8_sequence(s);
        if (used == 0) {
            return false;
        }
        s = pl_str_skip(s, used);
    }
    return true;
}

bool pl_str_fits(pl_str s, pl_str pattern)
{
    size_t at = 0;
    size_t star = SIZE_MAX; /* the last star in the pattern, and where in `s` its run ends */
    size_t run = 0;
    for (size_t i = 0; i < s.len;) {
        if (at < pattern.len && pattern.ptr[at] == '*') {
            star = at++;
            run = i;
        } else if (at < pattern.len && (pattern.ptr[at] == '?' || pattern.ptr[at] == s.ptr[i])) {
            at++;
            i++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            i = ++run;
        } else {
            return false;
        }
    }
    while (at < pattern.len && pattern.ptr[at] == '*') {
        at++;
    }
    return at == pattern.len;
}
