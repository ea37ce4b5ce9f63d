/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The format (TOML 1.0): lines "key = value", where a key is one or more parts joined by dots;
 * [key] opens the table that the lines behind it belong to, [[key]] a new last element of an array
 * of tables. Arrays may go over lines and end in a comma, inline tables { key = value, ... } may
 * not. Comments run from '#' to the end of the line.
 *
 * Most of the work is to know who may still add to a table ("Table", "Inline Table", "Array of
 * Tables"):
 *
 *   - each key and each [key] is given once;
 *   - a table that was only passed through on the way to another ([a.b] makes a) may still be
 *     opened by its own [key], and be added to by dotted keys;
 *   - one made or passed by dotted keys may be added to by dotted keys of the same section, and may
 *     get tables below it, but is never opened by [key];
 *   - inline tables and arrays in brackets are complete where they end;
 *   - in a [key] an array of tables stands for its last element.
 *
 * So each table has marks beside it, in a map by address: `opened`, `complete`, and for arrays
 * `grows`. A section's dotted tables wait in a list and become `opened` when it ends.
 */
#include "format/toml.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/vec.h"
#include "format/toml_scalar.h"

enum mark {
    IS_OPENED = 1, /* no [key] and no dotted key of another section may name it */
    IS_COMPLETE = 2, /* nothing is added any more */
    GROWS = 4, /* an array that [[key]] made */
};

struct mark_slot {
    const json_t *container; /* NULL: free */
    unsigned marks;
};

struct reader {
    struct pl_toml_cursor cursor;
    struct mark_slot *slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t used_slots;
    struct {
        PL_VEC_FIELDS(const json_t *);
    } pending; /* tables of this section's dotted keys */
    size_t value_count;
};

enum path_kind {
    IN_HEADER,
    IN_SECTION, /* dotted keys of a section */
    IN_INLINE, /* and of an inline table */
};

static enum pl_status failed(const struct reader *reader, const char *what, struct pl_error *err)
{
    return pl_toml_failed(&reader->cursor, PL_E_PARSE, what, err);
}

static struct mark_slot *slot_of(struct mark_slot *slots, size_t count, const json_t *container)
{
    /* Addresses of allocations: the low bits are alike. */
    size_t at = (size_t)(((uintptr_t)container >> 4) * 0x9e3779b97f4a7c15ULL >> 20) & (count - 1);
    while (slots[at].container && slots[at].container != container) {
        at = (at + 1) & (count - 1);
    }
    return &slots[at];
}

static unsigned marks_of(const struct reader *reader, const json_t *container)
{
    return reader->slot_count ? slot_of(reader->slots, reader->slot_count, container)->marks : 0;
}

static void add_mark(struct reader *reader, const json_t *container, enum mark mark)
{
    if (reader->used_slots * 2 >= reader->slot_count) {
        size_t count = reader->slot_count ? reader->slot_count * 2 : 64;
        struct mark_slot *slots = pl_mem_alloc(count, sizeof(*slots));
        for (size_t i = 0; i < reader->slot_count; i++) {
            if (reader->slots[i].container) {
                *slot_of(slots, count, reader->slots[i].container) = reader->slots[i];
            }
        }
        free(reader->slots);
        reader->slots = slots;
        reader->slot_count = count;
    }
    struct mark_slot *slot = slot_of(reader->slots, reader->slot_count, container);
    reader->used_slots += slot->container ? 0 : 1;
    slot->container = container;
    slot->marks |= mark;
}

static void end_section(struct reader *reader)
{
    for (size_t i = 0; i < reader->pending.count; i++) {
        add_mark(reader, reader->pending.items[i], IS_OPENED);
    }
    reader->pending.count = 0;
}

/* Counts a value, before it is made, and its nesting. */
static enum pl_status count_value(struct reader *reader, size_t depth, struct pl_error *err)
{
    if (depth > PL_LIMIT_JSON_DEPTH) {
        return pl_toml_failed(&reader->cursor, PL_E_LIMIT, "nested too deep", err);
    }
    if (++reader->value_count > PL_LIMIT_TOML_VALUES) {
        return pl_toml_failed(&reader->cursor, PL_E_LIMIT, "too many values", err);
    }
    return PL_OK;
}

static void skip_blanks(struct reader *reader)
{
    struct pl_toml_cursor *c = &reader->cursor;
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t')) {
        c->at++;
    }
}

