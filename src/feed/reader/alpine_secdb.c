/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The security database of Alpine (secdb.alpinelinux.org, one document for each release and
 * repository), whose shape Wolfi, Chainguard and MinimOS share (security.json). JSON; until 2021
 * YAML. A document has:
 *
 *   distroversion  "v3.19", "edge"; of Alpine alone
 *   reponame       "main", "community"; "os" of Wolfi
 *   urlprefix      where the repository lies, which tells whose it is
 *   apkurl, archs  not taken
 *   packages       [{"pkg": {"name": NAME, "secfixes": {VERSION: [IDS, ...]}}}]
 *
 * A version mends the ids of its list; "0" means that the package was never affected. What is not
 * mended is not told. An id is a string written by hand: "CVE-2019-1 XSA-9" with several names,
 * "CVE-2017-1 (SMB)" with a remark, "CVE_2019-1" and "CVE-2017-1.patch" with a slip. One string is
 * one vulnerability, but for several CVE names in it, which are as many.
 *
 * Records are sorted by package, so that one vulnerability comes in parts.
 */
#include "base/limits.h"
#include "feed/feed.h"
#include "feed/reader/affect.h"
#include "feed/reader/head.h"
#include "format/json_pieces.h"
#include "format/yaml.h"

/* Whose repository lies where. */
static const struct {
    const char *url; /* is in urlprefix */
    const char *ecosystem;
    const char *id_prefix; /* of records */
    bool has_releases;
} publishers[] = {
    {"alpinelinux.org", "Alpine", "ALPINE-", true},
    {"packages.wolfi.dev", "Wolfi", "WOLFI-", false},
    {"packages.cgr.dev", "Chainguard", "CHAINGUARD-", false},
    {"packages.mini.dev", "MinimOS", "MINIMOS-", false},
};

struct reader {
    struct pl_feed_sink *sink;
    struct pl_arena *arena; /* of one package */
    pl_str ecosystem;
    const char *id_prefix;
};

static int bid(const struct pl_feed_document *document)
{
    pl_str text = document->text;
    if (pl_head_first_element(text).len > 0) {
        return 0;
    }
    bool is_json = pl_str_starts_with(pl_str_trim(text), PL_STR("{"));
    if (is_json) {
        return pl_head_member(text, "urlprefix", NULL) && pl_head_member(text, "reponame", NULL) &&
                       (pl_head_member(text, "packages", NULL) ||
                        pl_head_member(text, "apkurl", NULL))
                   ? 90
                   : 0;
    }
    return pl_str_contains(text, PL_STR("\nurlprefix:")) &&
                   pl_str_contains(text, PL_STR("\nreponame:")) &&
                   (pl_str_contains(text, PL_STR("apkurl:")) ||
                    pl_str_contains(text, PL_STR("\npackages:")))
               ? 90
               : 0;
}

/* "CVE-2019-1234", and what is meant by "CVE_2019-1234" and "CVE-2017-1.patch"; empty for a word
 * that is none. */
static pl_str read_cve(struct pl_arena *arena, pl_str word)
{
    uint64_t year = 0;
    uint64_t number = 0;
    if (!(pl_str_starts_with(word, PL_STR("CVE-")) || pl_str_starts_with(word, PL_STR("CVE_")))) {
        return PL_STR_EMPTY;
    }
    pl_str rest = pl_str_skip(word, 4);
    if (!pl_str_take_uint(&rest, 9999, &year) || year < 1990 || rest.len < 2 ||
        (rest.ptr[0] != '-' && rest.ptr[0] != '_')) {
        return PL_STR_EMPTY;
    }
    pl_str digits = rest = pl_str_skip(rest, 1);
    if (!pl_str_take_uint(&rest, UINT32_MAX, &number)) {
        return PL_STR_EMPTY;
    }
    digits.len -= rest.len;
    return pl_arena_format(arena, "CVE-%04u-" PL_STR_FMT, (unsigned)year, PL_STR_ARG(digits));
}

/* "XSA-9", "wnpa-sec-2017-01": letters, and a dash and a digit somewhere. GHSA names are letters
 * and digits at random, and may have none of the latter. */
static bool is_name(pl_str word)
{
    bool has_dash = false;
    bool has_digit = pl_str_starts_with(word, PL_STR("GHSA-"));
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        has_dash = has_dash || c == '-';
        has_digit = has_digit || pl_char_is_digit(c);
        if (!pl_char_is_alpha(c) && !pl_char_is_digit(c) && c != '-' && c != ':') {
            return false;
        }
    }
    return has_dash && has_digit && pl_char_is_alpha(word.ptr[0]);
}

