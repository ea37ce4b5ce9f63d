/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The format (YAML 1.2.2, chapter 3): a stream of documents, each one node. A node is a scalar, a
 * sequence or a mapping, may bear a tag and an anchor (&name), and may be an alias (*name) of the
 * latest node of that anchor. libyaml scans and gives events; composing them is done here,
 * because the tree is to be counted while it grows.
 *
 * What an attacker has:
 *
 *   - aliases of aliases ("billion laughs"). An alias shares the node it names, so that it takes no
 *     memory, but whoever reads the document goes through it as often as it is named. Thus each
 *     anchor remembers how many values and bytes of text it amounts to and how deep it nests, and
 *     an alias is charged with them.
 *   - merge keys, which copy the members of a mapping: they are charged in the same way, for the
 *     mapping is either written there or an alias.
 *   - %TAG directives, which libyaml searches one by one for each new one: there are few in any
 *     document, mostly none.
 *
 * An anchor counts from the start of its node (3.2.2.2), so an alias within is one to itself; such
 * cycles are allowed in YAML and cannot be in JSON.
 */
#include "format/yaml.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"
#include <assert.h>
#include <yaml.h>

/* What a node amounts to with its aliases written out. */
struct extent {
    size_t values;
    size_t text_bytes;
    size_t height; /* 1 for a scalar */
};

struct anchor {
    json_t *value; /* borrowed; NULL while its node is open */
    struct extent extent;
};

/* A sequence or mapping that is open. */
struct level {
    json_t *container;
    struct anchor *anchor; /* or NULL */
    struct extent before; /* the counts of the document when it began */
    size_t height; /* of the highest node in it */
    bool has_key;
    bool is_merge; /* the key is "<<" */
    pl_str key;
    json_t *merged; /* the value of "<<", or NULL */
};

struct reader {
    const char *name;
    yaml_parser_t parser;
    struct pl_arena arena; /* keys and anchors of the document */
    struct pl_map anchors;
    struct level levels[PL_LIMIT_JSON_DEPTH];
    size_t depth;
    struct extent used;
    json_t *anchored; /* array that owns the values of anchors */
    json_t *root; /* the document, once it is complete */
    json_t *documents;
    size_t line; /* of the event at hand, from 1 */
};

static enum pl_status failed(const struct reader *reader, enum pl_status status, const char *what,
                             struct pl_error *err)
{
    return pl_error_set(err, status, "%s is not YAML that is read here: line %zu: %s", reader->name,
                        reader->line, what);
}

static enum pl_status malformed(const struct reader *reader, const char *what, struct pl_error *err)
{
    return failed(reader, PL_E_PARSE, what, err);
}

static json_t *made(json_t *value)
{
    if (!value) {
        pl_mem_abort(sizeof(*value));
    }
    return value;
}

static void append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) < 0) {
        pl_mem_abort(sizeof(value));
    }
}

static void set(json_t *object, pl_str key, json_t *value)
{
    if (json_object_setn_new_nocheck(object, key.ptr, key.len, value) < 0) {
        pl_mem_abort(key.len);
    }
}

static void begin_document(struct reader *reader)
{
    json_array_clear(reader->anchored);
    pl_map_release(&reader->anchors);
    reader->anchors = (struct pl_map){0};
    pl_arena_clear(&reader->arena);
}

static pl_str name_of(const yaml_char_t *anchor)
{
    return pl_str_from((const char *)anchor);
}

