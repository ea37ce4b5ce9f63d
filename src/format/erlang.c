/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terms that are data (erlang.org, "Erlang Reference Manual", "Data Types"; elixir-lang.org,
 * "Syntax reference"):
 *
 *     Erlang                            Elixir
 *     atom  'an atom'                   :atom  :"an atom"  true  nil
 *     <<"binary">>  <<"b"/utf8>>        "binary"
 *     "string" "goes on"                'charlist'
 *     1  -2  1.5  16#ff                 1  -2  1.5
 *     {a, b}  [a, b | C]                {a, b}  [a, b]
 *     #{k => v}                         %{k => v}  %{key: v}  [key: v, "any key": v]
 *
 * Erlang's terms end with a dot before a blank.
 */
#include "format/erlang.h"
#include "base/buf.h"
#include "base/limits.h"

struct reader {
    pl_str text;
    size_t at;
    enum pl_erlang_syntax syntax;
    const char *name;
    struct pl_error *err;
    struct pl_buf scratch;
};

static enum pl_status broken(const struct reader *reader, const char *what)
{
    size_t line = 1;
    for (size_t i = 0; i < reader->at; i++) {
        line += reader->text.ptr[i] == '\n';
    }
    return pl_error_set_at(reader->err, PL_E_PARSE, reader->at, "%s: %s in line %zu", reader->name,
                           what, line);
}

static char peek(const struct reader *reader, size_t ahead)
{
    size_t at = reader->at + ahead;
    return at < reader->text.len ? reader->text.ptr[at] : '\0';
}

static bool take(struct reader *reader, const char *token)
{
    pl_str wanted = pl_str_from(token);
    if (!pl_str_starts_with(pl_str_skip(reader->text, reader->at), wanted)) {
        return false;
    }
    reader->at += wanted.len;
    return true;
}

static void skip_blanks(struct reader *reader)
{
    char comment = reader->syntax == PL_ERLANG_ERLANG ? '%' : '#';
    while (reader->at < reader->text.len) {
        char c = peek(reader, 0);
        if (c == comment) {
            size_t len = pl_str_find_char(pl_str_skip(reader->text, reader->at), '\n');
            reader->at = len == SIZE_MAX ? reader->text.len : reader->at + len;
        } else if (pl_char_is_blank(c) || c == '\0') {
            reader->at++;
        } else {
            return;
        }
    }
}

/* A word that is not quoted: letters, digits, and a dot only within, since one behind ends the
 * term. */
static bool is_word_char(const struct reader *reader)
{
    char c = peek(reader, 0);
    char next = peek(reader, 1);
    return pl_char_is_alnum(c) || c == '_' || c == '@' || c == '-' || c == '+' || c == '?' ||
           c == '!' || (uint8_t)c >= 0x80 || (c == '.' && pl_char_is_alnum(next)) ||
           (c == '#' && reader->syntax == PL_ERLANG_ERLANG && pl_char_is_alnum(next));
}

static bool take_quoted(struct reader *reader)
{
    char quote = peek(reader, 0);
    reader->at++;
    while (reader->at < reader->text.len) {
        char c = peek(reader, 0);
        reader->at++;
        if (c == quote) {
            return true;
        }
        if (c == '\\' && reader->at < reader->text.len) {
            c = peek(reader, 0);
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
            reader->at++;
        }
        pl_buf_append_char(&reader->scratch, c);
    }
    return false;
}

/* Strings one after the other are one. */
static bool take_strings(struct reader *reader)
{
    do {
        if (!take_quoted(reader)) {
            return false;
        }
        skip_blanks(reader);
    } while (reader->syntax == PL_ERLANG_ERLANG && peek(reader, 0) == '"');
    return true;
}

static bool take_binary(struct reader *reader)
{
    skip_blanks(reader);
    if (peek(reader, 0) == '"' && !take_strings(reader)) {
        return false;
    }
    size_t end = pl_str_find(pl_str_sub(reader->text, reader->at, 1024), PL_STR(">>"));
    if (end == SIZE_MAX) {
        return false;
    }
    reader->at += end + 2;
    return true;
}

/* An atom, string, binary or number, into the scratch buffer. */
static bool take_scalar(struct reader *reader)
{
    pl_buf_clear(&reader->scratch);
    if (take(reader, "<<")) {
        return take_binary(reader);
    }
    if (reader->syntax == PL_ERLANG_ELIXIR && peek(reader, 0) == ':') {
        reader->at++;
    }
    if (peek(reader, 0) == '"') {
        return take_strings(reader);
    }
    if (peek(reader, 0) == '\'') {
        return take_quoted(reader);
    }
    size_t begin = reader->at;
    while (reader->at < reader->text.len && is_word_char(reader)) {
        reader->at++;
    }
    pl_buf_append(&reader->scratch, pl_str_sub(reader->text, begin, reader->at - begin));
    return reader->at > begin;
}

