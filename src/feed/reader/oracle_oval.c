/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Oracle Linux's errata in OVAL (linux.oracle.com/security/oval): a definition for each erratum,
 * named in its title: "ELSA-2007-0057:  Moderate: bind security update  (MODERATE)".
 *
 * Builds for Ksplice ("-28.0.1.ksplice1.el9") and for FIPS ("_fips") bear versions that sort after
 * those of the packages that most systems have, and would make all of these affected.
 */
#include "feed/reader/oval.h"

static pl_str id_of(struct pl_arena *arena, const struct pl_xml_node *definition)
{
    pl_str id = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    pl_str title = pl_xml_text(pl_xml_child(definition, "metadata"), "title");
    bool is_named = pl_str_cut(title, ':', &id, &rest) && pl_str_starts_with(id, PL_STR("EL"));
    return is_named ? pl_arena_dup(arena, id) : PL_STR_EMPTY;
}

static pl_str ecosystem(struct pl_arena *arena, pl_str product, pl_str version)
{
    (void)version;
    pl_str release = pl_oval_release(product, "Oracle Linux");
    return release.len > 0 ? pl_arena_format(arena, "Oracle Linux:" PL_STR_FMT, PL_STR_ARG(release))
                           : PL_STR_EMPTY;
}

static const char *skip(pl_str version)
{
    if (pl_str_contains(version, PL_STR(".ksplice"))) {
        return "build for Ksplice, which takes the place of no other";
    }
    return pl_str_contains(version, PL_STR("_fips")) ? "build for FIPS, which has to be opted in to"
                                                     : NULL;
}

static const struct pl_oval_publisher publisher = {
    .severity_type = "Oracle Linux",
    .id = id_of,
    .ecosystem = ecosystem,
    .skip = skip,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_oval_bid(document, "Oracle Errata System");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_oval_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_oracle_oval = {
    .name = "oracle-oval",
    .summary = "Oracle Linux's errata in OVAL",
    .url = "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2",
    .reading = PL_FEED_ALWAYS,
    .ecosystems = "Oracle Linux",
    .bid = bid,
    .read = read_document,
};
