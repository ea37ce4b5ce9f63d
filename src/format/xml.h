/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * xml - documents in XML 1.0 through libxml2, read into a tree in an arena.
 *
 * Namespaces' prefixes are resolved: an element is known by its local name and the URI of its
 * namespace. Of text only what stands directly in an element is kept; comments and processing
 * instructions are left out. Encodings are UTF-8, UTF-16, ISO-8859-1, windows-1252 and US-ASCII;
 * bytes that are wrong in theirs become U+FFFD.
 *
 * From memory alone: nothing is opened, fetched or printed. A document type may be named, but one
 * that declares anything is refused, so that there are no entities but the five of XML itself;
 * what other references stand for (Latin letters in old pom.xml files) is left out. Size, depth,
 * elements, attributes and namespaces are bounded; the time is linear in the text.
 */
#include "base/arena.h"

struct pl_xml_attribute {
    pl_str name; /* without prefix */
    pl_str value;
};

struct pl_xml_node {
    pl_str name; /* without prefix */
    pl_str ns; /* the URI, or empty */
    pl_str text; /* all pieces directly in it together, as they stand */
    const struct pl_xml_attribute *attributes;
    size_t attribute_count;
    const struct pl_xml_node *first; /* child; in order of the document */
    const struct pl_xml_node *next; /* sibling */
    unsigned line; /* where its start tag ends, from 1 */
};

/* The root element, in `arena`. `name` is for messages. PL_E_PARSE with the line; PL_E_LIMIT;
 * PL_E_UNSUPPORTED for a document that declares a type, or of another encoding. */
enum pl_status pl_xml_parse(struct pl_arena *arena, pl_str text, const char *name,
                            const struct pl_xml_node **ret, struct pl_error *err);

/* Getters: NULL and empty when it is not there, and for a node that is NULL. Names are local ones,
 * of any namespace. */
bool pl_xml_is(const struct pl_xml_node *node, const char *name);
/* The first child of this name, and the next after a node that has it:
 *     for (it = pl_xml_child(list, "package"); it; it = pl_xml_next(it, "package")) */
const struct pl_xml_node *pl_xml_child(const struct pl_xml_node *node, const char *name);
const struct pl_xml_node *pl_xml_next(const struct pl_xml_node *node, const char *name);
/* The trimmed text of the first child of this name; of the node itself with NULL. */
pl_str pl_xml_text(const struct pl_xml_node *node, const char *name);
pl_str pl_xml_attribute(const struct pl_xml_node *node, const char *name);
