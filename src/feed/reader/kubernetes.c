/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubernetes' list of its vulnerabilities, the "official CVE feed"
 * (https://kubernetes.io/docs/reference/issues-security/official-cve-feed/): a JSON Feed 1.1
 * (https://www.jsonfeed.org/version/1.1/) with _kubernetes_io of its own, and
 *
 *   items             each
 *     id              "CVE-2024-7646"
 *     url             of the issue in which it was announced
 *     external_url    of the CVE record
 *     summary         a line
 *     content_text    the announcement; versions stand in its prose alone
 *     date_published  RFC 3339
 *     status          "fixed", "open", "unknown" ...
 *
 * It names no packages: those are in the OSV form of the same list (kubernetes-sigs/cve-feed-osv).
 * What it says is found by `db show` and `db search`.
 */
#include "feed/reader/head.h"
#include "feed/reader/records.h"

static int bid(const struct pl_feed_document *document)
{
    return pl_head_member(document->text, "_kubernetes_io", NULL) &&
                   pl_head_member(document->text, "items", NULL)
               ? 90
               : 0;
}

static enum pl_status take_item(struct pl_feed_sink *sink, const struct pl_feed_record *record,
                                void *context, struct pl_error *err)
{
    pl_str cve = pl_json_str(record->json, "id");
    (void)context;
    if (!pl_str_starts_with(cve, PL_STR("CVE-"))) {
        pl_feed_malformed(sink, "item %zu has no CVE as its id", record->index);
        return PL_OK;
    }
    struct pl_advisory advisory = {
        .id = pl_arena_format(record->arena, "KUBERNETES-" PL_STR_FMT, PL_STR_ARG(cve)),
        .published = pl_json_str(record->json, "date_published"),
        .summary = pl_json_str(record->json, "summary"),
        .details = pl_json_str(record->json, "content_text")};
    *pl_vec_push(record->arena, &advisory.upstream) = cve;
    pl_feed_refer(record->arena, &advisory, "REPORT", pl_json_str(record->json, "url"));
    pl_feed_refer(record->arena, &advisory, "ADVISORY", pl_json_str(record->json, "external_url"));
    return pl_feed_take(sink, &advisory, err);
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const path[] = {"items", NULL};
    return pl_feed_records(sink, document->text, path, "item", take_item, NULL, err);
}

const struct pl_feed pl_feed_kubernetes = {
    .name = "kubernetes",
    .summary = "Kubernetes' list of its vulnerabilities, in words",
    .url = "https://kubernetes.io/docs/reference/issues-security/official-cve-feed/index.json",
    .ecosystems = "",
    .bid = bid,
    .read = read_document,
};
