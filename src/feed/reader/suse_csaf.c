/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SUSE publishes a VEX document for each CVE (ftp.suse.com/pub/projects/security/csaf-vex).
 *
 * Products are known by name ("SUSE Linux Enterprise Module for Basesystem 15 SP5", "openSUSE Leap
 * 15.5"), which is what ecosystems are called after in the OSV format. Components are rpm packages:
 * "curl-8.0.1-11.86.2" where a version fixes it, the name alone where none does. The versions have
 * no epoch, as SUSE's packages have none.
 */
#include "feed/reader/csaf.h"
#include "feed/reader/names.h"

static pl_str ecosystem(struct pl_arena *arena, const struct pl_csaf_part *product)
{
    static const char *const vendors[] = {"openSUSE", "SUSE"};
    for (size_t i = 0; i < PL_ARRAY_LEN(vendors); i++) {
        pl_str vendor = pl_str_from(vendors[i]);
        if (pl_str_starts_with(product->id, vendor) && product->id.len > vendor.len + 1 &&
            product->id.ptr[vendor.len] == ' ') {
            return pl_arena_format(arena, "%s:" PL_STR_FMT, vendors[i],
                                   PL_STR_ARG(pl_str_skip(product->id, vendor.len + 1)));
        }
    }
    return PL_STR_EMPTY;
}

/* Names have hyphens as well: without a fix there is no version in "samba-winbind-libs-32bit". */
static const char *package(struct pl_arena *arena, const struct pl_csaf_place *place,
                           struct pl_csaf_package *ret)
{
    pl_str arch = PL_STR_EMPTY;
    (void)arena;
    ret->name = place->component->id;
    if (place->is_fixed) {
        (void)pl_feed_nevra(ret->name, &ret->name, &ret->version, &arch);
    }
    return pl_str_eq(arch, PL_STR("src")) ? "source package of an update" : NULL;
}

static const struct pl_csaf_publisher publisher = {
    .severity_type = "SUSE",
    .id_prefix = "SUSE-",
    .ecosystem = ecosystem,
    .package = package,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_csaf_bid(document, "SUSE Product Security Team", "www.suse.com");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_csaf_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_suse_csaf = {
    .name = "suse-csaf",
    .summary = "SUSE's CSAF documents: VEX for each CVE",
    .url = "https://ftp.suse.com/pub/projects/security/csaf-vex.tar.bz2",
    .ecosystems = "SUSE, openSUSE",
    .bid = bid,
    .read = read_document,
};
