/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * vex - what VEX documents say of packages, whichever the format: gathered statement by statement,
 * and then made one record for each vulnerability.
 *
 * Of what a document says of one package and vulnerability the latest counts; said at the same time
 * the one that was added last. A version limits a statement to that version. "fixed" says of a
 * version that it is not affected, and nothing without one. What is said of something within
 * another product, of an image, or of a package of no ecosystem with advisories becomes a rule
 * (feed/reader/suppression.h).
 */
#include "feed/feed.h"

struct pl_vex_statement {
    pl_str vulnerability; /* "CVE-2024-3094" */
    struct pl_strs aliases;
    pl_str product; /* package URL */
    /* What the package is a part of, and of which alone this is said: a package URL, or the CPE
     * name of a system; or empty. "#" and anything for what is not known beyond the document. */
    pl_str within;
    pl_str version; /* in place of that in the URL; or empty */
    pl_str
        range; /* of versions, "vers:..." (feed/reader/vers.h), in place of one version; or empty */
    enum pl_affect state;
    bool is_fixed; /* "fixed", which `state` need not say */
    pl_str time; /* RFC 3339 */
    pl_str reason; /* in words; of what is affected, what to do */
    pl_str justification; /* as the format spells it, or empty */
    size_t place; /* set when it is added */
};

struct pl_vex {
    PL_VEC_FIELDS(struct pl_vex_statement);
    pl_str author; /* of the document, or empty */
    bool has_images; /* a product that is no package URL is the name of an image */
};

/* Strings are borrowed until pl_vex_take returns. */
void pl_vex_add(struct pl_arena *arena, struct pl_vex *vex,
                const struct pl_vex_statement *statement);

/* Hands over what was gathered, counting what is left out. */
enum pl_status pl_vex_take(struct pl_feed_sink *sink, struct pl_vex *vex, struct pl_error *err);
