/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages of OCaml's opam (opam.ocaml.org, "The opam manual", "Package definitions"): fields with
 * strings, lists in brackets, and filters in braces.
 *
 *     opam-version: "2.0"
 *     name: "alcotest"                            or as the file or directory says
 *     version: "1.5.0"
 *     license: ["ISC" "MIT"]
 *     description: """
 *     text over several lines
 *     """
 *     depends: [
 *       "dune" {>= "2.8"}
 *       "odoc" {with-doc}
 *       "fmt" {= "0.9.0" & ?dev}
 *     ]
 *
 * Installed ones are .opam-switch/packages/NAME.VERSION/opam. NAME.opam is what a project or a
 * repository describes, a package if it states a version; NAME.opam.locked is made by "opam lock"
 * and pins each need by '='.
 */
#include "catalog/distinct.h"

enum token {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_STRING,
    TOKEN_MARK, /* one of []{}()&|:= and the like */
};

struct reader {
    struct pl_arena *arena;
    pl_str rest;
    pl_str text;
};

struct need {
    pl_str name;
    pl_str version; /* by '=' */
};

struct opam {
    pl_str name;
    pl_str version;
    struct pl_strs licenses;
    struct {
        PL_VEC_FIELDS(struct need);
    } needs;
};

/* In one list; the longest lock files have some hundred needs. */
enum { MOST_ITEMS = 10000 };

/* Escapes are kept: what counts here has none. */
static pl_str take_quoted(struct reader *reader)
{
    static const pl_str three = PL_STR_INIT("\"\"\"");
    pl_str rest = reader->rest;
    if (pl_str_starts_with(rest, three)) {
        pl_str body = pl_str_skip(rest, three.len);
        size_t len = pl_str_find(body, three);
        reader->rest = len == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(body, len + three.len);
        return pl_str_sub(body, 0, len);
    }
    size_t end = 1;
    while (end < rest.len && rest.ptr[end] != '"') {
        end += rest.ptr[end] == '\\' ? 2 : 1;
    }
    reader->rest = pl_str_skip(rest, end + 1);
    return pl_str_sub(rest, 1, end - 1);
}

static bool is_word_char(char c)
{
    return pl_char_is_alnum(c) || c == '-' || c == '_' || c == '+';
}

static enum token next_token(struct reader *reader)
{
    pl_str line = PL_STR_EMPTY;
    reader->rest = pl_str_trim(reader->rest);
    while (pl_str_starts_with(reader->rest, PL_STR("#"))) {
        pl_str_next_line(&reader->rest, &line);
        reader->rest = pl_str_trim(reader->rest);
    }
    if (reader->rest.len == 0) {
        return TOKEN_END;
    }
    if (reader->rest.ptr[0] == '"') {
        reader->text = take_quoted(reader);
        return TOKEN_STRING;
    }
    reader->text = pl_str_take_while(&reader->rest, is_word_char);
    if (reader->text.len > 0) {
        return TOKEN_WORD;
    }
    reader->text = pl_str_sub(reader->rest, 0, 1);
    reader->rest = pl_str_skip(reader->rest, 1);
    return TOKEN_MARK;
}

/* A string of a field, outside of filters or as the first of one behind '='. */
static void take_string(struct opam *opam, struct reader *reader, pl_str field, bool is_filter,
                        char mark)
{
    pl_str text = reader->text;
    struct need *last = opam->needs.count > 0 ? &opam->needs.items[opam->needs.count - 1] : NULL;
    if (pl_str_eq(field, PL_STR("depends"))) {
        if (!is_filter && opam->needs.count < MOST_ITEMS) {
            *pl_vec_push(reader->arena, &opam->needs) = (struct need){text, PL_STR_EMPTY};
        } else if (last && mark == '=' && last->version.len == 0) {
            last->version = text;
        }
    } else if (is_filter) {
        return;
    } else if (pl_str_eq(field, PL_STR("name"))) {
        opam->name = text;
    } else if (pl_str_eq(field, PL_STR("version"))) {
        opam->version = text;
    } else if (pl_str_eq(field, PL_STR("license")) && opam->licenses.count < MOST_ITEMS) {
        *pl_vec_push(reader->arena, &opam->licenses) = text;
    }
}

