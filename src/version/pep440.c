/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pep440 - versions of Python packages (PEP 440, now "Version specifiers" of the Python packaging
 * specifications, https://packaging.python.org/specifications/version-specifiers/).
 *
 *     [v][epoch!]release[{a|b|rc}N][.postN][.devN][+local]
 *
 * The release is numbers between dots, and zeros at its end do not count. The rest is accepted in
 * many spellings that all mean the same (appendix B of the PEP): letters of any case; alpha, beta,
 * c, pre, preview, rev and r; '.', '-', '_' or nothing before and after the words; no number for 0;
 * "-N" for ".postN"; blanks around it. What is missing sorts so that
 *
 *     1.0.dev1 < 1.0a1.dev1 < 1.0a1 < 1.0a1.post1 < 1.0b1 < 1.0rc1 < 1.0 < 1.0+local < 1.0.post1
 *
 * The local version is pieces between '.', '-' or '_': numbers compare by value and are greater
 * than words, words compare by bytes without case, and where one list ends first it is the less.
 */
#include "version/pep440.h"
#include "version/dotted.h"

static bool is_separator(char c)
{
    return c == '.' || c == '-' || c == '_';
}

static bool take_word(pl_str *cursor, const char *word)
{
    pl_str wanted = pl_str_from(word);
    if (!pl_str_eq_nocase(pl_str_sub(*cursor, 0, wanted.len), wanted)) {
        return false;
    }
    *cursor = pl_str_skip(*cursor, wanted.len);
    return true;
}

static void take_separator(pl_str *cursor)
{
    if (cursor->len > 0 && is_separator(cursor->ptr[0])) {
        *cursor = pl_str_skip(*cursor, 1);
    }
}

/* Takes the first of `words` with separators around it and its number off *cursor; the index, or
 * SIZE_MAX when none stands there. */
static size_t take_part(pl_str *cursor, const char *const *words, pl_str *ret_number)
{
    pl_str rest = *cursor;
    take_separator(&rest);
    for (size_t i = 0; words[i]; i++) {
        if (take_word(&rest, words[i])) {
            take_separator(&rest);
            *ret_number = pl_digits_take(&rest);
            *cursor = rest;
            return i;
        }
    }
    return SIZE_MAX;
}

/* A longer word stands before its own beginning. */
static void take_stage(pl_str *cursor, struct pl_pep440 *version)
{
    static const char *const words[] = {
        "alpha", "beta", "preview", "pre", "rc", "a", "b", "c", NULL,
    };
    static const enum pl_pep440_stage stages[] = {
        PL_PEP440_ALPHA,     PL_PEP440_BETA,  PL_PEP440_CANDIDATE, PL_PEP440_CANDIDATE,
        PL_PEP440_CANDIDATE, PL_PEP440_ALPHA, PL_PEP440_BETA,      PL_PEP440_CANDIDATE,
    };
    size_t found = take_part(cursor, words, &version->stage_number);
    version->stage = found == SIZE_MAX ? PL_PEP440_FINAL : stages[found];
}

static void take_post(pl_str *cursor, struct pl_pep440 *version)
{
    static const char *const words[] = {"post", "rev", "r", NULL};
    pl_str rest = pl_str_skip(*cursor, 1);
    pl_str digits = pl_digits_take(&rest);
    if (cursor->len > 0 && cursor->ptr[0] == '-' && digits.len > 0) {
        version->has_post = true;
        version->post = digits;
        *cursor = rest;
        return;
    }
    version->has_post = take_part(cursor, words, &version->post) != SIZE_MAX;
}

static bool take_release(pl_str *cursor, pl_str *ret)
{
    pl_str rest = *cursor;
    if (pl_digits_take(&rest).len == 0) {
        return false;
    }
    for (;;) {
        pl_str next = pl_str_skip(rest, 1);
        if (rest.len == 0 || rest.ptr[0] != '.' || pl_digits_take(&next).len == 0) {
            break;
        }
        rest = next;
    }
    *ret = pl_str_sub(*cursor, 0, cursor->len - rest.len);
    *cursor = rest;
    return true;
}

static bool is_local(pl_str local)
{
    bool was_separator = true;
    for (size_t i = 0; i < local.len; i++) {
        char c = local.ptr[i];
        bool is_between = is_separator(c);
        if ((is_between && was_separator) || (!is_between && !pl_char_is_alnum(c))) {
            return false;
        }
        was_separator = is_between;
    }
    return !was_separator;
}

bool pl_pep440_parse(pl_str text, struct pl_pep440 *ret)
{
    static const char *const dev[] = {"dev", NULL};
    struct pl_pep440 version = {
        .epoch = PL_STR_EMPTY,
        .stage = PL_PEP440_FINAL,
        .stage_number = PL_STR_EMPTY,
        .post = PL_STR_EMPTY,
        .dev = PL_STR_EMPTY,
        .local = PL_STR_EMPTY,
    };
    text = pl_str_trim(text);
    if (text.len > 0 && pl_char_lower(text.ptr[0]) == 'v') {
        text = pl_str_skip(text, 1);
    }
    pl_str rest = text;
    pl_str epoch = pl_digits_take(&rest);
    if (epoch.len > 0 && rest.len > 0 && rest.ptr[0] == '!') {
        version.epoch = epoch;
        text = pl_str_skip(rest, 1);
    }
    if (!take_release(&text, &version.release)) {
        return false;
    }
    if (text.len > 0) { /* most versions are a release alone */
        take_stage(&text, &version);
        take_post(&text, &version);
        version.has_dev = take_part(&text, dev, &version.dev) != SIZE_MAX;
    }
    if (text.len > 0) {
        version.local = pl_str_skip(text, 1);
        if (text.ptr[0] != '+' || !is_local(version.local)) {
            return false;
        }
    }
    *ret = version;
    return true;
}

int pl_pep440_compare_base(const struct pl_pep440 *a, const struct pl_pep440 *b)
{
    int order = pl_digits_compare(a->epoch, b->epoch);
    return order != 0 ? order : pl_dotted_compare_padded(a->release, b->release);
}

/* "1.0.dev1" is before every stage of 1.0. */
static int stage_rank(const struct pl_pep440 *version)
{
    bool is_before_all =
        version->stage == PL_PEP440_FINAL && !version->has_post && version->has_dev;
    return is_before_all ? -1 : (int)version->stage;
}

int pl_pep440_compare_public(const struct pl_pep440 *a, const struct pl_pep440 *b)
{
    int order = pl_pep440_compare_base(a, b);
    order = order != 0 ? order : stage_rank(a) - stage_rank(b);
    order = order != 0 ? order : pl_digits_compare(a->stage_number, b->stage_number);
    order = order != 0 ? order : (int)a->has_post - (int)b->has_post;
    order = order != 0 ? order : pl_digits_compare(a->post, b->post);
    order = order != 0 ? order : (int)b->has_dev - (int)a->has_dev;
    return order != 0 ? order : pl_digits_compare(a->dev, b->dev);
}

static pl_str take_local_piece(pl_str *cursor)
{
    size_t len = 0;
    while (len < cursor->len && !is_separator(cursor->ptr[len])) {
        len++;
    }
    pl_str piece = pl_str_sub(*cursor, 0, len);
    *cursor = pl_str_skip(*cursor, len + 1);
    return piece;
}

static bool is_number(pl_str piece)
{
    return pl_digits_take(&piece).len > 0 && piece.len == 0;
}

static int compare_local_pieces(pl_str a, pl_str b)
{
    bool is_left_number = is_number(a);
    bool is_right_number = is_number(b);
    if (is_left_number != is_right_number) {
        return (int)is_left_number - (int)is_right_number;
    }
    if (is_left_number) {
        return pl_digits_compare(a, b);
    }
    return pl_str_cmp_nocase(a, b);
}

int pl_pep440_compare_local(pl_str a, pl_str b)
{
    int order = 0;
    while (order == 0 && a.len > 0 && b.len > 0) {
        order = compare_local_pieces(take_local_piece(&a), take_local_piece(&b));
    }
    return order != 0 ? order : (int)(a.len > 0) - (int)(b.len > 0);
}

static bool is_valid(pl_str version)
{
    struct pl_pep440 parsed;
    return pl_pep440_parse(version, &parsed);
}

static int compare(pl_str a, pl_str b)
{
    struct pl_pep440 left;
    struct pl_pep440 right;
    if (!pl_pep440_parse(a, &left) || !pl_pep440_parse(b, &right)) {
        return 0;
    }
    int order = pl_pep440_compare_public(&left, &right);
    return order != 0 ? order : pl_pep440_compare_local(left.local, right.local);
}

static const char *const aliases[] = {"pypi", "python", NULL};
static const char *const ecosystems[] = {"PyPI", NULL};

const struct pl_version_scheme pl_version_scheme_pep440 = {
    .name = "pep440",
    .summary = "Python versions: 1!2.0rc1.post2.dev3+local; specifiers ~=1.2, ==1.*, >=1,<2",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = pl_pep440_contains,
};
