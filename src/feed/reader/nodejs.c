/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vulnerabilities that the Node.js Security Working Group kept
 * (https://github.com/nodejs/security-wg, vuln/): two objects of records by number.
 *
 * vuln/npm/index.json, packages; none came after 2019:
 *   id, title, overview, module_name, cves, cvss_vector, references, publish_date, updated_at
 *   vulnerable_versions, patched_versions    ranges in npm's syntax
 *
 * vuln/core/index.json, Node.js itself:
 *   cve           names
 *   vulnerable    a range in npm's syntax, most often whole lines: "8.x || 7.x"
 *   patched       what of these has it no more: "^8.1.4 || ^7.10.1"
 *   description, overview, ref, severity
 *
 * Their ids in other databases are NSWG-ECO-<number> and NSWG-COR-<number>. Node.js is no package
 * of npm, and is looked up by CPE.
 */
#include "base/limits.h"
#include "feed/date.h"
#include "feed/reader/head.h"
#include "feed/reader/records.h"
#include "feed/reader/spans.h"

static int bid(const struct pl_feed_document *document)
{
    pl_str key = PL_STR_EMPTY;
    pl_str record = PL_STR_EMPTY;
    if (!pl_head_first_member(document->text, &key, &record) || key.len == 0 ||
        !pl_char_is_digit(key.ptr[0])) {
        return 0;
    }
    bool is_npm = pl_head_member(record, "module_name", NULL) &&
                  pl_head_member(record, "vulnerable_versions", NULL);
    bool is_core =
        pl_head_member(record, "vulnerable", NULL) && pl_head_member(record, "patched", NULL);
    return is_npm || is_core ? 90 : 0;
}

static void add_texts(struct pl_arena *arena, const json_t *list, struct pl_strs *ret)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        pl_str text = pl_json_text(json_array_get(list, i));
        if (text.len > 0) {
            *pl_vec_push(arena, ret) = text;
        }
    }
}

static void add_reference(struct pl_arena *arena, pl_str url, struct pl_advisory *advisory)
{
    if (url.len > 0) {
        *pl_vec_push(arena, &advisory->references) =
            (struct pl_advisory_reference){.type = PL_STR("WEB"), .url = url};
    }
}

/* Where an interval ends with the last version known to be affected, the first patched one after it
 * is its end. */
static void end_at_patched(const struct pl_spans *patched, struct pl_spans *spans)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_find(PL_STR("npm"));
    for (size_t i = 0; i < spans->count; i++) {
        struct pl_interval *one = &spans->items[i];
        pl_str first = PL_STR_EMPTY;
        for (size_t k = 0; one->has_high && one->includes_high && k < patched->count; k++) {
            const struct pl_interval *good = &patched->items[k];
            if (good->has_low && good->includes_low && scheme->compare(good->low, one->high) > 0 &&
                (first.len == 0 || scheme->compare(good->low, first) < 0)) {
                first = good->low;
            }
        }
        if (first.len > 0) {
            one->high = first;
            one->includes_high = false;
        }
    }
}

static bool read_npm(struct pl_arena *arena, const json_t *record, struct pl_advisory *advisory,
                     struct pl_affected *affected)
{
    struct pl_spans spans = {0};
    struct pl_spans patched = {0};
    affected->ecosystem = PL_STR("npm");
    affected->name = pl_json_str(record, "module_name");
    pl_str vulnerable = pl_json_str(record, "vulnerable_versions");
    if (affected->name.len == 0 || vulnerable.len == 0 ||
        !pl_spans_add_npm(arena, vulnerable, &spans) || spans.count > PL_LIMIT_FEED_SPANS) {
        return false;
    }
    /* What is patched only serves to name a remedy. */
    if (pl_json_str(record, "patched_versions").len > 0 &&
        pl_spans_add_npm(arena, pl_json_str(record, "patched_versions"), &patched) &&
        patched.count <= PL_LIMIT_FEED_SPANS) {
        end_at_patched(&patched, &spans);
    }
    pl_spans_to_ranges(arena, &spans, affected);
    advisory->summary = pl_json_str(record, "title");
    add_texts(arena, pl_json_array(record, "cves"), &advisory->aliases);
    pl_str vector = pl_json_str(record, "cvss_vector");
    if (pl_str_starts_with(vector, PL_STR("CVSS:3."))) {
        *pl_vec_push(arena, &advisory->severities) =
            (struct pl_severity_vector){.type = PL_STR("CVSS_V3"), .score = vector};
    }
    const json_t *references = pl_json_array(record, "references");
    for (size_t i = 0; i < json_array_size(references); i++) {
        add_reference(arena, pl_json_text(json_array_get(references, i)), advisory);
    }
    return true;
}

