/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ubuntu's vulnerabilities in OVAL (security-metadata.canonical.com/oval), a document for each
 * release: com.ubuntu.jammy.cve.oval.xml. Definitions are about a CVE, tests about the binaries of
 * a source package, which their object names. A test without a version says that there is no fix,
 * and the comment why. The same in other orders (pkg.oval, by package; usn.oval, by notice) is not
 * read.
 *
 * Versions with "esm" in them come from Ubuntu Pro. Builds for FIPS are others again.
 */
#include "feed/reader/names.h"
#include "feed/reader/oval.h"

static pl_str id_of(struct pl_arena *arena, const struct pl_xml_node *definition)
{
    pl_str cve = pl_feed_cve(pl_xml_text(pl_xml_child(definition, "metadata"), "title"));
    return cve.len > 0 ? pl_arena_format(arena, "UBUNTU-" PL_STR_FMT, PL_STR_ARG(cve))
                       : PL_STR_EMPTY;
}

static pl_str ecosystem(struct pl_arena *arena, pl_str product, pl_str version)
{
    pl_str release = pl_oval_release(product, "Ubuntu");
    return release.len > 0 ? pl_arena_format(arena, "Ubuntu:%s" PL_STR_FMT "%s",
                                             pl_str_contains(version, PL_STR("esm")) ? "Pro:" : "",
                                             PL_STR_ARG(release),
                                             pl_str_contains(product, PL_STR("LTS")) ? ":LTS" : "")
                           : PL_STR_EMPTY;
}

static const char *skip(pl_str version)
{
    return pl_str_contains(version, PL_STR("ips")) ? "build for FIPS, which has to be opted in to"
                                                   : NULL;
}

static const struct pl_oval_publisher publisher = {
    .severity_type = "Ubuntu",
    .is_part = true,
    .has_bare_tests = true,
    .id = id_of,
    .ecosystem = ecosystem,
    .skip = skip,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_oval_bid(document, "Canonical CVE OVAL Generator");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_oval_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_ubuntu_oval = {
    .name = "ubuntu-oval",
    .summary = "Ubuntu's vulnerabilities in OVAL",
    .url = "https://security-metadata.canonical.com/oval/com.ubuntu.{trusty,xenial,bionic,"
           "focal,jammy,noble,resolute}.cve.oval.xml.bz2",
    .ecosystems = "Ubuntu",
    .bid = bid,
    .read = read_document,
};
