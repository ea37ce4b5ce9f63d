/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debian's vulnerabilities and advisories in OVAL (www.debian.org/security/oval), a document for
 * each release: definitions are "CVE-2022-31625 php7.4" (class vulnerability), named by source
 * package, and "DSA-5179-1 php7.4" (class patch). A version before 0 is none: the package is not
 * affected.
 */
#include "feed/reader/oval.h"

static pl_str id_of(struct pl_arena *arena, const struct pl_xml_node *definition)
{
    pl_str id = PL_STR_EMPTY;
    pl_str title = pl_xml_text(pl_xml_child(definition, "metadata"), "title");
    if (!pl_str_next_word(&title, &id)) {
        return PL_STR_EMPTY;
    }
    return pl_str_starts_with(id, PL_STR("CVE-"))
               ? pl_arena_format(arena, "DEBIAN-" PL_STR_FMT, PL_STR_ARG(id))
               : pl_arena_dup(arena, id);
}

static pl_str ecosystem(struct pl_arena *arena, pl_str product, pl_str version)
{
    (void)version;
    pl_str release = pl_oval_release(product, "Debian GNU/Linux");
    if (release.len == 0) {
        release = pl_oval_release(product, "Debian");
    }
    return release.len > 0 ? pl_arena_format(arena, "Debian:" PL_STR_FMT, PL_STR_ARG(release))
                           : PL_STR_EMPTY;
}

static const struct pl_oval_publisher publisher = {
    .severity_type = "Debian",
    .is_part = true,
    .id = id_of,
    .ecosystem = ecosystem,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_oval_bid(document, "Debian");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_oval_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_debian_oval = {
    .name = "debian-oval",
    .summary = "Debian's vulnerabilities and advisories in OVAL",
    .url = "https://www.debian.org/security/oval/oval-definitions-{buster,bullseye,bookworm,"
           "trixie,forky}.xml.bz2",
    .ecosystems = "Debian",
    .bid = bid,
    .read = read_document,
};
