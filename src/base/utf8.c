/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "base/compiler.h"

struct range {
    uint32_t first;
    uint32_t last;
};

/* Sorted. General category Cc, Cf, Cs, Co, Zl and Zp, and the variation selectors, which are marks
 * but change what is before them. */
static const struct range unsafe[] = {
    {0x0, 0x1f},        {0x7f, 0x9f},       {0xad, 0xad},        {0x600, 0x605},
    {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},      {0x890, 0x891},
    {0x8e2, 0x8e2},     {0x180b, 0x180f},   {0x200b, 0x200f},    {0x2028, 0x202e},
    {0x2060, 0x206f},   {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},    {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},   {0xfff0, 0xfffb},   {0xfffe, 0xffff},    {0x110bd, 0x110bd},
    {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},  {0x1d173, 0x1d17a},
    {0x1fffe, 0x1ffff}, {0x2fffe, 0x2ffff}, {0x3fffe, 0x10ffff},
};

/* Sorted. East_Asian_Width W and F; unassigned characters inside a block count as their block. */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x23f0, 0x23f0},   {0x23f3, 0x23f3},   {0x25fd, 0x25fe},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267f, 0x267f},   {0x2693, 0x2693},   {0x26a1, 0x26a1},
    {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x26c4, 0x26c5},   {0x26ce, 0x26ce},
    {0x26d4, 0x26d4},   {0x26ea, 0x26ea},   {0x26f2, 0x26f3},   {0x26f5, 0x26f5},
    {0x26fa, 0x26fa},   {0x26fd, 0x26fd},   {0x2705, 0x2705},   {0x270a, 0x270b},
    {0x2728, 0x2728},   {0x274c, 0x274c},   {0x274e, 0x274e},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27b0, 0x27b0},   {0x27bf, 0x27bf},
    {0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},   {0x2b55, 0x2b55},   {0x2e80, 0x303e},
    {0x3041, 0x3247},   {0x3250, 0x4dbf},   {0x4e00, 0xa4c6},   {0xa960, 0xa97c},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6b},
    {0xff01, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x1b2fb}, {0x1f004, 0x1f004},
    {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a}, {0x1f200, 0x1f320},
    {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c}, {0x1f37e, 0x1f393}, {0x1f3a0, 0x1f3ca},
    {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4}, {0x1f3f8, 0x1f43e},
    {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f54e},
    {0x1f550, 0x1f567}, {0x1f57a, 0x1f57a}, {0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a4},
    {0x1f5fb, 0x1f64f}, {0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc}, {0x1f6d0, 0x1f6d2},
    {0x1f6d5, 0x1f6df}, {0x1f6eb, 0x1f6ec}, {0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7f0},
    {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945}, {0x1f947, 0x1f9ff}, {0x1fa70, 0x1faff},
    {0x20000, 0x3fffd},
};

/* Sorted. Mn and Me of the scripts that package names and paths are likely to use. */
static const struct range combining[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x5bf, 0x5bf},     {0x5c1, 0x5c2},
    {0x5c4, 0x5c5},   {0x5c7, 0x5c7},   {0x610, 0x61a},   {0x64b, 0x65f},     {0x670, 0x670},
    {0x6d6, 0x6dc},   {0x6df, 0x6e4},   {0x6e7, 0x6e8},   {0x6ea, 0x6ed},     {0x900, 0x902},
    {0x93a, 0x93a},   {0x93c, 0x93c},   {0x941, 0x948},   {0x94d, 0x94d},     {0xe31, 0xe31},
    {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1ab0, 0x1ace}, {0x1dc0, 0x1dff},   {0x20d0, 0x20f0},
    {0x302a, 0x302d}, {0x3099, 0x309a}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t character)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (character > ranges[middle].last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && character >= ranges[low].first;
}

uint32_t pl_utf8_take(pl_str *cursor, bool *ret_ok)
{
    const uint8_t *p = (const uint8_t *)cursor->ptr;
    size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    pl_str sequence = pl_str_sub(*cursor, 0, len);
    bool ok = len == 1 || (sequence.len == len && pl_str_is_utf8(sequence));
    uint32_t character = PL_UTF8_REPLACEMENT;
    if (ok) {
        character = len == 1 ? p[0] : p[0] & (0x7fU >> len);
        for (size_t i = 1; i < len; i++) {
            character = character << 6 | (p[i] & 0x3fU);
        }
    }
    if (ret_ok) {
        *ret_ok = ok;
    }
    *cursor = pl_str_skip(*cursor, ok ? len : 1);
    return character;
}

bool pl_utf8_is_unsafe(uint32_t character)
{
    return is_in(unsafe, PL_ARRAY_LEN(unsafe), character);
}

unsigned pl_utf8_width(uint32_t character)
{
    if (character < 0x300) {
        return 1;
    }
    if (is_in(combining, PL_ARRAY_LEN(combining), character)) {
        return 0;
    }
    return is_in(wide, PL_ARRAY_LEN(wide), character) ? 2 : 1;
}

size_t pl_utf8_columns(pl_str s)
{
    size_t columns = 0;
    while (s.len > 0) {
        columns += pl_utf8_width(pl_utf8_take(&s, NULL));
    }
    return columns;
}

pl_str pl_utf8_clean(struct pl_arena *arena, pl_str s, size_t most_bytes)
{
    const pl_str replacement = PL_STR("\xef\xbf\xbd");
    const pl_str cut = PL_STR("...");
    bool is_cut = s.len > most_bytes;
    pl_str left = pl_str_sub(s, 0, most_bytes);
    char *copy = pl_arena_alloc(arena, left.len * replacement.len + cut.len, 1);
    size_t len = 0;
    while (left.len > 0) {
        pl_str piece = left;
        uint32_t character = pl_utf8_take(&left, NULL);
        piece.len -= left.len;
        if (character == PL_UTF8_REPLACEMENT || pl_utf8_is_unsafe(character)) {
            piece = replacement;
        }
        memcpy(copy + len, piece.ptr, piece.len);
        len += piece.len;
    }
    if (is_cut) {
        memcpy(copy + len, cut.ptr, cut.len);
        len += cut.len;
    }
    return pl_str_make(copy, len);
}
