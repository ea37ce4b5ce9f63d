/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What NVD has not analysed, or has otherwise (https://github.com/anchore/nvd-data-overrides): one
 * object for each CVE.
 *
 *   _annotation   cve_id, and for people why it was written
 *   cve           configurations, and at times references, as in NVD's API 2.0 (feed/reader/cpe.c)
 *
 * A CVE has one such file at most. It is no NVD record: what NVD itself says stands beside it.
 */
#include "feed/reader/cpe.h"
#include "feed/reader/head.h"
#include "feed/reader/records.h"

static int bid(const struct pl_feed_document *document)
{
    pl_str annotation = PL_STR_EMPTY;
    return pl_head_member(document->text, "_annotation", &annotation) &&
                   pl_head_member(annotation, "cve_id", NULL)
               ? 90
               : 0;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    json_t *item pl_autojson = NULL;
    struct pl_arena *arena = pl_feed_scratch(sink);
    enum pl_status st = pl_json_parse(document->text, "the record", &item, err);
    if (st < 0) {
        return st;
    }
    const json_t *cve = pl_json_object(item, "cve");
    const json_t *annotation = pl_json_object(item, "_annotation");
    struct pl_advisory advisory = {.id = pl_json_str(annotation, "cve_id"),
                                   .modified = pl_json_str(annotation, "modified")};
    if (!pl_cpe_configurations(sink, arena, cve, &advisory, err)) {
        return PL_E_PARSE;
    }
    if (advisory.affected.count == 0) {
        pl_feed_skip(sink, "no product that could be in an image");
        return PL_OK;
    }
    const json_t *references = pl_json_array(cve, "references");
    for (size_t i = 0; i < json_array_size(references); i++) {
        pl_feed_refer(arena, &advisory, "WEB", pl_json_str(json_array_get(references, i), "url"));
    }
    return pl_feed_take(sink, &advisory, err);
}

const struct pl_feed pl_feed_nvd_overrides = {
    .name = "nvd-overrides",
    .summary = "products of vulnerabilities that the NVD has not analysed",
    .url = "https://github.com/anchore/nvd-data-overrides/archive/refs/heads/main.tar.gz",
    .ecosystems = "CPE",
    .bid = bid,
    .read = read_document,
};
