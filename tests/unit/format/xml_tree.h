/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * xml_tree - a tree of format/xml.h as text, to be compared.
 */
#include "base/buf.h"
#include "format/xml.h"

/* name{ns}[a=v]"text"(children) */
static inline void pl_test_write_xml(struct pl_buf *into, const struct pl_xml_node *node)
{
    pl_buf_append(into, node->name);
    if (node->ns.len > 0) {
        pl_buf_append_format(into, "{" PL_STR_FMT "}", PL_STR_ARG(node->ns));
    }
    for (size_t i = 0; i < node->attribute_count; i++) {
        pl_buf_append_format(into, "[" PL_STR_FMT "=" PL_STR_FMT "]",
                             PL_STR_ARG(node->attributes[i].name),
                             PL_STR_ARG(node->attributes[i].value));
    }
    if (node->text.len > 0) {
        pl_buf_append_format(into, "\"" PL_STR_FMT "\"", PL_STR_ARG(node->text));
    }
    if (node->first) {
        pl_buf_append_char(into, '(');
        for (const struct pl_xml_node *it = node->first; it; it = it->next) {
            pl_test_write_xml(into, it);
            pl_buf_append(into, it->next ? PL_STR(" ") : PL_STR_EMPTY);
        }
        pl_buf_append_char(into, ')');
    }
}
