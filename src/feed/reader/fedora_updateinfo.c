/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fedora's advisories, in the metadata of its repositories: <release>Fedora 43</release>. EPEL's
 * are made by the same system ("Fedora EPEL 9") and are about packages for other distributions.
 */
#include "feed/reader/updateinfo.h"

static pl_str ecosystem(struct pl_arena *arena, const struct pl_xml_node *update,
                        const struct pl_xml_node *collection)
{
    static const struct {
        const char *prefix;
        const char *ecosystem;
    } products[] = {{"Fedora ", "Fedora"}, {"Fedora EPEL ", "EPEL"}};
    (void)collection;
    for (size_t i = 0; i < PL_ARRAY_LEN(products); i++) {
        pl_str release = pl_updateinfo_release(pl_xml_text(update, "release"), products[i].prefix);
        if (release.len > 0) {
            return pl_arena_format(arena, "%s:" PL_STR_FMT, products[i].ecosystem,
                                   PL_STR_ARG(release));
        }
    }
    return PL_STR_EMPTY;
}

static const char *const id_prefixes[] = {"FEDORA-", NULL};

static const struct pl_updateinfo_publisher publisher = {
    .severity_type = "Fedora",
    .id_prefixes = id_prefixes,
    .ecosystem = ecosystem,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_updateinfo_bid(document, "updates@fedoraproject.org");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_updateinfo_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_fedora_updateinfo = {
    .name = "fedora-updateinfo",
    .summary = "Fedora's and EPEL's advisories, from their repositories",
    .url = "https://dl.fedoraproject.org/pub/fedora/linux/updates/{41,42,43,44}/Everything/"
           "x86_64/repodata/repomd.xml epel=https://dl.fedoraproject.org/pub/epel/{8,9,10}/"
           "Everything/x86_64/repodata/repomd.xml",
    .reading = PL_FEED_WHEN_SELECTED,
    .ecosystems = "Fedora, EPEL",
    .bid = bid,
    .read = read_document,
};
