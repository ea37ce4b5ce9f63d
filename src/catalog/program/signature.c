/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/program/signature.h"
#include <assert.h>

enum { MOST_TEXT = 100, MOST_BYTES = 1000, MOST_VERSION = 64, MOST_NULS = 64 };

/* '*' any bytes. The star that was met last may take one byte more, which is enough. */
static bool matches_glob(pl_str glob, pl_str text)
{
    size_t g = 0;
    size_t t = 0;
    size_t star = SIZE_MAX;
    size_t resume = 0;
    while (t < text.len) {
        if (g < glob.len && glob.ptr[g] == '*') {
            star = g++;
            resume = t;
        } else if (g < glob.len && glob.ptr[g] == text.ptr[t]) {
            g++;
            t++;
        } else if (star != SIZE_MAX) {
            g = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (g < glob.len && glob.ptr[g] == '*') {
        g++;
    }
    return g == glob.len;
}

bool pl_signature_wants(const struct pl_signature *signature, pl_str path)
{
    if (!signature->files) {
        return true;
    }
    size_t slash = pl_str_find_last_char(path, '/');
    pl_str base = slash == SIZE_MAX ? path : pl_str_skip(path, slash + 1);
    pl_str globs = pl_str_from(signature->files);
    pl_str glob = PL_STR_EMPTY;
    while (pl_str_next_word(&globs, &glob)) {
        bool has_dir = pl_str_find_char(glob, '/') != SIZE_MAX;
        if (matches_glob(glob, has_dir ? path : base)) {
            return true;
        }
    }
    return false;
}

/* What a part in braces begins with, if that is known; *pattern is what follows it. */
static pl_str start_of_part(pl_str *pattern)
{
    pl_str braces = PL_STR_EMPTY;
    pl_str_cut(*pattern, '}', &braces, pattern);
    pl_str prefix = pl_str_skip(braces, 3);
    return pl_str_eq(braces, PL_STR("{0")) ? PL_STR("\0")
                                           : pl_str_sub(prefix, 0, pl_str_find_char(prefix, '#'));
}

size_t pl_signature_start(const struct pl_signature *signature, char *into, size_t size)
{
    pl_str pattern = pl_str_from(signature->text);
    size_t len = 0;
    while (pattern.len > 0) {
        bool is_part = pattern.ptr[0] == '{';
        bool is_nul = pl_str_starts_with(pattern, PL_STR("{0}"));
        pl_str known = is_part ? start_of_part(&pattern)
                               : pl_str_sub(pattern, 0, pl_str_find_char(pattern, '{'));
        known = pl_str_sub(known, 0, size - len);
        memcpy(into + len, known.ptr, known.len);
        len += known.len;
        if (is_part && !is_nul) {
            break;
        }
        pattern = is_part ? pattern : pl_str_skip(pattern, known.len);
        if (known.len == 0) {
            break;
        }
    }
    return len;
}

static bool is_word(char c)
{
    return pl_char_is_digit(c) || pl_char_is_alpha(c);
}

static bool is_in_version(char c)
{
    return is_word(c) || (c != '\0' && strchr(".+~_-", c));
}

static bool comes_before_number(char c)
{
    return is_in_version(c) || (c != '\0' && strchr("^=@\"'", c));
}

static size_t run(pl_str text, bool (*is_wanted)(char c), size_t most)
{
    size_t len = 0;
    while (len < text.len && len < most && is_wanted(text.ptr[len])) {
        len++;
    }
    return len;
}

/* Numbers with `least_dots` dots between or more; 0 when there are none. */
static size_t numbers(pl_str text, size_t least_dots)
{
    size_t len = run(text, pl_char_is_digit, MOST_VERSION);
    size_t dots = 0;
    while (len > 0 && len + 1 < text.len && text.ptr[len] == '.' &&
           pl_char_is_digit(text.ptr[len + 1]) && len < MOST_VERSION) {
        len += 1 + run(pl_str_skip(text, len + 1), pl_char_is_digit, MOST_VERSION);
        dots++;
    }
    return dots >= least_dots ? len : 0;
}

/* '#' is any digit. */
static bool starts_with_prefix(pl_str text, pl_str prefix)
{
    for (size_t i = 0; i < prefix.len; i++) {
        bool is_met = i < text.len && (prefix.ptr[i] == '#' ? pl_char_is_digit(text.ptr[i])
                                                            : prefix.ptr[i] == text.ptr[i]);
        if (!is_met) {
            return false;
        }
    }
    return true;
}

/* The length of a version of digits alone, 0 when there is none. */
static size_t take_digits(char kind, pl_str prefix, pl_str text)
{
    enum { DIGITS_OF_K = 5 };
    size_t len = run(text, pl_char_is_digit, MOST_VERSION);
    if (kind == 'k') {
        return len == DIGITS_OF_K ? len : 0;
    }
    return pl_str_find_char(prefix, '#') == SIZE_MAX ? len : prefix.len;
}

/* The length of what the version of this kind takes, 0 when there is none. */
static size_t take_version(char kind, pl_str prefix, pl_str text)
{
    if (kind == 'k' || kind == 'i') {
        return take_digits(kind, prefix, text);
    }
    size_t least_dots = kind == 'm' ? 0 : kind == 't' ? 2 : 1;
    size_t len = numbers(text, least_dots);
    if (len > 0 && kind == 'p') {
        size_t patch = run(pl_str_skip(text, len + 1), pl_char_is_digit, MOST_VERSION);
        len = len < text.len && text.ptr[len] == 'p' && patch > 0 ? len + 1 + patch : 0;
    } else if (len > 0 && kind != 'n' && kind != 't') {
        len += run(pl_str_skip(text, len), is_in_version, MOST_VERSION);
        while (!is_word(text.ptr[len - 1])) {
            len--;
        }
    }
    return len;
}

static bool is_text(char c)
{
    return (c >= ' ' && c <= '~') || c == '\t' || c == '\n';
}

static bool is_nul(char c)
{
    return c == '\0';
}

/* The literal up to the next brace or the end. */
static pl_str next_literal(pl_str *pattern)
{
    size_t brace = pl_str_find_char(*pattern, '{');
    pl_str literal = pl_str_sub(*pattern, 0, brace);
    *pattern = pl_str_skip(*pattern, literal.len);
    return literal;
}

static bool matches(pl_str pattern, pl_str text, struct pl_signature_hit *hit,
                    const char **ret_end);

/* Tries what follows at each place where this part may end, the nearest first. There is hardly a
 * row with two such parts, so that the tries are some thousand at most. */
static bool matches_any(char part, pl_str pattern, pl_str text, struct pl_signature_hit *hit,
                        const char **ret_end)
{
    size_t most = part == '*' ? run(text, is_text, MOST_TEXT) : MOST_BYTES;
    for (size_t skip = 0; skip <= most && skip <= text.len; skip++) {
        if (matches(pattern, pl_str_skip(text, skip), hit, ret_end)) {
            return true;
        }
    }
    return false;
}

/* How many bytes the part in braces takes; 0 when it does not stand there. */
static size_t match_part(char part, pl_str prefix, pl_str text, struct pl_signature_hit *hit)
{
    switch (part) {
    case '0':
        return text.len > 0 && text.ptr[0] == '\0' ? 1 : 0;
    case 'z':
        return run(text, is_nul, MOST_NULS);
    case 'd':
        return run(text, pl_char_is_digit, MOST_VERSION);
    case 'w':
        return run(text, is_word, MOST_VERSION);
    default:
        break;
    }
    size_t len = starts_with_prefix(text, prefix) ? take_version(part, prefix, text) : 0;
    hit->version = pl_str_sub(text, 0, len);
    hit->is_number = part == 'k';
    hit->has_patch = part == 'p';
    return len;
}

static bool matches(pl_str pattern, pl_str text, struct pl_signature_hit *hit, const char **ret_end)
{
    while (pattern.len > 0) {
        pl_str literal = next_literal(&pattern);
        if (!pl_str_starts_with(text, literal)) {
            return false;
        }
        text = pl_str_skip(text, literal.len);
        pl_str braces = PL_STR_EMPTY;
        if (!pl_str_cut(pattern, '}', &braces, &pattern) || braces.len < 2) {
            break;
        }
        char part = braces.ptr[1];
        if (part == '*' || part == '?') {
            return matches_any(part, pattern, text, hit, ret_end);
        }
        size_t len = match_part(part, pl_str_skip(braces, 3), text, hit);
        if (len == 0) {
            return false;
        }
        text = pl_str_skip(text, len);
    }
    *ret_end = text.ptr;
    return hit->version.len > 0;
}

static bool matches_at(pl_str pattern, pl_str text, struct pl_signature_hit *ret)
{
    struct pl_signature_hit hit = {0};
    const char *end = text.ptr;
    if (!matches(pattern, text, &hit, &end)) {
        return false;
    }
    hit.seen = pl_str_sub(text, 0, (size_t)(end - text.ptr));
    *ret = hit;
    return true;
}

bool pl_signature_matches(const struct pl_signature *signature, pl_span bytes, size_t offset,
                          struct pl_signature_hit *ret)
{
    return matches_at(pl_str_from(signature->text), pl_str_skip(pl_span_str(bytes), offset), ret);
}

bool pl_signature_search(const struct pl_signature *signature, pl_span bytes,
                         struct pl_signature_hit *ret)
{
    char start_text[64];
    pl_str start =
        pl_str_make(start_text, pl_signature_start(signature, start_text, sizeof(start_text)));
    assert(start.len > 0);
    /* Most NULs have no version after them. */
    bool is_bare = pl_str_eq(start, PL_STR("\0"));
    bool starts_with_version = signature->text[0] == '{' && signature->text[1] != '0';
    pl_str pattern = pl_str_from(signature->text);
    if (pl_str_starts_with(pattern, PL_STR("{0}")) &&
        matches_at(pl_str_skip(pattern, 3), pl_span_str(bytes), ret)) {
        return true;
    }
    size_t at = 0;
    for (;;) {
        size_t skip = pl_str_find(pl_str_skip(pl_span_str(bytes), at), start);
        if (skip == SIZE_MAX) {
            return false;
        }
        at += skip;
        /* What begins with a version begins where no other number ends, nor a range of versions. */
        bool is_within =
            starts_with_version && at > 0 && comes_before_number((char)bytes.ptr[at - 1]);
        bool is_hopeless = is_bare && (at + 1 >= bytes.len || !is_word((char)bytes.ptr[at + 1])) &&
                           signature->text[3] == '{' && signature->text[4] != 'z';
        if (!is_within && !is_hopeless && pl_signature_matches(signature, bytes, at, ret)) {
            return true;
        }
        at++;
    }
}

/* What was seen, as one line of text. */
static pl_str to_line(struct pl_arena *arena, pl_str seen)
{
    enum { MOST_SHOWN = 120 };
    seen = pl_str_sub(seen, 0, MOST_SHOWN);
    char *line = pl_arena_alloc(arena, seen.len, 1);
    for (size_t i = 0; i < seen.len; i++) {
        line[i] = (char)(seen.ptr[i] >= ' ' && seen.ptr[i] <= '~' ? seen.ptr[i] : ' ');
    }
    return pl_str_trim(pl_str_make(line, seen.len));
}

/* The patch of {p} is an update of its version there: 9.2p1 is "9.2:p1". */
static void add_cpes(struct pl_sink *sink, const struct pl_program *program,
                     struct pl_component *component, pl_str names, pl_str version, bool has_patch)
{
    pl_str name = PL_STR_EMPTY;
    while (pl_str_next_word(&names, &name)) {
        /* '+' and '~' must be escaped (NISTIR 7695, 6.2); what follows '+' is no version there. */
        pl_str plain = PL_STR_EMPTY;
        pl_str rest = PL_STR_EMPTY;
        pl_str_cut(version, '+', &plain, &rest);
        pl_str_cut(plain, '~', &plain, &rest);
        size_t patch = has_patch ? pl_str_find_char(plain, 'p') : SIZE_MAX;
        pl_str update = patch == SIZE_MAX ? PL_STR("*") : pl_str_skip(plain, patch);
        plain = pl_str_sub(plain, 0, patch);
        pl_sink_push(sink, &component->cpes,
                     pl_arena_format(program->scratch,
                                     "cpe:2.3:a:" PL_STR_FMT ":" PL_STR_FMT ":" PL_STR_FMT
                                     ":*:*:*:*:*:*",
                                     PL_STR_ARG(name), PL_STR_ARG(plain), PL_STR_ARG(update)));
    }
}

/* 20914 is 2.9.14. */
static pl_str from_number(struct pl_arena *arena, pl_str digits)
{
    uint64_t number = 0;
    pl_str_to_uint(digits, 999999, &number);
    return pl_arena_format(arena, "%u.%u.%u", (unsigned)(number / 10000),
                           (unsigned)(number / 100 % 100), (unsigned)(number % 100));
}

bool pl_signature_report(struct pl_sink *sink, const struct pl_program *program,
                         const struct pl_signature *signature, const struct pl_signature_hit *hit)
{
    pl_str version = hit->is_number ? from_number(program->scratch, hit->version) : hit->version;
    struct pl_component *component =
        pl_program_component(sink, program, "binary", pl_str_from(signature->name), version);
    if (!component) {
        return false;
    }
    component->confidence = signature->confidence;
    component->basis = pl_sink_str(
        sink,
        pl_arena_format(program->scratch, "\"" PL_STR_FMT "\" in " PL_STR_FMT,
                        PL_STR_ARG(to_line(program->scratch, hit->seen)),
                        PL_STR_ARG(hit->section.len > 0 ? hit->section : PL_STR("a segment"))));
    add_cpes(sink, program, component, pl_str_from(signature->cpes), version, hit->has_patch);
    return true;
}