/* The names in an id, without remarks in parentheses: CVE names apart from others. */
static void read_names(struct pl_arena *arena, pl_str text, struct pl_strs *cves,
                       struct pl_strs *others)
{
    pl_str word = PL_STR_EMPTY;
    bool is_after_cve = false; /* "CVE 2018-1" */
    text = pl_str_sub(text, 0, pl_str_find_char(text, '('));
    while (pl_str_next_word(&text, &word)) {
        if (is_after_cve) {
            word = pl_arena_format(arena, "CVE-" PL_STR_FMT, PL_STR_ARG(word));
        }
        is_after_cve = pl_str_eq(word, PL_STR("CVE"));
        pl_str cve = read_cve(arena, word);
        if (cve.len > 0) {
            pl_strs_add_unique(arena, cves, cve);
        } else if (is_name(word) && !pl_str_starts_with(word, PL_STR("CVE-"))) {
            pl_strs_add_unique(arena, others, word);
        }
    }
}

/* One name of a vulnerability as a record; `aliases` are its others. */
static enum pl_status take_name(struct reader *reader, pl_str package, pl_str version, pl_str name,
                                const struct pl_strs *aliases, struct pl_error *err)
{
    struct pl_advisory advisory = {
        .id = pl_arena_format(reader->arena, "%s" PL_STR_FMT, reader->id_prefix, PL_STR_ARG(name)),
        .is_part = true};
    *pl_vec_push(reader->arena, &advisory.upstream) = name;
    if (aliases) {
        advisory.aliases = *aliases;
    }
    if (pl_str_eq(version, PL_STR("0"))) {
        pl_affect_state(reader->arena, &advisory, reader->ecosystem, package, PL_AFFECT_NOT);
    } else {
        pl_affect_before(reader->arena, &advisory, reader->ecosystem, package, version);
    }
    return pl_feed_take(reader->sink, &advisory, err);
}

static enum pl_status take_id(struct reader *reader, pl_str package, pl_str version, pl_str text,
                              struct pl_error *err)
{
    struct pl_strs cves = {0};
    struct pl_strs others = {0};
    enum pl_status st = PL_OK;
    read_names(reader->arena, text, &cves, &others);
    if (cves.count == 0 && others.count == 0) {
        pl_feed_malformed(reader->sink, PL_STR_FMT " " PL_STR_FMT ": \"" PL_STR_FMT "\" is no id",
                          PL_STR_ARG(package), PL_STR_ARG(version), PL_STR_ARG(text));
        return PL_OK;
    }
    for (size_t i = 0; i < cves.count && st == PL_OK; i++) {
        st = take_name(reader, package, version, cves.items[i], &others, err);
    }
    for (size_t i = 0; i < others.count && cves.count == 0 && st == PL_OK; i++) {
        st = take_name(reader, package, version, others.items[i], NULL, err);
    }
    return st;
}

static bool is_version(pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (pl_char_is_blank(text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0 && text.len <= PL_LIMIT_VERSION_BYTES;
}

/* {"pkg": {"name": ..., "secfixes": {...}}} */
static enum pl_status take_package(struct reader *reader, const json_t *item, struct pl_error *err)
{
    const json_t *package = pl_json_object(item, "pkg");
    pl_str name = pl_json_str(package, "name");
    struct pl_json_member fix = {0};
    enum pl_status st = PL_OK;
    if (name.len == 0) {
        pl_feed_malformed(reader->sink, "a package has no name");
        return PL_OK;
    }
    while (st == PL_OK && pl_json_next(pl_json_object(package, "secfixes"), &fix)) {
        if (!is_version(fix.key)) {
            pl_feed_malformed(reader->sink, PL_STR_FMT ": \"" PL_STR_FMT "\" is no version",
                              PL_STR_ARG(name), PL_STR_ARG(fix.key));
            continue;
        }
        if (json_array_size(fix.value) == 0) {
            pl_feed_skip(reader->sink, "version that mends nothing");
        }
        for (size_t i = 0; i < json_array_size(fix.value) && st == PL_OK; i++) {
            st = take_id(reader, name, fix.key, pl_json_text(json_array_get(fix.value, i)), err);
        }
    }
    return st;
}

/* Whose document it is: by the place of the repository. */
static enum pl_status find_publisher(struct reader *reader, pl_str url, pl_str release,
                                     struct pl_error *err)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(publishers); i++) {
        if (!pl_str_contains(url, pl_str_from(publishers[i].url))) {
            continue;
        }
        if (publishers[i].has_releases && !is_version(release)) {
            return pl_error_set(err, PL_E_PARSE, "no release (distroversion) is named");
        }
        reader->id_prefix = publishers[i].id_prefix;
        reader->ecosystem = publishers[i].has_releases
                                ? pl_arena_format(pl_feed_scratch(reader->sink), "%s:" PL_STR_FMT,
                                                  publishers[i].ecosystem, PL_STR_ARG(release))
                                : pl_str_from(publishers[i].ecosystem);
        return PL_OK;
    }
    return pl_error_set(err, PL_E_PARSE,
                        "the repository at \"" PL_STR_FMT "\" is of no distribution that is known",
                        PL_STR_ARG(url));
}

