/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SUSE's vulnerabilities and updates in OVAL (ftp.suse.com/pub/projects/security/oval), a document
 * for each product line: definitions are about a CVE (class vulnerability) or an update (class
 * patch, "SUSE-SU-2025:4100-1"). Criteria name products in the words that ecosystems of the OSV
 * format have: "SUSE Linux Enterprise Server 15 SP5 is installed".
 */
#include "feed/reader/oval.h"

static pl_str id_of(struct pl_arena *arena, const struct pl_xml_node *definition)
{
    const struct pl_xml_node *metadata = pl_xml_child(definition, "metadata");
    pl_str title = pl_xml_text(metadata, "title");
    pl_str id = PL_STR_EMPTY;
    if (pl_str_starts_with(title, PL_STR("CVE-"))) {
        return pl_str_next_word(&title, &id)
                   ? pl_arena_format(arena, "SUSE-" PL_STR_FMT, PL_STR_ARG(id))
                   : PL_STR_EMPTY;
    }
    for (const struct pl_xml_node *it = pl_xml_child(metadata, "reference"); it;
         it = pl_xml_next(it, "reference")) {
        id = pl_xml_attribute(it, "ref_id");
        if (pl_str_contains(id, PL_STR("SUSE-")) && pl_str_contains(id, PL_STR("U-"))) {
            return pl_arena_dup(arena, id);
        }
    }
    /* Of packages as they were on the first media there is no update. */
    return pl_arena_dup(arena, pl_xml_attribute(definition, "id"));
}

static pl_str ecosystem(struct pl_arena *arena, pl_str product, pl_str version)
{
    static const char *const vendors[] = {"openSUSE", "SUSE"};
    (void)version;
    for (size_t i = 0; i < PL_ARRAY_LEN(vendors); i++) {
        pl_str vendor = pl_str_from(vendors[i]);
        if (pl_str_starts_with(product, vendor) && product.len > vendor.len + 1 &&
            product.ptr[vendor.len] == ' ') {
            return pl_arena_format(arena, "%s:" PL_STR_FMT, vendors[i],
                                   PL_STR_ARG(pl_str_skip(product, vendor.len + 1)));
        }
    }
    return PL_STR_EMPTY;
}

static const struct pl_oval_publisher publisher = {
    .severity_type = "SUSE",
    .is_part = true,
    .id = id_of,
    .ecosystem = ecosystem,
};

static int bid(const struct pl_feed_document *document)
{
    int bid = pl_oval_bid(document, "Marcus Updateinfo to OVAL Converter");
    return bid > 0 ? bid : pl_oval_bid(document, "Marcus OVAL Generator");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_oval_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_suse_oval = {
    .name = "suse-oval",
    .summary = "SUSE's vulnerabilities and updates in OVAL",
    .url = "https://ftp.suse.com/pub/projects/security/oval/suse.linux.enterprise.{12,15,"
           "micro.5}.xml.gz 16=https://ftp.suse.com/pub/projects/security/oval/"
           "suse.linux.enterprise.16.xml.bz2 micro.6=https://ftp.suse.com/pub/projects/"
           "security/oval/suse.linux.micro.6.xml.gz server.11=https://ftp.suse.com/pub/"
           "projects/security/oval/suse.linux.enterprise.server.11.xml.gz tumbleweed=https:/"
           "/ftp.suse.com/pub/projects/security/oval/opensuse.tumbleweed.xml.gz leap=https:/"
           "/ftp.suse.com/pub/projects/security/oval/opensuse.leap.{15.5,15.6,16.0}.xml.gz",
    .ecosystems = "SUSE, openSUSE",
    .bid = bid,
    .read = read_document,
};
