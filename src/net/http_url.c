/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A URL is SCHEME://[USER[:PASSWORD]@]HOST[:PORT]/PATH[?QUERY][#FRAGMENT] (RFC 3986). What is to be
 * connected to is taken apart by libcurl. What is to be shown may be anything, even what libcurl
 * refuses, and is cut here: user and password are credentials, and so are queries, where storage
 * services put their signatures.
 */
#include "net/http_url.h"
#include "net/http.h"

/* Cleanup for what libcurl made; the table comes along, since it is not a global. */
struct parsed {
    const struct pl_curl *curl;
    CURLU *url;
};

static void release_parsed(struct parsed *parsed)
{
    parsed->curl->url_cleanup(parsed->url);
}

static struct parsed new_parsed(const struct pl_curl *curl)
{
    struct parsed parsed = {curl, curl->url()};
    if (!parsed.url) {
        pl_mem_abort(0);
    }
    return parsed;
}

/* A part in the arena, or NULL when the URL does not have it. */
static const char *part(const struct parsed *parsed, struct pl_arena *arena, CURLUPart what,
                        unsigned flags)
{
    char *text = NULL;
    if (parsed->curl->url_get(parsed->url, what, &text, flags) != CURLUE_OK) {
        return NULL;
    }
    const char *copy = pl_arena_dup(arena, pl_str_from(text)).ptr;
    parsed->curl->free(text);
    return copy;
}

/* The URL's text, which reads back as itself: libcurl unescapes a host after it has looked whether
 * it is a number ("%34.1" is "4.1", and that is 4.0.0.1), and will take our text apart again. NULL
 * when it goes on changing. */
static const char *settle(const struct parsed *parsed, struct pl_arena *arena)
{
    enum { MOST_READINGS = 3 };
    const char *text = part(parsed, arena, CURLUPART_URL, 0);
    for (int i = 0; text && i < MOST_READINGS; i++) {
        const char *again = NULL;
        if (parsed->curl->url_set(parsed->url, CURLUPART_URL, text, 0) == CURLUE_OK) {
            again = part(parsed, arena, CURLUPART_URL, 0);
        }
        if (again && strcmp(again, text) == 0) {
            return text;
        }
        text = again;
    }
    return NULL;
}

