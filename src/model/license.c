/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A statement is taken apart at its operators, and what is left are names. Operators are those of
 * SPDX in any case ("AND", "OR", "WITH", parentheses), and of package managers: '/' between crates'
 * licences and '|' between R's and opam's mean OR, '&' means AND. The whole statement is tried as a
 * name first, since titles hold such words ("GNU General Public License v2 or later"). A comma may
 * mean either, so nothing is made of it.
 *
 * SPDX 2.3, annex D.4: WITH binds closest, then AND, then OR.
 */
#include "model/license.h"
#include "base/buf.h"
#include "base/map.h"

enum { MOST_BYTES = 4096, MOST_DEPTH = 32 };

static const struct {
    const char *name;
    const char *expression;
} names[] = {
#define PL_LICENSE_NAME(name, expression) {name, expression},
#include "model/license_names.def"
#undef PL_LICENSE_NAME
};

static const char *const license_ids[] = {
#define PL_SPDX_LICENSE(id) id,
#define PL_SPDX_EXCEPTION(id)
#include "model/spdx_ids.def"
#undef PL_SPDX_LICENSE
#undef PL_SPDX_EXCEPTION
};

static const char *const exception_ids[] = {
#define PL_SPDX_LICENSE(id)
#define PL_SPDX_EXCEPTION(id) id,
#include "model/spdx_ids.def"
#undef PL_SPDX_LICENSE
#undef PL_SPDX_EXCEPTION
};

struct pl_licenses {
    struct pl_arena arena;
    struct pl_map licenses; /* squeezed name to expression */
    struct pl_map exceptions; /* squeezed name to identifier */
    struct pl_map asked; /* statement to what it amounts to */
};

