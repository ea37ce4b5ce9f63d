/* SPDX-License-Identifier: Apache-2.0 */
#include "format/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pl_str pl_base64_encode(struct pl_arena *arena, pl_str bytes)
{
    const uint8_t *p = (const uint8_t *)bytes.ptr;
    /* One group more than needed, for the NUL. */
    char *text = pl_arena_alloc(arena, bytes.len / 3 + 2, 4);
    size_t len = 0;
    size_t at = 0;
    for (; bytes.len - at >= 3; at += 3) {
        text[len++] = alphabet[p[at] >> 2];
        text[len++] = alphabet[(p[at] & 3) << 4 | p[at + 1] >> 4];
        text[len++] = alphabet[(p[at + 1] & 15) << 2 | p[at + 2] >> 6];
        text[len++] = alphabet[p[at + 2] & 63];
    }
    size_t left = bytes.len - at;
    if (left > 0) {
        uint8_t second = left > 1 ? p[at + 1] : 0;
        text[len++] = alphabet[p[at] >> 2];
        text[len++] = alphabet[(p[at] & 3) << 4 | second >> 4];
        text[len++] = left > 1 ? alphabet[(second & 15) << 2] : '=';
        text[len++] = '=';
    }
    return pl_str_make(text, len);
}

/* The six bits of a character, or -1. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (pl_char_is_digit(c)) {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool pl_base64_decode(struct pl_arena *arena, pl_str text, pl_str *ret)
{
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=') {
        padding++;
    }
    if (text.len % 4 != 0) {
        return false;
    }
    size_t len = text.len / 4 * 3 - padding;
    char *bytes = pl_arena_alloc(arena, len + 1, 1);
    uint32_t bits = 0;
    size_t held = 0;
    size_t out = 0;
    for (size_t i = 0; i < text.len - padding; i++) {
        int value = value_of(text.ptr[i]);
        if (value < 0) {
            return false;
        }
        bits = (bits << 6 | (uint32_t)value) & 0xffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes[out++] = (char)(bits >> held & 0xff);
        }
    }
    if ((bits & ((1U << held) - 1)) != 0) {
        return false;
    }
    *ret = pl_str_make(bytes, len);
    return true;
}
