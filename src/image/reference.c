/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar (distribution's documentation of image names, and the distribution specification's
 * <name> and <reference>):
 *
 *   reference  = name [":" tag] ["@" digest]
 *   name       = [host "/"] component {"/" component}
 *   host       = (label {"." label} | "[" IPv6 "]") [":" digits]
 *   label      = letters, digits and inner dashes
 *   component  = runs of a-z and 0-9, joined by ".", "_", "__" or any number of "-"
 *   tag        = a letter, digit or "_", then up to 127 of these, "." and "-"
 *   digest     = algorithm ":" hex digits
 *
 * A colon in the first part is a port's when a slash follows ("a:5000/b"), else a tag's ("a:b").
 * Docker takes a first part with capitals for a host, which turns a slip such as "Nginx/unit" into
 * a server that does not answer; here it is the slip. A host's own capitals are lowered, since DNS
 * does not tell them apart, and what is blocked or trusted by name should not either.
 */
#include "image/reference.h"
#include "base/limits.h"
#include <arpa/inet.h>

enum {
    REPOSITORY_MOST = 255, /* the distribution project's NameTotalLengthMax */
    TAG_MOST = 128,
    HOST_MOST = 253, /* RFC 1035, 2.3.4, in text */
    PORT_MOST = 65535,
    SHOWN_MOST = 120, /* of a name in a message */
};

#define DOCKER_HUB PL_STR("docker.io")
#define LIBRARY PL_STR("library/")

static bool is_lower_or_digit(char c)
{
    return pl_char_is_digit(c) || (c >= 'a' && c <= 'z');
}

static pl_str shown(pl_str s)
{
    return pl_str_sub(s, 0, SHOWN_MOST);
}

static bool is_label(pl_str s)
{
    bool good = s.len > 0 && s.ptr[0] != '-' && s.ptr[s.len - 1] != '-';
    for (size_t i = 0; good && i < s.len; i++) {
        good = pl_char_is_alnum(s.ptr[i]) || s.ptr[i] == '-';
    }
    return good;
}

static bool is_domain(pl_str s)
{
    bool good = s.len > 0 && s.len <= HOST_MOST && s.ptr[s.len - 1] != '.';
    pl_str label = PL_STR_EMPTY;
    while (good && pl_str_next_piece(&s, '.', &label)) {
        good = is_label(label);
    }
    return good;
}

/* Without brackets. Zones and embedded IPv4 addresses are no part of the grammar. */
static bool is_ipv6(pl_str s)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (s.len >= sizeof(text) || pl_str_find_char(s, '.') != SIZE_MAX ||
        pl_str_find_char(s, '\0') != SIZE_MAX) {
        return false;
    }
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    return inet_pton(AF_INET6, text, &address) == 1;
}

static enum pl_status check_host(pl_str host, struct pl_error *err)
{
    pl_str name = host;
    pl_str port = PL_STR_EMPTY;
    bool has_port = false;
    bool good = false;
    if (host.len > 0 && host.ptr[0] == '[') {
        size_t close = pl_str_find_char(host, ']');
        name = pl_str_sub(host, 0, close == SIZE_MAX ? host.len : close + 1);
        pl_str rest = pl_str_skip(host, name.len);
        has_port = pl_str_starts_with(rest, PL_STR(":"));
        port = pl_str_skip(rest, 1);
        good = close != SIZE_MAX && is_ipv6(pl_str_sub(name, 1, name.len - 2)) &&
               (rest.len == 0 || has_port);
    } else {
        has_port = pl_str_cut(host, ':', &name, &port);
        good = is_domain(name);
    }
    if (!good) {
        return pl_error_set(err, PL_E_USAGE,
                            "\"" PL_STR_FMT "\" is no host: it is a name such as registry.example"
                            ".com, an IPv4 address or a bracketed IPv6 address, with :PORT or not",
                            PL_STR_ARG(shown(host)));
    }
    uint64_t number = 0;
    if (has_port && (!pl_str_to_uint(port, PORT_MOST, &number) || number == 0)) {
        return pl_error_set(err, PL_E_USAGE, "\"" PL_STR_FMT "\": \"" PL_STR_FMT "\" is no port",
                            PL_STR_ARG(shown(host)), PL_STR_ARG(shown(port)));
    }
    return PL_OK;
}

/* The length of the separator at the start of `s`: one dot, one or two underscores, dashes. */
static size_t separator_length(pl_str s)
{
    size_t len = 0;
    if (s.ptr[0] == '.') {
        return 1;
    }
    while (len < s.len && s.ptr[len] == s.ptr[0]) {
        len++;
    }
    return s.ptr[0] == '_' && len > 2 ? 0 : len;
}

