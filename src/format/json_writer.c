/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 8259. Escaped, beside what section 7 demands: DEL and the C1 controls, and the format,
 * bidirectional and line-separating characters of pl_utf8_is_unsafe, as \uXXXX with surrogate
 * pairs above U+FFFF. Everything else is written as the UTF-8 it is.
 */
#include "format/json_writer.h"
#include "base/utf8.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>

void pl_json_writer_init(struct pl_json_writer *json, struct pl_writer *into)
{
    *json = (struct pl_json_writer){.into = into};
}

static void new_line(struct pl_json_writer *json)
{
    pl_writer_char(json->into, '\n');
    pl_writer_repeat(json->into, ' ', json->depth * 2);
}

/* What goes between this item and the one before it. */
static void start_item(struct pl_json_writer *json)
{
    if (json->depth == 0) {
        return;
    }
    bool *has_items = &json->levels[json->depth - 1].has_items;
    if (*has_items) {
        pl_writer_char(json->into, ',');
    }
    *has_items = true;
    new_line(json);
}

static void start_value(struct pl_json_writer *json)
{
    assert(json->depth == 0 || json->levels[json->depth - 1].is_object == json->has_key);
    if (json->has_key) {
        json->has_key = false;
    } else {
        start_item(json);
    }
}

static void begin(struct pl_json_writer *json, bool is_object)
{
    start_value(json);
    assert(json->depth < PL_LIMIT_JSON_DEPTH);
    json->levels[json->depth].is_object = is_object;
    json->levels[json->depth].has_items = false;
    json->depth++;
    pl_writer_char(json->into, is_object ? '{' : '[');
}

static void end(struct pl_json_writer *json, bool is_object)
{
    assert(json->depth > 0 && !json->has_key);
    assert(json->levels[json->depth - 1].is_object == is_object);
    json->depth--;
    if (json->levels[json->depth].has_items) {
        new_line(json);
    }
    pl_writer_char(json->into, is_object ? '}' : ']');
}

void pl_json_writer_begin_object(struct pl_json_writer *json)
{
    begin(json, true);
}

void pl_json_writer_end_object(struct pl_json_writer *json)
{
    end(json, true);
}

void pl_json_writer_begin_array(struct pl_json_writer *json)
{
    begin(json, false);
}

void pl_json_writer_end_array(struct pl_json_writer *json)
{
    end(json, false);
}

static void write_escape(struct pl_writer *into, uint32_t character)
{
    static const char short_forms[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    if (character < sizeof(short_forms) && short_forms[character]) {
        pl_writer_format(into, "\\%c", short_forms[character]);
    } else if (character < 0x10000) {
        pl_writer_format(into, "\\u%04x", character);
    } else {
        uint32_t above = character - 0x10000;
        pl_writer_format(into, "\\u%04x\\u%04x", 0xd800 + (above >> 10), 0xdc00 + (above & 0x3ff));
    }
}

#define EACH_BYTE(value) (0x0101010101010101ULL * (value))

/* Not zero when a byte of `word` is zero, and perhaps when one is above 0x7f. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - EACH_BYTE(1)) & EACH_BYTE(0x80);
}

/* How many bytes at the start stand for themselves: printable ASCII without quote and backslash.
 * Nearly always all of them; eight are looked at at once. */
static size_t plain_prefix(pl_str s)
{
    size_t at = 0;
    for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, s.ptr + at, sizeof(word));
        uint64_t special = zero_bytes(word ^ EACH_BYTE('"')) | zero_bytes(word ^ EACH_BYTE('\\')) |
                           zero_bytes(word ^ EACH_BYTE(0x7f));
        uint64_t control = (word - EACH_BYTE(0x20)) & EACH_BYTE(0x80);
        if (((word & EACH_BYTE(0x80)) | special | control) != 0) {
            break;
        }
    }
    while (at < s.len && (unsigned char)s.ptr[at] >= 0x20 && (unsigned char)s.ptr[at] < 0x7f &&
           s.ptr[at] != '"' && s.ptr[at] != '\\') {
        at++;
    }
    return at;
}

