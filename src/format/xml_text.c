/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attacker has in XML, of which libxml2 is to see nothing:
 *
 *   - entities that name entities ("billion laughs"), external ones that open files and addresses,
 *     attributes by default: all are declared in a document type. One with a declaration is
 * refused.
 *   - attributes in one tag, which libxml2 compares each with each, and says all at once: they are
 *     counted here, for they are few in any document.
 *   - encodings: libxml2 would ask iconv, which opens files. The text is made UTF-8 here.
 */
#include "format/xml_text.h"
#include "base/limits.h"
#include "base/utf8.h"

enum pl_status pl_xml_failed(const char *name, enum pl_status status, int line, pl_str what,
                             struct pl_error *err)
{
    return pl_error_set(err, status, "%s is not XML that is read here: line %d: " PL_STR_FMT, name,
                        line, PL_STR_ARG(what));
}

/* Where `end` ends after `from`; the end of the text when it does not. */
static size_t after(pl_str text, size_t from, pl_str end)
{
    size_t at = pl_str_find(pl_str_skip(text, from), end);
    return at == SIZE_MAX ? text.len : from + at + end.len;
}

/* The end of a tag or a document type that begins at `at`: behind its '>', or behind the '[' that
 * begins declarations. *ret_values counts the equals signs outside of quotes. */
static size_t after_tag(pl_str text, size_t at, size_t *ret_values)
{
    size_t values = 0;
    while (at < text.len) {
        char c = text.ptr[at++];
        if (c == '"' || c == '\'') {
            size_t quote = pl_str_find_char(pl_str_skip(text, at), c);
            at = quote == SIZE_MAX ? text.len : at + quote + 1;
        } else if (c == '>' || c == '[') {
            break;
        } else if (c == '=') {
            values++;
        }
    }
    *ret_values = values;
    return at;
}

static int line_at(pl_str text, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        line += text.ptr[i] == '\n' ? 1 : 0;
    }
    return line;
}

/* Goes through the markup as a parser does, for what has to be refused before there is one. Where
 * the text is not well formed the two may part, but libxml2 gets no further than that. */
static enum pl_status check_markup(pl_str text, const char *name, struct pl_error *err)
{
    static const struct {
        pl_str begin;
        pl_str end;
    } passed_over[] = {
        {PL_STR_INIT("<!--"), PL_STR_INIT("-->")},
        {PL_STR_INIT("<![CDATA["), PL_STR_INIT("]]>")},
        {PL_STR_INIT("<?"), PL_STR_INIT("?>")},
    };
    size_t at = 0;
    for (;;) {
        size_t found = pl_str_find_char(pl_str_skip(text, at), '<');
        if (found == SIZE_MAX) {
            return PL_OK;
        }
        at += found;
        pl_str rest = pl_str_skip(text, at);
        size_t next = 0;
        for (size_t i = 0; i < PL_ARRAY_LEN(passed_over) && next == 0; i++) {
            if (pl_str_starts_with(rest, passed_over[i].begin)) {
                next = after(text, at + passed_over[i].begin.len, passed_over[i].end);
            }
        }
        if (next == 0) {
            size_t values = 0;
            next = after_tag(text, at + 1, &values);
            if (pl_str_starts_with(rest, PL_STR("<!")) && text.ptr[next - 1] == '[') {
                return pl_xml_failed(name, PL_E_UNSUPPORTED, line_at(text, at),
                                     PL_STR("it declares a document type of its own"), err);
            }
            if (values > PL_LIMIT_XML_ATTRIBUTES) {
                return pl_xml_failed(name, PL_E_LIMIT, line_at(text, at),
                                     PL_STR("a tag has too many attributes"), err);
            }
        }
        at = next;
    }
}

static void append_utf8(char **at, uint32_t c)
{
    char *p = *at;
    if (c < 0x80) {
        *p++ = (char)c;
    } else if (c < 0x800) {
        *p++ = (char)(0xc0 | c >> 6);
        *p++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *p++ = (char)(0xe0 | c >> 12);
        *p++ = (char)(0x80 | (c >> 6 & 0x3f));
        *p++ = (char)(0x80 | (c & 0x3f));
    } else {
        *p++ = (char)(0xf0 | c >> 18);
        *p++ = (char)(0x80 | (c >> 12 & 0x3f));
        *p++ = (char)(0x80 | (c >> 6 & 0x3f));
        *p++ = (char)(0x80 | (c & 0x3f));
    }
    *at = p;
}

static pl_str repaired(struct pl_arena *arena, pl_str text)
{
    char *begin = pl_arena_alloc(arena, text.len, 3);
    char *at = begin;
    while (text.len > 0) {
        append_utf8(&at, pl_utf8_take(&text, NULL));
    }
    return pl_str_make(begin, (size_t)(at - begin));
}

/* ISO-8859-1, with what windows-1252 has in place of its second set of control characters, which no
 * text uses. */