/* Fills *ret; false when there is no host or no port to connect to. */
static bool describe(const struct parsed *parsed, struct pl_arena *arena,
                     struct pl_http_target *ret)
{
    struct pl_http_target target = {.url = NULL};
    target.user = part(parsed, arena, CURLUPART_USER, CURLU_URLDECODE);
    target.password = part(parsed, arena, CURLUPART_PASSWORD, CURLU_URLDECODE);
    parsed->curl->url_set(parsed->url, CURLUPART_USER, NULL, 0);
    parsed->curl->url_set(parsed->url, CURLUPART_PASSWORD, NULL, 0);
    parsed->curl->url_set(parsed->url, CURLUPART_OPTIONS, NULL, 0);
    parsed->curl->url_set(parsed->url, CURLUPART_FRAGMENT, NULL, 0);
    target.url = settle(parsed, arena);
    const char *scheme = part(parsed, arena, CURLUPART_SCHEME, 0);
    const char *host = part(parsed, arena, CURLUPART_HOST, 0);
    const char *port = part(parsed, arena, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    if (!target.url || !scheme || !host || !*host || !port) {
        return false;
    }
    pl_str name = pl_arena_lower(arena, pl_str_from(host));
    pl_str kind = pl_arena_lower(arena, pl_str_from(scheme));
    target.origin = pl_arena_format(arena, "%s://%s:%s", kind.ptr, name.ptr, port);
    target.is_secure = pl_str_eq(kind, PL_STR("https"));
    target.shown = pl_http_url_for_people(arena, pl_str_from(target.url));
    *ret = target;
    return true;
}

enum pl_status pl_http_target_parse(const struct pl_curl *curl, struct pl_arena *arena,
                                    const char *url, struct pl_http_target *ret,
                                    struct pl_error *err)
{
    struct parsed parsed PL_CLEANUP(release_parsed) = new_parsed(curl);
    pl_str shown = pl_http_url_for_people(arena, pl_str_from(url));
    if (!pl_http_is_url(pl_str_from(url))) {
        return pl_error_set(err, PL_E_USAGE, "\"%s\" is not an http or https URL", shown.ptr);
    }
    CURLUcode code = curl->url_set(parsed.url, CURLUPART_URL, url, 0);
    if (code != CURLUE_OK) {
        return pl_error_set(err, PL_E_USAGE, "\"%s\" is not a URL: %s", shown.ptr,
                            curl->url_strerror(code));
    }
    /* libcurl reads "http:///a" as "http://a". */
    if (strstr(url, ":///") == strchr(url, ':') || !describe(&parsed, arena, ret)) {
        return pl_error_set(err, PL_E_USAGE, "\"%s\" names no host", shown.ptr);
    }
    return PL_OK;
}

enum pl_status pl_http_target_redirect(const struct pl_curl *curl, struct pl_arena *arena,
                                       const struct pl_http_target *from, pl_str location,
                                       struct pl_http_target *ret, struct pl_error *err)
{
    struct parsed parsed PL_CLEANUP(release_parsed) = new_parsed(curl);
    struct pl_http_target target = {.url = NULL};
    const char *text = NULL;
    /* As browsers do, blanks and bytes beyond ASCII are escaped rather than refused. */
    unsigned flags = CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_NON_SUPPORT_SCHEME;
    bool is_url = pl_arena_cstr(arena, location, &text, NULL) == PL_OK &&
                  curl->url_set(parsed.url, CURLUPART_URL, from->url, 0) == CURLUE_OK &&
                  curl->url_set(parsed.url, CURLUPART_URL, text, flags) == CURLUE_OK;
    pl_str shown = pl_http_url_for_people(arena, location);
    const char *scheme = is_url ? part(&parsed, arena, CURLUPART_SCHEME, 0) : NULL;
    if (!scheme) {
        return pl_error_set(err, PL_E_NET, "%s: redirects to \"%s\", which is not a URL",
                            from->shown.ptr, shown.ptr);
    }
    if (!pl_str_eq_nocase(pl_str_from(scheme), PL_STR("https")) &&
        !pl_str_eq_nocase(pl_str_from(scheme), PL_STR("http"))) {
        return pl_error_set(err, PL_E_DENIED,
                            "%s: redirects to a URL of the scheme \"%s\", which is not followed",
                            from->shown.ptr, scheme);
    }
    if (!describe(&parsed, arena, &target)) {
        return pl_error_set(err, PL_E_NET, "%s: redirects to \"%s\", which names no host",
                            from->shown.ptr, shown.ptr);
    }
    if (target.user || target.password) {
        return pl_error_set(err, PL_E_DENIED,
                            "%s: redirects to a URL with a user or password in it, on %s, which is "
                            "not followed",
                            from->shown.ptr, target.origin.ptr);
    }
    if (from->is_secure && !target.is_secure) {
        return pl_error_set(err, PL_E_DENIED,
                            "%s: redirects from HTTPS to HTTP, to %s, which is not followed",
                            from->shown.ptr, target.shown.ptr);
    }
    *ret = target;
    return PL_OK;
}

bool pl_http_is_url(pl_str text)
{
    return pl_str_eq_nocase(pl_str_sub(text, 0, 8), PL_STR("https://")) ||
           pl_str_eq_nocase(pl_str_sub(text, 0, 7), PL_STR("http://"));
}

/* A port is digits. Where there is something else, a password with a slash in it was cut apart. */
static bool has_odd_port(pl_str authority)
{
    size_t bracket = pl_str_find_last_char(authority, ']');
    pl_str after = bracket == SIZE_MAX ? authority : pl_str_skip(authority, bracket + 1);
    pl_str port = PL_STR_EMPTY;
    uint64_t number = 0;
    return pl_str_cut(after, ':', &after, &port) && port.len > 0 &&
           !pl_str_to_uint(port, UINT16_MAX, &number);
}

static pl_str until_query(pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '?' || text.ptr[i] == '#') {
            return pl_str_sub(text, 0, i);
        }
    }
    return text;
}

pl_str pl_http_url_for_people(struct pl_arena *arena, pl_str url)
{
    size_t scheme = pl_str_find(until_query(url), PL_STR("://"));
    pl_str start = scheme == SIZE_MAX ? PL_STR_EMPTY : pl_str_sub(url, 0, scheme + 3);
    /* Some readers take further slashes for a slip of the pen, and the host after them. */
    while (start.len > 0 && start.len < url.len && url.ptr[start.len] == '/') {
        start.len++;
    }
    pl_str rest = until_query(pl_str_skip(url, start.len));
    pl_str authority = pl_str_sub(rest, 0, pl_str_find_char(rest, '/'));
    if (has_odd_port(authority)) {
        rest = pl_str_skip(url, start.len);
        authority = rest;
    }
    size_t at = pl_str_find_last_char(authority, '@');
    rest = until_query(at == SIZE_MAX ? rest : pl_str_skip(rest, at + 1));
    return pl_arena_format(arena, PL_STR_FMT PL_STR_FMT, PL_STR_ARG(start), PL_STR_ARG(rest));
}

void pl_http_append_escaped(struct pl_buf *url, pl_str segment)
{
    for (size_t i = 0; i < segment.len; i++) {
        char c = segment.ptr[i];
        /* The unreserved characters of RFC 3986, section 2.3. */
        if (pl_char_is_alnum(c) || (c != '\0' && strchr("-._~", c))) {
            pl_buf_append_char(url, c);
        } else {
            pl_buf_append_format(url, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
}

static int hex_digit(char c)
{
    char folded = pl_char_lower(c);
    if (pl_char_is_digit(c)) {
        return c - '0';
    }
    return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

void pl_http_append_unescaped(struct pl_buf *text, pl_str segment)
{
    for (size_t i = 0; i < segment.len; i++) {
        int high = -1;
        int low = -1;
        if (segment.ptr[i] == '%' && i + 2 < segment.len) {
            high = hex_digit(segment.ptr[i + 1]);
            low = hex_digit(segment.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            pl_buf_append_char(text, (char)(high * 16 + low));
            i += 2;
        } else {
            pl_buf_append_char(text, segment.ptr[i]);
        }
    }
}