static enum pl_status read_yaml(struct reader *reader, pl_str text, struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_yaml_parse(text, "the document", &document, err);
    if (st == PL_OK) {
        st = find_publisher(reader, pl_json_str(document, "urlprefix"),
                            pl_json_str(document, "distroversion"), err);
    }
    const json_t *packages = pl_json_array(document, "packages");
    for (size_t i = 0; i < json_array_size(packages) && st == PL_OK; i++) {
        pl_arena_clear(reader->arena);
        st = take_package(reader, json_array_get(packages, i), err);
    }
    return st;
}

/* What stands around the packages, which may come after them. */
static enum pl_status read_heading(struct reader *reader, pl_str text, struct pl_error *err)
{
    static const char *const no_path[] = {NULL};
    struct pl_arena *scratch = pl_feed_scratch(reader->sink);
    struct pl_json_pieces pieces;
    pl_str url = PL_STR_EMPTY;
    pl_str release = PL_STR_EMPTY;
    pl_str key = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    enum pl_status st = pl_json_pieces_open(&pieces, scratch, text, no_path, err);
    while (st == PL_OK && (st = pl_json_pieces_next(&pieces, &key, &value, err)) == PL_OK) {
        if (pl_str_eq(key, PL_STR("urlprefix"))) {
            url = pl_json_piece_text(scratch, value);
        } else if (pl_str_eq(key, PL_STR("distroversion"))) {
            release = pl_json_piece_text(scratch, value);
        }
    }
    return st == PL_E_NOT_FOUND ? find_publisher(reader, url, release, err) : st;
}

static enum pl_status read_json(struct reader *reader, pl_str text, struct pl_error *err)
{
    static const char *const path[] = {"packages", NULL};
    struct pl_json_pieces pieces;
    pl_str key = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    enum pl_status st = read_heading(reader, text, err);
    if (st < 0) {
        return st;
    }
    st = pl_json_pieces_open(&pieces, pl_feed_scratch(reader->sink), text, path, err);
    if (st < 0) {
        return st == PL_E_NOT_FOUND ? pl_error_set(err, PL_E_PARSE, "no packages are named") : st;
    }
    while ((st = pl_json_pieces_next(&pieces, &key, &value, err)) == PL_OK) {
        json_t *item pl_autojson = NULL;
        struct pl_error problem = PL_ERROR_INIT;
        pl_arena_clear(reader->arena);
        if (pl_json_parse(value, "a package", &item, &problem) < 0) {
            pl_feed_malformed(reader->sink, "%s", problem.msg);
            continue;
        }
        st = take_package(reader, item, err);
        if (st < 0) {
            return st;
        }
    }
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct reader reader = {.sink = sink, .arena = &arena, .ecosystem = PL_STR_EMPTY};
    bool is_json = pl_str_starts_with(pl_str_trim(document->text), PL_STR("{"));
    return is_json ? read_json(&reader, document->text, err)
                   : read_yaml(&reader, document->text, err);
}

const struct pl_feed pl_feed_alpine_secdb = {
    .name = "alpine-secdb",
    .summary = "security databases of Alpine's shape, also of Wolfi, Chainguard and MinimOS",
    .url = "https://secdb.alpinelinux.org/{v3.10,v3.11,v3.12,v3.13,v3.14,v3.15,v3.16,v3.17,"
           "v3.18,v3.19,v3.20,v3.21,v3.22,v3.23,v3.24,edge}/{main,community}.json",
    .ecosystems = "Alpine, Chainguard, MinimOS, Wolfi",
    .bid = bid,
    .read = read_document,
};
