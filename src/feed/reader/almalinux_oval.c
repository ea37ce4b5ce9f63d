/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AlmaLinux's errata in OVAL (security.almalinux.org/oval): a definition for each advisory, with
 * its modules. The release is in the criteria alone: "AlmaLinux 9 is installed". An advisory's name
 * in the title, "ALSA-2022:7071: firefox security update", is that of its record in the OSV format.
 */
#include "feed/reader/oval.h"

static pl_str id_of(struct pl_arena *arena, const struct pl_xml_node *definition)
{
    const struct pl_xml_node *metadata = pl_xml_child(definition, "metadata");
    for (const struct pl_xml_node *it = pl_xml_child(metadata, "reference"); it;
         it = pl_xml_next(it, "reference")) {
        if (pl_str_eq(pl_xml_attribute(it, "source"), PL_STR("ALSA"))) {
            return pl_arena_dup(arena, pl_xml_attribute(it, "ref_id"));
        }
    }
    return PL_STR_EMPTY;
}

static pl_str ecosystem(struct pl_arena *arena, pl_str product, pl_str version)
{
    (void)version;
    pl_str release = pl_oval_release(product, "AlmaLinux");
    return release.len > 0 ? pl_arena_format(arena, "AlmaLinux:" PL_STR_FMT, PL_STR_ARG(release))
                           : PL_STR_EMPTY;
}

static const struct pl_oval_publisher publisher = {
    .severity_type = "AlmaLinux",
    .id = id_of,
    .ecosystem = ecosystem,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_oval_bid(document, "AlmaLinux OS Errata System");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_oval_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_almalinux_oval = {
    .name = "almalinux-oval",
    .summary = "AlmaLinux's advisories in OVAL",
    .url = "https://security.almalinux.org/oval/org.almalinux.alsa-{8,9,10}.xml.bz2",
    .reading = PL_FEED_ALWAYS,
    .ecosystems = "AlmaLinux",
    .bid = bid,
    .read = read_document,
};