static enum pl_status skip_comment(struct reader *reader, struct pl_error *err)
{
    struct pl_toml_cursor *c = &reader->cursor;
    if (!pl_toml_is_at(c, '#')) {
        return PL_OK;
    }
    const char *line = memchr(c->at, '\n', (size_t)(c->end - c->at));
    const char *end = line ? line : c->end;
    const char *text_end = line && line[-1] == '\r' ? line - 1 : end;
    for (; c->at < text_end; c->at++) {
        if (((unsigned char)*c->at < 0x20 && *c->at != '\t') || *c->at == 0x7f) {
            return failed(reader, "a control character in a comment", err);
        }
    }
    return PL_OK;
}

static bool take_line_end(struct reader *reader)
{
    struct pl_toml_cursor *c = &reader->cursor;
    bool is_crlf = c->end - c->at >= 2 && c->at[0] == '\r' && c->at[1] == '\n';
    if (!is_crlf && !pl_toml_is_at(c, '\n')) {
        return false;
    }
    c->at += is_crlf ? 2 : 1;
    return true;
}

/* Blanks, comments and line ends, as between the elements of an array. */
static enum pl_status skip_space(struct reader *reader, struct pl_error *err)
{
    do {
        skip_blanks(reader);
        enum pl_status st = skip_comment(reader, err);
        if (st < 0) {
            return st;
        }
    } while (take_line_end(reader));
    return PL_OK;
}

static bool take(struct reader *reader, char c)
{
    if (!pl_toml_is_at(&reader->cursor, c)) {
        return false;
    }
    reader->cursor.at++;
    return true;
}

/* One part of a key, and the blanks behind it. */
static enum pl_status take_key(struct reader *reader, pl_str *ret, struct pl_error *err)
{
    struct pl_toml_cursor *c = &reader->cursor;
    enum pl_status st = PL_OK;
    if (pl_toml_is_at(c, '"') || pl_toml_is_at(c, '\'')) {
        st = pl_toml_take_string(c, false, ret, err);
    } else {
        const char *begin = c->at;
        while (c->at < c->end && (pl_char_is_alnum(*c->at) || *c->at == '_' || *c->at == '-')) {
            c->at++;
        }
        if (c->at == begin) {
            return failed(reader, "a key is missing", err);
        }
        *ret = pl_str_make(begin, (size_t)(c->at - begin));
    }
    skip_blanks(reader);
    return st;
}

static json_t *get(const json_t *table, pl_str key)
{
    return json_object_getn(table, key.ptr, key.len);
}

static void set(json_t *table, pl_str key, json_t *value)
{
    if (json_object_setn_new_nocheck(table, key.ptr, key.len, value) < 0) {
        pl_mem_abort(key.len);
    }
}

/* From a table to the one that a part of a key names, which is made when it is not there. */
static enum pl_status descend(struct reader *reader, json_t **table, pl_str key,
                              enum path_kind kind, size_t depth, struct pl_error *err)
{
    json_t *child = get(*table, key);
    if (!child) {
        enum pl_status st = count_value(reader, depth, err);
        if (st < 0) {
            return st;
        }
        child = json_object();
        set(*table, key, child);
    }
    if (kind == IN_HEADER && json_is_array(child) && (marks_of(reader, child) & GROWS)) {
        child = json_array_get(child, json_array_size(child) - 1);
    }
    unsigned marks = marks_of(reader, child);
    if (!json_is_object(child)) {
        return failed(reader, "a key of several parts goes through a value", err);
    }
    if (marks & IS_COMPLETE) {
        return failed(reader, "an inline table cannot be added to", err);
    }
    if (kind == IN_SECTION && (marks & IS_OPENED)) {
        return failed(reader, "a dotted key adds to a table of another section", err);
    }
    if (kind == IN_SECTION) {
        *pl_vec_push(reader->cursor.arena, &reader->pending) = child;
    }
    *table = child;
    return PL_OK;
}