static enum pl_status take_term(struct reader *reader, size_t depth, json_t **ret);

/* What stands behind the bracket that opened, up to the one that closes. */
static enum pl_status take_elements(struct reader *reader, size_t depth, const char *closing,
                                    json_t **ret)
{
    if (depth >= PL_LIMIT_JSON_DEPTH) {
        return pl_error_set(reader->err, PL_E_LIMIT, "%s: terms nest more than %d levels deep",
                            reader->name, PL_LIMIT_JSON_DEPTH);
    }
    json_t *list pl_autojson = json_array();
    for (;;) {
        skip_blanks(reader);
        if (take(reader, closing)) {
            *ret = json_incref(list);
            return PL_OK;
        }
        json_t *element = NULL;
        enum pl_status st = take_term(reader, depth + 1, &element);
        if (st < 0) {
            return st;
        }
        json_array_append_new(list, element);
        skip_blanks(reader);
        if (!take(reader, ",") && !take(reader, "|") &&
            !pl_str_starts_with(pl_str_skip(reader->text, reader->at), pl_str_from(closing))) {
            return broken(reader, "a comma or bracket is missing");
        }
    }
}

static enum pl_status take_alone(struct reader *reader, size_t depth, json_t **ret)
{
    if (take(reader, "{") || take(reader, "%{") ||
        (reader->syntax == PL_ERLANG_ERLANG && take(reader, "#{"))) {
        return take_elements(reader, depth, "}", ret);
    }
    if (take(reader, "[")) {
        return take_elements(reader, depth, "]", ret);
    }
    if (!take_scalar(reader)) {
        return broken(reader, "what is no term");
    }
    *ret = json_stringn_nocheck(pl_buf_str(&reader->scratch).ptr, reader->scratch.len);
    return PL_OK;
}

static enum pl_status take_term(struct reader *reader, size_t depth, json_t **ret)
{
    json_t *key pl_autojson = NULL;
    enum pl_status st = take_alone(reader, depth, &key);
    if (st < 0) {
        return st;
    }
    /* "key:" is closed up and has a blank behind it. */
    bool is_pair = reader->syntax == PL_ERLANG_ELIXIR && peek(reader, 0) == ':' &&
                   pl_char_is_blank(peek(reader, 1)) && take(reader, ":");
    if (!is_pair) {
        skip_blanks(reader);
        is_pair = take(reader, "=>") || take(reader, ":=");
    }
    if (!is_pair) {
        *ret = json_incref(key);
        return PL_OK;
    }
    if (depth >= PL_LIMIT_JSON_DEPTH) {
        return broken(reader, "too many levels");
    }
    json_t *value = NULL;
    skip_blanks(reader);
    st = take_term(reader, depth + 1, &value);
    if (st == PL_OK) {
        *ret = json_array();
        json_array_append(*ret, key);
        json_array_append_new(*ret, value);
    }
    return st;
}

static enum pl_status take_all(struct reader *reader, json_t *terms)
{
    for (;;) {
        skip_blanks(reader);
        if (reader->at == reader->text.len) {
            return PL_OK;
        }
        json_t *term = NULL;
        enum pl_status st = take_term(reader, 0, &term);
        if (st < 0) {
            return st;
        }
        json_array_append_new(terms, term);
        skip_blanks(reader);
        if (reader->at < reader->text.len && reader->syntax == PL_ERLANG_ERLANG &&
            !take(reader, ".")) {
            return broken(reader, "a dot is missing");
        }
    }
}

enum pl_status pl_erlang_parse(pl_str text, enum pl_erlang_syntax syntax, const char *name,
                               json_t **ret, struct pl_error *err)
{
    if (text.len > PL_LIMIT_ERLANG_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "%s: longer than %d bytes", name,
                            PL_LIMIT_ERLANG_BYTES);
    }
    if (pl_str_starts_with(text, PL_STR("\xef\xbb\xbf"))) {
        text = pl_str_skip(text, 3);
    }
    struct reader reader = {
        .text = text,
        .syntax = syntax,
        .name = name,
        .err = err,
        .scratch = PL_BUF_INIT(text.len),
    };
    json_t *terms pl_autojson = json_array();
    enum pl_status st = take_all(&reader, terms);
    pl_buf_release(&reader.scratch);
    if (st == PL_OK) {
        *ret = json_incref(terms);
    }
    return st;
}

pl_str pl_erlang_text_at(const json_t *array, size_t place)
{
    return pl_json_text(json_array_get(array, place));
}
