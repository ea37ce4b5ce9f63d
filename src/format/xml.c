/* SPDX-License-Identifier: Apache-2.0 */
/* XML 1.0 (www.w3.org/TR/xml) and its namespaces (www.w3.org/TR/xml-names), as trees. */
#include "format/xml.h"
#include "base/limits.h"
#include "format/xml_reader.h"

enum pl_status pl_xml_parse(struct pl_arena *arena, pl_str text, const char *name,
                            const struct pl_xml_node **ret, struct pl_error *err)
{
    if (text.len > PL_LIMIT_XML_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "%s has %zu bytes; no more than %d are read", name,
                            text.len, PL_LIMIT_XML_BYTES);
    }
    struct pl_xml_reading reading = {.name = name, .arena = arena};
    return pl_xml_read(&reading, text, ret, err);
}

bool pl_xml_is(const struct pl_xml_node *node, const char *name)
{
    return node && pl_str_eq(node->name, pl_str_from(name));
}

static const struct pl_xml_node *first_of(const struct pl_xml_node *node, const char *name)
{
    pl_str wanted = pl_str_from(name);
    while (node && !pl_str_eq(node->name, wanted)) {
        node = node->next;
    }
    return node;
}

const struct pl_xml_node *pl_xml_child(const struct pl_xml_node *node, const char *name)
{
    return node ? first_of(node->first, name) : NULL;
}

const struct pl_xml_node *pl_xml_next(const struct pl_xml_node *node, const char *name)
{
    return node ? first_of(node->next, name) : NULL;
}

pl_str pl_xml_text(const struct pl_xml_node *node, const char *name)
{
    const struct pl_xml_node *found = name ? pl_xml_child(node, name) : node;
    return found ? pl_str_trim(found->text) : PL_STR_EMPTY;
}

pl_str pl_xml_attribute(const struct pl_xml_node *node, const char *name)
{
    pl_str wanted = pl_str_from(name);
    for (size_t i = 0; node && i < node->attribute_count; i++) {
        if (pl_str_eq(node->attributes[i].name, wanted)) {
            return node->attributes[i].value;
        }
    }
    return PL_STR_EMPTY;
}