static enum pl_status take_value(struct reader *reader, size_t depth, json_t **ret,
                                 struct pl_error *err);

/* "key = value" into `table`, whose nesting is `depth`. */
static enum pl_status take_pair(struct reader *reader, json_t *table, enum path_kind kind,
                                size_t depth, struct pl_error *err)
{
    pl_str key = PL_STR_EMPTY;
    enum pl_status st = take_key(reader, &key, err);
    while (st == PL_OK && take(reader, '.')) {
        st = descend(reader, &table, key, kind, ++depth, err);
        skip_blanks(reader);
        if (st == PL_OK) {
            st = take_key(reader, &key, err);
        }
    }
    if (st < 0) {
        return st;
    }
    if (!take(reader, '=')) {
        return failed(reader, "a key without \"=\"", err);
    }
    if (get(table, key)) {
        return failed(reader, "a key is given twice", err);
    }
    skip_blanks(reader);
    json_t *value = NULL;
    st = take_value(reader, depth + 1, &value, err);
    if (st == PL_OK) {
        set(table, key, value);
    }
    return st;
}

static enum pl_status fill_array(struct reader *reader, json_t *array, size_t depth,
                                 struct pl_error *err)
{
    for (;;) {
        json_t *value = NULL;
        enum pl_status st = skip_space(reader, err);
        if (st < 0 || take(reader, ']')) {
            return st;
        }
        st = take_value(reader, depth + 1, &value, err);
        if (st < 0) {
            return st;
        }
        if (json_array_append_new(array, value) < 0) {
            pl_mem_abort(sizeof(value));
        }
        st = skip_space(reader, err);
        if (st < 0) {
            return st;
        }
        if (!take(reader, ',')) {
            return take(reader, ']') ? PL_OK : failed(reader, "an array without its end", err);
        }
    }
}

static enum pl_status fill_inline(struct reader *reader, json_t *table, size_t depth,
                                  struct pl_error *err)
{
    skip_blanks(reader);
    if (take(reader, '}')) {
        return PL_OK;
    }
    for (;;) {
        skip_blanks(reader);
        enum pl_status st = take_pair(reader, table, IN_INLINE, depth, err);
        if (st < 0) {
            return st;
        }
        skip_blanks(reader);
        if (!take(reader, ',')) {
            return take(reader, '}') ? PL_OK
                                     : failed(reader, "an inline table without its end", err);
        }
    }
}

static enum pl_status take_value(struct reader *reader, size_t depth, json_t **ret,
                                 struct pl_error *err)
{
    enum pl_status st = count_value(reader, depth, err);
    if (st < 0) {
        return st;
    }
    if (pl_toml_is_at(&reader->cursor, '"') || pl_toml_is_at(&reader->cursor, '\'')) {
        pl_str text = PL_STR_EMPTY;
        st = pl_toml_take_string(&reader->cursor, true, &text, err);
        if (st == PL_OK) {
            *ret = json_stringn_nocheck(text.ptr, text.len);
        }
        return st;
    }
    if (take(reader, '[')) {
        json_t *array pl_autojson = json_array();
        st = fill_array(reader, array, depth, err);
        *ret = st == PL_OK ? PL_TAKE(array) : *ret;
        return st;
    }
    if (take(reader, '{')) {
        json_t *table pl_autojson = json_object();
        st = fill_inline(reader, table, depth, err);
        if (st == PL_OK) {
            add_mark(reader, table, IS_COMPLETE);
            *ret = PL_TAKE(table);
        }
        return st;
    }
    return pl_toml_take_scalar(&reader->cursor, ret, err);
}