static bool is_component(pl_str s)
{
    bool good = s.len > 0 && is_lower_or_digit(s.ptr[0]);
    while (good && s.len > 0) {
        if (is_lower_or_digit(s.ptr[0])) {
            s = pl_str_skip(s, 1);
            continue;
        }
        bool is_separator = s.ptr[0] == '.' || s.ptr[0] == '_' || s.ptr[0] == '-';
        size_t len = is_separator ? separator_length(s) : 0;
        s = pl_str_skip(s, len);
        good = len > 0 && s.len > 0 && is_lower_or_digit(s.ptr[0]);
    }
    return good;
}

static enum pl_status check_length(pl_str repository, struct pl_error *err)
{
    if (repository.len > REPOSITORY_MOST) {
        return pl_error_set(err, PL_E_USAGE,
                            "the repository \"" PL_STR_FMT "...\" has %zu characters; no more "
                            "than %d are allowed",
                            PL_STR_ARG(pl_str_sub(repository, 0, 40)), repository.len,
                            REPOSITORY_MOST);
    }
    return PL_OK;
}

static enum pl_status check_components(struct pl_arena *arena, pl_str repository,
                                       struct pl_error *err)
{
    /* A piece by hand rather than pl_str_next_piece, which does not see an empty last one. */
    for (pl_str rest = repository;;) {
        pl_str component = PL_STR_EMPTY;
        bool has_more = pl_str_cut(rest, '/', &component, &rest);
        if (component.len == 0) {
            return pl_error_set(err, PL_E_USAGE, "\"" PL_STR_FMT "\" has an empty part",
                                PL_STR_ARG(shown(repository)));
        }
        if (!is_component(component) && is_component(pl_arena_lower(arena, component))) {
            return pl_error_set(err, PL_E_USAGE,
                                "\"" PL_STR_FMT "\": repository names are in lower case",
                                PL_STR_ARG(shown(repository)));
        }
        if (!is_component(component)) {
            return pl_error_set(err, PL_E_USAGE,
                                "\"" PL_STR_FMT "\" is no part of an image's name: it is made of "
                                "a-z and 0-9, with single dots, one or two underscores or dashes "
                                "between them",
                                PL_STR_ARG(shown(component)));
        }
        if (!has_more) {
            return PL_OK;
        }
    }
}

bool pl_reference_is_tag(pl_str text)
{
    bool good = text.len > 0 && text.len <= TAG_MOST && text.ptr[0] != '.' && text.ptr[0] != '-';
    for (size_t i = 0; good && i < text.len; i++) {
        char c = text.ptr[i];
        good = pl_char_is_alnum(c) || c == '_' || c == '.' || c == '-';
    }
    return good;
}

static enum pl_status check_tag(pl_str tag, struct pl_error *err)
{
    if (tag.len > TAG_MOST) {
        return pl_error_set(err, PL_E_USAGE,
                            "the tag \"" PL_STR_FMT "...\" has %zu characters; no more than %d are "
                            "allowed",
                            PL_STR_ARG(pl_str_sub(tag, 0, 40)), tag.len, TAG_MOST);
    }
    if (!pl_reference_is_tag(tag)) {
        return pl_error_set(err, PL_E_USAGE,
                            "\"" PL_STR_FMT "\" is no tag: it is made of letters, digits, "
                            "underscores, dots and dashes, and begins with none of the last two",
                            PL_STR_ARG(shown(tag)));
    }
    return PL_OK;
}

static enum pl_status parse_digest(pl_str text, struct pl_digest *ret, struct pl_error *err)
{
    static const struct {
        const char *prefix;
        size_t digits;
    } known[] = {{"sha256:", 64}, {"sha512:", 128}};
    for (size_t i = 0; i < PL_ARRAY_LEN(known); i++) {
        size_t prefix = strlen(known[i].prefix);
        if (pl_str_starts_with(text, pl_str_from(known[i].prefix)) &&
            text.len != prefix + known[i].digits) {
            return pl_error_set(err, PL_E_USAGE,
                                "a digest with %s has %zu hex digits, and this one has %zu: "
                                "\"" PL_STR_FMT "\"",
                                known[i].prefix, known[i].digits, text.len - prefix,
                                PL_STR_ARG(shown(text)));
        }
    }
    if (text.len == 0 || pl_digest_parse(pl_str_sub(text, 0, 256), ret, NULL) < 0) {
        return pl_error_set(err, PL_E_USAGE,
                            "\"" PL_STR_FMT "\" is no digest: it is sha256: or sha512: and hex "
                            "digits in lower case",
                            PL_STR_ARG(shown(text)));
    }
    return PL_OK;
}