static void write_string(struct pl_writer *into, pl_str s)
{
    pl_writer_char(into, '"');
    while (s.len > 0) {
        size_t plain = plain_prefix(s);
        if (plain > 0) {
            pl_writer_str(into, pl_str_sub(s, 0, plain));
            s = pl_str_skip(s, plain);
            continue;
        }
        pl_str start = s;
        bool ok = true;
        uint32_t character = pl_utf8_take(&s, &ok);
        if (character == '"' || character == '\\') {
            pl_writer_char(into, '\\');
            pl_writer_char(into, (char)character);
        } else if (!ok) {
            pl_writer_str(into, PL_STR("\xef\xbf\xbd"));
        } else if (pl_utf8_is_unsafe(character)) {
            write_escape(into, character);
        } else {
            pl_writer_str(into, pl_str_sub(start, 0, start.len - s.len));
        }
    }
    pl_writer_char(into, '"');
}

void pl_json_writer_key(struct pl_json_writer *json, const char *key)
{
    assert(json->depth > 0 && json->levels[json->depth - 1].is_object && !json->has_key);
    start_item(json);
    write_string(json->into, pl_str_from(key));
    pl_writer_str(json->into, PL_STR(": "));
    json->has_key = true;
}

void pl_json_writer_string(struct pl_json_writer *json, pl_str value)
{
    start_value(json);
    write_string(json->into, value);
}

void pl_json_writer_uint(struct pl_json_writer *json, uint64_t value)
{
    start_value(json);
    pl_writer_format(json->into, "%llu", (unsigned long long)value);
}

void pl_json_writer_double(struct pl_json_writer *json, double value)
{
    if (!isfinite(value)) {
        pl_json_writer_null(json);
        return;
    }
    start_value(json);
    enum { FEWEST_DIGITS = 15, ENOUGH_DIGITS = 17 };
    char text[40];
    for (int digits = FEWEST_DIGITS; digits <= ENOUGH_DIGITS; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (!(strtod(text, NULL) < value) && !(strtod(text, NULL) > value)) {
            break;
        }
    }
    /* The locale may have put another sign in the decimal point's place. */
    for (char *p = text; *p; p++) {
        if (!pl_char_is_digit(*p) && *p != '-' && *p != '+' && *p != 'e') {
            *p = '.';
        }
    }
    pl_writer_str(json->into, pl_str_from(text));
}

void pl_json_writer_bool(struct pl_json_writer *json, bool value)
{
    start_value(json);
    pl_writer_str(json->into, value ? PL_STR("true") : PL_STR("false"));
}

void pl_json_writer_null(struct pl_json_writer *json)
{
    start_value(json);
    pl_writer_str(json->into, PL_STR("null"));
}

void pl_json_writer_member(struct pl_json_writer *json, const char *key, pl_str value)
{
    pl_json_writer_key(json, key);
    if (value.len > 0) {
        pl_json_writer_string(json, value);
    } else {
        pl_json_writer_null(json);
    }
}

void pl_json_writer_member_text(struct pl_json_writer *json, const char *key, pl_str value)
{
    if (value.len > 0) {
        pl_json_writer_member(json, key, value);
    }
}

void pl_json_writer_member_uint(struct pl_json_writer *json, const char *key, uint64_t value)
{
    pl_json_writer_key(json, key);
    pl_json_writer_uint(json, value);
}

void pl_json_writer_member_bool(struct pl_json_writer *json, const char *key, bool value)
{
    pl_json_writer_key(json, key);
    pl_json_writer_bool(json, value);
}

void pl_json_writer_member_strings(struct pl_json_writer *json, const char *key,
                                   const struct pl_strs *list)
{
    pl_json_writer_member_array(json, key);
    for (size_t i = 0; i < list->count; i++) {
        pl_json_writer_string(json, list->items[i]);
    }
    pl_json_writer_end_array(json);
}

void pl_json_writer_member_object(struct pl_json_writer *json, const char *key)
{
    pl_json_writer_key(json, key);
    pl_json_writer_begin_object(json);
}

void pl_json_writer_member_array(struct pl_json_writer *json, const char *key)
{
    pl_json_writer_key(json, key);
    pl_json_writer_begin_array(json);
}

void pl_json_writer_finish(struct pl_json_writer *json)
{
    assert(json->depth == 0);
    pl_writer_char(json->into, '\n');
}