/* [key]: the table that lines belong to from now on. */
static enum pl_status open_table(struct reader *reader, json_t *parent, pl_str key, size_t depth,
                                 json_t **ret, struct pl_error *err)
{
    json_t *table = get(parent, key);
    if (!table) {
        enum pl_status st = count_value(reader, depth, err);
        if (st < 0) {
            return st;
        }
        table = json_object();
        set(parent, key, table);
    }
    if (!json_is_object(table) || marks_of(reader, table) & (IS_OPENED | IS_COMPLETE)) {
        return failed(reader, "a table is defined twice", err);
    }
    add_mark(reader, table, IS_OPENED);
    *ret = table;
    return PL_OK;
}

/* [[key]]: a new element of an array of tables. */
static enum pl_status open_element(struct reader *reader, json_t *parent, pl_str key, size_t depth,
                                   json_t **ret, struct pl_error *err)
{
    json_t *array = get(parent, key);
    enum pl_status st = count_value(reader, depth + 1, err);
    if (st < 0) {
        return st;
    }
    if (!array) {
        array = json_array();
        set(parent, key, array);
        add_mark(reader, array, GROWS);
    }
    if (!json_is_array(array) || !(marks_of(reader, array) & GROWS)) {
        return failed(reader, "what is defined already cannot become an array of tables", err);
    }
    json_t *table = json_object();
    if (json_array_append_new(array, table) < 0) {
        pl_mem_abort(sizeof(table));
    }
    *ret = table;
    return PL_OK;
}

static enum pl_status take_header(struct reader *reader, json_t *root, json_t **ret,
                                  size_t *ret_depth, struct pl_error *err)
{
    bool is_array = take(reader, '[');
    json_t *table = root;
    size_t depth = 1;
    pl_str key = PL_STR_EMPTY;
    end_section(reader);
    skip_blanks(reader);
    enum pl_status st = take_key(reader, &key, err);
    while (st == PL_OK && take(reader, '.')) {
        st = descend(reader, &table, key, IN_HEADER, ++depth, err);
        skip_blanks(reader);
        if (st == PL_OK) {
            st = take_key(reader, &key, err);
        }
    }
    if (st < 0) {
        return st;
    }
    if (!take(reader, ']') || (is_array && !take(reader, ']'))) {
        return failed(reader, "a table's name without its end", err);
    }
    depth += is_array ? 2 : 1;
    st = is_array ? open_element(reader, table, key, depth - 1, ret, err)
                  : open_table(reader, table, key, depth, ret, err);
    *ret_depth = depth;
    return st;
}

static enum pl_status take_document(struct reader *reader, json_t *root, struct pl_error *err)
{
    json_t *section = root;
    size_t depth = 1;
    for (;;) {
        enum pl_status st = skip_space(reader, err);
        if (st < 0 || reader->cursor.at == reader->cursor.end) {
            return st;
        }
        st = take(reader, '[') ? take_header(reader, root, &section, &depth, err)
                               : take_pair(reader, section, IN_SECTION, depth, err);
        if (st < 0) {
            return st;
        }
        skip_blanks(reader);
        st = skip_comment(reader, err);
        if (st < 0) {
            return st;
        }
        if (reader->cursor.at < reader->cursor.end && !take_line_end(reader)) {
            return failed(reader, "more than one thing on a line", err);
        }
    }
}

enum pl_status pl_toml_parse(pl_str text, const char *name, json_t **ret, struct pl_error *err)
{
    if (text.len > PL_LIMIT_TOML_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "%s has %zu bytes; no more than %d are read", name,
                            text.len, PL_LIMIT_TOML_BYTES);
    }
    if (!pl_str_is_utf8(text)) {
        return pl_error_set(err, PL_E_PARSE, "%s is not TOML: it is not UTF-8", name);
    }
    struct pl_arena arena pl_autoarena = {0};
    const char *start = text.ptr ? text.ptr : "";
    struct reader reader = {
        .cursor = {
            .at = start, .end = start + text.len, .start = start, .name = name, .arena = &arena}};
    json_t *root pl_autojson = json_object();
    enum pl_status st = take_document(&reader, root, err);
    free(reader.slots);
    if (st == PL_OK) {
        *ret = PL_TAKE(root);
    }
    return st;
}
