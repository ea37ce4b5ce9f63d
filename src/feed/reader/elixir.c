/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisories on Hex packages (https://github.com/mirego/elixir-security-advisories), GitHub's own
 * in a YAML file each, packages/<package>/<id>.yml:
 *
 *   id                         "GHSA-..."
 *   package, title, description, link, severity
 *   disclosure_date            YYYY-MM-DD
 *   vulnerable_version_ranges  each comparisons with commas between them: ">= 1.0, < 2.0"
 *   first_patched_versions     for each of the ranges, or null
 *
 * Where a range ends with the last version known to be affected, the first patched one is its end,
 * as in GitHub's own export.
 */
#include "feed/reader/head.h"
#include "feed/reader/records.h"
#include "feed/reader/spans.h"
#include "format/yaml.h"

/* The keys are in order of the alphabet, so that what marks the format may stand behind a long
 * description: the name has to do there. */
static int bid(const struct pl_feed_document *document)
{
    pl_str text = document->text;
    if (pl_head_yaml_key(text, "vulnerable_version_ranges") &&
        pl_head_yaml_key(text, "first_patched_versions")) {
        return 90;
    }
    bool is_named = pl_str_contains(document->name, PL_STR("packages/")) &&
                    pl_str_starts_with(pl_str_after_last(document->name, '/'), PL_STR("GHSA-"));
    return is_named && pl_str_starts_with(text, PL_STR("---\ndescription:")) ? 80 : 0;
}

static bool read_ranges(struct pl_arena *arena, const json_t *record, struct pl_affected *affected)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_find(PL_STR("hex"));
    const json_t *ranges = pl_json_array(record, "vulnerable_version_ranges");
    const json_t *patched = pl_json_array(record, "first_patched_versions");
    struct pl_spans spans = {0};
    for (size_t i = 0; i < json_array_size(ranges); i++) {
        struct pl_interval interval = {0};
        pl_str first = pl_json_text(json_array_get(patched, i));
        if (!pl_span_narrow(arena, scheme, pl_json_text(json_array_get(ranges, i)), &interval)) {
            return false;
        }
        if (interval.has_high && interval.includes_high && scheme->is_valid(first) &&
            scheme->compare(interval.high, first) < 0) {
            interval.high = first;
            interval.includes_high = false;
        }
        pl_spans_push(arena, scheme, &interval, &spans);
    }
    pl_spans_to_ranges(arena, &spans, affected);
    return spans.count > 0;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    json_t *record pl_autojson = NULL;
    struct pl_arena *arena = pl_feed_scratch(sink);
    enum pl_status st = pl_yaml_parse(document->text, "the record", &record, err);
    if (st < 0) {
        return st;
    }
    struct pl_affected affected = {.ecosystem = PL_STR("Hex"),
                                   .name = pl_json_str(record, "package")};
    if (affected.name.len == 0 || !read_ranges(arena, record, &affected)) {
        return pl_error_set(err, PL_E_PARSE, "%s",
                            affected.name.len == 0 ? "no package is named"
                                                   : "the ranges of versions are malformed");
    }
    struct pl_advisory advisory = {.id = pl_json_str(record, "id"),
                                   .summary = pl_json_str(record, "title"),
                                   .details = pl_json_str(record, "description"),
                                   .urgency = pl_json_str(record, "severity"),
                                   .is_part = true};
    advisory.published = pl_feed_day(arena, pl_json_str(record, "disclosure_date"));
    *pl_vec_push(arena, &advisory.affected) = affected;
    pl_feed_refer(arena, &advisory, "ADVISORY", pl_json_str(record, "link"));
    return pl_feed_take(sink, &advisory, err);
}

const struct pl_feed pl_feed_elixir = {
    .name = "elixir",
    .summary = "GitHub's advisories on Hex packages, as YAML",
    .url = "https://github.com/mirego/elixir-security-advisories/archive/refs/heads/main.tar.gz",
    .ecosystems = "Hex",
    .bid = bid,
    .read = read_document,
};