static bool is_idle_word(pl_str word)
{
    static const char *const idle[] = {"the",      "license", "licence",
                                       "licensed", "version", "software"};
    for (size_t i = 0; i < PL_ARRAY_LEN(idle); i++) {
        if (pl_str_eq_nocase(word, pl_str_from(idle[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_kept(char c)
{
    return pl_char_is_alnum(c) || c == '+' || c == '.' || (unsigned char)c >= 0x80;
}

/* The form in which names are compared: see license_names.def. */
static pl_str squeeze(struct pl_arena *arena, pl_str name)
{
    char *into = pl_arena_alloc(arena, name.len + 1, 1);
    size_t len = 0;
    while (name.len > 0) {
        pl_str word = pl_str_take_while(&name, is_kept);
        if (!is_idle_word(word)) {
            for (size_t i = 0; i < word.len; i++) {
                into[len++] = pl_char_lower(word.ptr[i]);
            }
        }
        name = pl_str_skip(name, word.len > 0 ? 0 : 1);
    }
    while (len > 0 && into[len - 1] == '.') {
        len--;
    }
    return pl_str_make(into, len);
}

static void add_names(struct pl_arena *arena, struct pl_map *map, const char *const *ids,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void **place = pl_map_at(map, squeeze(arena, pl_str_from(ids[i])));
        *place = (void *)(uintptr_t)ids[i];
    }
}

struct pl_licenses *pl_licenses_new(void)
{
    struct pl_licenses *licenses = pl_mem_alloc(1, sizeof(*licenses));
    add_names(&licenses->arena, &licenses->licenses, license_ids, PL_ARRAY_LEN(license_ids));
    add_names(&licenses->arena, &licenses->exceptions, exception_ids, PL_ARRAY_LEN(exception_ids));
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        pl_str key = squeeze(&licenses->arena, pl_str_from(names[i].name));
        *pl_map_at(&licenses->licenses, key) = (void *)(uintptr_t)names[i].expression;
    }
    return licenses;
}

void pl_licenses_free(struct pl_licenses *licenses)
{
    if (!licenses) {
        return;
    }
    pl_map_release(&licenses->licenses);
    pl_map_release(&licenses->exceptions);
    pl_map_release(&licenses->asked);
    pl_arena_release(&licenses->arena);
    free(licenses);
}

/* "gplv2+", "lgpl2.1", "agpl3orlater": the GNU licences, in all the ways that their versions are
 * written. Without a version none is meant for sure. */
static pl_str gnu_license(struct pl_arena *arena, pl_str name)
{
    static const struct {
        const char *prefix;
        const char *id;
        const char *versions[4];
    } families[] = {
        {"agpl", "AGPL", {"1.0", "3.0"}},
        {"gfdl", "GFDL", {"1.1", "1.2", "1.3"}},
        {"gpl", "GPL", {"1.0", "2.0", "3.0"}},
        {"lgpl", "LGPL", {"2.0", "2.1", "3.0"}},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(families); i++) {
        pl_str prefix = pl_str_from(families[i].prefix);
        if (!pl_str_starts_with(name, prefix)) {
            continue;
        }
        pl_str rest = pl_str_skip(name, prefix.len);
        rest = pl_str_starts_with(rest, PL_STR("v")) ? pl_str_skip(rest, 1) : rest;
        size_t digits = 0;
        while (digits < rest.len &&
               (pl_char_is_digit(rest.ptr[digits]) || rest.ptr[digits] == '.')) {
            digits++;
        }
        pl_str version = pl_str_sub(rest, 0, digits);
        pl_str after = pl_str_skip(rest, digits);
        bool is_later = pl_str_eq(after, PL_STR("+")) || pl_str_eq(after, PL_STR("orlater"));
        for (size_t v = 0; v < 4 && families[i].versions[v]; v++) {
            pl_str whole = pl_str_from(families[i].versions[v]);
            pl_str major = pl_str_ends_with(whole, PL_STR(".0")) ? pl_str_sub(whole, 0, 1) : whole;
            bool is_this = pl_str_eq(version, whole) || pl_str_eq(version, major);
            if (is_this && (is_later || after.len == 0 || pl_str_eq(after, PL_STR("only")))) {
                return pl_arena_format(arena, "%s-" PL_STR_FMT "-%s", families[i].id,
                                       PL_STR_ARG(whole), is_later ? "or-later" : "only");
            }
        }
    }
    return PL_STR_EMPTY;
}

static bool is_reference(pl_str name)
{
    pl_str own = PL_STR("LicenseRef-");
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!pl_char_is_alnum(c) && c != '.' && c != '-') {
            return false;
        }
    }
    return pl_str_starts_with(name, own) && name.len > own.len;
}

/* One name; empty when it is not known. */
static pl_str resolve(struct pl_licenses *licenses, pl_str name)
{
    /* Python's classifiers: "License :: OSI Approved :: MIT License". */
    for (size_t at = pl_str_find(name, PL_STR("::")); at != SIZE_MAX;
         at = pl_str_find(name, PL_STR("::"))) {
        name = pl_str_skip(name, at + 2);
    }
    name = pl_str_trim(name);
    if (is_reference(name)) {
        return name;
    }
    pl_str key = squeeze(&licenses->arena, name);
    pl_str gnu = gnu_license(&licenses->arena, key);
    if (key.len == 0 || gnu.len > 0) {
        return gnu;
    }
    const char *known = pl_map_find(&licenses->licenses, key);
    if (known) {
        return pl_str_from(known);
    }
    /* Any later version (annex D.3). */
    if (pl_str_ends_with(key, PL_STR("+"))) {
        known = pl_map_find(&licenses->licenses, pl_str_sub(key, 0, key.len - 1));
    }
    return known && !strchr(known, ' ') ? pl_arena_format(&licenses->arena, "%s+", known)
                                        : PL_STR_EMPTY;
}

enum token { END, NAME, AND, OR, WITH, OPEN, CLOSE };

struct parser {
    struct pl_licenses *licenses;
    pl_str rest;
    enum token token;
    pl_str name; /* of a NAME */
    unsigned depth;
    bool failed;
};

static enum token word_operator(pl_str word)
{
    return pl_str_eq_nocase(word, PL_STR("and"))    ? AND
           : pl_str_eq_nocase(word, PL_STR("or"))   ? OR
           : pl_str_eq_nocase(word, PL_STR("with")) ? WITH
                                                    : NAME;
}

static enum token sign_operator(char c)
{
    switch (c) {
    case '(':
        return OPEN;
    case ')':
        return CLOSE;
    case '|':
    case '/':
        return OR;
    case '&':
        return AND;
    default:
        return NAME;
    }
}

/* A name goes up to the next operator, blanks and all. */
static void advance(struct parser *parser)
{
    parser->rest = pl_str_trim(parser->rest);
    pl_str start = parser->rest;
    size_t len = 0;
    parser->token = start.len == 0 ? END : sign_operator(start.ptr[0]);
    if (parser->token != NAME) {
        parser->rest = pl_str_skip(start, start.len > 0 ? 1 : 0);
        return;
    }
    while (parser->rest.len > 0 && sign_operator(parser->rest.ptr[0]) == NAME) {
        size_t word = 0;
        while (word < parser->rest.len && !pl_char_is_blank(parser->rest.ptr[word]) &&
               sign_operator(parser->rest.ptr[word]) == NAME) {
            word++;
        }
        enum token operator_ = word_operator(pl_str_sub(parser->rest, 0, word));
        if (operator_ != NAME && len > 0) {
            break;
        }
        size_t blanks = word;
        while (blanks < parser->rest.len && pl_char_is_blank(parser->rest.ptr[blanks])) {
            blanks++;
        }
        parser->rest = pl_str_skip(parser->rest, blanks);
        if (operator_ != NAME) {
            parser->token = operator_;
            return;
        }
        len = (size_t)(parser->rest.ptr - start.ptr);
    }
    parser->name = pl_str_sub(start, 0, len);
}

static pl_str parse_or(struct parser *parser);

static pl_str fail(struct parser *parser)
{
    parser->failed = true;
    parser->token = END;
    return PL_STR_EMPTY;
}

static bool has_or(pl_str expression)
{
    return pl_str_contains(expression, PL_STR(" OR "));
}

static pl_str parse_name(struct parser *parser)
{
    if (parser->token == OPEN && parser->depth < MOST_DEPTH) {
        parser->depth++;
        advance(parser);
        pl_str inner = parse_or(parser);
        parser->depth--;
        if (parser->token != CLOSE) {
            return fail(parser);
        }
        advance(parser);
        return inner;
    }
    /* Titles hold commas, expressions do not. */
    pl_str name = pl_str_trim(parser->name);
    bool is_listed = pl_str_starts_with(name, PL_STR(",")) || pl_str_ends_with(name, PL_STR(","));
    pl_str known = parser->token == NAME && !is_listed ? resolve(parser->licenses, parser->name)
                                                       : PL_STR_EMPTY;
    if (known.len == 0) {
        return fail(parser);
    }
    advance(parser);
    if (parser->token != WITH) {
        return known;
    }
    advance(parser);
    struct pl_arena *arena = &parser->licenses->arena;
    const char *exception = parser->token == NAME ? pl_map_find(&parser->licenses->exceptions,
                                                                squeeze(arena, parser->name))
                                                  : NULL;
    if (!exception || pl_str_find_char(known, ' ') != SIZE_MAX) {
        return fail(parser);
    }
    advance(parser);
    return pl_arena_format(arena, PL_STR_FMT " WITH %s", PL_STR_ARG(known), exception);
}

static pl_str parse_and(struct parser *parser)
{
    struct pl_arena *arena = &parser->licenses->arena;
    pl_str left = parse_name(parser);
    while (parser->token == AND) {
        advance(parser);
        pl_str right = parse_name(parser);
        const char *open[] = {has_or(left) ? "(" : "", has_or(right) ? "(" : ""};
        const char *close[] = {has_or(left) ? ")" : "", has_or(right) ? ")" : ""};
        left = pl_arena_format(arena, "%s" PL_STR_FMT "%s AND %s" PL_STR_FMT "%s", open[0],
                               PL_STR_ARG(left), close[0], open[1], PL_STR_ARG(right), close[1]);
    }
    return left;
}

static pl_str parse_or(struct parser *parser)
{
    pl_str left = parse_and(parser);
    while (parser->token == OR) {
        advance(parser);
        pl_str right = parse_and(parser);
        left = pl_arena_format(&parser->licenses->arena, PL_STR_FMT " OR " PL_STR_FMT,
                               PL_STR_ARG(left), PL_STR_ARG(right));
    }
    return left;
}

static bool are_balanced(pl_str s)
{
    size_t open = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == ')' && open-- == 0) {
            return false;
        }
        open += s.ptr[i] == '(' ? 1 : 0;
    }
    return open == 0;
}