/* Does a name's first part say where it is? */
static bool looks_like_host(pl_str part)
{
    return pl_str_starts_with(part, PL_STR("[")) || pl_str_find_char(part, '.') != SIZE_MAX ||
           pl_str_find_char(part, ':') != SIZE_MAX || pl_str_eq_nocase(part, PL_STR("localhost"));
}

/* Docker Hub has had several names. */
static pl_str canonical_host(struct pl_arena *arena, pl_str host)
{
    pl_str lower = pl_arena_lower(arena, host);
    return pl_str_eq(lower, PL_STR("index.docker.io")) ? DOCKER_HUB : lower;
}

/* A name without tag and digest. */
static enum pl_status parse_name(struct pl_arena *arena, pl_str name, struct pl_reference *ret,
                                 struct pl_error *err)
{
    struct pl_reference reference = {.registry = DOCKER_HUB, .repository = name};
    pl_str first = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    if (pl_str_cut(name, '/', &first, &rest) && looks_like_host(first)) {
        enum pl_status st = check_host(first, err);
        if (st < 0) {
            return st;
        }
        reference.registry = canonical_host(arena, first);
        reference.repository = rest;
    }
    enum pl_status st = check_components(arena, reference.repository, err);
    if (st < 0) {
        return st;
    }
    bool is_short = pl_str_eq(reference.registry, DOCKER_HUB) &&
                    pl_str_find_char(reference.repository, '/') == SIZE_MAX;
    reference.repository =
        pl_arena_format(arena, PL_STR_FMT PL_STR_FMT, PL_STR_ARG(is_short ? LIBRARY : PL_STR_EMPTY),
                        PL_STR_ARG(reference.repository));
    st = check_length(reference.repository, err);
    if (st < 0) {
        return st;
    }
    *ret = reference;
    return PL_OK;
}

/* 64 hex digits alone are an image's id, which no registry knows. */
static bool is_image_id(pl_str text)
{
    bool good = text.len == 64;
    for (size_t i = 0; good && i < text.len; i++) {
        good = pl_char_is_digit(text.ptr[i]) || (text.ptr[i] >= 'a' && text.ptr[i] <= 'f');
    }
    return good;
}

/* What is wrong with `text` whatever it is meant to be. */
static enum pl_status check_whole(pl_str text, struct pl_error *err)
{
    if (text.len == 0) {
        return pl_error_set(err, PL_E_USAGE, "an image's name is empty");
    }
    if (text.len > PL_LIMIT_REFERENCE_BYTES) {
        return pl_error_set(err, PL_E_USAGE,
                            "the image's name \"" PL_STR_FMT "...\" has %zu characters, which none "
                            "can have",
                            PL_STR_ARG(pl_str_sub(text, 0, 40)), text.len);
    }
    size_t scheme = pl_str_find(text, PL_STR("://"));
    if (scheme != SIZE_MAX) {
        return pl_error_set(err, PL_E_USAGE,
                            "\"" PL_STR_FMT "\": an image's name has no scheme: did you mean "
                            "\"" PL_STR_FMT "\"?",
                            PL_STR_ARG(shown(text)),
                            PL_STR_ARG(shown(pl_str_skip(text, scheme + 3))));
    }
    if (is_image_id(text)) {
        return pl_error_set(err, PL_E_USAGE,
                            "\"" PL_STR_FMT "\" is an image's id, which only the engine that holds "
                            "the image knows; name it by NAME@sha256:DIGEST",
                            PL_STR_ARG(text));
    }
    return PL_OK;
}

/* The name alone, at the start of `text`: up to the digest's '@', or the tag's colon, which is one
 * behind the last slash. */
static pl_str name_of(pl_str text)
{
    pl_str name = PL_STR_EMPTY;
    pl_str digest = PL_STR_EMPTY;
    pl_str_cut(text, '@', &name, &digest);
    size_t slash = pl_str_find_last_char(name, '/');
    size_t last = slash == SIZE_MAX ? 0 : slash + 1;
    size_t colon = pl_str_find_char(pl_str_skip(name, last), ':');
    return colon == SIZE_MAX ? name : pl_str_sub(name, 0, last + colon);
}

static enum pl_status parse_parts(struct pl_arena *arena, pl_str text, struct pl_reference *ret,
                                  struct pl_error *err)
{
    struct pl_reference reference = {0};
    pl_str name = name_of(text);
    pl_str tag = PL_STR_EMPTY;
    pl_str digest = PL_STR_EMPTY;
    bool has_digest = pl_str_cut(pl_str_skip(text, name.len), '@', &tag, &digest);
    bool has_tag = tag.len > 0; /* with its colon */
    tag = pl_str_skip(tag, 1);
    enum pl_status st = parse_name(arena, name, &reference, err);
    if (st == PL_OK && has_tag) {
        st = check_tag(tag, err);
        reference.tag = pl_arena_dup(arena, tag);
    }
    if (st == PL_OK && has_digest) {
        st = parse_digest(digest, &reference.digest, err);
    }
    if (st == PL_OK && !has_tag) {
        reference.tag = has_digest ? PL_STR_EMPTY : PL_STR("latest");
    }
    if (st == PL_OK) {
        *ret = reference;
    }
    return st;
}

