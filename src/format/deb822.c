/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deb822(5), the syntax of dpkg's databases, of package indexes and of machine-readable copyright
 * files:
 *
 *     Package: libc6                  a field: name, colon, value
 *     Description: GNU C Library      a multi-line field goes on with lines that begin with
 *      Contains the standard          a space or tab; a line with a lone dot stands for
 *      .                              a blank one
 *      libraries.
 *                                     a blank line ends the paragraph; it may hold spaces and
 *     Package: next                   tabs, though a writer should not put them there
 *
 * Names are compared without regard to case. Comment lines begin with '#'; dpkg's own databases
 * have none. A field may stand twice only by mistake: the reader decides which one counts.
 */
#include "format/deb822.h"

/* The length of the first line of `text`, with its LF. */
static size_t line_length(pl_str text)
{
    const char *end = memchr(text.ptr, '\n', text.len);
    return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

static bool is_blank_line(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!pl_char_is_blank(line[i])) {
            return false;
        }
    }
    return true;
}

static bool is_continuation(pl_str text)
{
    return text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t');
}

bool pl_deb822_next_paragraph(pl_str *cursor, pl_str *ret_paragraph)
{
    pl_str rest = *cursor;
    size_t line = 0;
    while (rest.len > 0 && is_blank_line(rest.ptr, line = line_length(rest))) {
        rest = pl_str_skip(rest, line);
    }
    pl_str paragraph = {rest.ptr, 0};
    while (rest.len > 0 && !is_blank_line(rest.ptr, line = line_length(rest))) {
        paragraph.len += line;
        rest = pl_str_skip(rest, line);
    }
    *cursor = rest;
    if (paragraph.len == 0) {
        return false;
    }
    *ret_paragraph = paragraph;
    return true;
}

bool pl_deb822_next_field(pl_str *paragraph, struct pl_deb822_field *ret_field)
{
    while (paragraph->len > 0) {
        size_t line = line_length(*paragraph);
        pl_str text = {paragraph->ptr, line};
        const char *colon = memchr(text.ptr, ':', line);
        bool is_field = colon && colon > text.ptr && !is_continuation(text) && text.ptr[0] != '#';
        *paragraph = pl_str_skip(*paragraph, line);
        while (is_field && is_continuation(*paragraph)) {
            line = line_length(*paragraph);
            text.len += line;
            *paragraph = pl_str_skip(*paragraph, line);
        }
        if (is_field) {
            size_t at = (size_t)(colon - text.ptr);
            ret_field->name = pl_str_sub(text, 0, at);
            ret_field->value = pl_str_trim(pl_str_skip(text, at + 1));
            return true;
        }
    }
    return false;
}

void pl_deb822_read(pl_str paragraph, const struct pl_deb822_wanted *wanted, size_t count)
{
    struct pl_deb822_field field;
    while (pl_deb822_next_field(&paragraph, &field)) {
        for (size_t i = 0; i < count; i++) {
            if (pl_str_eq_nocase(field.name, wanted[i].name)) {
                *wanted[i].value = field.value;
                break;
            }
        }
    }
}

pl_str pl_deb822_first_line(pl_str value)
{
    pl_str line = PL_STR_EMPTY;
    return pl_str_next_line(&value, &line) ? pl_str_trim(line) : PL_STR_EMPTY;
}
