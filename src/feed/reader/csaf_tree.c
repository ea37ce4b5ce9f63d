/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSAF 2.0 (docs.oasis-open.org/csaf/csaf/v2.0), sections 3.1.2 and 3.2.2: branches nest; each has
 * a category ("vendor", "product_name", "product_version", "product_version_range") and a name, and
 * at their ends are products with an id and identifiers. relationships make one product of a
 * component and what it is a part of; that may be a relationship again: a package in a module in a
 * product. full_product_names are products outside of the branches.
 */
#include "feed/reader/csaf_tree.h"
#include "base/limits.h"
#include "format/json.h"
#include "format/json_pieces.h"

enum pl_status pl_csaf_for_each(struct pl_arena *arena, pl_str text, pl_csaf_take *take,
                                void *context, size_t depth, struct pl_error *err)
{
    static const char *const whole[] = {NULL};
    struct pl_json_pieces pieces;
    pl_str key = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    if (depth > PL_LIMIT_JSON_DEPTH) {
        return pl_error_set(err, PL_E_LIMIT, "the product tree nests too deep");
    }
    enum pl_status st = pl_json_pieces_open(&pieces, arena, text, whole, err);
    while (st == PL_OK && (st = pl_json_pieces_next(&pieces, &key, &value, err)) == PL_OK) {
        st = take(context, key, value, depth, err);
    }
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

static pl_str keep(struct pl_csaf_tree *tree, const json_t *object, const char *key)
{
    return pl_arena_dup(tree->arena, pl_json_str(object, key));
}

static struct pl_csaf_node *add_node(struct pl_csaf_tree *tree, pl_str id)
{
    struct pl_csaf_node *node = PL_ARENA_NEW(tree->arena, struct pl_csaf_node);
    *node = (struct pl_csaf_node){.said = {.id = pl_arena_dup(tree->arena, id),
                                           .cpe = PL_STR_EMPTY,
                                           .purl = PL_STR_EMPTY,
                                           .version = PL_STR_EMPTY},
                                  .component = PL_STR_EMPTY,
                                  .parent = PL_STR_EMPTY};
    *pl_map_at(&tree->nodes, node->said.id) = node;
    return node;
}

static void identify(struct pl_csaf_tree *tree, const json_t *product, struct pl_csaf_node *node)
{
    const json_t *helper = pl_json_object(product, "product_identification_helper");
    node->said.cpe = keep(tree, helper, "cpe");
    node->said.purl = keep(tree, helper, "purl");
}

/* NULL for a product without an id, which nothing can name. */
static enum pl_status add_product(struct pl_csaf_tree *tree, pl_str text, struct pl_csaf_node **ret,
                                  struct pl_error *err)
{
    json_t *product pl_autojson = NULL;
    enum pl_status st = pl_json_parse(text, "a product", &product, err);
    if (st < 0) {
        return st;
    }
    pl_str id = pl_json_str(product, "product_id");
    *ret = id.len > 0 ? add_node(tree, id) : NULL;
    if (*ret) {
        identify(tree, product, *ret);
    }
    return PL_OK;
}

static enum pl_status take_product(void *context, pl_str key, pl_str value, size_t depth,
                                   struct pl_error *err)
{
    struct pl_csaf_node *node = NULL;
    return add_product(context, value, &node, err);
}

static void set_version(struct pl_csaf_tree *tree, pl_str category, pl_str name,
                        struct pl_csaf_node *node)
{
    node->said.is_range = pl_str_eq(category, PL_STR("product_version_range"));
    if (node->said.is_range || pl_str_eq(category, PL_STR("product_version"))) {
        node->said.version = pl_arena_dup(tree->arena, name);
    }
}

static enum pl_status take_branch(void *context, pl_str key, pl_str value, size_t depth,
                                  struct pl_error *err)
{
    static const char *const whole[] = {NULL};
    struct pl_csaf_tree *tree = context;
    struct pl_json_pieces pieces;
    struct pl_csaf_node *node = NULL;
    pl_str category = PL_STR_EMPTY;
    pl_str name = PL_STR_EMPTY;
    enum pl_status st = pl_json_pieces_open(&pieces, tree->arena, value, whole, err);
    while (st == PL_OK && (st = pl_json_pieces_next(&pieces, &key, &value, err)) == PL_OK) {
        if (pl_str_eq(key, PL_STR("category"))) {
            category = pl_json_piece_text(tree->arena, value);
        } else if (pl_str_eq(key, PL_STR("name"))) {
            name = pl_json_piece_text(tree->arena, value);
        } else if (pl_str_eq(key, PL_STR("product"))) {
            st = add_product(tree, value, &node, err);
        } else if (pl_str_eq(key, PL_STR("branches"))) {
            st = pl_csaf_for_each(tree->arena, value, take_branch, tree, depth + 1, err);
        }
    }
    if (st == PL_E_NOT_FOUND && node) {
        set_version(tree, category, name, node);
    }
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

static enum pl_status take_relationship(void *context, pl_str key, pl_str value, size_t depth,
                                        struct pl_error *err)
{
    struct pl_csaf_tree *tree = context;
    json_t *relationship pl_autojson = NULL;
    enum pl_status st = pl_json_parse(value, "a relationship", &relationship, err);
    if (st < 0) {
        return st;
    }
    const json_t *product = pl_json_object(relationship, "full_product_name");
    pl_str id = pl_json_str(product, "product_id");
    if (id.len > 0) {
        struct pl_csaf_node *node = add_node(tree, id);
        identify(tree, product, node);
        node->component = keep(tree, relationship, "product_reference");
        node->parent = keep(tree, relationship, "relates_to_product_reference");
    }
    return PL_OK;
}

static enum pl_status take_member(void *context, pl_str key, pl_str value, size_t depth,
                                  struct pl_error *err)
{
    static const struct {
        pl_str key;
        pl_csaf_take *take;
    } members[] = {
        {PL_STR_INIT("branches"), take_branch},
        {PL_STR_INIT("full_product_names"), take_product},
        {PL_STR_INIT("relationships"), take_relationship},
    };
    struct pl_csaf_tree *tree = context;
    for (size_t i = 0; i < PL_ARRAY_LEN(members); i++) {
        if (pl_str_eq(key, members[i].key)) {
            return pl_csaf_for_each(tree->arena, value, members[i].take, tree, depth + 1, err);
        }
    }
    return PL_OK;
}

void pl_csaf_tree_release(struct pl_csaf_tree *tree)
{
    pl_map_release(&tree->nodes);
}

enum pl_status pl_csaf_tree_read(struct pl_csaf_tree *tree, pl_str text, struct pl_error *err)
{
    return text.len > 0 ? pl_csaf_for_each(tree->arena, text, take_member, tree, 0, err) : PL_OK;
}

const struct pl_csaf_node *pl_csaf_tree_find(const struct pl_csaf_tree *tree, pl_str id)
{
    return id.len > 0 ? pl_map_find(&tree->nodes, id) : NULL;
}

static enum pl_status note_member(void *context, pl_str key, pl_str value, size_t depth,
                                  struct pl_error *err)
{
    struct pl_csaf_members *members = context;
    if (pl_str_eq(key, PL_STR("document"))) {
        members->document = value;
    } else if (pl_str_eq(key, PL_STR("product_tree"))) {
        members->tree = value;
    } else if (pl_str_eq(key, PL_STR("vulnerabilities"))) {
        members->vulnerabilities = value;
    }
    return PL_OK;
}

enum pl_status pl_csaf_members(struct pl_arena *arena, pl_str text, struct pl_csaf_members *ret,
                               struct pl_error *err)
{
    struct pl_csaf_members members = {
        .document = PL_STR_EMPTY, .tree = PL_STR_EMPTY, .vulnerabilities = PL_STR_EMPTY};
    enum pl_status st = pl_csaf_for_each(arena, text, note_member, &members, 0, err);
    if (st == PL_OK && members.document.len == 0) {
        st = pl_error_set(err, PL_E_PARSE, "it has no member \"document\"");
    }
    if (st == PL_OK) {
        *ret = members;
    }
    return st;
}
