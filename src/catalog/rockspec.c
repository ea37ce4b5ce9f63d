/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed rocks of Lua (luarocks.org, "Rockspec format"): each keeps its specification, Lua
 * source that assigns fields, in the tree of rocks:
 *
 *     -- lib/luarocks/rocks-5.1/lpeg/1.0.2-1/lpeg-1.0.2-1.rockspec
 *     package = "LPeg"
 *     version = "1.0.2-1"
 *     description = { summary = [[...]], license = "MIT/X11" }
 *     dependencies = { "lua >= 5.1", 'inspect == 3.1.3' }
 *
 * Nothing is evaluated: what counts are strings at the top level, and in the two tables. What is
 * put together from pieces is taken from the file's name, NAME-VERSION.rockspec, of which the
 * version has one '-', before the revision.
 */
#include "catalog/cataloger.h"

enum token {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_STRING,
    TOKEN_OTHER, /* one character */
};

struct reader {
    struct pl_arena *arena;
    pl_str rest;
    pl_str text; /* of a name, a string, or the character */
};

struct rockspec {
    pl_str package;
    pl_str version;
    pl_str license;
    struct pl_strs depends;
};

/* Needs of one rock; the longest known list has some fifty. */
enum { MOST_NEEDS = 1000 };

/* The number of '=' in a long bracket ("[[", "[==[") at the cursor, or SIZE_MAX. */
static size_t long_bracket(pl_str text)
{
    size_t level = 0;
    if (text.len == 0 || text.ptr[0] != '[') {
        return SIZE_MAX;
    }
    while (level + 1 < text.len && text.ptr[level + 1] == '=') {
        level++;
    }
    return level + 1 < text.len && text.ptr[level + 1] == '[' ? level : SIZE_MAX;
}

/* Takes "[==[...]==]" off the cursor; without an end it takes all. */
static pl_str take_long(struct reader *reader, size_t level)
{
    pl_str body = pl_str_skip(reader->rest, level + 2);
    for (size_t at = 0; at < body.len; at++) {
        size_t same = 0;
        if (body.ptr[at] != ']') {
            continue;
        }
        while (at + same + 1 < body.len && body.ptr[at + same + 1] == '=') {
            same++;
        }
        if (same == level && at + same + 1 < body.len && body.ptr[at + same + 1] == ']') {
            reader->rest = pl_str_skip(body, at + level + 2);
            return pl_str_sub(body, 0, at);
        }
        at += same;
    }
    reader->rest = PL_STR_EMPTY;
    return body;
}

static pl_str take_quoted(struct reader *reader)
{
    pl_str rest = reader->rest;
    size_t end = 1;
    while (end < rest.len && rest.ptr[end] != rest.ptr[0] && rest.ptr[end] != '\n') {
        end += rest.ptr[end] == '\\' ? 2 : 1;
    }
    reader->rest = pl_str_skip(rest, end + 1);
    return pl_arena_unescape(reader->arena, pl_str_sub(rest, 1, end - 1));
}

static void skip_blanks(struct reader *reader)
{
    for (;;) {
        reader->rest = pl_str_trim(reader->rest);
        if (!pl_str_starts_with(reader->rest, PL_STR("--"))) {
            return;
        }
        reader->rest = pl_str_skip(reader->rest, 2);
        size_t level = long_bracket(reader->rest);
        pl_str line = PL_STR_EMPTY;
        if (level != SIZE_MAX) {
            take_long(reader, level);
        } else {
            pl_str_next_line(&reader->rest, &line);
        }
    }
}

static bool is_name_char(char c)
{
    return pl_char_is_alnum(c) || c == '_';
}

static enum token next_token(struct reader *reader)
{
    skip_blanks(reader);
    pl_str rest = reader->rest;
    if (rest.len == 0) {
        return TOKEN_END;
    }
    size_t level = long_bracket(rest);
    if (level != SIZE_MAX) {
        reader->text = take_long(reader, level);
        return TOKEN_STRING;
    }
    if (rest.ptr[0] == '"' || rest.ptr[0] == '\'') {
        reader->text = take_quoted(reader);
        return TOKEN_STRING;
    }
    reader->text = pl_str_take_while(&reader->rest, is_name_char);
    if (reader->text.len > 0) {
        return TOKEN_NAME;
    }
    reader->text = pl_str_sub(rest, 0, 1);
    reader->rest = pl_str_skip(rest, 1);
    return TOKEN_OTHER;
}

