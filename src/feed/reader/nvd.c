/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The National Vulnerability Database: answers of its API 2.0
 * (https://nvd.nist.gov/developers/vulnerabilities) and the files of each year, which have the same
 * shape (https://nvd.nist.gov/vuln/data-feeds). One object with "format": "NVD_CVE" and
 * `vulnerabilities`, a list of {"cve": {...}}:
 *
 *   id, published, lastModified   times without a zone, which are UTC
 *   vulnStatus      "Analyzed", "Awaiting Analysis", "Rejected", ...; a rejected record is void
 *   cveTags         [{sourceIdentifier, tags: ["disputed", ...]}]; before 2023 the description
 *                   began with "** DISPUTED **"
 *   descriptions    [{lang, value}]
 *   metrics         cvssMetricV2, V30, V31, V40: lists of {source, type: "Primary" (NVD's own, or
 *                   that of an accredited issuer) | "Secondary", cvssData: {vectorString}}
 *   configurations  which products are affected (feed/reader/cpe.c)
 *   references      [{url, source, tags}]
 *
 * Records that nobody analysed have no configurations; what they say of severity is taken.
 */
#include "feed/reader/cpe.h"
#include "feed/reader/head.h"
#include "feed/reader/records.h"

static int bid(const struct pl_feed_document *document)
{
    pl_str format = PL_STR_EMPTY;
    return pl_head_member(document->text, "format", &format) &&
                   pl_str_starts_with(format, PL_STR("\"NVD_CVE\""))
               ? 90
               : 0;
}

/* "2022-07-11T13:15:08.503" is UTC. */
static pl_str time_of(struct pl_arena *arena, const json_t *cve, const char *key)
{
    pl_str time = pl_json_str(cve, key);
    if (time.len == 0 || pl_str_ends_with(time, PL_STR("Z")) ||
        pl_str_find_char(time, '+') != SIZE_MAX) {
        return time;
    }
    return pl_arena_format(arena, PL_STR_FMT "Z", PL_STR_ARG(time));
}

static pl_str description_of(const json_t *cve)
{
    const json_t *list = pl_json_array(cve, "descriptions");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (pl_str_eq(pl_json_str(item, "lang"), PL_STR("en"))) {
            return pl_json_str(item, "value");
        }
    }
    return PL_STR_EMPTY;
}

static bool is_disputed(const json_t *cve, pl_str description)
{
    const json_t *list = pl_json_array(cve, "cveTags");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *tags = pl_json_array(json_array_get(list, i), "tags");
        for (size_t k = 0; k < json_array_size(tags); k++) {
            if (pl_str_eq(pl_json_text(json_array_get(tags, k)), PL_STR("disputed"))) {
                return true;
            }
        }
    }
    return pl_str_starts_with(description, PL_STR("** DISPUTED **"));
}

/* Of one version of CVSS the primary judgement stands for itself; others count where there is none.
 */
static void add_metrics(struct pl_arena *arena, const json_t *list, pl_str type, bool primary,
                        struct pl_severity_vectors *ret)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        pl_str vector = pl_json_str(pl_json_object(item, "cvssData"), "vectorString");
        if (vector.len > 0 && primary == pl_str_eq(pl_json_str(item, "type"), PL_STR("Primary"))) {
            *pl_vec_push(arena, ret) = (struct pl_severity_vector){.type = type, .score = vector};
        }
    }
}

static void read_metrics(struct pl_arena *arena, const json_t *cve, struct pl_severity_vectors *ret)
{
    static const struct {
        const char *keys[2];
        pl_str type;
    } kinds[] = {
        {{"cvssMetricV40", NULL}, PL_STR_INIT("CVSS_V4")},
        {{"cvssMetricV31", "cvssMetricV30"}, PL_STR_INIT("CVSS_V3")},
        {{"cvssMetricV2", NULL}, PL_STR_INIT("CVSS_V2")},
    };
    const json_t *metrics = pl_json_object(cve, "metrics");
    for (size_t i = 0; i < PL_ARRAY_LEN(kinds); i++) {
        size_t before = ret->count;
        for (int primary = 1; primary >= 0 && ret->count == before; primary--) {
            for (size_t k = 0; k < 2 && kinds[i].keys[k] && ret->count == before; k++) {
                add_metrics(arena, pl_json_array(metrics, kinds[i].keys[k]), kinds[i].type, primary,
                            ret);
            }
        }
    }
}

static const char *reference_type(const json_t *reference)
{
    static const struct {
        pl_str tag;
        const char *type;
    } kinds[] = {
        {PL_STR_INIT("Patch"), "FIX"},
        {PL_STR_INIT("Vendor Advisory"), "ADVISORY"},
        {PL_STR_INIT("Exploit"), "EVIDENCE"},
    };
    const json_t *tags = pl_json_array(reference, "tags");
    for (size_t i = 0; i < json_array_size(tags); i++) {
        for (size_t k = 0; k < PL_ARRAY_LEN(kinds); k++) {
            if (pl_str_eq(pl_json_text(json_array_get(tags, i)), kinds[k].tag)) {
                return kinds[k].type;
            }
        }
    }
    return "WEB";
}

static void read_references(struct pl_arena *arena, const json_t *cve, struct pl_advisory *advisory)
{
    const json_t *list = pl_json_array(cve, "references");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        pl_feed_refer(arena, advisory, reference_type(item), pl_json_str(item, "url"));
    }
}

static enum pl_status take_item(struct pl_feed_sink *sink, const struct pl_feed_record *record,
                                void *context, struct pl_error *err)
{
    struct pl_arena *arena = record->arena;
    struct pl_error problem = PL_ERROR_INIT;
    const json_t *cve = pl_json_object(record->json, "cve");
    struct pl_advisory advisory = {.id = pl_json_str(cve, "id"),
                                   .published = time_of(arena, cve, "published"),
                                   .modified = time_of(arena, cve, "lastModified"),
                                   .details = description_of(cve)};
    if (!pl_cpe_configurations(sink, arena, cve, &advisory, &problem)) {
        pl_feed_malformed(sink, PL_STR_FMT ": %s", PL_STR_ARG(advisory.id), problem.msg);
        return PL_OK;
    }
    if (pl_str_eq(pl_json_str(cve, "vulnStatus"), PL_STR("Rejected"))) {
        advisory.withdrawn = advisory.modified.len > 0 ? advisory.modified : PL_STR("Rejected");
    }
    advisory.is_disputed = is_disputed(cve, advisory.details);
    read_metrics(arena, cve, &advisory.severities);
    read_references(arena, cve, &advisory);
    return pl_feed_take(sink, &advisory, err);
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const path[] = {"vulnerabilities", NULL};
    return pl_feed_records(sink, document->text, path, "vulnerability", take_item, NULL, err);
}

const struct pl_feed pl_feed_nvd = {
    .name = "nvd",
    .summary = "the National Vulnerability Database: API 2.0, and the files of each year",
    .url = "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{2002..now}.json.gz",
    .ecosystems = "CPE",
    .bid = bid,
    .read = read_document,
};
