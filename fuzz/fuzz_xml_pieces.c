/* SPDX-License-Identifier: Apache-2.0 */
/* A document has pieces when it has a tree, and as many of the wanted names as stand in it. */
#include "format/xml_pieces.h"
#include "target.h"

static enum pl_status take(void *context, const struct pl_xml_node *piece, struct pl_error *err)
{
    size_t *count = context;
    (void)err;
    if (!pl_xml_is(piece, "p") && !pl_xml_is(piece, "update")) {
        abort();
    }
    ++*count;
    return PL_OK;
}

static size_t count_in(const struct pl_xml_node *node)
{
    size_t count = 0;
    if (pl_xml_is(node, "p") || pl_xml_is(node, "update")) {
        return 1;
    }
    for (const struct pl_xml_node *it = node->first; it; it = it->next) {
        count += count_in(it);
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const wanted[] = {"p", "update", NULL};
    struct pl_arena arena pl_autoarena = {0};
    pl_str text = pl_str_make((const char *)data, size);
    const struct pl_xml_node *root = NULL;
    size_t count = 0;
    enum pl_status whole = pl_xml_parse(&arena, text, "f", &root, NULL);
    if (pl_xml_pieces(text, "f", wanted, take, &count, NULL) != whole ||
        (whole == PL_OK && count != count_in(root))) {
        abort();
    }
    return 0;
}
