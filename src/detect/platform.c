/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPE names (NISTIR 7695, sections 6.1 and 6.2). 2.2 is "cpe:/" and up to seven parts, of which
 * what is missing or empty is any; characters may be written as "%2b". 2.3 is "cpe:2.3:" and eleven
 * parts, with "*" for any; a backslash takes the meaning off the character behind it. Here the
 * first six count: part ("o" for operating systems), vendor, product, version, update, edition.
 */
#include "detect/platform.h"

enum { PART, VENDOR, PRODUCT, VERSION, UPDATE, EDITION, PARTS };

struct name {
    pl_str parts[PARTS]; /* in lower case; empty: any */
};

static int digit_of(char c)
{
    char lower = pl_char_lower(c);
    return pl_char_is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* In lower case, as it is meant. */
static pl_str plain(struct pl_arena *arena, pl_str part)
{
    char *text = pl_arena_alloc(arena, part.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];
        if (c == '\\' && i + 1 < part.len) {
            c = part.ptr[++i];
        } else if (c == '%' && i + 2 < part.len && digit_of(part.ptr[i + 1]) >= 0 &&
                   digit_of(part.ptr[i + 2]) >= 0) {
            c = (char)(digit_of(part.ptr[i + 1]) * 16 + digit_of(part.ptr[i + 2]));
            i += 2;
        }
        text[len++] = pl_char_lower(c);
    }
    return pl_str_make(text, len);
}

static bool parse(struct pl_arena *arena, pl_str cpe, struct name *ret)
{
    pl_str older = PL_STR("cpe:/");
    pl_str newer = PL_STR("cpe:2.3:");
    bool is_older = pl_str_starts_with(cpe, older);
    if (!is_older && !pl_str_starts_with(cpe, newer)) {
        return false;
    }
    pl_str rest = pl_str_skip(cpe, is_older ? older.len : newer.len);
    for (size_t i = 0; i < PARTS; i++) {
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] != ':') {
            end += rest.ptr[end] == '\\' && end + 1 < rest.len ? 2 : 1;
        }
        pl_str part = pl_str_sub(rest, 0, end);
        bool is_any = pl_str_eq(part, PL_STR("*"));
        ret->parts[i] = is_any ? PL_STR_EMPTY : plain(arena, part);
        rest = pl_str_skip(rest, end < rest.len ? end + 1 : rest.len);
    }
    return ret->parts[VENDOR].len > 0 && ret->parts[PRODUCT].len > 0;
}

/* "9" is "9", and 9.2 as well. */
static bool is_version(pl_str wanted, pl_str own)
{
    return pl_str_starts_with(own, wanted) && (own.len == wanted.len || own.ptr[wanted.len] == '.');
}

static bool fits(const struct name *wanted, const struct name *own, pl_str version_id)
{
    for (size_t i = 0; i < PARTS; i++) {
        pl_str part = wanted->parts[i];
        bool is_met =
            part.len == 0 || pl_str_eq(part, own->parts[i]) ||
            (i == VERSION && (is_version(part, own->parts[i]) || is_version(part, version_id)));
        if (!is_met) {
            return false;
        }
    }
    return true;
}

/* What the NVD calls systems whose os-release has no CPE_NAME. */
static bool known_name(const struct pl_os *os, struct name *ret)
{
    static const struct {
        pl_str id;
        pl_str vendor;
        pl_str product;
    } names[] = {
        {PL_STR_INIT("alpine"), PL_STR_INIT("alpinelinux"), PL_STR_INIT("alpine_linux")},
        {PL_STR_INIT("debian"), PL_STR_INIT("debian"), PL_STR_INIT("debian_linux")},
        {PL_STR_INIT("ubuntu"), PL_STR_INIT("canonical"), PL_STR_INIT("ubuntu_linux")},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        if (pl_str_eq(os->id, names[i].id)) {
            *ret = (struct name){{PL_STR("o"), names[i].vendor, names[i].product, os->version_id,
                                  PL_STR_EMPTY, PL_STR_EMPTY}};
            return true;
        }
    }
    return false;
}

/* Red Hat's ecosystems are called after what follows the vendor. */
static bool is_red_hat(struct pl_arena *arena, const struct pl_subject *subject, pl_str cpe)
{
    static const pl_str starts[] = {PL_STR_INIT("cpe:/a:redhat:"), PL_STR_INIT("cpe:/o:redhat:")};
    for (size_t i = 0; i < PL_ARRAY_LEN(starts); i++) {
        pl_str name = pl_str_starts_with(cpe, starts[i])
                          ? pl_arena_format(arena, "Red Hat:" PL_STR_FMT,
                                            PL_STR_ARG(pl_str_skip(cpe, starts[i].len)))
                          : PL_STR_EMPTY;
        for (size_t k = 0; name.len > 0 && k < subject->ecosystems.count; k++) {
            if (pl_str_eq(name, subject->ecosystems.items[k])) {
                return true;
            }
        }
    }
    return false;
}

bool pl_platform_is(struct pl_arena *arena, const struct pl_subject *subject, pl_str cpe)
{
    const struct pl_os *os = &subject->os;
    struct name wanted;
    struct name own;
    if (!parse(arena, cpe, &wanted)) {
        return false;
    }
    bool is_known = os->cpe_name.len > 0 ? parse(arena, os->cpe_name, &own) : known_name(os, &own);
    return (is_known && fits(&wanted, &own, os->version_id)) || is_red_hat(arena, subject, cpe);
}
