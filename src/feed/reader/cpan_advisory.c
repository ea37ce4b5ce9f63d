/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPAN Security Advisory database (https://github.com/briandfoy/cpan-security-advisory), which
 * CPAN::Audit reads: one object with meta, module2dist and
 *
 *   dists   by the distribution's name, each with versions and
 *     advisories  each
 *       id                  "CPANSA-..."
 *       cves                names
 *       affected_versions   ranges of which any may hold, comparisons with commas between them; a
 *                           version alone is that version
 *       reported            YYYY-MM-DD
 *       description, severity, references
 *
 * A range ">0" means every version.
 */
#include "feed/reader/head.h"
#include "feed/reader/records.h"
#include "feed/reader/spans.h"

static int bid(const struct pl_feed_document *document)
{
    pl_str meta = PL_STR_EMPTY;
    bool is_named = pl_head_member(document->text, "meta", &meta) &&
                    pl_str_contains(meta, PL_STR("cpan-security-advisory"));
    bool has_member = pl_head_member(document->text, "module2dist", NULL) ||
                      pl_head_member(document->text, "dists", NULL);
    return is_named && has_member ? 90 : 0;
}

static bool read_ranges(struct pl_arena *arena, const json_t *advisory,
                        struct pl_affected *affected)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_find(PL_STR("cpan"));
    const json_t *list = pl_json_array(advisory, "affected_versions");
    struct pl_spans spans = {0};
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!pl_spans_add(arena, scheme, pl_json_text(json_array_get(list, i)), &spans)) {
            return false;
        }
    }
    pl_spans_to_ranges(arena, &spans, affected);
    return true;
}

static enum pl_status take_advisory(struct pl_feed_sink *sink, struct pl_arena *arena,
                                    pl_str distribution, const json_t *item, struct pl_error *err)
{
    const json_t *cves = pl_json_array(item, "cves");
    const json_t *references = pl_json_array(item, "references");
    struct pl_advisory advisory = {.id = pl_json_str(item, "id"),
                                   .details = pl_json_str(item, "description"),
                                   .published = pl_feed_day(arena, pl_json_str(item, "reported")),
                                   .urgency = pl_json_str(item, "severity"),
                                   .is_part = true};
    struct pl_affected affected = {.ecosystem = PL_STR("CPAN"), .name = distribution};
    if (!read_ranges(arena, item, &affected)) {
        pl_feed_malformed(sink,
                          PL_STR_FMT " (" PL_STR_FMT "): the ranges of versions are malformed",
                          PL_STR_ARG(advisory.id), PL_STR_ARG(distribution));
        return PL_OK;
    }
    if (affected.ranges.count == 0) {
        pl_feed_skip(sink, "range that holds no version");
        return PL_OK;
    }
    for (size_t i = 0; i < json_array_size(cves); i++) {
        pl_str name = pl_json_text(json_array_get(cves, i));
        if (name.len > 0) {
            *pl_vec_push(arena, &advisory.aliases) = name;
        }
    }
    for (size_t i = 0; i < json_array_size(references); i++) {
        pl_feed_refer(arena, &advisory, "WEB", pl_json_text(json_array_get(references, i)));
    }
    *pl_vec_push(arena, &advisory.affected) = affected;
    return pl_feed_take(sink, &advisory, err);
}

static enum pl_status take_distribution(struct pl_feed_sink *sink,
                                        const struct pl_feed_record *record, void *context,
                                        struct pl_error *err)
{
    const json_t *list = pl_json_array(record->json, "advisories");
    enum pl_status st = PL_OK;
    for (size_t i = 0; i < json_array_size(list) && st == PL_OK; i++) {
        st = take_advisory(sink, record->arena, record->key, json_array_get(list, i), err);
    }
    return st;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const path[] = {"dists", NULL};
    return pl_feed_records(sink, document->text, path, "distribution", take_distribution, NULL,
                           err);
}

const struct pl_feed pl_feed_cpan_advisory = {
    .name = "cpan-advisory",
    .summary = "the CPAN Security Advisory database: distributions of Perl modules",
    .url = "https://raw.githubusercontent.com/briandfoy/cpan-security-advisory/master/"
           "cpan-security-advisory.json",
    .reading = PL_FEED_WHEN_SELECTED,
    .ecosystems = "CPAN",
    .bid = bid,
    .read = read_document,
};
