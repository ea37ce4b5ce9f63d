/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * csaf_tree - the three members of a CSAF document, and its product tree.
 *
 * Documents reach tens of MB, nearly all of it product ids: the tree and the relationships are
 * stepped through, and one product at a time is parsed. What is handed out lies in the arena that
 * the tree was given.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"

/* An entry of the product tree. */
struct pl_csaf_part {
    pl_str id;
    pl_str cpe;
    pl_str purl;
    pl_str version; /* name of its branch, where that is one of a version or of a range of them */
    bool is_range; /* the version is a range: "vers:..." where it can be read */
};

/* A part, or what a relationship makes of two others: then these are named. */
struct pl_csaf_node {
    struct pl_csaf_part said;
    pl_str component; /* ids, else empty */
    pl_str parent;
};

struct pl_csaf_tree {
    struct pl_arena *arena;
    struct pl_map nodes; /* by product id: struct pl_csaf_node */
};

void pl_csaf_tree_release(struct pl_csaf_tree *tree);
#define pl_autocsaftree PL_CLEANUP(pl_csaf_tree_release)

/* `text` is the member "product_tree"; empty: there is none. LIMIT when it nests too deep. */
enum pl_status pl_csaf_tree_read(struct pl_csaf_tree *tree, pl_str text, struct pl_error *err);

/* NULL when there is none. */
const struct pl_csaf_node *pl_csaf_tree_find(const struct pl_csaf_tree *tree, pl_str id);

/* The members of a document as they lie in its text, in whatever order; empty when missing. */
struct pl_csaf_members {
    pl_str document;
    pl_str tree;
    pl_str vulnerabilities;
};

/* PL_E_PARSE also for what has no "document". */
enum pl_status pl_csaf_members(struct pl_arena *arena, pl_str text, struct pl_csaf_members *ret,
                               struct pl_error *err);

/* Each member or element of a JSON text that is an object or array; `depth` is handed on. */
typedef enum pl_status pl_csaf_take(void *context, pl_str key, pl_str value, size_t depth,
                                    struct pl_error *err);
enum pl_status pl_csaf_for_each(struct pl_arena *arena, pl_str text, pl_csaf_take *take,
                                void *context, size_t depth, struct pl_error *err);