static void take_string(struct rockspec *spec, struct reader *reader, size_t depth, pl_str table,
                        pl_str field)
{
    /* A string that goes on ("1.0" .. "-1") is put together. */
    skip_blanks(reader);
    if (pl_str_starts_with(reader->rest, PL_STR(".."))) {
        return;
    }
    if (depth == 0 && pl_str_eq(field, PL_STR("package"))) {
        spec->package = reader->text;
    } else if (depth == 0 && pl_str_eq(field, PL_STR("version"))) {
        spec->version = reader->text;
    } else if (depth == 1 && pl_str_eq(table, PL_STR("description")) &&
               pl_str_eq(field, PL_STR("license"))) {
        spec->license = reader->text;
    } else if (depth == 1 && pl_str_eq(table, PL_STR("dependencies")) && field.len == 0 &&
               spec->depends.count < MOST_NEEDS) {
        pl_str name = PL_STR_EMPTY;
        pl_str words = reader->text;
        pl_str_next_word(&words, &name);
        *pl_vec_push(reader->arena, &spec->depends) = name;
    }
}

static void read_fields(struct rockspec *spec, struct reader *reader)
{
    size_t depth = 0;
    pl_str table = PL_STR_EMPTY; /* at the top level, that we are in */
    pl_str name = PL_STR_EMPTY; /* the last one, perhaps of a field */
    pl_str field = PL_STR_EMPTY; /* "field =" came last */
    enum token token = TOKEN_END;
    while ((token = next_token(reader)) != TOKEN_END) {
        char c = token == TOKEN_OTHER ? reader->text.ptr[0] : '\0';
        if (token == TOKEN_NAME) {
            name = reader->text;
            field = PL_STR_EMPTY;
        } else if (token == TOKEN_STRING) {
            take_string(spec, reader, depth, table, field);
            field = PL_STR_EMPTY;
        } else if (c == '=') {
            field = name;
        } else if (c == '{') {
            table = depth++ == 0 ? field : table;
            field = PL_STR_EMPTY;
        } else {
            depth -= c == '}' && depth > 0 ? 1 : 0;
            field = PL_STR_EMPTY;
        }
    }
}

/* NAME-VERSION-REVISION.rockspec */
static void read_name(struct rockspec *spec, pl_str path)
{
    pl_str stem = pl_str_after_last(path, '/');
    stem = pl_str_sub(stem, 0, pl_str_find_last_char(stem, '.'));
    size_t revision = pl_str_find_last_char(stem, '-');
    size_t version =
        revision == SIZE_MAX ? SIZE_MAX : pl_str_find_last_char(pl_str_sub(stem, 0, revision), '-');
    if (version != SIZE_MAX && spec->package.len == 0) {
        spec->package = pl_str_sub(stem, 0, version);
    }
    if (version != SIZE_MAX && spec->version.len == 0) {
        spec->version = pl_str_skip(stem, version + 1);
    }
}

static enum pl_status read_rockspec(struct pl_sink *sink, const struct pl_catalog_file *file,
                                    struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct rockspec spec = {0};
    struct reader reader = {.arena = &arena, .rest = pl_span_str(file->content)};
    read_fields(&spec, &reader);
    read_name(&spec, file->path);
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "luarocks", spec.package, spec.version);
    if (component) {
        pl_sink_push(sink, &component->licenses, spec.license);
        for (size_t i = 0; i < spec.depends.count; i++) {
            if (!pl_str_eq(spec.depends.items[i], PL_STR("lua"))) {
                pl_sink_push(sink, &component->depends, spec.depends.items[i]);
            }
        }
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_rockspec = {
    .name = "rockspec",
    .summary = "Installed rocks of Lua, from their specifications",
    .patterns = (const char *const[]){"**/rocks-*/*.rockspec", "**/rocks-*/*/*/*.rockspec",
                                      "**/luarocks/rocks/*/*/*.rockspec", NULL},
    .read = read_rockspec,
};
