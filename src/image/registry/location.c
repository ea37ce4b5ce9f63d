/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Location: /v2/NAME/blobs/uploads/ID?state=...     or absolute, or relative in any other way
 * Link: </v2/NAME/tags/list?n=100&last=x>; rel="next", <...>; rel="other"
 *
 * A reference is resolved as RFC 3986, section 5.2 has it: "//HOST/..." keeps the scheme, "/..."
 * the host as well, "?..." also the path, and what remains replaces the last segment of the path.
 * A fragment is dropped. Dot segments are left to libcurl, which takes them out before it connects.
 */
#include "image/registry/location.h"
#include "net/http.h"

enum { MOST_URL_BYTES = 16 << 10 };

struct url {
    bool is_secure;
    pl_str authority;
    pl_str path; /* with its slash; may be empty */
    pl_str query; /* with its question mark; may be empty */
};

static bool is_scheme_char(char c)
{
    return pl_char_is_alnum(c) || c == '+' || c == '-' || c == '.';
}

/* The length of "scheme:" at the start, or 0. */
static size_t scheme_length(pl_str text)
{
    pl_str scheme = pl_str_take_while(&text, is_scheme_char);
    bool is_scheme =
        scheme.len > 0 && pl_char_is_alpha(scheme.ptr[0]) && text.len > 0 && text.ptr[0] == ':';
    return is_scheme ? scheme.len + 1 : 0;
}

static bool is_printable(pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f || text.ptr[i] == '\\') {
            return false;
        }
    }
    return true;
}

static void split_path(pl_str text, struct url *url)
{
    pl_str_cut(text, '#', &text, &(pl_str){0});
    size_t question = pl_str_find_char(text, '?');
    url->path = pl_str_sub(text, 0, question);
    url->query = question == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(text, question);
}

/* What follows "//". */
static void split_authority(pl_str text, struct url *url)
{
    size_t end = 0;
    while (end < text.len && !strchr("/?#", text.ptr[end])) {
        end++;
    }
    url->authority = pl_str_sub(text, 0, end);
    split_path(pl_str_skip(text, end), url);
}

static enum pl_status not_a_url(pl_str text, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    return pl_error_set(err, PL_E_PARSE,
                        "the registry sends on to \"" PL_STR_FMT "\", which is no address",
                        PL_STR_ARG(pl_http_url_for_people(&scratch, pl_str_sub(text, 0, 200))));
}

static enum pl_status parse_absolute(pl_str text, struct url *ret, struct pl_error *err)
{
    struct url url = {.is_secure = true};
    size_t scheme = scheme_length(text);
    bool is_https = pl_str_eq_nocase(pl_str_sub(text, 0, scheme), PL_STR("https:"));
    if (!is_https && !pl_str_eq_nocase(pl_str_sub(text, 0, scheme), PL_STR("http:"))) {
        return pl_error_set(err, PL_E_DENIED,
                            "the registry sends on to an address that is not HTTP's");
    }
    url.is_secure = is_https;
    pl_str rest = pl_str_skip(text, scheme);
    if (!pl_str_starts_with(rest, PL_STR("//"))) {
        return not_a_url(text, err);
    }
    split_authority(pl_str_skip(rest, 2), &url);
    *ret = url;
    return PL_OK;
}

/* The path up to and with its last slash. */
static pl_str folder_of(pl_str path)
{
    size_t slash = pl_str_find_last_char(path, '/');
    return slash == SIZE_MAX ? PL_STR("/") : pl_str_sub(path, 0, slash + 1);
}

static enum pl_status resolve(struct pl_arena *arena, const struct url *base, pl_str text,
                              struct url *ret, struct pl_error *err)
{
    if (scheme_length(text) > 0) {
        return parse_absolute(text, ret, err);
    }
    struct url url = *base;
    if (pl_str_starts_with(text, PL_STR("//"))) {
        split_authority(pl_str_skip(text, 2), &url);
    } else {
        struct url given = {.is_secure = false};
        split_path(text, &given);
        bool is_path = given.path.len > 0;
        url.query = is_path || given.query.len > 0 ? given.query : base->query;
        if (is_path && given.path.ptr[0] == '/') {
            url.path = given.path;
        } else if (is_path) {
            url.path = pl_arena_format(arena, PL_STR_FMT PL_STR_FMT,
                                       PL_STR_ARG(folder_of(base->path)), PL_STR_ARG(given.path));
        }
    }
    *ret = url;
    return PL_OK;
}

/* In lower case, without the port that the scheme has anyway. */
static pl_str canonical_authority(struct pl_arena *arena, const struct url *url)
{
    pl_str own = url->is_secure ? PL_STR(":443") : PL_STR(":80");
    pl_str text = url->authority;
    if (pl_str_ends_with(text, own)) {
        text.len -= own.len;
    }
    return pl_arena_lower(arena, text);
}

enum pl_status pl_registry_location(struct pl_arena *arena, pl_str base, pl_str reference,
                                    pl_str *ret, struct pl_error *err)
{
    struct url from = {.is_secure = false};
    struct url url = {.is_secure = false};
    pl_str text = pl_str_trim(reference);
    if (text.len == 0 || text.len > MOST_URL_BYTES || base.len > MOST_URL_BYTES ||
        !is_printable(text) || !is_printable(base)) {
        return not_a_url(text, err);
    }
    enum pl_status st = parse_absolute(base, &from, err);
    if (st == PL_OK) {
        st = resolve(arena, &from, text, &url, err);
    }
    if (st < 0) {
        return st;
    }
    if (url.authority.len == 0 || url.authority.ptr[0] == ':') {
        return not_a_url(text, err);
    }
    if (pl_str_find_char(url.authority, '@') != SIZE_MAX) {
        return pl_error_set(err, PL_E_DENIED,
                            "the registry sends on to an address with a user in it");
    }
    if (from.is_secure && !url.is_secure) {
        return pl_error_set(err, PL_E_DENIED, "the registry sends on from https to http");
    }
    *ret = pl_arena_format(
        arena, "%s://" PL_STR_FMT "%s" PL_STR_FMT PL_STR_FMT, url.is_secure ? "https" : "http",
        PL_STR_ARG(canonical_authority(arena, &url)), url.path.len == 0 ? "/" : "",
        PL_STR_ARG(url.path), PL_STR_ARG(url.query));
    return PL_OK;
}

pl_str pl_registry_location_add(struct pl_arena *arena, pl_str url, const char *name, pl_str value)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(MOST_URL_BYTES * 8);
    size_t question = pl_str_find_char(url, '?');
    bool is_open = url.len > 0 && strchr("?&", url.ptr[url.len - 1]) != NULL;
    pl_buf_append(&text, url);
    if (!is_open) {
        pl_buf_append_char(&text, question == SIZE_MAX ? '?' : '&');
    }
    pl_buf_append_format(&text, "%s=", name);
    pl_http_append_escaped(&text, value);
    return pl_arena_dup(arena, pl_buf_str(&text));
}
