/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML 1.0 (www.w3.org/TR/xml) and its namespaces (www.w3.org/TR/xml-names). libxml2 scans and gives
 * events; the tree is made here, because it is to be counted while it grows and to lie in an arena.
 *
 * What an attacker has:
 *
 *   - entities that name entities ("billion laughs"), external ones that open files and addresses,
 *     attributes by default: all are declared in a document type. One with a declaration is refused
 *     before libxml2 sees it.
 *   - attributes in one tag, which libxml2 compares each with each, and namespaces in scope, which
 *     it searches one by one: both are few in any document. The first have to be counted before,
 *     for libxml2 says them all at once.
 *   - encodings: libxml2 would ask iconv, which opens files. The text is made UTF-8 before.
 *
 * After a fatal error libxml2 could go on ("recover"); that is used for references to entities that
 * nobody declared alone.
 */
#include "format/xml.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/vec.h"
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

/* An element that is open. */
struct level {
    struct pl_xml_node *node;
    struct pl_xml_node *last; /* child */
    char *text;
    size_t text_len;
    size_t text_capacity;
    size_t namespaces; /* in scope */
};

struct reader {
    const char *name;
    struct pl_arena *arena;
    struct pl_map strings; /* names and URIs, each once in the arena */
    struct level levels[PL_LIMIT_XML_DEPTH + 1]; /* the first holds the root */
    struct pl_xml_node document; /* whose child the root is */
    size_t depth;
    size_t nodes;
    xmlParserCtxt *parser;
    enum pl_status status;
    struct pl_error *err;
};

static enum pl_status failed(const char *name, enum pl_status status, int line, pl_str what,
                             struct pl_error *err)
{
    return pl_error_set(err, status, "%s is not XML that is read here: line %d: " PL_STR_FMT, name,
                        line, PL_STR_ARG(what));
}

/* The first failure counts; libxml2 gives no further events after it. */
static void stop(struct reader *reader, enum pl_status status, pl_str what)
{
    if (reader->status == PL_OK) {
        const xmlParserInput *input = reader->parser->input;
        reader->status = failed(reader->name, status, input ? input->line : 0, what, reader->err);
        xmlStopParser(reader->parser);
    }
}

static pl_str str_of(const xmlChar *s)
{
    return pl_str_from((const char *)s);
}

static pl_str interned(struct reader *reader, pl_str s)
{
    if (s.len == 0) {
        return PL_STR_EMPTY;
    }
    pl_str *kept = pl_map_find(&reader->strings, s);
    if (!kept) {
        kept = PL_ARENA_NEW(reader->arena, pl_str);
        *kept = pl_arena_dup(reader->arena, s);
        *pl_map_at(&reader->strings, *kept) = kept;
    }
    return *kept;
}

/* To handlers like these libxml2 gives an ampersand of an attribute as "&#38;", for whoever builds
 * a tree to look at references again; no other reference is left in there. */
static pl_str attribute_text(struct pl_arena *arena, pl_str value)
{
    pl_str mark = PL_STR("&#38;");
    if (pl_str_find(value, mark) == SIZE_MAX) {
        return pl_arena_dup(arena, value);
    }
    char *text = pl_arena_alloc(arena, value.len, 1);
    size_t len = 0;
    while (value.len > 0) {
        text[len++] = value.ptr[0];
        value = pl_str_skip(value, pl_str_starts_with(value, mark) ? mark.len : 1);
    }
    return pl_str_make(text, len);
}

/* libxml2 gives five pointers for each: name, prefix, URI, and both ends of the value. */
static void add_attributes(struct reader *reader, struct pl_xml_node *node, int count,
                           const xmlChar **given)
{
    enum { NAME, VALUE = 3, END, STEP };
    struct pl_xml_attribute *list =
        PL_ARENA_ARRAY(reader->arena, struct pl_xml_attribute, (size_t)count);
    for (int i = 0; i < count; i++, given += STEP) {
        pl_str value = pl_str_make((const char *)given[VALUE], (size_t)(given[END] - given[VALUE]));
        list[i].name = interned(reader, str_of(given[NAME]));
        list[i].value = attribute_text(reader->arena, value);
    }
    node->attributes = list;
    node->attribute_count = (size_t)count;
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int default_count, const xmlChar **attributes)
{
    struct reader *reader = data;
    (void)prefix;
    (void)namespaces;
    (void)default_count;
    struct level *outer = &reader->levels[reader->depth];
    size_t in_scope = outer->namespaces + (size_t)namespace_count;
    if (reader->status < 0) {
        return;
    }
    if (reader->depth == PL_LIMIT_XML_DEPTH) {
        stop(reader, PL_E_LIMIT, PL_STR("it nests too deep"));
        return;
    }
    if (++reader->nodes > PL_LIMIT_XML_NODES) {
        stop(reader, PL_E_LIMIT, PL_STR("it has too many elements"));
        return;
    }
    if (in_scope > PL_LIMIT_XML_NAMESPACES) {
        stop(reader, PL_E_LIMIT, PL_STR("it has too many namespaces"));
        return;
    }
    struct pl_xml_node *node = PL_ARENA_NEW(reader->arena, struct pl_xml_node);
    node->name = interned(reader, str_of(name));
    node->ns = interned(reader, str_of(uri));
    node->text = PL_STR_EMPTY;
    node->line = reader->parser->input ? (unsigned)reader->parser->input->line : 0;
    if (attribute_count > 0) {
        add_attributes(reader, node, attribute_count, attributes);
    }
    if (outer->last) {
        outer->last->next = node;
    } else {
        outer->node->first = node;
    }
    outer->last = node;
    reader->levels[++reader->depth] = (struct level){.node = node, .namespaces = in_scope};
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct reader *reader = data;
    (void)name;
    (void)prefix;
    (void)uri;
    if (reader->status == PL_OK && reader->depth > 0) {
        struct level *level = &reader->levels[reader->depth--];
        level->node->text = level->text ? pl_str_make(level->text, level->text_len) : PL_STR_EMPTY;
    }
}

