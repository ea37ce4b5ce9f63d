/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * xml_writer - writes an XML document as it goes, without building it in memory.
 *
 * Elements appear in the order in which they are written, indented by two spaces; an element holds
 * elements or text, not both. Texts may hold anything: what is not UTF-8, or no character that XML
 * allows, becomes U+FFFD.
 *
 * The writer is borrowed; its failures stick there and are told by pl_writer_finish. Names are the
 * caller's literals. Calls that would make the document malformed are bugs of the caller and are
 * caught by assert.
 */
#include "base/writer.h"

enum { PL_XML_WRITER_DEPTH = 16 };

struct pl_xml_writer {
    struct pl_writer *into;
    size_t depth;
    bool is_open; /* the start tag at hand may get attributes */
    struct {
        const char *name;
        bool has_elements;
        bool has_text;
    } levels[PL_XML_WRITER_DEPTH];
};

/* Writes the XML declaration. */
void pl_xml_writer_init(struct pl_xml_writer *xml, struct pl_writer *into);

void pl_xml_writer_begin(struct pl_xml_writer *xml, const char *name);
/* Of the element begun last, before anything is in it. */
void pl_xml_writer_attribute(struct pl_xml_writer *xml, const char *name, pl_str value);
void pl_xml_writer_text(struct pl_xml_writer *xml, pl_str text);
void pl_xml_writer_end(struct pl_xml_writer *xml);

/* An element that holds text alone; none when the text is empty. */
void pl_xml_writer_element(struct pl_xml_writer *xml, const char *name, pl_str text);

/* The closing line end; all that was begun must have ended. */
void pl_xml_writer_finish(struct pl_xml_writer *xml);
