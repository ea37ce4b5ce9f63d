/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk - versions of Alpine packages (apk-package(5) of apk-tools 3, "pkgver").
 *
 *     number{.number}...[letter]{_suffix[number]}...[~hash][-r number]
 *
 * The suffixes _alpha, _beta, _pre and _rc, in this order, mean "before the release"; _cvs, _svn,
 * _git, _hg and _p, in this order, "after it". The hash is lower-case hexadecimal and names a
 * commit; -r is the revision of the package.
 *
 * Two versions are compared token by token. Numbers compare by value, but for those after the
 * first: when one of the two begins with a zero, both compare as text, as a decimal fraction would.
 * Where the kinds of token differ, a suffix of the first group is less than anything, and for the
 * rest the kind that stands further left in the grammar above is the greater, the end being last.
 */
#include "base/compiler.h"
#include "version/digits.h"
#include "version/scheme.h"

/* In the order of the grammar. */
enum kind {
    KIND_FIRST_NUMBER,
    KIND_NUMBER,
    KIND_LETTER,
    KIND_SUFFIX,
    KIND_SUFFIX_NUMBER,
    KIND_HASH,
    KIND_REVISION,
    KIND_END,
    KIND_INVALID,
};

struct token {
    enum kind kind;
    pl_str text;
    size_t suffix; /* index in `suffixes` */
};

static const char *const suffixes[] = {
    "alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p",
};
/* The suffixes before this index sort before the release. */
enum { FIRST_LATER_SUFFIX = 4 };

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_hash_char(char c)
{
    return pl_char_is_digit(c) || (c >= 'a' && c <= 'f');
}

static struct token take_digits(enum kind kind, pl_str *cursor)
{
    struct token token = {.kind = kind, .text = pl_digits_take(cursor)};
    if (token.text.len == 0) {
        token.kind = KIND_INVALID;
    }
    return token;
}

static struct token take_suffix(pl_str *cursor)
{
    struct token token = {.kind = KIND_SUFFIX, .text = pl_str_take_while(cursor, is_lower)};
    while (token.suffix < PL_ARRAY_LEN(suffixes) &&
           !pl_str_eq(token.text, pl_str_from(suffixes[token.suffix]))) {
        token.suffix++;
    }
    if (token.suffix == PL_ARRAY_LEN(suffixes)) {
        token.kind = KIND_INVALID;
    }
    return token;
}

/* The token that follows one of kind `before`, taken off *cursor. */
static struct token next_token(enum kind before, pl_str *cursor)
{
    if (cursor->len == 0) {
        return (struct token){.kind = KIND_END, .text = PL_STR_EMPTY};
    }
    char c = cursor->ptr[0];
    if (pl_char_is_digit(c) && before == KIND_SUFFIX) {
        return take_digits(KIND_SUFFIX_NUMBER, cursor);
    }
    if (is_lower(c) && before <= KIND_NUMBER) {
        pl_str letter = pl_str_sub(*cursor, 0, 1);
        *cursor = pl_str_skip(*cursor, 1);
        return (struct token){.kind = KIND_LETTER, .text = letter};
    }
    if (c == '.' && before <= KIND_NUMBER) {
        *cursor = pl_str_skip(*cursor, 1);
        return take_digits(KIND_NUMBER, cursor);
    }
    if (c == '_' && before <= KIND_SUFFIX_NUMBER) {
        *cursor = pl_str_skip(*cursor, 1);
        return take_suffix(cursor);
    }
    if (c == '~' && before < KIND_HASH) {
        *cursor = pl_str_skip(*cursor, 1);
        pl_str hash = pl_str_take_while(cursor, is_hash_char);
        return (struct token){.kind = hash.len > 0 ? KIND_HASH : KIND_INVALID, .text = hash};
    }
    if (before < KIND_REVISION && pl_str_starts_with(*cursor, PL_STR("-r"))) {
        *cursor = pl_str_skip(*cursor, 2);
        return take_digits(KIND_REVISION, cursor);
    }
    return (struct token){.kind = KIND_INVALID, .text = PL_STR_EMPTY};
}

static struct token first_token(pl_str *cursor)
{
    return take_digits(KIND_FIRST_NUMBER, cursor);
}

static bool is_valid(pl_str version)
{
    struct token token = first_token(&version);
    while (token.kind < KIND_END) {
        token = next_token(token.kind, &version);
    }
    return token.kind == KIND_END;
}

static int compare_same_kind(const struct token *a, const struct token *b)
{
    switch (a->kind) {
    case KIND_NUMBER:
        if (a->text.ptr[0] == '0' || b->text.ptr[0] == '0') {
            return pl_str_cmp(a->text, b->text);
        }
        return pl_digits_compare(a->text, b->text);
    case KIND_FIRST_NUMBER:
    case KIND_SUFFIX_NUMBER:
    case KIND_REVISION:
        return pl_digits_compare(a->text, b->text);
    case KIND_SUFFIX:
        return (int)a->suffix - (int)b->suffix;
    case KIND_LETTER:
    case KIND_HASH:
    case KIND_END:
    case KIND_INVALID:
        break;
    }
    return pl_str_cmp(a->text, b->text);
}

static bool is_before_release(const struct token *token)
{
    return token->kind == KIND_SUFFIX && token->suffix < FIRST_LATER_SUFFIX;
}

static int compare(pl_str a, pl_str b)
{
    struct token left = first_token(&a);
    struct token right = first_token(&b);
    while (left.kind == right.kind) {
        int order = compare_same_kind(&left, &right);
        if (order != 0 || left.kind >= KIND_END) {
            return order;
        }
        left = next_token(left.kind, &a);
        right = next_token(right.kind, &b);
    }
    if (is_before_release(&left)) {
        return -1;
    }
    if (is_before_release(&right)) {
        return 1;
    }
    return left.kind > right.kind ? -1 : 1;
}

static const char *const ecosystems[] = {
    "Alpaquita", "Alpine", "BellSoft Hardened Containers", "Chainguard", "CleanStart", "MinimOS",
    "Wolfi",     NULL,
};

const struct pl_version_scheme pl_version_scheme_apk = {
    .name = "apk",
    .summary = "Alpine package versions: 1.2.3a_rc1-r4",
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
};
