/* SPDX-License-Identifier: Apache-2.0 */
/*
 * There is no standard for this. Bun's lock file and TypeScript's and Visual Studio Code's settings
 * are read as JavaScript's own comments and trailing commas would be (ECMA-262, 12.4 and 13.2.4):
 *
 *     { "packages": { // comment
 *         "a": ["a@1.0.0", ""], } }
 *
 * A comment that is not closed takes the rest. A comma counts as trailing when a value is before it
 * and nothing but blanks and comments between it and a closing bracket; so the last comma seen is
 * remembered until something else comes.
 */
#include "format/jsonc.h"

/* The length of the string that begins `text`, with both quotes. */
static size_t string_length(pl_str text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == '\\') {
            i++;
        } else if (text.ptr[i] == '"') {
            return i + 1;
        }
    }
    return text.len;
}

/* Of the comment that begins `text`, or 0. */
static size_t comment_length(pl_str text)
{
    if (pl_str_starts_with(text, PL_STR("//"))) {
        size_t end = pl_str_find_char(text, '\n');
        return end == SIZE_MAX ? text.len : end;
    }
    if (pl_str_starts_with(text, PL_STR("/*"))) {
        size_t end = pl_str_find(pl_str_skip(text, 2), PL_STR("*/"));
        return end == SIZE_MAX ? text.len : end + 4;
    }
    return 0;
}

static void blank(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '\n' && text[i] != '\r') {
            text[i] = ' ';
        }
    }
}

pl_str pl_jsonc_to_json(struct pl_arena *arena, pl_str text)
{
    char *into = pl_arena_alloc(arena, text.len, 1);
    char *comma = NULL;
    char before = '['; /* the last that is no blank and no comment */
    if (text.len > 0) {
        memcpy(into, text.ptr, text.len);
    }
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        size_t comment = c == '/' ? comment_length(pl_str_skip(text, i)) : 0;
        if (comment > 0) {
            blank(into + i, comment);
            i += comment;
            continue;
        }
        if (comma && (c == '}' || c == ']')) {
            *comma = ' ';
        }
        if (!pl_char_is_blank(c)) {
            bool follows_value = before != '[' && before != '{' && before != ',' && before != ':';
            comma = c == ',' && follows_value ? into + i : NULL;
            before = c;
        }
        i += c == '"' ? string_length(pl_str_skip(text, i)) : 1;
    }
    return pl_str_make(into, text.len);
}