static bool is_plain(const yaml_event_t *event)
{
    return !event->data.scalar.tag && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* Charges the document with this much more, below the levels that are open. */
static enum pl_status charge(struct reader *reader, const struct extent *extent,
                             struct pl_error *err)
{
    if (reader->depth + extent->height > PL_LIMIT_JSON_DEPTH) {
        return failed(reader, PL_E_LIMIT, "nested too deep", err);
    }
    reader->used.values += extent->values;
    reader->used.text_bytes += extent->text_bytes;
    if (reader->used.values > PL_LIMIT_YAML_VALUES) {
        return failed(reader, PL_E_LIMIT, "too many values, aliases written out", err);
    }
    if (reader->used.text_bytes > PL_LIMIT_YAML_BYTES) {
        return failed(reader, PL_E_LIMIT, "too much text, aliases written out", err);
    }
    return PL_OK;
}

/* The anchor that this node bears, from now on the one of its name; NULL for none. */
static struct anchor *open_anchor(struct reader *reader, const yaml_char_t *name)
{
    if (!name) {
        return NULL;
    }
    struct anchor *anchor = PL_ARENA_NEW(&reader->arena, struct anchor);
    *pl_map_at(&reader->anchors, pl_arena_dup(&reader->arena, name_of(name))) = anchor;
    return anchor;
}

static void close_anchor(struct reader *reader, struct anchor *anchor, json_t *value,
                         const struct extent *extent)
{
    append(reader->anchored, json_incref(value));
    anchor->value = value;
    anchor->extent = *extent;
}

static enum pl_status take_key(struct reader *reader, struct level *level, pl_str text,
                               bool is_merge, struct pl_error *err)
{
    if (is_merge ? level->merged != NULL
                 : json_object_getn(level->container, text.ptr, text.len) != NULL) {
        return malformed(reader, "a key is given twice", err);
    }
    level->has_key = true;
    level->is_merge = is_merge;
    level->key = pl_arena_dup(&reader->arena, text);
    return PL_OK;
}

static bool can_be_merged(const json_t *value)
{
    if (!json_is_array(value)) {
        return json_is_object(value);
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!json_is_object(json_array_get(value, i))) {
            return false;
        }
    }
    return true;
}

/* Puts a complete node where it belongs. Takes over the reference, also on failure. */
static enum pl_status place(struct reader *reader, json_t *value, size_t height,
                            struct pl_error *err)
{
    if (reader->depth == 0) {
        json_decref(reader->root);
        reader->root = value;
        return PL_OK;
    }
    struct level *level = &reader->levels[reader->depth - 1];
    level->height = height > level->height ? height : level->height;
    if (json_is_array(level->container)) {
        append(level->container, value);
    } else if (!level->is_merge) {
        set(level->container, level->key, value);
    } else if (can_be_merged(value)) {
        level->merged = value;
    } else {
        json_decref(value);
        return malformed(reader, "a merge key's value is no mapping", err);
    }
    level->has_key = false;
    level->is_merge = false;
    return PL_OK;
}

/* Is a mapping's key due? */
static bool wants_key(const struct reader *reader)
{
    const struct level *level = reader->depth > 0 ? &reader->levels[reader->depth - 1] : NULL;
    return level && json_is_object(level->container) && !level->has_key;
}

