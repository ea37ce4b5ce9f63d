/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libxml2 scans and gives events; trees are made here, because they are to be counted while they
 * grow and to lie in an arena. Namespaces in scope, which it searches one by one, are counted.
 *
 * After a fatal error libxml2 could go on ("recover"); that is used for references to entities that
 * nobody declared alone.
 */
#include "format/xml_reader.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "format/xml_text.h"
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
    const struct pl_xml_reading *reading;
    struct pl_arena *arena; /* of the tree at hand */
    pl_str rest; /* of the text */
    struct pl_map strings; /* names and URIs, each once in the arena */
    struct level levels[PL_LIMIT_XML_DEPTH + 1]; /* the first holds the root */
    struct pl_xml_node document; /* whose child the root is */
    size_t depth;
    size_t nodes; /* of the tree at hand, with the bytes of text and values in it */
    size_t bytes;
    bool has_root;
    xmlParserCtxt *parser;
    enum pl_status status;
    struct pl_error *err;
};

/* The first failure counts; libxml2 gives no further events after it. */
static void stop(struct reader *reader, enum pl_status status, pl_str what)
{
    if (reader->status == PL_OK) {
        const xmlParserInput *input = reader->parser->input;
        reader->status = pl_xml_failed(reader->reading->name, status, input ? input->line : 0, what,
                                       reader->err);
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
        reader->bytes += value.len;
    }
    node->attributes = list;
    node->attribute_count = (size_t)count;
}

static bool is_wanted(const struct reader *reader, pl_str name)
{
    const char *const *wanted = reader->reading->wanted;
    while (wanted && *wanted && !pl_str_eq(name, pl_str_from(*wanted))) {
        wanted++;
    }
    return wanted && *wanted;
}

static struct pl_xml_node *add_node(struct reader *reader, pl_str name, pl_str uri)
{
    struct level *outer = &reader->levels[reader->depth];
    struct pl_xml_node *node = PL_ARENA_NEW(reader->arena, struct pl_xml_node);
    node->name = interned(reader, name);
    node->ns = interned(reader, uri);
    node->text = PL_STR_EMPTY;
    node->line = reader->parser->input ? (unsigned)reader->parser->input->line : 0;
    if (outer->last) {
        outer->last->next = node;
    } else if (outer->node) {
        outer->node->first = node;
    }
    outer->last = outer->node ? node : NULL;
    return node;
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
    if (in_scope > PL_LIMIT_XML_NAMESPACES) {
        stop(reader, PL_E_LIMIT, PL_STR("it has too many namespaces"));
        return;
    }
    struct pl_xml_node *node = NULL;
    if (outer->node || is_wanted(reader, str_of(name))) {
        node = add_node(reader, str_of(name), str_of(uri));
        if (attribute_count > 0) {
            add_attributes(reader, node, attribute_count, attributes);
        }
        if (++reader->nodes > PL_LIMIT_XML_NODES) {
            stop(reader, PL_E_LIMIT, PL_STR("it has too many elements"));
        } else if (reader->bytes > PL_LIMIT_XML_BYTES) {
            stop(reader, PL_E_LIMIT, PL_STR("an element is too large"));
        }
    }
    reader->has_root = true;
    reader->levels[++reader->depth] = (struct level){.node = node, .namespaces = in_scope};
}

/* The wanted element is complete: it is handed over, and all of it goes. */
static void hand_over(struct reader *reader, const struct pl_xml_node *piece)
{
    const struct pl_xml_reading *reading = reader->reading;
    enum pl_status st = reading->take(reading->context, piece, reader->err);
    if (st < 0) {
        reader->status = st;
        xmlStopParser(reader->parser);
    }
    pl_map_release(&reader->strings);
    reader->strings = (struct pl_map){0};
    pl_arena_clear(reader->arena);
    reader->nodes = reader->bytes = 0;
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct reader *reader = data;
    (void)name;
    (void)prefix;
    (void)uri;
    if (reader->status < 0 || reader->depth == 0) {
        return;
    }
    struct level *level = &reader->levels[reader->depth--];
    if (level->node) {
        level->node->text = level->text ? pl_str_make(level->text, level->text_len) : PL_STR_EMPTY;
        if (!reader->levels[reader->depth].node) {
            hand_over(reader, level->node);
        }
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
    if (reader->status < 0 || !level->node ||
        (level->text_len == 0 && pl_str_trim(piece).len == 0)) {
        return;
    }
    reader->bytes += piece.len;
    if (reader->bytes > PL_LIMIT_XML_BYTES) {
        stop(reader, PL_E_LIMIT, PL_STR("an element is too large"));
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

/* libxml2 asks for the text piece by piece, so that it keeps no copy of the whole. */
static int on_read(void *data, char *into, int size)
{
    struct reader *reader = data;
    pl_str piece = pl_str_sub(reader->rest, 0, size > 0 ? (size_t)size : 0);
    if (piece.len > 0) {
        memcpy(into, piece.ptr, piece.len);
    }
    reader->rest = pl_str_skip(reader->rest, piece.len);
    return (int)piece.len;
}

static void parse(struct reader *reader)
{
    xmlSAXHandler handlers = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .serror = on_error,
    };
    reader->parser =
        xmlCreateIOParserCtxt(NULL, NULL, on_read, NULL, reader, XML_CHAR_ENCODING_NONE);
    if (!reader->parser) {
        pl_mem_abort(sizeof(xmlParserCtxt));
    }
    *reader->parser->sax = handlers;
    reader->parser->userData = reader;
    xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                          XML_PARSE_RECOVER | XML_PARSE_IGNORE_ENC);
    xmlParseDocument(reader->parser);
    xmlFreeParserCtxt(reader->parser);
    reader->parser = NULL;
}

enum pl_status pl_xml_read(const struct pl_xml_reading *reading, pl_str text,
                           const struct pl_xml_node **ret, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_arena piece pl_autoarena = {0};
    enum pl_status st = pl_xml_prepare(&scratch, text, reading->name, &text, err);
    if (st < 0) {
        return st;
    }
    struct reader *reader = PL_ARENA_NEW(&scratch, struct reader);
    reader->reading = reading;
    reader->arena = reading->wanted ? &piece : reading->arena;
    reader->rest = text;
    reader->err = err;
    reader->levels[0].node = reading->wanted ? NULL : &reader->document;
    parse(reader);
    pl_map_release(&reader->strings);
    if (reader->status < 0) {
        return reader->status;
    }
    if (!reader->has_root) {
        return pl_xml_failed(reading->name, PL_E_PARSE, 1, PL_STR("it has no element"), err);
    }
    if (ret) {
        *ret = reader->document.first;
    }
    return PL_OK;
}
