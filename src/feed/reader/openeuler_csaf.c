/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openEuler publishes CSAF for each CVE and for each bulletin
 * (repo.openeuler.org/security/data/csaf), without an archive of them: an index names them.
 *
 * Products are "openEuler-22.03-LTS-SP3"; components are the files of rpm packages, source packages
 * among them: "vim-9.0-33.oe2203sp3.src.rpm". openEuler's records in the OSV format are about
 * source packages, and so are these. A bulletin "openEuler-SA-2025-1351" is OESA-2025-1351 there.
 */
#include "feed/reader/csaf.h"
#include "feed/reader/names.h"

static pl_str advisory_id(struct pl_arena *arena, pl_str id)
{
    pl_str prefix = PL_STR("openEuler-SA-");
    if (!pl_str_starts_with(id, prefix)) {
        return id;
    }
    return pl_arena_format(arena, "OESA-" PL_STR_FMT, PL_STR_ARG(pl_str_skip(id, prefix.len)));
}

static pl_str ecosystem(struct pl_arena *arena, const struct pl_csaf_part *product)
{
    pl_str prefix = PL_STR("openEuler-");
    if (!pl_str_starts_with(product->id, prefix) || product->id.len == prefix.len) {
        return PL_STR_EMPTY;
    }
    return pl_arena_format(arena, "openEuler:" PL_STR_FMT,
                           PL_STR_ARG(pl_str_skip(product->id, prefix.len)));
}

static const char *package(struct pl_arena *arena, const struct pl_csaf_place *place,
                           struct pl_csaf_package *ret)
{
    pl_str arch = PL_STR_EMPTY;
    (void)arena;
    if (!pl_feed_nevra(place->component->id, &ret->name, &ret->version, &arch)) {
        return "component without a version";
    }
    return pl_str_eq(arch, PL_STR("src")) ? NULL : "binary package, whose source is named as well";
}

static const struct pl_csaf_publisher publisher = {
    .severity_type = "openEuler",
    .id_prefix = "OPENEULER-",
    .advisory_id = advisory_id,
    .ecosystem = ecosystem,
    .package = package,
};

/* "CSAF-OPENEULER-CVE-2024-50187", "CSAF-OPENEULER-SA-2025-1351" */
static pl_str id_of_document(struct pl_arena *arena, pl_str name)
{
    pl_str prefix = PL_STR("CSAF-OPENEULER-");
    pl_str id = pl_str_starts_with(name, prefix) ? pl_str_skip(name, prefix.len) : name;
    return pl_str_starts_with(id, PL_STR("SA-"))
               ? pl_arena_format(arena, "OE" PL_STR_FMT, PL_STR_ARG(id))
               : id;
}

static int bid(const struct pl_feed_document *document)
{
    return pl_csaf_bid(document, "openEuler", "www.openeuler.org");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_csaf_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_openeuler_csaf = {
    .name = "openeuler-csaf",
    .summary = "openEuler's CSAF documents: for each CVE, and for each bulletin",
    .url = "https://repo.openeuler.org/security/data/csaf/{advisories,cve}/index.txt",
    .cve_prefix = "OPENEULER-",
    .id_of_document = id_of_document,
    .ecosystems = "openEuler",
    .bid = bid,
    .read = read_document,
};