static bool is_one_of(pl_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pl_str_eq(text, pl_str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

/* The core schema (10.3.2), but for numbers. */
static json_t *scalar_of(pl_str text, bool plain)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    static const char *const trues[] = {"true", "True", "TRUE"};
    static const char *const falses[] = {"false", "False", "FALSE"};
    if (plain && text.len <= 5) {
        if (is_one_of(text, nulls, PL_ARRAY_LEN(nulls))) {
            return json_null();
        }
        if (is_one_of(text, trues, PL_ARRAY_LEN(trues))) {
            return json_true();
        }
        if (is_one_of(text, falses, PL_ARRAY_LEN(falses))) {
            return json_false();
        }
    }
    return made(json_stringn_nocheck(text.ptr, text.len));
}

static enum pl_status take_scalar(struct reader *reader, const yaml_event_t *event,
                                  struct pl_error *err)
{
    pl_str text = pl_str_make((const char *)event->data.scalar.value, event->data.scalar.length);
    struct extent extent = {.values = 1, .text_bytes = text.len, .height = 1};
    if (!pl_str_is_utf8(text)) {
        return malformed(reader, "an escape stands for no character", err);
    }
    enum pl_status st = charge(reader, &extent, err);
    if (st < 0) {
        return st;
    }
    struct anchor *anchor = open_anchor(reader, event->data.scalar.anchor);
    bool is_key = wants_key(reader);
    /* An anchor on a key may be named by a value further down. */
    json_t *value pl_autojson = is_key && !anchor ? NULL : scalar_of(text, is_plain(event));
    if (anchor) {
        close_anchor(reader, anchor, value, &extent);
    }
    if (!is_key) {
        return place(reader, PL_TAKE(value), 1, err);
    }
    bool is_merge = is_plain(event) && pl_str_eq(text, PL_STR("<<"));
    return take_key(reader, &reader->levels[reader->depth - 1], text, is_merge, err);
}

static enum pl_status take_alias(struct reader *reader, const yaml_event_t *event,
                                 struct pl_error *err)
{
    struct anchor *anchor = pl_map_find(&reader->anchors, name_of(event->data.alias.anchor));
    if (!anchor) {
        return malformed(reader, "an alias to an anchor that is not there", err);
    }
    if (!anchor->value) {
        return malformed(reader, "an alias within what it names", err);
    }
    enum pl_status st = charge(reader, &anchor->extent, err);
    if (st < 0) {
        return st;
    }
    if (!wants_key(reader)) {
        return place(reader, json_incref(anchor->value), anchor->extent.height, err);
    }
    if (!json_is_string(anchor->value)) {
        return malformed(reader, "a key that is no text", err);
    }
    return take_key(reader, &reader->levels[reader->depth - 1], pl_json_text(anchor->value), false,
                    err);
}

static enum pl_status open_level(struct reader *reader, json_t *container,
                                 const yaml_char_t *anchor_name, struct pl_error *err)
{
    json_t *owned pl_autojson = made(container);
    if (wants_key(reader)) {
        return malformed(reader, "a key that is no text", err);
    }
    struct extent before = reader->used;
    enum pl_status st = charge(reader, &(struct extent){.values = 1, .height = 1}, err);
    if (st < 0) {
        return st;
    }
    reader->levels[reader->depth++] = (struct level){
        .container = PL_TAKE(owned),
        .anchor = open_anchor(reader, anchor_name),
        .before = before,
    };
    return PL_OK;
}

static void merge(json_t *object, json_t *from)
{
    const char *key = NULL;
    size_t len = 0;
    json_t *value = NULL;
    json_object_keylen_foreach(from, key, len, value)
    {
        if (!json_object_getn(object, key, len)) {
            set(object, pl_str_make(key, len), json_incref(value));
        }
    }
}

static enum pl_status close_level(struct reader *reader, struct pl_error *err)
{
    assert(reader->depth > 0);
    struct level *level = &reader->levels[--reader->depth];
    json_t *container = PL_TAKE(level->container);
    json_t *merged pl_autojson = PL_TAKE(level->merged);
    if (json_is_object(merged)) {
        merge(container, merged);
    }
    for (size_t i = 0; i < json_array_size(merged); i++) {
        merge(container, json_array_get(merged, i));
    }
    size_t height = level->height + 1;
    if (level->anchor) {
        struct extent extent = {
            .values = reader->used.values - level->before.values,
            .text_bytes = reader->used.text_bytes - level->before.text_bytes,
            .height = height,
        };
        close_anchor(reader, level->anchor, container, &extent);
    }
    return place(reader, container, height, err);
}

static enum pl_status take_event(struct reader *reader, const yaml_event_t *event,
                                 struct pl_error *err)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        begin_document(reader);
        return PL_OK;
    case YAML_DOCUMENT_END_EVENT:
        append(reader->documents, reader->root ? PL_TAKE(reader->root) : json_null());
        return PL_OK;
    case YAML_MAPPING_START_EVENT:
        return open_level(reader, json_object(), event->data.mapping_start.anchor, err);
    case YAML_SEQUENCE_START_EVENT:
        return open_level(reader, json_array(), event->data.sequence_start.anchor, err);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        return close_level(reader, err);
    case YAML_SCALAR_EVENT:
        return take_scalar(reader, event, err);
    case YAML_ALIAS_EVENT:
        return take_alias(reader, event, err);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
        return PL_OK;
    }
    return PL_OK;
}

