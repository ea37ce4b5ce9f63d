/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Ruby advisory database (https://github.com/rubysec/ruby-advisory-db, README.md): one YAML
 * file for each gem and vulnerability, gems/<gem>/<id>.yml, and rubies/<engine>/<id>.yml for Ruby
 * itself:
 *
 *   gem | engine          the name
 *   cve, ghsa, osvdb      numbers without "CVE-" and "GHSA-"
 *   title, url, date, description
 *   cvss_v2, cvss_v3, cvss_v4   scores, without vectors
 *   unaffected_versions   requirements (Gem::Requirement) that versions meet which never had the
 *                         flaw
 *   patched_versions      requirements that versions meet which have it no more
 *   related               {cve: [...], ghsa: [...], url: [...]}
 *
 * All versions are affected that meet none of the requirements; without any that is every version.
 * One vulnerability may have a file in several gems. Engines are looked up by CPE, as they are no
 * gems.
 */
#include "feed/reader/head.h"
#include "feed/reader/records.h"
#include "feed/reader/spans.h"
#include "format/yaml.h"

static int bid(const struct pl_feed_document *document)
{
    pl_str text = document->text;
    bool is_named = pl_head_yaml_key(text, "gem") || pl_head_yaml_key(text, "engine");
    return is_named && pl_head_yaml_key(text, "title") && pl_head_yaml_key(text, "url") &&
                   pl_head_yaml_key(text, "date")
               ? 80
               : 0;
}

static const struct {
    const char *engine;
    const char *product;
} engines[] = {
    {"ruby", "ruby-lang:ruby"},
    {"jruby", "jruby:jruby"},
    {"mruby", "mruby:mruby"},
    {"rbx", "rubinius:rubinius"},
};

/* Empty ecosystem when the record is of an engine that is not known. */
static void name_package(const json_t *record, struct pl_affected *affected)
{
    pl_str engine = pl_json_str(record, "engine");
    affected->name = pl_json_str(record, "gem");
    affected->ecosystem = affected->name.len > 0 ? PL_STR("RubyGems") : PL_STR_EMPTY;
    for (size_t i = 0; affected->name.len == 0 && i < PL_ARRAY_LEN(engines); i++) {
        if (pl_str_eq(engine, pl_str_from(engines[i].engine))) {
            affected->ecosystem = PL_STR("CPE");
            affected->name = pl_str_from(engines[i].product);
        }
    }
}

static bool add_requirements(struct pl_arena *arena, const json_t *record, const char *key,
                             struct pl_spans *good)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_find(PL_STR("rubygems"));
    const json_t *list = json_object_get(record, key);
    if (!list || json_is_null(list)) {
        return true;
    }
    bool is_good = json_is_array(list);
    for (size_t i = 0; is_good && i < json_array_size(list); i++) {
        is_good = pl_spans_add(arena, scheme, pl_json_text(json_array_get(list, i)), good);
    }
    return is_good;
}

static bool read_versions(struct pl_arena *arena, const json_t *record,
                          struct pl_affected *affected)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_find(PL_STR("rubygems"));
    struct pl_spans good = {0};
    struct pl_spans bad = {0};
    if (!add_requirements(arena, record, "unaffected_versions", &good) ||
        !add_requirements(arena, record, "patched_versions", &good) ||
        !pl_spans_complement(arena, scheme, &good, &bad)) {
        return false;
    }
    pl_spans_to_ranges(arena, &bad, affected);
    return true;
}

static void add_id(struct pl_arena *arena, const char *prefix, pl_str number, struct pl_strs *ret)
{
    if (number.len > 0) {
        *pl_vec_push(arena, ret) =
            pl_arena_format(arena, "%s" PL_STR_FMT, prefix, PL_STR_ARG(number));
    }
}

/* The CVE, else what else names it, else the name of the file. */
static void name_record(struct pl_arena *arena, const json_t *record, pl_str file,
                        struct pl_advisory *advisory)
{
    struct pl_strs ids = {0};
    add_id(arena, "CVE-", pl_json_str(record, "cve"), &ids);
    add_id(arena, "GHSA-", pl_json_str(record, "ghsa"), &ids);
    add_id(arena, "OSVDB-", pl_json_str(record, "osvdb"), &ids);
    pl_str stem = pl_str_after_last(file, '/');
    size_t dot = pl_str_find_last_char(stem, '.');
    advisory->id = ids.count > 0 ? ids.items[0] : pl_str_sub(stem, 0, dot);
    for (size_t i = 1; i < ids.count; i++) {
        *pl_vec_push(arena, &advisory->aliases) = ids.items[i];
    }
    const json_t *related = pl_json_array(pl_json_object(record, "related"), "cve");
    for (size_t i = 0; i < json_array_size(related); i++) {
        add_id(arena, "CVE-", pl_json_text(json_array_get(related, i)), &advisory->related);
    }
}

/* The word for the score of the newest version of CVSS. */
static pl_str urgency_of(const json_t *record)
{
    static const char *const keys[] = {"cvss_v4", "cvss_v3", "cvss_v2"};
    for (size_t i = 0; i < PL_ARRAY_LEN(keys); i++) {
        pl_str rest = pl_json_str(record, keys[i]);
        uint64_t whole = 0;
        uint64_t tenths = 0;
        if (!pl_str_take_uint(&rest, 10, &whole)) {
            continue;
        }
        if (pl_str_starts_with(rest, PL_STR("."))) {
            rest = pl_str_sub(rest, 1, 1);
            pl_str_take_uint(&rest, 9, &tenths);
        }
        return pl_str_from(
            pl_severity_to_string(pl_severity_from_score((double)(whole * 10 + tenths) / 10)));
    }
    return PL_STR_EMPTY;
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
    struct pl_affected affected = {.ecosystem = PL_STR_EMPTY};
    struct pl_advisory advisory = {.summary = pl_json_str(record, "title"),
                                   .details = pl_json_str(record, "description"),
                                   .is_part = true};
    name_package(record, &affected);
    if (affected.ecosystem.len == 0 && pl_json_str(record, "engine").len > 0) {
        pl_feed_skip(sink, "engine of Ruby that has no known product");
        return PL_OK;
    }
    if (affected.ecosystem.len == 0) {
        return pl_error_set(err, PL_E_PARSE, "neither a gem nor an engine is named");
    }
    if (!read_versions(arena, record, &affected)) {
        return pl_error_set(err, PL_E_PARSE, "a requirement is malformed");
    }
    name_record(arena, record, document->name, &advisory);
    advisory.published = pl_feed_day(arena, pl_json_str(record, "date"));
    affected.urgency = urgency_of(record);
    *pl_vec_push(arena, &advisory.affected) = affected;
    pl_feed_refer(arena, &advisory, "WEB", pl_json_str(record, "url"));
    return pl_feed_take(sink, &advisory, err);
}

const struct pl_feed pl_feed_rubysec = {
    .name = "rubysec",
    .summary = "the Ruby advisory database: gems, and Ruby itself",
    .url = "https://github.com/rubysec/ruby-advisory-db/archive/refs/heads/master.tar.gz",
    .ecosystems = "RubyGems, CPE",
    .bid = bid,
    .read = read_document,
};
