/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML 1.0, fifth edition. Escaped, beside what section 2.4 demands: line ends and tabs in
 * attributes, which readers would turn into blanks (section 3.3.3), and carriage returns, which
 * they would drop (section 2.11), and what may steer a terminal or an editor
 * (pl_utf8_is_unsafe). Characters are those of section 2.2.
 */
#include "format/xml_writer.h"
#include "base/utf8.h"
#include <assert.h>

void pl_xml_writer_init(struct pl_xml_writer *xml, struct pl_writer *into)
{
    *xml = (struct pl_xml_writer){.into = into};
    pl_writer_str(into, PL_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
}

static void close_tag(struct pl_xml_writer *xml)
{
    if (xml->is_open) {
        pl_writer_char(xml->into, '>');
        xml->is_open = false;
    }
}

static void new_line(struct pl_xml_writer *xml)
{
    pl_writer_char(xml->into, '\n');
    pl_writer_repeat(xml->into, ' ', xml->depth * 2);
}

static bool is_allowed(uint32_t character)
{
    return character >= 0x20 ? character != 0xfffe && character != 0xffff
                             : character == '\t' || character == '\n' || character == '\r';
}

/* What stands for the character; NULL: itself. */
static const char *escape_of(uint32_t character, bool in_attribute)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '\r':
        return "&#13;";
    case '"':
        return in_attribute ? "&quot;" : NULL;
    case '\n':
        return in_attribute ? "&#10;" : NULL;
    case '\t':
        return in_attribute ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

static void write_text(struct pl_writer *into, pl_str text, bool in_attribute)
{
    while (text.len > 0) {
        pl_str start = text;
        bool ok = true;
        uint32_t character = pl_utf8_take(&text, &ok);
        const char *escape = escape_of(character, in_attribute);
        if (!ok || !is_allowed(character)) {
            pl_writer_str(into, PL_STR("\xef\xbf\xbd"));
        } else if (escape) {
            pl_writer_str(into, pl_str_from(escape));
        } else if (character != '\n' && character != '\t' && pl_utf8_is_unsafe(character)) {
            pl_writer_format(into, "&#x%X;", character);
        } else {
            pl_writer_str(into, pl_str_sub(start, 0, start.len - text.len));
        }
    }
}

void pl_xml_writer_begin(struct pl_xml_writer *xml, const char *name)
{
    assert(xml->depth < PL_XML_WRITER_DEPTH);
    close_tag(xml);
    if (xml->depth > 0) {
        assert(!xml->levels[xml->depth - 1].has_text);
        xml->levels[xml->depth - 1].has_elements = true;
    }
    new_line(xml);
    pl_writer_char(xml->into, '<');
    pl_writer_str(xml->into, pl_str_from(name));
    xml->levels[xml->depth].name = name;
    xml->levels[xml->depth].has_elements = false;
    xml->levels[xml->depth].has_text = false;
    xml->depth++;
    xml->is_open = true;
}

void pl_xml_writer_attribute(struct pl_xml_writer *xml, const char *name, pl_str value)
{
    assert(xml->is_open);
    pl_writer_char(xml->into, ' ');
    pl_writer_str(xml->into, pl_str_from(name));
    pl_writer_str(xml->into, PL_STR("=\""));
    write_text(xml->into, value, true);
    pl_writer_char(xml->into, '"');
}

void pl_xml_writer_text(struct pl_xml_writer *xml, pl_str text)
{
    assert(xml->depth > 0 && !xml->levels[xml->depth - 1].has_elements);
    close_tag(xml);
    xml->levels[xml->depth - 1].has_text = true;
    write_text(xml->into, text, false);
}

void pl_xml_writer_end(struct pl_xml_writer *xml)
{
    assert(xml->depth > 0);
    xml->depth--;
    if (xml->is_open) {
        pl_writer_str(xml->into, PL_STR("/>"));
        xml->is_open = false;
        return;
    }
    if (xml->levels[xml->depth].has_elements) {
        new_line(xml);
    }
    pl_writer_str(xml->into, PL_STR("</"));
    pl_writer_str(xml->into, pl_str_from(xml->levels[xml->depth].name));
    pl_writer_char(xml->into, '>');
}

void pl_xml_writer_element(struct pl_xml_writer *xml, const char *name, pl_str text)
{
    if (text.len > 0) {
        pl_xml_writer_begin(xml, name);
        pl_xml_writer_text(xml, text);
        pl_xml_writer_end(xml);
    }
}

void pl_xml_writer_finish(struct pl_xml_writer *xml)
{
    assert(xml->depth == 0);
    pl_writer_char(xml->into, '\n');
}
