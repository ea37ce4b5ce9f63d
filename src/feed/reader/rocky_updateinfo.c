/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rocky Linux's advisories, in the metadata of its repositories: <release>Rocky Linux 9</release>.
 * Its records in the OSV format are about source packages, which each package names here.
 */
#include "feed/reader/updateinfo.h"

static pl_str ecosystem(struct pl_arena *arena, const struct pl_xml_node *update,
                        const struct pl_xml_node *collection)
{
    pl_str release = pl_updateinfo_release(pl_xml_text(update, "release"), "Rocky Linux ");
    if (release.len == 0) {
        release = pl_updateinfo_release(pl_xml_text(collection, "name"), "rocky-linux-");
    }
    return release.len > 0 ? pl_arena_format(arena, "Rocky Linux:" PL_STR_FMT, PL_STR_ARG(release))
                           : PL_STR_EMPTY;
}

static const char *const id_prefixes[] = {"RLSA-", "RXSA-", "RLBA-", "RLEA-", "RXBA-", NULL};

static const struct pl_updateinfo_publisher publisher = {
    .severity_type = "Rocky Linux",
    .id_prefixes = id_prefixes,
    .by_source = true,
    .ecosystem = ecosystem,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_updateinfo_bid(document, "releng@rockylinux.org");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_updateinfo_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_rocky_updateinfo = {
    .name = "rocky-updateinfo",
    .summary = "Rocky Linux's advisories, from its repositories",
    .url = "https://download.rockylinux.org/pub/rocky/{8,9,10}/{BaseOS,AppStream,CRB,"
           "PowerTools,HighAvailability,ResilientStorage,NFV,RT,SAP,SAPHANA,extras,plus,"
           "devel}/x86_64/os/repodata/repomd.xml",
    .ecosystems = "Rocky Linux",
    .bid = bid,
    .read = read_document,
};
