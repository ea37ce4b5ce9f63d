/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Amazon Linux's advisories, in the metadata of its repositories (updateinfo of core, and one of
 * each extra of Amazon Linux 2): collections are "Amazon Linux 2", "Amazon Linux 2 - Kernel-5.15",
 * "Amazon Linux 2023 - Nvidia".
 *
 * An extra has other versions of what core has: the kernel 4.14 of core is not one that came before
 * the extra's 5.15.43. The number at the end of its name tells which versions it is about. The
 * first Amazon Linux goes by its last release, 2018.03, which all others lead to.
 */
#include "feed/reader/updateinfo.h"

static pl_str ecosystem(struct pl_arena *arena, const struct pl_xml_node *update,
                        const struct pl_xml_node *collection)
{
    (void)update;
    pl_str name = pl_xml_text(collection, "name");
    if (pl_str_eq(name, PL_STR("Amazon Linux AMI"))) {
        return PL_STR("Amazon Linux:2018.03");
    }
    pl_str release = pl_updateinfo_release(name, "Amazon Linux ");
    return release.len > 0 ? pl_arena_format(arena, "Amazon Linux:" PL_STR_FMT, PL_STR_ARG(release))
                           : PL_STR_EMPTY;
}

/* "5.15" of "Amazon Linux 2 - Kernel-5.15", "8.0" of "Amazon Linux 2 - Php8.0". */
static pl_str since(const struct pl_xml_node *collection)
{
    pl_str name = pl_xml_text(collection, "name");
    size_t len = 0;
    if (!pl_str_contains(name, PL_STR(" - "))) {
        return PL_STR_EMPTY;
    }
    while (len < name.len && (pl_char_is_digit(name.ptr[name.len - 1 - len]) ||
                              name.ptr[name.len - 1 - len] == '.')) {
        len++;
    }
    return pl_str_skip(name, name.len - len);
}

static const char *const id_prefixes[] = {"ALAS", NULL};

static const struct pl_updateinfo_publisher publisher = {
    .severity_type = "Amazon Linux",
    .id_prefixes = id_prefixes,
    .ecosystem = ecosystem,
    .since = since,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_updateinfo_bid(document, "linux-security@amazon.com");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_updateinfo_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_amazon_updateinfo = {
    .name = "amazon-updateinfo",
    .summary = "Amazon Linux's advisories, from its repositories",
    .url = "2=https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list 2023=https://"
           "cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list 2023=https://"
           "cdn.amazonlinux.com/al2023/{kernel-livepatch,nvidia}/mirrors/latest/x86_64/"
           "mirror.list",
    .reading = PL_FEED_ALWAYS,
    .ecosystems = "Amazon Linux",
    .bid = bid,
    .read = read_document,
};