static void read_fields(struct opam *opam, struct reader *reader)
{
    pl_str field = PL_STR_EMPTY;
    pl_str word = PL_STR_EMPTY;
    char mark = '\0'; /* the operator before a string, when it is one character */
    size_t lists = 0;
    size_t filters = 0;
    enum token token = TOKEN_END;
    while ((token = next_token(reader)) != TOKEN_END) {
        char c = token == TOKEN_MARK ? reader->text.ptr[0] : '\0';
        if (token == TOKEN_WORD) {
            word = reader->text;
        } else if (token == TOKEN_STRING) {
            take_string(opam, reader, field, filters > 0, mark);
        } else if (c == ':' && lists == 0 && filters == 0) {
            field = word;
        } else if (c == '[') {
            lists++;
        } else if (c == ']') {
            lists -= lists > 0 ? 1 : 0;
        } else if (c == '{') {
            filters++;
        } else if (c == '}') {
            filters -= filters > 0 ? 1 : 0;
        }
        mark = c == '=' && (mark == '>' || mark == '<' || mark == '!') ? '~' : c;
    }
}

/* What the path says: .../NAME.VERSION/opam, NAME.opam, NAME.opam.locked. */
static void read_path(struct opam *opam, pl_str path)
{
    size_t slash = pl_str_find_last_char(path, '/');
    pl_str file = slash == SIZE_MAX ? path : pl_str_skip(path, slash + 1);
    pl_str stem = file;
    bool is_installed = pl_str_eq(file, PL_STR("opam"));
    if (is_installed) {
        stem = pl_str_sub(path, 0, slash == SIZE_MAX ? 0 : slash);
        slash = pl_str_find_last_char(stem, '/');
        stem = slash == SIZE_MAX ? stem : pl_str_skip(stem, slash + 1);
    }
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    pl_str_cut(stem, '.', &name, &version);
    opam->name = opam->name.len > 0 ? opam->name : name;
    if (is_installed && opam->version.len == 0) {
        opam->version = version;
    }
}

static void add_locked(struct pl_sink *sink, const struct opam *opam)
{
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "opam", .scope = PL_SCOPE_DECLARED};
    const struct pl_distinct_facts facts = {0};
    for (size_t i = 0; i < opam->needs.count; i++) {
        if (opam->needs.items[i].version.len > 0) {
            pl_distinct_add(&list, opam->needs.items[i].name, opam->needs.items[i].version, &facts);
        }
    }
}

static enum pl_status read_opam(struct pl_sink *sink, const struct pl_catalog_file *file,
                                struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct opam opam = {0};
    struct reader reader = {.arena = &arena, .rest = pl_span_str(file->content)};
    read_fields(&opam, &reader);
    if (pl_str_ends_with(file->path, PL_STR(".locked"))) {
        add_locked(sink, &opam);
        return PL_OK;
    }
    read_path(&opam, file->path);
    bool is_installed = pl_str_ends_with(file->path, PL_STR("/opam"));
    if (!is_installed && opam.version.len == 0) {
        return PL_OK;
    }
    struct pl_component *component =
        pl_catalog_component(sink, is_installed ? PL_SCOPE_INSTALLED : PL_SCOPE_DECLARED, "opam",
                             opam.name, opam.version);
    for (size_t i = 0; component && i < opam.licenses.count; i++) {
        pl_sink_push(sink, &component->licenses, opam.licenses.items[i]);
    }
    for (size_t i = 0; component && i < opam.needs.count; i++) {
        pl_sink_push(sink, &component->depends, opam.needs.items[i].name);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_opam = {
    .name = "opam",
    .summary = "Packages of OCaml's opam: installed, described and locked",
    .patterns = (const char *const[]){"**/.opam-switch/packages/*/opam", "**/*.opam",
                                      "**/*.opam.locked", NULL},
    .read = read_opam,
};
