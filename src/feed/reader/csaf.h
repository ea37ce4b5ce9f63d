/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * csaf - advisories in the Common Security Advisory Framework 2.0, as distributions of rpm packages
 * publish them: what is common to their feeds.
 *
 * A publisher says how its products and components are named; the product tree, the relationships
 * and the statements about them are gone through here. One document is one advisory.
 */
#include "feed/feed.h"
#include "feed/reader/csaf_tree.h"
#include "format/json.h"

/* What a statement is about. */
struct pl_csaf_place {
    const struct pl_csaf_part *product;
    const struct pl_csaf_part *module; /* between product and component, or NULL */
    const struct pl_csaf_part *component;
    bool is_fixed; /* it is said to be fixed, and so has a version */
};

struct pl_csaf_package {
    pl_str name;
    pl_str version; /* with epoch and release; empty: of every version */
    pl_str module;
    pl_str purl;
};

struct pl_csaf_publisher {
    const char *severity_type; /* of the word that the publisher gives: "Red Hat" */
    const char *id_prefix; /* before the CVE of a document that is about one */
    /* An advisory's id as OSV has it; NULL when it is the document's. */
    pl_str (*advisory_id)(struct pl_arena *arena, pl_str tracking_id);
    /* Empty when it is no product that packages are installed from. */
    pl_str (*ecosystem)(struct pl_arena *arena, const struct pl_csaf_part *product);
    /* NULL, or the reason to skip it. *ret is empty before. */
    const char *(*package)(struct pl_arena *arena, const struct pl_csaf_place *place,
                           struct pl_csaf_package *ret);
};

/* What a remediation says of the products that it names: PL_AFFECT_KNOWN when a fix is there or is
 * to come. */
enum pl_affect pl_csaf_state(const json_t *remediation);

/* The wanted items of a list by each product that they name; borrowed from the JSON. */
void pl_csaf_by_product(const json_t *list, bool (*is_wanted)(const json_t *item),
                        struct pl_map *into);
/* A remediation whose state is another, and a threat whose text is the vendor's word. */
bool pl_csaf_says_no_fix(const json_t *remediation);
bool pl_csaf_says_impact(const json_t *threat);

/* The bid for a document of CSAF whose publisher's name begins so. `mark` is what such documents
 * have in any case before their notes. */
int pl_csaf_bid(const struct pl_feed_document *document, const char *name, const char *mark);

enum pl_status pl_csaf_read(struct pl_feed_sink *sink, const struct pl_feed_document *document,
                            const struct pl_csaf_publisher *publisher, struct pl_error *err);
