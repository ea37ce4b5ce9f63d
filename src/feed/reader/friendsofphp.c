/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FriendsOfPHP's security advisories (https://github.com/FriendsOfPHP/security-advisories,
 * README.md): one YAML file for each package and vulnerability, <vendor>/<package>/<id>.yaml:
 *
 *   title, link
 *   cve          "CVE-2014-1234", or null
 *   branches     mapping of names to {time, versions}; versions are comparisons, all of which hold
 *                for what is affected in the branch: ['>=2.0.0', '<2.4.8']
 *   reference    "composer://vendor/package"
 *   composer-repository   the URL of a repository other than Packagist, or false for none
 *
 * One vulnerability may have a file in several packages. To Composer ">=2.0.0" begins with the
 * first development version of 2.0.0, and so do the ranges here. "<2.4.8" would leave out what came
 * before 2.4.8 was released; the ranges do not, since the fixed version is 2.4.8.
 */
#include "feed/reader/head.h"
#include "feed/reader/records.h"
#include "feed/reader/spans.h"
#include "format/yaml.h"

static const pl_str scheme_of_reference = PL_STR_INIT("composer://");

static int bid(const struct pl_feed_document *document)
{
    pl_str text = document->text;
    return pl_head_yaml_key(text, "branches") && pl_head_yaml_key(text, "title") &&
                   (pl_head_yaml_key(text, "link") || pl_head_yaml_key(text, "reference"))
               ? 80
               : 0;
}

/* A version of numbers alone begins with "-dev". */
static pl_str with_development(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                               pl_str version)
{
    for (size_t i = 0; i < version.len; i++) {
        if (!pl_char_is_digit(version.ptr[i]) && version.ptr[i] != '.') {
            return version;
        }
    }
    pl_str first = pl_arena_format(arena, PL_STR_FMT "-dev", PL_STR_ARG(version));
    return scheme->is_valid(first) ? first : version;
}

static bool read_branches(struct pl_arena *arena, const json_t *record,
                          struct pl_affected *affected)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_find(PL_STR("composer"));
    const json_t *branches = pl_json_object(record, "branches");
    struct pl_spans spans = {0};
    struct pl_json_member branch = {0};
    while (pl_json_next(branches, &branch)) {
        struct pl_interval interval = {0};
        const json_t *versions = pl_json_array(branch.value, "versions");
        for (size_t i = 0; i < json_array_size(versions); i++) {
            if (!pl_span_narrow(arena, scheme, pl_json_text(json_array_get(versions, i)),
                                &interval)) {
                return false;
            }
        }
        if (json_array_size(versions) == 0) {
            return false;
        }
        if (interval.has_low && interval.includes_low) {
            interval.low = with_development(arena, scheme, interval.low);
        }
        pl_spans_push(arena, scheme, &interval, &spans);
    }
    pl_spans_to_ranges(arena, &spans, affected);
    return spans.count > 0;
}

/* The CVE, else the package with the name of the file. */
static pl_str id_of(struct pl_arena *arena, const json_t *record, pl_str package, pl_str file)
{
    pl_str cve = pl_json_str(record, "cve");
    if (pl_str_starts_with(cve, PL_STR("CVE-"))) {
        return cve;
    }
    pl_str stem = pl_str_after_last(file, '/');
    size_t dot = pl_str_find_last_char(stem, '.');
    return pl_arena_format(arena, "FriendsOfPHP/" PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(package),
                           PL_STR_ARG(pl_str_sub(stem, 0, dot)));
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
    pl_str reference = pl_json_str(record, "reference");
    pl_str repository = pl_json_str(record, "composer-repository");
    if (!pl_str_starts_with(reference, scheme_of_reference) ||
        reference.len == scheme_of_reference.len) {
        return pl_error_set(err, PL_E_PARSE, "the reference is no composer:// package");
    }
    struct pl_affected affected = {.ecosystem = PL_STR("Packagist"),
                                   .name = pl_str_skip(reference, scheme_of_reference.len)};
    if (repository.len > 0) {
        affected.ecosystem =
            pl_arena_format(arena, "Packagist:" PL_STR_FMT, PL_STR_ARG(repository));
    }
    if (!read_branches(arena, record, &affected)) {
        return pl_error_set(err, PL_E_PARSE, "the versions of a branch are malformed");
    }
    struct pl_advisory advisory = {.id = id_of(arena, record, affected.name, document->name),
                                   .summary = pl_json_str(record, "title"),
                                   .is_part = true};
    *pl_vec_push(arena, &advisory.affected) = affected;
    pl_feed_refer(arena, &advisory, "WEB", pl_json_str(record, "link"));
    return pl_feed_take(sink, &advisory, err);
}

const struct pl_feed pl_feed_friendsofphp = {
    .name = "friendsofphp",
    .summary = "FriendsOfPHP's advisories on Composer packages",
    .url = "https://github.com/FriendsOfPHP/security-advisories/archive/refs/heads/master.tar.gz",
    .ecosystems = "Packagist",
    .bid = bid,
    .read = read_document,
};