static pl_str from_latin_1(struct pl_arena *arena, pl_str text)
{
    static const uint16_t windows[32] = {
        0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};
    char *begin = pl_arena_alloc(arena, text.len, 3);
    char *at = begin;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.ptr[i];
        append_utf8(&at, c >= 0x80 && c < 0xa0 ? windows[c - 0x80] : c);
    }
    return pl_str_make(begin, (size_t)(at - begin));
}

static pl_str from_utf_16(struct pl_arena *arena, pl_str text, bool is_big_endian)
{
    const uint8_t *p = (const uint8_t *)text.ptr;
    char *begin = pl_arena_alloc(arena, text.len + 2, 2);
    char *at = begin;
    uint32_t high = 0; /* the first half of a pair */
    for (size_t i = 0; i + 1 < text.len; i += 2) {
        uint32_t c =
            is_big_endian ? (uint32_t)p[i] << 8 | p[i + 1] : (uint32_t)p[i + 1] << 8 | p[i];
        bool is_high = c >= 0xd800 && c < 0xdc00;
        bool is_low = c >= 0xdc00 && c < 0xe000;
        if (high != 0 && is_low) {
            append_utf8(&at, 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00));
            high = 0;
            continue;
        }
        if (high != 0) {
            append_utf8(&at, PL_UTF8_REPLACEMENT);
        }
        high = is_high ? c : 0;
        if (!is_high) {
            append_utf8(&at, is_low ? PL_UTF8_REPLACEMENT : c);
        }
    }
    return pl_str_make(begin, (size_t)(at - begin));
}

/* The encoding that the declaration states: <?xml version="1.0" encoding="UTF-8"?> */
static pl_str declared_encoding(pl_str text)
{
    if (!pl_str_starts_with(text, PL_STR("<?xml"))) {
        return PL_STR_EMPTY;
    }
    pl_str declaration = pl_str_sub(text, 0, pl_str_find(text, PL_STR("?>")));
    size_t at = pl_str_find(declaration, PL_STR("encoding"));
    if (at == SIZE_MAX) {
        return PL_STR_EMPTY;
    }
    pl_str rest = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    pl_str_cut(pl_str_skip(declaration, at), '=', &value, &rest);
    rest = pl_str_trim(rest);
    if (rest.len < 2) {
        return PL_STR_EMPTY;
    }
    pl_str_cut(pl_str_skip(rest, 1), rest.ptr[0], &value, &rest);
    return value;
}

/* The text as UTF-8 without a byte order mark (XML, appendix F). */
static enum pl_status to_utf_8(struct pl_arena *arena, const char *name, pl_str text, pl_str *ret,
                               struct pl_error *err)
{
    static const char *const latin[] = {"ISO-8859-1", "latin1", "windows-1252", "cp1252"};
    static const char *const unicode[] = {"", "UTF-8", "UTF8", "US-ASCII", "ASCII", "UTF-16"};
    bool is_big_endian = pl_str_starts_with(text, PL_STR("\xfe\xff"));
    if (is_big_endian || pl_str_starts_with(text, PL_STR("\xff\xfe"))) {
        *ret = from_utf_16(arena, pl_str_skip(text, 2), is_big_endian);
        return PL_OK;
    }
    if (pl_str_starts_with(text, PL_STR("<\0?\0")) || pl_str_starts_with(text, PL_STR("\0<\0?"))) {
        *ret = from_utf_16(arena, text, text.ptr[0] == '\0');
        return PL_OK;
    }
    if (pl_str_starts_with(text, PL_STR("\xef\xbb\xbf"))) {
        text = pl_str_skip(text, 3);
    }
    if (pl_str_is_utf8(text)) {
        *ret = text;
        return PL_OK;
    }
    pl_str encoding = declared_encoding(text);
    for (size_t i = 0; i < PL_ARRAY_LEN(latin); i++) {
        if (pl_str_eq_nocase(encoding, pl_str_from(latin[i]))) {
            *ret = from_latin_1(arena, text);
            return PL_OK;
        }
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(unicode); i++) {
        if (pl_str_eq_nocase(encoding, pl_str_from(unicode[i]))) {
            *ret = repaired(arena, text);
            return PL_OK;
        }
    }
    return pl_error_set(err, PL_E_UNSUPPORTED,
                        "%s is XML in an encoding that is not read: " PL_STR_FMT, name,
                        PL_STR_ARG(pl_str_sub(encoding, 0, 40)));
}

enum pl_status pl_xml_prepare(struct pl_arena *scratch, pl_str text, const char *name, pl_str *ret,
                              struct pl_error *err)
{
    enum pl_status st = to_utf_8(scratch, name, text, &text, err);
    if (st < 0) {
        return st;
    }
    size_t nul = pl_str_find_char(text, '\0');
    if (text.len == 0 || nul != SIZE_MAX) {
        return pl_xml_failed(name, PL_E_PARSE, nul == SIZE_MAX ? 1 : line_at(text, nul),
                             text.len == 0 ? PL_STR("it is empty") : PL_STR("it has a NUL byte"),
                             err);
    }
    st = check_markup(text, name, err);
    if (st == PL_OK) {
        *ret = text;
    }
    return st;
}
