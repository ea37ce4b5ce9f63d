/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AlmaLinux's advisories, in the metadata of its repositories. The release is in the name of the
 * collection alone: "almalinux-9-for-x86_64-appstream-rpms__9_default".
 */
#include "feed/reader/updateinfo.h"

static pl_str ecosystem(struct pl_arena *arena, const struct pl_xml_node *update,
                        const struct pl_xml_node *collection)
{
    (void)update;
    pl_str release = pl_updateinfo_release(pl_xml_text(collection, "name"), "almalinux-");
    return release.len > 0 ? pl_arena_format(arena, "AlmaLinux:" PL_STR_FMT, PL_STR_ARG(release))
                           : PL_STR_EMPTY;
}

static const char *const id_prefixes[] = {"ALSA-", "ALBA-", "ALEA-", NULL};

static const struct pl_updateinfo_publisher publisher = {
    .severity_type = "AlmaLinux",
    .id_prefixes = id_prefixes,
    .ecosystem = ecosystem,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_updateinfo_bid(document, "packager@almalinux.org");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_updateinfo_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_almalinux_updateinfo = {
    .name = "almalinux-updateinfo",
    .summary = "AlmaLinux's advisories, from its repositories",
    .url = "https://repo.almalinux.org/almalinux/{8,9,10}/{BaseOS,AppStream,CRB,PowerTools,"
           "HighAvailability,ResilientStorage,NFV,RT,SAP,SAPHANA,extras}/x86_64/os/repodata/"
           "repomd.xml",
    .ecosystems = "AlmaLinux",
    .bid = bid,
    .read = read_document,
};
