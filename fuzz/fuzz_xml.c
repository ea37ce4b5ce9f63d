/* SPDX-License-Identifier: Apache-2.0 */
/* A tree that was read is one: text without NULs in UTF-8, within the limits. */
#include "base/limits.h"
#include "base/mem.h"
#include "format/xml.h"
#include "target.h"

static void check_text(pl_str s)
{
    if (!pl_str_is_utf8(s) || pl_str_find_char(s, '\0') != SIZE_MAX) {
        abort();
    }
}

static void check(const struct pl_xml_node *node, size_t depth)
{
    if (depth > PL_LIMIT_XML_DEPTH || node->name.len == 0) {
        abort();
    }
    check_text(node->name);
    check_text(node->ns);
    check_text(node->text);
    for (size_t i = 0; i < node->attribute_count; i++) {
        check_text(node->attributes[i].name);
        check_text(node->attributes[i].value);
    }
    for (const struct pl_xml_node *it = node->first; it; it = it->next) {
        check(it, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    const struct pl_xml_node *root = NULL;
    if (pl_xml_parse(&arena, pl_str_make((const char *)data, size), "f", &root, &err) == PL_OK) {
        check(root, 1);
    }
    return 0;
}