/* The name without its capitals, when that is all that is wrong with it. */
static enum pl_status suggest_lower(struct pl_arena *arena, pl_str text, struct pl_error *err)
{
    pl_str name = name_of(text);
    struct pl_reference meant = {0};
    pl_str lower =
        pl_arena_format(arena, PL_STR_FMT PL_STR_FMT, PL_STR_ARG(pl_arena_lower(arena, name)),
                        PL_STR_ARG(pl_str_skip(text, name.len)));
    if (pl_str_starts_with(text, lower) || parse_parts(arena, lower, &meant, NULL) < 0) {
        return PL_E_USAGE; /* as `err` says already */
    }
    return pl_error_set(err, PL_E_USAGE,
                        "\"" PL_STR_FMT "\": repository names are in lower case: did you mean "
                        "\"" PL_STR_FMT "\"?",
                        PL_STR_ARG(shown(text)), PL_STR_ARG(shown(lower)));
}

enum pl_status pl_reference_parse(struct pl_arena *arena, pl_str text, struct pl_reference *ret,
                                  struct pl_error *err)
{
    enum pl_status st = check_whole(text, err);
    if (st < 0) {
        return st;
    }
    st = parse_parts(arena, text, ret, err);
    return st < 0 ? suggest_lower(arena, text, err) : PL_OK;
}

enum pl_status pl_reference_parse_repository(struct pl_arena *arena, pl_str text,
                                             struct pl_reference *ret, struct pl_error *err)
{
    enum pl_status st = check_whole(text, err);
    if (st < 0) {
        return st;
    }
    if (pl_str_find_char(text, '@') != SIZE_MAX) {
        return pl_error_set(err, PL_E_USAGE, "\"" PL_STR_FMT "\": a digest does not belong here",
                            PL_STR_ARG(shown(text)));
    }
    if (pl_str_find_char(text, '/') == SIZE_MAX && looks_like_host(text)) {
        st = check_host(text, err);
        if (st == PL_OK) {
            *ret = (struct pl_reference){.registry = canonical_host(arena, text)};
        }
        return st;
    }
    if (name_of(text).len < text.len) {
        return pl_error_set(err, PL_E_USAGE, "\"" PL_STR_FMT "\": a tag does not belong here",
                            PL_STR_ARG(shown(text)));
    }
    st = parse_name(arena, text, ret, err);
    return st < 0 ? suggest_lower(arena, text, err) : PL_OK;
}

static pl_str format_as(struct pl_arena *arena, pl_str host, pl_str repository,
                        const struct pl_reference *reference)
{
    pl_str digest = pl_digest_str(&reference->digest);
    return pl_arena_format(arena, PL_STR_FMT "%s" PL_STR_FMT "%s" PL_STR_FMT "%s" PL_STR_FMT,
                           PL_STR_ARG(host), host.len > 0 && repository.len > 0 ? "/" : "",
                           PL_STR_ARG(repository), reference->tag.len > 0 ? ":" : "",
                           PL_STR_ARG(reference->tag), digest.len > 0 ? "@" : "",
                           PL_STR_ARG(digest));
}

pl_str pl_reference_format(struct pl_arena *arena, const struct pl_reference *reference)
{
    return format_as(arena, reference->registry, reference->repository, reference);
}

pl_str pl_reference_familiar(struct pl_arena *arena, const struct pl_reference *reference)
{
    pl_str host = reference->registry;
    pl_str repository = reference->repository;
    if (pl_str_eq(host, DOCKER_HUB) && repository.len > 0) {
        pl_str first = PL_STR_EMPTY;
        pl_str below = PL_STR_EMPTY;
        pl_str_cut(repository, '/', &first, &below);
        bool is_in_library = pl_str_eq(first, PL_STR("library")) && !is_image_id(below) &&
                             pl_str_find_char(below, '/') == SIZE_MAX;
        /* Without docker.io, "docker.io/a.b/c" would be of the host a.b. */
        host = looks_like_host(first) ? host : PL_STR_EMPTY;
        repository = is_in_library ? below : repository;
    }
    return format_as(arena, host, repository, reference);
}

pl_str pl_reference_selector(const struct pl_reference *reference)
{
    return reference->digest.text[0] != '\0' ? pl_digest_str(&reference->digest) : reference->tag;
}
