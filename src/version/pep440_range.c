/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pep440_range - specifiers of Python versions (PEP 440, "Version specifiers").
 *
 * Clauses joined by commas, all of which have to hold; none at all holds for every version. A
 * clause is one of ~= == != <= >= < > === and a version:
 *
 *     == 1.2    the same version, and any local version of it; with a local version, only that
 *     == 1.2.*  any version whose release begins so, prereleases too; missing numbers are 0
 *     ~= 1.2.3  >= 1.2.3, == 1.2.*, and so needs two numbers at least
 *     < 1.2     not its own prereleases, unless it is one itself
 *     > 1.2     not its own post-releases, unless it is one itself, and no local version of it
 *     === text  the same text, without regard to case, as the version normalised
 *
 * Only == and != take a local version. Whether prereleases are wanted at all is the installer's
 * question and not asked here: they count as any other version.
 */
#include "version/digits.h"
#include "version/pep440.h"

static const struct pl_operator_spelling spellings[] = {
    {"===", PL_OPERATOR_SAME}, {"~=", PL_OPERATOR_TILDE}, {"==", PL_OPERATOR_EQ},
    {"!=", PL_OPERATOR_NE},    {"<=", PL_OPERATOR_LE},    {">=", PL_OPERATOR_GE},
    {"<", PL_OPERATOR_LT},     {">", PL_OPERATOR_GT},     {NULL, PL_OPERATOR_NONE},
};

static bool is_prerelease(const struct pl_pep440 *version)
{
    return version->stage != PL_PEP440_FINAL || version->has_dev;
}

static size_t count_numbers(pl_str release)
{
    size_t count = 0;
    for (; release.len > 0; count++) {
        pl_digits_take(&release);
        release = pl_str_skip(release, 1);
    }
    return count;
}

/* Does the version's release begin with the first `count` numbers of the bound's? */
static bool has_prefix(const struct pl_pep440 *version, const struct pl_pep440 *bound, size_t count)
{
    pl_str mine = version->release;
    pl_str wanted = bound->release;
    bool is_same = pl_digits_compare(version->epoch, bound->epoch) == 0;
    for (; is_same && count > 0; count--) {
        is_same = pl_digits_compare(pl_digits_take(&mine), pl_digits_take(&wanted)) == 0;
        mine = pl_str_skip(mine, 1);
        wanted = pl_str_skip(wanted, 1);
    }
    return is_same;
}

/* Takes `piece` off *cursor when it stands there, without regard to case. */
static bool eat(pl_str *cursor, pl_str piece)
{
    bool is_there = pl_str_eq_nocase(pl_str_sub(*cursor, 0, piece.len), piece);
    *cursor = pl_str_skip(*cursor, is_there ? piece.len : 0);
    return is_there;
}

static bool eat_number(pl_str *cursor, pl_str digits)
{
    while (digits.len > 1 && digits.ptr[0] == '0') {
        digits = pl_str_skip(digits, 1);
    }
    return eat(cursor, digits.len > 0 ? digits : PL_STR("0"));
}

static bool eat_part(pl_str *cursor, bool is_there, const char *word, pl_str number)
{
    return !is_there || (eat(cursor, pl_str_from(word)) && eat_number(cursor, number));
}

/* Pieces of letters and digits between dots, as the normal form has them; numbers lose their
 * leading zeros. */
static bool eat_pieces(pl_str *cursor, pl_str pieces)
{
    bool is_same = true;
    for (bool is_first = true; is_same && pieces.len > 0; is_first = false) {
        pl_str piece = pl_str_take_while(&pieces, pl_char_is_alnum);
        pl_str rest = piece;
        bool is_number = pl_digits_take(&rest).len > 0 && rest.len == 0;
        is_same = (is_first || eat(cursor, PL_STR("."))) &&
                  (is_number ? eat_number(cursor, piece) : eat(cursor, piece));
        pieces = pl_str_skip(pieces, 1);
    }
    return is_same;
}