static pl_str work_out(struct pl_licenses *licenses, pl_str stated)
{
    pl_str whole = resolve(licenses, stated);
    if (whole.len > 0 && are_balanced(stated)) {
        return whole;
    }
    struct parser parser = {.licenses = licenses, .rest = stated};
    advance(&parser);
    pl_str expression = parse_or(&parser);
    return parser.failed || parser.token != END ? PL_STR_EMPTY : expression;
}

pl_str pl_licenses_expression(struct pl_licenses *licenses, pl_str stated)
{
    if (stated.len == 0 || stated.len > MOST_BYTES) {
        return PL_STR_EMPTY;
    }
    pl_str *known = pl_map_find(&licenses->asked, stated);
    if (!known) {
        known = PL_ARENA_NEW(&licenses->arena, pl_str);
        stated = pl_arena_dup(&licenses->arena, stated);
        *known = work_out(licenses, stated);
        *pl_map_at(&licenses->asked, stated) = known;
    }
    return *known;
}

pl_str pl_licenses_join(struct pl_licenses *licenses, struct pl_arena *arena,
                        const struct pl_strs *stated)
{
    struct pl_strs parts = {0};
    struct pl_arena scratch pl_autoarena = {0};
    for (size_t i = 0; i < stated->count; i++) {
        pl_str one = pl_licenses_expression(licenses, stated->items[i]);
        if (one.len == 0) {
            return PL_STR_EMPTY;
        }
        pl_strs_add_unique(&scratch, &parts, one);
    }
    struct pl_buf joined pl_autobuf = PL_BUF_INIT(MOST_BYTES * 16);
    for (size_t i = 0; i < parts.count; i++) {
        bool is_wrapped = parts.count > 1 && has_or(parts.items[i]);
        pl_buf_append_format(&joined, "%s%s" PL_STR_FMT "%s", i > 0 ? " AND " : "",
                             is_wrapped ? "(" : "", PL_STR_ARG(parts.items[i]),
                             is_wrapped ? ")" : "");
    }
    return joined.overflowed ? PL_STR_EMPTY : pl_arena_dup(arena, pl_buf_str(&joined));
}
