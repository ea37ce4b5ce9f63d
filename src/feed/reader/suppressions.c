/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suppressions, in plimsoll's own format (docs/suppressions.md): one document in YAML or JSON,
 *
 *   suppressions:
 *     - id: CVE-2024-1234          what the vulnerability is called, by any name; or a list
 *       packages: [pkg:npm/lodash] package URLs, with or without version; none: any package
 *       versions: "<4.17.21"       in vers, or as the ecosystem writes ranges
 *       image: "registry.example/app:*"   a pattern; counts for scans of such images alone
 *       reason: accepted           a justification of VEX, or one of a few more words
 *       text: internal service     why, in one's own words
 *       by: jane@example.org
 *       until: 2026-12-31          the last day
 *
 * Of these `id` and `reason` have to be there, and nothing else may be: a suppression with a
 * misspelt member would mean more than was meant, so it is malformed.
 */
#include "base/limits.h"
#include "feed/reader/head.h"
#include "feed/reader/suppression.h"
#include "format/yaml.h"

static int bid(const struct pl_feed_document *document)
{
    bool is_ours = pl_head_yaml_key(document->text, "suppressions") ||
                   pl_head_member(document->text, "suppressions", NULL);
    return is_ours ? 90 : 0;
}

/* JSON is YAML, but for its reader a faster one is there. */
static enum pl_status parse(pl_str text, json_t **ret, struct pl_error *err)
{
    pl_str first = pl_str_sub(pl_str_trim(text), 0, 1);
    return pl_str_eq(first, PL_STR("{")) ? pl_json_parse(text, "the suppressions", ret, err)
                                         : pl_yaml_parse(text, "the suppressions", ret, err);
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    json_t *root pl_autojson = NULL;
    struct pl_arena *arena = pl_feed_scratch(sink);
    enum pl_status st = parse(document->text, &root, err);
    if (st < 0) {
        return st;
    }
    const json_t *list = json_object_get(root, "suppressions");
    if (!json_is_array(list) && !json_is_null(list)) {
        return pl_error_set(err, PL_E_PARSE, "\"suppressions\" is no list");
    }
    if (json_object_size(root) != 1) {
        return pl_error_set(err, PL_E_PARSE, "there is more than \"suppressions\" in it");
    }
    if (json_array_size(list) > PL_LIMIT_SUPPRESSIONS) {
        return pl_error_set(err, PL_E_LIMIT, "there are more than %d suppressions",
                            PL_LIMIT_SUPPRESSIONS);
    }
    for (size_t i = 0; i < json_array_size(list) && st == PL_OK; i++) {
        struct pl_suppression rule = {0};
        struct pl_error problem = PL_ERROR_INIT;
        if (pl_suppression_read(arena, json_array_get(list, i), &rule, &problem) < 0) {
            pl_feed_malformed(sink, "suppression %zu: %s", i + 1, problem.msg);
            continue;
        }
        st = pl_suppression_take(sink, &rule, err);
    }
    return st;
}

const struct pl_feed pl_feed_suppressions = {
    .name = "suppressions",
    .summary = "findings that do not count, and why: plimsoll's own format",
    .url = NULL,
    .ecosystems = PL_SUPPRESSION_ECOSYSTEM,
    .by_place = true,
    .bid = bid,
    .read = read_document,
};
