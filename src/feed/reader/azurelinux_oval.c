/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure Linux's and CBL-Mariner's vulnerabilities in OVAL
 * (github.com/microsoft/AzureLinuxVulnerabilityData): a definition for each CVE of each source
 * package. Which release it is the document does not say, but every version does by its end:
 * "0:2.6.7-3.azl3", "0:8.0.33-1.cm2". Both go by the name of Azure Linux in the OSV format, where
 * definition 50124 is AZL-50124.
 *
 * A package without a fix has a test for the version that it has ("or earlier"). "Not Applicable"
 * in the member patchable: it is not affected.
 */
#include "feed/reader/oval.h"

static pl_str id_of(struct pl_arena *arena, const struct pl_xml_node *definition)
{
    pl_str number = pl_str_after_last(pl_xml_attribute(definition, "id"), ':');
    uint64_t value = 0;
    if (!pl_str_to_uint(number, UINT32_MAX, &value)) {
        return PL_STR_EMPTY;
    }
    return pl_arena_format(arena, "AZL-%llu", (unsigned long long)value);
}

static pl_str ecosystem(struct pl_arena *arena, pl_str product, pl_str version)
{
    static const char *const marks[] = {".azl", ".cm"};
    (void)product;
    for (size_t i = 0; i < PL_ARRAY_LEN(marks); i++) {
        size_t dot = pl_str_find_last_char(version, '.');
        pl_str end = dot == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(version, dot);
        pl_str mark = pl_str_from(marks[i]);
        uint64_t release = 0;
        if (pl_str_starts_with(end, mark) &&
            pl_str_to_uint(pl_str_skip(end, mark.len), 99, &release)) {
            return pl_arena_format(arena, "Azure Linux:%u", (unsigned)release);
        }
    }
    return PL_STR_EMPTY;
}

static const struct pl_oval_publisher publisher = {
    .severity_type = "Azure Linux",
    .id = id_of,
    .ecosystem = ecosystem,
};

static int bid(const struct pl_feed_document *document)
{
    int bid = pl_oval_bid(document, "Azure Linux OVAL Definition Generator");
    return bid > 0 ? bid : pl_oval_bid(document, "CBL-Mariner OVAL Definition Generator");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_oval_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_azurelinux_oval = {
    .name = "azurelinux-oval",
    .summary = "vulnerabilities of Azure Linux and CBL-Mariner in OVAL",
    .url = "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/"
           "{azurelinux-3.0,cbl-mariner-2.0,cbl-mariner-1.0}-oval.xml",
    .ecosystems = "Azure Linux",
    .bid = bid,
    .read = read_document,
};
