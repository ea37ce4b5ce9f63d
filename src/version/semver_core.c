/* SPDX-License-Identifier: Apache-2.0 */
#include "version/semver_core.h"
#include "version/digits.h"

static bool is_number(pl_str digits)
{
    return digits.len == 1 || (digits.len > 1 && digits.ptr[0] != '0');
}

static bool is_all_digits(pl_str s)
{
    pl_digits_take(&s);
    return s.len == 0;
}

static bool is_identifier(pl_str identifier, bool is_prerelease)
{
    for (size_t i = 0; i < identifier.len; i++) {
        char c = identifier.ptr[i];
        if (!pl_char_is_alnum(c) && c != '-') {
            return false;
        }
    }
    return identifier.len > 0 &&
           (!is_prerelease || !is_all_digits(identifier) || is_number(identifier));
}

bool pl_semver_is_identifiers(pl_str text, bool is_prerelease)
{
    bool has_more = true;
    while (has_more) {
        pl_str identifier = PL_STR_EMPTY;
        has_more = pl_str_cut(text, '.', &identifier, &text);
        if (!is_identifier(identifier, is_prerelease)) {
            return false;
        }
    }
    return true;
}

static bool take_wildcard(pl_str *cursor)
{
    bool is_wildcard = cursor->len > 0 &&
                       (cursor->ptr[0] == 'x' || cursor->ptr[0] == 'X' || cursor->ptr[0] == '*');
    *cursor = pl_str_skip(*cursor, is_wildcard ? 1 : 0);
    return is_wildcard;
}

/* Takes the numbers off *cursor; 0 when they are none, else how many there are with wildcards. */
static unsigned take_numbers(pl_str *cursor, unsigned flags, struct pl_semver *semver)
{
    bool has_wildcard = false;
    for (unsigned i = 0; i < PL_SEMVER_NUMBERS; i++) {
        pl_str rest = *cursor;
        if (i > 0) {
            if (rest.len == 0 || rest.ptr[0] != '.') {
                return i;
            }
            rest = pl_str_skip(rest, 1);
        }
        pl_str digits = pl_digits_take(&rest);
        if (digits.len == 0 && (flags & PL_SEMVER_WILDCARD) && take_wildcard(&rest)) {
            has_wildcard = true;
        } else if (digits.len == 0 || !(is_number(digits) || (flags & PL_SEMVER_LEADING_ZEROS))) {
            return 0;
        }
        if (!has_wildcard) {
            semver->numbers[i] = digits;
            semver->count = i + 1;
        }
        *cursor = rest;
    }
    return PL_SEMVER_NUMBERS;
}

bool pl_semver_parse(pl_str text, unsigned flags, struct pl_semver *ret)
{
    struct pl_semver semver = {.prerelease = PL_STR_EMPTY, .build = PL_STR_EMPTY};
    for (unsigned i = 0; i < PL_SEMVER_NUMBERS; i++) {
        semver.numbers[i] = PL_STR_EMPTY;
    }
    if ((flags & PL_SEMVER_V) && pl_str_starts_with(text, PL_STR("v"))) {
        text = pl_str_skip(text, 1);
    }
    unsigned written = take_numbers(&text, flags, &semver);
    bool may_be_partial = (flags & PL_SEMVER_PARTIAL) != 0;
    bool may_have_suffix = written == PL_SEMVER_NUMBERS || (flags & PL_SEMVER_PARTIAL_SUFFIX) != 0;
    if (written == 0 || (written < PL_SEMVER_NUMBERS && !may_be_partial) ||
        (text.len > 0 && !may_have_suffix)) {
        return false;
    }
    pl_str build = PL_STR_EMPTY;
    if (pl_str_cut(text, '+', &text, &build)) {
        if (!pl_semver_is_identifiers(build, false)) {
            return false;
        }
        semver.build = build;
    }
    if (text.len > 0) {
        if (text.ptr[0] != '-' || !pl_semver_is_identifiers(pl_str_skip(text, 1), true)) {
            return false;
        }
        bool has_wildcard = semver.count < written;
        semver.prerelease = has_wildcard ? PL_STR_EMPTY : pl_str_skip(text, 1);
    }
    *ret = semver;
    return true;
}

bool pl_semver_is_valid(pl_str text, unsigned flags)
{
    struct pl_semver semver;
    return pl_semver_parse(text, flags, &semver);
}

int pl_semver_compare_numbers(const struct pl_semver *a, const struct pl_semver *b, unsigned depth)
{
    int order = 0;
    for (unsigned i = 0; order == 0 && i < depth; i++) {
        order = pl_digits_compare(a->numbers[i], b->numbers[i]);
    }
    return order;
}

int pl_semver_compare_identifiers(pl_str a, pl_str b, bool fold_case)
{
    for (;;) {
        pl_str left = PL_STR_EMPTY;
        pl_str right = PL_STR_EMPTY;
        bool left_more = pl_str_cut(a, '.', &left, &a);
        bool right_more = pl_str_cut(b, '.', &right, &b);
        bool is_left_number = is_all_digits(left);
        int order = (int)is_all_digits(right) - (int)is_left_number;
        if (order == 0 && is_left_number) {
            order = pl_digits_compare(left, right);
        } else if (order == 0) {
            order = fold_case ? pl_str_cmp_nocase(left, right) : pl_str_cmp(left, right);
        }
        if (order != 0 || !left_more || !right_more) {
            return order != 0 ? order : (int)left_more - (int)right_more;
        }
    }
}

int pl_semver_compare(const struct pl_semver *a, const struct pl_semver *b)
{
    int order = pl_semver_compare_numbers(a, b, PL_SEMVER_NUMBERS);
    if (order != 0) {
        return order;
    }
    if (a->prerelease.len == 0 || b->prerelease.len == 0) {
        return (int)(b->prerelease.len > 0) - (int)(a->prerelease.len > 0);
    }
    return pl_semver_compare_identifiers(a->prerelease, b->prerelease, false);
}

int pl_semver_compare_with_build(const struct pl_semver *a, const struct pl_semver *b)
{
    int order = pl_semver_compare(a, b);
    if (order != 0) {
        return order;
    }
    if (a->build.len == 0 || b->build.len == 0) {
        return (int)(a->build.len > 0) - (int)(b->build.len > 0);
    }
    return pl_semver_compare_identifiers(a->build, b->build, false);
}

int pl_semver_compare_texts(pl_str a, pl_str b, unsigned flags,
                            int (*compare)(const struct pl_semver *a, const struct pl_semver *b))
{
    struct pl_semver left;
    struct pl_semver right;
    return pl_semver_parse(a, flags, &left) && pl_semver_parse(b, flags, &right)
               ? compare(&left, &right)
               : 0;
}

unsigned pl_semver_caret_depth(const struct pl_semver *bound)
{
    for (unsigned i = 0; i < bound->count; i++) {
        if (pl_digits_compare(bound->numbers[i], PL_STR_EMPTY) != 0) {
            return i + 1;
        }
    }
    return bound->count;
}
