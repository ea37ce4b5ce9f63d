/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bottlerocket's advisories (advisories.bottlerocket.aws/updateinfo.xml.gz), in the form of a
 * repository's though it has none: one product without releases, named after GitHub's advisories or
 * its own ("BRSA-...").
 */
#include "feed/reader/updateinfo.h"

static pl_str ecosystem(struct pl_arena *arena, const struct pl_xml_node *update,
                        const struct pl_xml_node *collection)
{
    (void)arena;
    (void)update;
    return pl_str_starts_with(pl_xml_text(collection, "name"), PL_STR("Bottlerocket"))
               ? PL_STR("Bottlerocket")
               : PL_STR_EMPTY;
}

static const char *const id_prefixes[] = {"GHSA-", "BRSA-", "CVE-", NULL};

static const struct pl_updateinfo_publisher publisher = {
    .severity_type = "Bottlerocket",
    .id_prefixes = id_prefixes,
    .ecosystem = ecosystem,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_updateinfo_bid(document, "bottlerocket");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_updateinfo_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_bottlerocket_updateinfo = {
    .name = "bottlerocket-updateinfo",
    .summary = "Bottlerocket's advisories",
    .url = "https://advisories.bottlerocket.aws/updateinfo.xml.gz",
    .reading = PL_FEED_WHEN_SELECTED,
    .ecosystems = "Bottlerocket",
    .bid = bid,
    .read = read_document,
};
