/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The repositories of retire.js (https://github.com/RetireJS/retire.js, repository/): one object of
 * components. That of npm packages (npmrepository.json) has them under npm's names; that of
 * libraries in web pages (jsrepository*.json) has names of its own, and how to recognise the files:
 *
 *   npmname           the package, where there is one
 *   extractors        how a file's name or content tells the version
 *   vulnerabilities   each {below, atOrAbove, severity, identifiers, info, cwe}
 *     below, atOrAbove   the first version that is not affected, the first one that is
 *     identifiers     {CVE: [...], githubID, retid, issue, bug, summary, ...}, any or none of them
 *     info            URLs
 *
 * Nothing is an id of their own: the GitHub advisory is the record's, else its one CVE, else
 * component and versions. A vulnerability stands several times where several lines have it.
 */
#include "base/limits.h"
#include "feed/reader/head.h"
#include "feed/reader/records.h"
#include "feed/reader/spans.h"

static int bid(const struct pl_feed_document *document)
{
    pl_str key = PL_STR_EMPTY;
    pl_str component = PL_STR_EMPTY;
    pl_str list = PL_STR_EMPTY;
    if (!pl_head_first_member(document->text, &key, &component) ||
        !pl_head_member(component, "vulnerabilities", &list)) {
        return 0;
    }
    if (pl_str_eq(key, PL_STR("retire-example"))) {
        return 90;
    }
    pl_str first = pl_head_first_element(list);
    return pl_head_member(first, "below", NULL) ? 60 : 0;
}

static void read_names(struct pl_arena *arena, const json_t *item, pl_str package,
                       struct pl_advisory *advisory)
{
    const json_t *identifiers = pl_json_object(item, "identifiers");
    const json_t *cves = pl_json_array(identifiers, "CVE");
    pl_str github = pl_json_str(identifiers, "githubID");
    size_t count = json_array_size(cves);
    if (pl_str_starts_with(github, PL_STR("GHSA-"))) {
        advisory->id = github;
    } else if (count == 1) {
        advisory->id = pl_json_text(json_array_get(cves, 0));
        return;
    } else {
        pl_str from = pl_json_str(item, "atOrAbove");
        advisory->id = pl_arena_format(
            arena, "RETIRE-" PL_STR_FMT "-" PL_STR_FMT "-" PL_STR_FMT, PL_STR_ARG(package),
            PL_STR_ARG(from.len > 0 ? from : PL_STR("0")), PL_STR_ARG(pl_json_str(item, "below")));
    }
    for (size_t i = 0; i < count; i++) {
        if (pl_json_text(json_array_get(cves, i)).len > 0) {
            *pl_vec_push(arena, &advisory->aliases) = pl_json_text(json_array_get(cves, i));
        }
    }
}

/* Versions are written as the library's own files have them; as npm writes them, "1.9.0b1" is
 * "1.9.0-b1", "1.14" is "1.14.0", "1.3.0-*" what comes before 1.3.0, and "1.5.1.2", which npm has
 * no place for, the end of 1.5.1. Empty for what is none. */
static pl_str npm_version(struct pl_arena *arena, pl_str text, bool is_low)
{
    enum { PARTS = 3 };
    uint64_t numbers[PARTS] = {0};
    pl_str tail = PL_STR_EMPTY;
    size_t count = 0;
    while (count < PARTS && pl_str_take_uint(&text, UINT32_MAX, &numbers[count])) {
        count++;
        if (text.len < 2 || text.ptr[0] != '.' || !pl_char_is_digit(text.ptr[1])) {
            break;
        }
        text = pl_str_skip(text, 1);
    }
    bool is_fourth = count == PARTS && text.len > 0 && pl_char_is_digit(text.ptr[0]);
    if (is_low && count < PARTS && text.len == 0) {
        tail = PL_STR("-0");
    } else if (is_fourth) {
        numbers[PARTS - 1]++;
        tail = PL_STR("-0");
    } else if (text.len > 0) {
        text = text.ptr[0] == '.' || text.ptr[0] == '-' ? pl_str_skip(text, 1) : text;
        bool is_any = pl_str_eq(text, PL_STR("*"));
        tail = pl_arena_format(arena, "-" PL_STR_FMT, PL_STR_ARG(is_any ? PL_STR("0") : text));
    }
    pl_str version = pl_arena_format(arena, "%llu.%llu.%llu" PL_STR_FMT,
                                     (unsigned long long)numbers[0], (unsigned long long)numbers[1],
                                     (unsigned long long)numbers[2], PL_STR_ARG(tail));
    bool is_good = count > 0 && version.len <= PL_LIMIT_VERSION_BYTES &&
                   pl_version_scheme_find(PL_STR("npm"))->is_valid(version);
    return is_good ? version : PL_STR_EMPTY;
}

static bool read_range(struct pl_arena *arena, const json_t *item, struct pl_affected *affected)
{
    pl_str from = pl_json_str(item, "atOrAbove");
    struct pl_spans spans = {0};
    struct pl_interval interval = {.has_low = from.len > 0 && !pl_str_eq(from, PL_STR("0")),
                                   .low = npm_version(arena, from, true),
                                   .includes_low = true,
                                   .has_high = true,
                                   .high = npm_version(arena, pl_json_str(item, "below"), false)};
    if (interval.high.len == 0 || (interval.has_low && interval.low.len == 0)) {
        return false;
    }
    pl_spans_push(arena, pl_version_scheme_find(PL_STR("npm")), &interval, &spans);
    pl_spans_to_ranges(arena, &spans, affected);
    return true;
}

static enum pl_status take_item(struct pl_feed_sink *sink, struct pl_arena *arena, pl_str package,
                                const json_t *item, struct pl_error *err)
{
    struct pl_affected affected = {
        .ecosystem = PL_STR("npm"), .name = package, .urgency = pl_json_str(item, "severity")};
    struct pl_advisory advisory = {
        .summary = pl_json_str(pl_json_object(item, "identifiers"), "summary"), .is_part = true};
    if (!read_range(arena, item, &affected)) {
        pl_feed_malformed(sink, PL_STR_FMT ": a vulnerability has no range of versions",
                          PL_STR_ARG(package));
        return PL_OK;
    }
    if (affected.ranges.count == 0) {
        pl_feed_skip(sink, "range that holds no version");
        return PL_OK;
    }
    read_names(arena, item, package, &advisory);
    *pl_vec_push(arena, &advisory.affected) = affected;
    const json_t *info = pl_json_array(item, "info");
    for (size_t i = 0; i < json_array_size(info); i++) {
        pl_feed_refer(arena, &advisory, "WEB", pl_json_text(json_array_get(info, i)));
    }
    return pl_feed_take(sink, &advisory, err);
}

static enum pl_status take_component(struct pl_feed_sink *sink, const struct pl_feed_record *record,
                                     void *context, struct pl_error *err)
{
    const json_t *component = record->json;
    pl_str key = record->key;
    if (pl_str_eq(key, PL_STR("retire-example"))) {
        pl_feed_skip(sink, "example of the format");
        return PL_OK;
    }
    pl_str package =
        json_object_get(component, "extractors") ? pl_json_str(component, "npmname") : key;
    const json_t *list = pl_json_array(component, "vulnerabilities");
    enum pl_status st = PL_OK;
    for (size_t i = 0; i < json_array_size(list) && st == PL_OK; i++) {
        if (package.len == 0) {
            pl_feed_skip(sink, "library that is no package of npm");
            continue;
        }
        st = take_item(sink, record->arena, package, json_array_get(list, i), err);
    }
    return st;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const no_path[] = {NULL};
    return pl_feed_records(sink, document->text, no_path, "component", take_component, NULL, err);
}

const struct pl_feed pl_feed_retirejs = {
    .name = "retirejs",
    .summary = "retire.js: JavaScript libraries and npm packages",
    .url = "https://raw.githubusercontent.com/RetireJS/retire.js/master/repository/"
           "{npmrepository,jsrepository-v4}.json",
    .ecosystems = "npm",
    .bid = bid,
    .read = read_document,
};
