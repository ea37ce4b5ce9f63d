/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What users of Trivy have in .trivyignore and .trivyignore.yaml
 * (https://trivy.dev/latest/docs/configuration/filtering/). The first is text: the name of a
 * vulnerability on each line, or the id of another kind of check, which names nothing here;
 * comments begin with '#'; behind a name may stand "exp:2026-12-31". The second is
 *
 *   vulnerabilities:
 *     - id: CVE-2024-1234
 *       purls: [pkg:deb/debian/libssl3]  none: any package
 *       paths: [usr/lib/...]
 *       statement: why
 *       expired_at: 2026-12-31
 *
 * beside lists for other kinds of findings. The day is the first on which it counts no more.
 * Entries with paths are skipped: findings are of packages here, whatever the place.
 */
#include "base/limits.h"
#include "feed/date.h"
#include "feed/reader/head.h"
#include "feed/reader/suppression.h"
#include "format/yaml.h"
#include <time.h>

static int bid(const struct pl_feed_document *document)
{
    pl_str name = pl_str_after_last(document->name, '/');
    if (pl_str_starts_with(name, PL_STR(".trivyignore")) ||
        pl_str_starts_with(name, PL_STR("trivyignore"))) {
        return 95;
    }
    return 0;
}

/* The day before, as the last that counts; empty for what is no day. */
static pl_str day_before(struct pl_arena *arena, pl_str text)
{
    char day[16];
    struct tm parts = {.tm_hour = 12};
    pl_str date = pl_date_of(text);
    snprintf(day, sizeof(day), PL_STR_FMT, PL_STR_ARG(date));
    if (date.len == 0 || !strptime(day, "%Y-%m-%d", &parts)) {
        return PL_STR_EMPTY;
    }
    parts.tm_mday--;
    timegm(&parts);
    size_t len = strftime(day, sizeof(day), "%Y-%m-%d", &parts);
    return pl_arena_dup(arena, pl_str_make(day, len));
}

static enum pl_status read_line(struct pl_feed_sink *sink, pl_str line, struct pl_error *err)
{
    struct pl_arena *arena = pl_feed_scratch(sink);
    struct pl_suppression rule = {.reason = PL_SUPPRESSION_UNSTATED};
    pl_str word = PL_STR_EMPTY;
    if (!pl_str_next_word(&line, &word)) {
        return PL_OK;
    }
    *pl_vec_push(arena, &rule.names) = word;
    while (pl_str_next_word(&line, &word) && word.ptr[0] != '#') {
        if (!pl_str_starts_with(word, PL_STR("exp:"))) {
            continue;
        }
        rule.until = day_before(arena, pl_str_skip(word, strlen("exp:")));
        if (rule.until.len == 0) {
            pl_feed_malformed(sink, PL_STR_FMT ": \"" PL_STR_FMT "\" is no day",
                              PL_STR_ARG(rule.names.items[0]), PL_STR_ARG(word));
            return PL_OK;
        }
    }
    return pl_suppression_take(sink, &rule, err);
}

static enum pl_status read_lines(struct pl_feed_sink *sink, pl_str text, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    pl_str line = PL_STR_EMPTY;
    for (size_t count = 0; st == PL_OK && pl_str_next_line(&text, &line);) {
        line = pl_str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        if (++count > PL_LIMIT_SUPPRESSIONS) {
            return pl_error_set(err, PL_E_LIMIT, "there are more than %d suppressions",
                                PL_LIMIT_SUPPRESSIONS);
        }
        st = read_line(sink, line, err);
    }
    return st;
}

/* Brought to the members of a rule, so that all is checked in one place. */
static enum pl_status read_entry(struct pl_feed_sink *sink, const json_t *entry, size_t number,
                                 struct pl_error *err)
{
    struct pl_arena *arena = pl_feed_scratch(sink);
    struct pl_suppression rule = {0};
    struct pl_error problem = PL_ERROR_INIT;
    if (json_object_get(entry, "paths")) {
        pl_feed_skip(sink, "suppression of a path");
        return PL_OK;
    }
    pl_str statement = pl_json_str(entry, "statement");
    json_t *same pl_autojson = json_object();
    json_object_set_new(same, "reason", json_string(statement.len > 0 ? "accepted" : "unstated"));
    static const char *const names[][2] = {
        {"id", "id"}, {"purls", "packages"}, {"statement", "text"}};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        json_t *value = json_object_get(entry, names[i][0]);
        if (value) {
            json_object_set(same, names[i][1], value);
        }
    }
    bool has_end = json_object_get(entry, "expired_at") != NULL;
    pl_str until = day_before(arena, pl_json_str(entry, "expired_at"));
    enum pl_status st = pl_suppression_read(arena, same, &rule, &problem);
    if (st < 0 || (has_end && until.len == 0)) {
        pl_feed_malformed(sink, "entry %zu: %s", number,
                          st < 0 ? problem.msg : "\"expired_at\" is no day");
        return PL_OK;
    }
    rule.until = until;
    return pl_suppression_take(sink, &rule, err);
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    json_t *root pl_autojson = NULL;
    if (!pl_str_ends_with(document->name, PL_STR(".yaml")) &&
        !pl_str_ends_with(document->name, PL_STR(".yml"))) {
        return read_lines(sink, document->text, err);
    }
    enum pl_status st = pl_yaml_parse(document->text, "the list", &root, err);
    const json_t *list = st == PL_OK ? pl_json_array(root, "vulnerabilities") : NULL;
    if (json_array_size(list) > PL_LIMIT_SUPPRESSIONS) {
        return pl_error_set(err, PL_E_LIMIT, "there are more than %d suppressions",
                            PL_LIMIT_SUPPRESSIONS);
    }
    for (size_t i = 0; i < json_array_size(list) && st == PL_OK; i++) {
        st = read_entry(sink, json_array_get(list, i), i + 1, err);
    }
    return st;
}

const struct pl_feed pl_feed_trivyignore = {
    .name = "trivyignore",
    .summary = "names of vulnerabilities that do not count, as Trivy's users write them",
    .url = NULL,
    .ecosystems = PL_SUPPRESSION_ECOSYSTEM,
    .by_place = true,
    .bid = bid,
    .read = read_document,
};
