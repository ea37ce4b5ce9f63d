/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Photon OS's advisories in OVAL (packages.vmware.com/photon/photon_oval_definitions): a definition
 * for each package of an advisory, of which several have one name ("PHSA-2020:00001" of each
 * release). The reference tells them apart: "PHSA:00001:3.0:0036" is number 1 of all in Photon 3.0
 * and of its advisory 36.
 */
#include "feed/reader/oval.h"

static pl_str id_of(struct pl_arena *arena, const struct pl_xml_node *definition)
{
    const struct pl_xml_node *metadata = pl_xml_child(definition, "metadata");
    for (const struct pl_xml_node *it = pl_xml_child(metadata, "reference"); it;
         it = pl_xml_next(it, "reference")) {
        pl_str rest = pl_xml_attribute(it, "ref_id");
        pl_str parts[4];
        size_t count = 0;
        while (count < PL_ARRAY_LEN(parts) && pl_str_next_piece(&rest, ':', &parts[count])) {
            count++;
        }
        if (count == PL_ARRAY_LEN(parts) && pl_str_eq(parts[0], PL_STR("PHSA"))) {
            return pl_arena_format(arena, "PHSA-" PL_STR_FMT "-" PL_STR_FMT "-" PL_STR_FMT,
                                   PL_STR_ARG(parts[2]), PL_STR_ARG(parts[3]),
                                   PL_STR_ARG(parts[1]));
        }
    }
    /* Some have no such reference; then it is the definition's own number, of year, release and
     * number together. */
    pl_str number = pl_str_after_last(pl_xml_attribute(definition, "id"), ':');
    return number.len > 0 ? pl_arena_format(arena, "PHSA-" PL_STR_FMT, PL_STR_ARG(number))
                          : PL_STR_EMPTY;
}

/* "Photon 3" as platform, "Photon OS 3" in criteria; os-release says "3.0". */
static pl_str ecosystem(struct pl_arena *arena, pl_str product, pl_str version)
{
    (void)version;
    pl_str release = pl_oval_release(product, "Photon");
    if (release.len == 0) {
        release = pl_oval_release(product, "Photon OS");
    }
    if (release.len == 0) {
        return PL_STR_EMPTY;
    }
    return pl_arena_format(arena, "Photon OS:" PL_STR_FMT "%s", PL_STR_ARG(release),
                           pl_str_contains(release, PL_STR(".")) ? "" : ".0");
}

static const struct pl_oval_publisher publisher = {
    .severity_type = "Photon OS",
    .id = id_of,
    .ecosystem = ecosystem,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_oval_bid(document, "Photon OS OVAL");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_oval_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_photon_oval = {
    .name = "photon-oval",
    .summary = "Photon OS's advisories in OVAL",
    .url = "https://packages.vmware.com/photon/photon_oval_definitions/"
           "com.vmware.phsa-photon{1,2,3,4,5}.xml.gz",
    .reading = PL_FEED_WHEN_SELECTED,
    .ecosystems = "Photon OS",
    .bid = bid,
    .read = read_document,
};
