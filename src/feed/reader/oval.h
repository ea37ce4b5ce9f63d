/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oval - definitions in OVAL 5, as distributions publish their advisories: what is common to their
 * feeds. One definition is one advisory.
 *
 * A publisher says how its definitions, products and versions are named; definitions, tests,
 * objects and states are brought together here.
 */
#include "feed/feed.h"
#include "format/xml.h"

struct pl_oval_publisher {
    const char *severity_type; /* of the word that the publisher gives: "SUSE" */
    /* A definition is about what one release has of an advisory, and other documents have the other
     * releases. */
    bool is_part;
    /* A test that a package is there, whatever its version, says that it is affected. */
    bool has_bare_tests;
    /* In OSV's terms; empty when it cannot be told. */
    pl_str (*id)(struct pl_arena *arena, const struct pl_xml_node *definition);
    /* Of a product or platform by its name ("Oracle Linux 9"), and a version in it (or empty).
     * Empty when that is none of its. */
    pl_str (*ecosystem)(struct pl_arena *arena, pl_str product, pl_str version);
    /* NULL, or why a version is of no use. May be NULL. */
    const char *(*skip)(pl_str version);
};

/* The bid for a document of OVAL whose generator's name begins so. */
int pl_oval_bid(const struct pl_feed_document *document, const char *generator);

enum pl_status pl_oval_read(struct pl_feed_sink *sink, const struct pl_feed_document *document,
                            const struct pl_oval_publisher *publisher, struct pl_error *err);

/* `prefix` and the number behind it, "Oracle Linux" and "9" of "Oracle Linux 9"; empty when it is
 * another product. */
pl_str pl_oval_release(pl_str product, const char *prefix);