static enum pl_status syntax_error(const struct reader *reader, struct pl_error *err)
{
    const yaml_parser_t *parser = &reader->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        pl_mem_abort(sizeof(*parser));
    }
    return pl_error_set(err, PL_E_PARSE, "%s is not YAML: line %zu: %s%s%s", reader->name,
                        parser->problem_mark.line + 1, parser->problem ? parser->problem : "",
                        parser->context ? ", " : "", parser->context ? parser->context : "");
}

static enum pl_status take_stream(struct reader *reader, struct pl_error *err)
{
    bool is_end = false;
    enum pl_status st = PL_OK;
    while (!is_end && st == PL_OK) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reader->parser, &event)) {
            return syntax_error(reader, err);
        }
        reader->line = event.start_mark.line + 1;
        is_end = event.type == YAML_STREAM_END_EVENT;
        st = take_event(reader, &event, err);
        yaml_event_delete(&event);
    }
    return st;
}

static void release(struct reader *reader)
{
    for (size_t i = 0; i < reader->depth; i++) {
        json_decref(reader->levels[i].container);
        json_decref(reader->levels[i].merged);
    }
    json_decref(reader->root);
    json_decref(reader->anchored);
    json_decref(reader->documents);
    pl_map_release(&reader->anchors);
    pl_arena_release(&reader->arena);
    yaml_parser_delete(&reader->parser);
}

/* Occurrences, wherever they stand: a document that has more in plain text is none that is read. */
static bool has_many_tag_directives(pl_str text)
{
    size_t count = 0;
    size_t at = 0;
    while ((at = pl_str_find(text, PL_STR("%TAG"))) != SIZE_MAX) {
        text = pl_str_skip(text, at + 4);
        if (++count > PL_LIMIT_YAML_TAG_DIRECTIVES) {
            return true;
        }
    }
    return false;
}

enum pl_status pl_yaml_parse_all(pl_str text, const char *name, json_t **ret, struct pl_error *err)
{
    if (text.len > PL_LIMIT_YAML_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "%s has %zu bytes; no more than %d are read", name,
                            text.len, PL_LIMIT_YAML_BYTES);
    }
    if (!pl_str_is_utf8(text)) {
        return pl_error_set(err, PL_E_PARSE, "%s is not YAML that is read here: it is not UTF-8",
                            name);
    }
    if (has_many_tag_directives(text)) {
        return pl_error_set(err, PL_E_LIMIT, "%s has more than %d tag directives", name,
                            PL_LIMIT_YAML_TAG_DIRECTIVES);
    }
    json_t *documents pl_autojson = made(json_array());
    if (text.len > 0) {
        struct reader reader = {
            .name = name, .anchored = made(json_array()), .documents = json_incref(documents)};
        if (!yaml_parser_initialize(&reader.parser)) {
            pl_mem_abort(sizeof(reader.parser));
        }
        yaml_parser_set_input_string(&reader.parser, pl_str_span(text).ptr, text.len);
        enum pl_status st = take_stream(&reader, err);
        release(&reader);
        if (st < 0) {
            return st;
        }
    }
    *ret = PL_TAKE(documents);
    return PL_OK;
}

enum pl_status pl_yaml_parse(pl_str text, const char *name, json_t **ret, struct pl_error *err)
{
    json_t *documents pl_autojson = NULL;
    enum pl_status st = pl_yaml_parse_all(text, name, &documents, err);
    if (st < 0) {
        return st;
    }
    if (json_array_size(documents) > 1) {
        return pl_error_set(err, PL_E_PARSE, "%s has %zu YAML documents where one is expected",
                            name, json_array_size(documents));
    }
    json_t *first = json_array_get(documents, 0);
    *ret = first ? json_incref(first) : json_null();
    return PL_OK;
}