static bool read_core(struct pl_arena *arena, const json_t *record, struct pl_advisory *advisory,
                      struct pl_affected *affected)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_find(PL_STR("npm"));
    struct pl_spans spans = {0};
    struct pl_spans patched = {0};
    struct pl_spans unpatched = {0};
    struct pl_spans both = {0};
    affected->ecosystem = PL_STR("CPE");
    affected->name = PL_STR("nodejs:node.js");
    pl_str vulnerable = pl_json_str(record, "vulnerable");
    pl_str mended = pl_json_str(record, "patched");
    if (vulnerable.len == 0 || !pl_spans_add_npm(arena, vulnerable, &spans) ||
        (mended.len > 0 && !pl_spans_add_npm(arena, mended, &patched)) ||
        !pl_spans_complement(arena, scheme, &patched, &unpatched) ||
        !pl_spans_intersect(arena, scheme, &spans, &unpatched, &both)) {
        return false;
    }
    pl_spans_to_ranges(arena, &both, affected);
    advisory->summary = pl_json_str(record, "description");
    affected->urgency = pl_json_str(record, "severity");
    add_texts(arena, pl_json_array(record, "cve"), &advisory->aliases);
    add_reference(arena, pl_json_str(record, "ref"), advisory);
    return true;
}

static pl_str time_of(struct pl_arena *arena, const json_t *record, const char *key)
{
    pl_str text = pl_json_str(record, key);
    bool is_day = text.len == sizeof("YYYY-MM-DD") - 1 && pl_date_leads(text);
    return is_day ? pl_arena_format(arena, PL_STR_FMT "T00:00:00Z", PL_STR_ARG(text))
                  : PL_STR_EMPTY;
}

static enum pl_status take_record(struct pl_feed_sink *sink, const struct pl_feed_record *one,
                                  void *context, struct pl_error *err)
{
    struct pl_arena *arena = one->arena;
    const json_t *record = one->json;
    bool is_npm = json_object_get(record, "module_name") != NULL;
    struct pl_affected affected = {.ecosystem = PL_STR_EMPTY};
    struct pl_advisory advisory = {
        .id = pl_arena_format(arena, "NSWG-%s-" PL_STR_FMT, is_npm ? "ECO" : "COR",
                              PL_STR_ARG(one->key)),
        .published = time_of(arena, record, "publish_date"),
        .modified = time_of(arena, record, "updated_at"),
        .details = pl_json_str(record, "overview"),
    };
    if (is_npm ? !read_npm(arena, record, &advisory, &affected)
               : !read_core(arena, record, &advisory, &affected)) {
        pl_feed_malformed(sink, PL_STR_FMT ": the versions are no range of npm",
                          PL_STR_ARG(advisory.id));
        return PL_OK;
    }
    if (affected.ranges.count == 0) {
        pl_feed_skip(sink, "range that holds no version");
        return PL_OK;
    }
    *pl_vec_push(arena, &advisory.affected) = affected;
    return pl_feed_take(sink, &advisory, err);
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const no_path[] = {NULL};
    return pl_feed_records(sink, document->text, no_path, "record", take_record, NULL, err);
}

const struct pl_feed pl_feed_nodejs = {
    .name = "nodejs",
    .summary = "the Node.js Security Working Group: Node.js itself, and npm packages until 2019",
    .url = "https://raw.githubusercontent.com/nodejs/security-wg/main/vuln/{core,npm}/"
           "index.json",
    .ecosystems = "npm, CPE",
    .bid = bid,
    .read = read_document,
};
