/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * updateinfo - the advisories in the metadata of rpm repositories (updateinfo.xml, updateinfo of
 * yum and dnf): what is common to their publishers' feeds. One update is one advisory.
 */
#include "feed/feed.h"
#include "format/xml.h"

struct pl_updateinfo_publisher {
    const char *severity_type; /* of the word that the publisher gives: "Amazon Linux" */
    const char *const *id_prefixes; /* what a name begins with; ends in NULL */
    /* Its advisories elsewhere are about source packages, which stand beside the binaries here. */
    bool by_source;
    /* Of a collection, "<collection short=...><name>"; empty when it is none of its. */
    pl_str (*ecosystem)(struct pl_arena *arena, const struct pl_xml_node *update,
                        const struct pl_xml_node *collection);
    /* From which version on a collection has a package, "5.15" of "Kernel-5.15"; empty for all. May
     * be NULL. */
    pl_str (*since)(const struct pl_xml_node *collection);
};

/* The bid for a document with this mark in its beginning. */
int pl_updateinfo_bid(const struct pl_feed_document *document, const char *mark);

enum pl_status pl_updateinfo_read(struct pl_feed_sink *sink,
                                  const struct pl_feed_document *document,
                                  const struct pl_updateinfo_publisher *publisher,
                                  struct pl_error *err);

/* The number in "almalinux-9-for-x86_64" behind "almalinux-", in "Fedora 43" behind "Fedora ";
 * empty when there is none. */
pl_str pl_updateinfo_release(pl_str text, const char *prefix);