/* Is `text` the normal form of the version? */
static bool is_normal_form(const struct pl_pep440 *version, pl_str text)
{
    static const char *const stages[] = {"a", "b", "rc", ""};
    bool has_epoch = pl_digits_compare(version->epoch, PL_STR_EMPTY) != 0;
    bool is_same = !has_epoch || (eat_number(&text, version->epoch) && eat(&text, PL_STR("!")));
    is_same = is_same && eat_pieces(&text, version->release);
    is_same = is_same && eat_part(&text, version->stage != PL_PEP440_FINAL, stages[version->stage],
                                  version->stage_number);
    is_same = is_same && eat_part(&text, version->has_post, ".post", version->post);
    is_same = is_same && eat_part(&text, version->has_dev, ".dev", version->dev);
    if (is_same && version->local.len > 0) {
        is_same = eat(&text, PL_STR("+")) && eat_pieces(&text, version->local);
    }
    return is_same && text.len == 0;
}

/* "1.2.*", the asterisk cut off. */
static enum pl_containment judge_prefix(enum pl_operator op, pl_str bound,
                                        const struct pl_pep440 *version)
{
    struct pl_pep440 wanted;
    if (!pl_pep440_parse(bound, &wanted) || !pl_str_ends_with(bound, wanted.release) ||
        wanted.stage != PL_PEP440_FINAL || wanted.has_post || wanted.has_dev ||
        wanted.local.len > 0) {
        return PL_CONTAINMENT_INVALID;
    }
    bool has = has_prefix(version, &wanted, count_numbers(wanted.release));
    return has == (op == PL_OPERATOR_EQ) ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static bool holds(enum pl_operator op, const struct pl_pep440 *version,
                  const struct pl_pep440 *bound)
{
    int order = pl_pep440_compare_public(version, bound);
    bool is_same_base = pl_pep440_compare_base(version, bound) == 0;
    if (op == PL_OPERATOR_TILDE) {
        return order >= 0 && has_prefix(version, bound, count_numbers(bound->release) - 1);
    }
    if (op == PL_OPERATOR_LT && is_same_base && is_prerelease(version) && !is_prerelease(bound)) {
        return false;
    }
    if (op == PL_OPERATOR_GT && is_same_base && version->has_post && !bound->has_post) {
        return false;
    }
    if (order == 0 && bound->local.len > 0) {
        order = pl_pep440_compare_local(version->local, bound->local);
    }
    return pl_operator_holds(op, order);
}

static bool has_blank_or_end(pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (pl_char_is_blank(text.ptr[i]) || text.ptr[i] == ';' || text.ptr[i] == ')') {
            return true;
        }
    }
    return false;
}

static enum pl_containment judge(enum pl_operator op, pl_str bound, void *context)
{
    const struct pl_pep440 *version = context;
    if (op == PL_OPERATOR_NONE) {
        return bound.len == 0 ? PL_CONTAINMENT_IN : PL_CONTAINMENT_INVALID;
    }
    if (op == PL_OPERATOR_SAME) {
        if (has_blank_or_end(bound)) {
            return PL_CONTAINMENT_INVALID;
        }
        return is_normal_form(version, bound) ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
    }
    bool is_equality = op == PL_OPERATOR_EQ || op == PL_OPERATOR_NE;
    if (is_equality && pl_str_ends_with(bound, PL_STR(".*"))) {
        return judge_prefix(op, pl_str_sub(bound, 0, bound.len - 2), version);
    }
    struct pl_pep440 wanted;
    if (!pl_pep440_parse(bound, &wanted) || (wanted.local.len > 0 && !is_equality) ||
        (op == PL_OPERATOR_TILDE && count_numbers(wanted.release) < 2)) {
        return PL_CONTAINMENT_INVALID;
    }
    return holds(op, version, &wanted) ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

enum pl_containment pl_pep440_contains(pl_str range, pl_str version)
{
    static const struct pl_operator_list list = {spellings, ',', judge};
    struct pl_pep440 parsed;
    if (!pl_pep440_parse(version, &parsed)) {
        return PL_CONTAINMENT_INVALID;
    }
    return pl_operator_list_contains(&list, range, &parsed);
}