/* Text comes in pieces: cut at references, comments and the parser's own buffer. Blanks before the
 * first other character are left out, for most elements hold no text but their children's
 * indentation. */
static void on_text(void *data, const xmlChar *text, int len)
{
    struct reader *reader = data;
    struct level *level = &reader->levels[reader->depth];
    pl_str piece = pl_str_make((const char *)text, (size_t)len);
    if (reader->status < 0 || (level->text_len == 0 && pl_str_trim(piece).len == 0)) {
        return;
    }
    if (piece.len > level->text_capacity - level->text_len) {
        size_t capacity = level->text_capacity * 2;
        capacity = capacity < level->text_len + piece.len ? level->text_len + piece.len : capacity;
        char *grown = pl_arena_alloc(reader->arena, capacity, 1);
        if (level->text_len > 0) {
            memcpy(grown, level->text, level->text_len);
        }
        level->text = grown;
        level->text_capacity = capacity;
    }
    memcpy(level->text + level->text_len, piece.ptr, piece.len);
    level->text_len += piece.len;
}

static void on_error(void *data, xmlError *error)
{
    struct reader *reader = data;
    if (error->level == XML_ERR_FATAL && error->code != XML_ERR_UNDECLARED_ENTITY) {
        pl_str what = pl_str_trim(pl_str_from(error->message));
        enum pl_status status = error->code == XML_ERR_NO_MEMORY ? PL_E_LIMIT : PL_E_PARSE;
        stop(reader, status, what.len > 0 ? what : PL_STR("it is malformed"));
    }
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
                return failed(name, PL_E_UNSUPPORTED, line_at(text, at),
                              PL_STR("it declares a document type of its own"), err);
            }
            if (values > PL_LIMIT_XML_ATTRIBUTES) {
                return failed(name, PL_E_LIMIT, line_at(text, at),
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

static void parse(struct reader *reader, pl_str text)
{
    reader->parser = xmlCreateMemoryParserCtxt(text.ptr, (int)text.len);
    if (!reader->parser) {
        pl_mem_abort(text.len);
    }
    *reader->parser->sax = (xmlSAXHandler){
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .serror = on_error,
    };
    reader->parser->userData = reader;
    xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                          XML_PARSE_RECOVER | XML_PARSE_IGNORE_ENC);
    xmlParseDocument(reader->parser);
    xmlFreeParserCtxt(reader->parser);
    reader->parser = NULL;
}

enum pl_status pl_xml_parse(struct pl_arena *arena, pl_str text, const char *name,
                            const struct pl_xml_node **ret, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    if (text.len > PL_LIMIT_XML_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "%s has %zu bytes; no more than %d are read", name,
                            text.len, PL_LIMIT_XML_BYTES);
    }
    enum pl_status st = to_utf_8(&scratch, name, text, &text, err);
    if (st < 0) {
        return st;
    }
    size_t nul = pl_str_find_char(text, '\0');
    if (text.len == 0 || nul != SIZE_MAX) {
        return failed(name, PL_E_PARSE, nul == SIZE_MAX ? 1 : line_at(text, nul),
                      text.len == 0 ? PL_STR("it is empty") : PL_STR("it has a NUL byte"), err);
    }
    st = check_markup(text, name, err);
    if (st < 0) {
        return st;
    }
    struct reader *reader = PL_ARENA_NEW(&scratch, struct reader);
    reader->name = name;
    reader->arena = arena;
    reader->err = err;
    reader->levels[0].node = &reader->document;
    parse(reader, text);
    pl_map_release(&reader->strings);
    if (reader->status < 0) {
        return reader->status;
    }
    if (!reader->document.first) {
        return failed(name, PL_E_PARSE, 1, PL_STR("it has no element"), err);
    }
    *ret = reader->document.first;
    return PL_OK;
}

bool pl_xml_is(const struct pl_xml_node *node, const char *name)
{
    return node && pl_str_eq(node->name, pl_str_from(name));
}

static const struct pl_xml_node *first_of(const struct pl_xml_node *node, const char *name)
{
    pl_str wanted = pl_str_from(name);
    while (node && !pl_str_eq(node->name, wanted)) {
        node = node->next;
    }
    return node;
}

const struct pl_xml_node *pl_xml_child(const struct pl_xml_node *node, const char *name)
{
    return node ? first_of(node->first, name) : NULL;
}

const struct pl_xml_node *pl_xml_next(const struct pl_xml_node *node, const char *name)
{
    return node ? first_of(node->next, name) : NULL;
}

pl_str pl_xml_text(const struct pl_xml_node *node, const char *name)
{
    const struct pl_xml_node *found = name ? pl_xml_child(node, name) : node;
    return found ? pl_str_trim(found->text) : PL_STR_EMPTY;
}

pl_str pl_xml_attribute(const struct pl_xml_node *node, const char *name)
{
    pl_str wanted = pl_str_from(name);
    for (size_t i = 0; node && i < node->attribute_count; i++) {
        if (pl_str_eq(node->attributes[i].name, wanted)) {
            return node->attributes[i].value;
        }
    }
    return PL_STR_EMPTY;
}
