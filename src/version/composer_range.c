/* SPDX-License-Identifier: Apache-2.0 */
/*
 * composer_range - constraints on versions of PHP packages as composer/semver 3 reads them
 * (https://getcomposer.org/doc/articles/versions.md, "Writing version constraints"; VersionParser).
 *
 * Alternatives joined by "|" or "||"; each is constraints between blanks or commas, all of which
 * have to hold:
 *
 *     >= > < <= != <> = ==    and a version; "=" when there is none
 *     1.2.*, 1.2.x            any version that begins so; * or x, any at all
 *     ~1.2.3                  at least 1.2.3, and no change but of the last number; ~1 of the rest
 *     ^1.2.3                  at least 1.2.3, and no change up to the first number that is not "0"
 *     1.0 - 2.0               at least 1.0, and at most 2.0, or any 2.0.x when B has missing
 * numbers
 *
 * Where a bound below has no stability of its own it begins with the first "-dev" of it, and so
 * does a bound above that is excluded; "@beta" behind a version says otherwise. Branches
 * ("dev-main") are in a constraint that names them, and in "*", and never in one of an order.
 */
#include "base/compiler.h"
#include "version/composer.h"
#include "version/digits.h"
#include "version/operator.h"

/* A version as constraints write it, in its parts. */
struct bound {
    pl_str text;
    pl_str numbers[PL_COMPOSER_NUMBERS];
    unsigned count;
    struct pl_composer_suffix suffix;
    bool is_line; /* ends with ".x-dev" */
    bool has_build;
};

static bool has_stability(const struct bound *bound)
{
    return bound->suffix.stability != PL_COMPOSER_END || bound->suffix.is_stable ||
           bound->suffix.is_dev || bound->is_line;
}

static bool take_line(pl_str *cursor)
{
    pl_str rest = pl_str_skip(*cursor, 2);
    if (cursor->len < 2 || cursor->ptr[0] != '.' ||
        (cursor->ptr[1] != 'x' && cursor->ptr[1] != 'X' && cursor->ptr[1] != '*')) {
        return false;
    }
    if (rest.len > 0 && (rest.ptr[0] == '.' || rest.ptr[0] == '-')) {
        rest = pl_str_skip(rest, 1);
    }
    *cursor = rest;
    bool is_dev = pl_str_eq_nocase(pl_str_sub(rest, 0, 3), PL_STR("dev"));
    *cursor = pl_str_skip(rest, is_dev ? 3 : 0);
    return is_dev;
}

/* Numbers with dots between them, behind an optional "v". */
static bool take_bound_numbers(pl_str *cursor, struct bound *bound)
{
    if (cursor->len > 0 && pl_char_lower(cursor->ptr[0]) == 'v') {
        *cursor = pl_str_skip(*cursor, 1);
    }
    for (bound->count = 0; bound->count < PL_COMPOSER_NUMBERS; bound->count++) {
        pl_str rest = *cursor;
        if (bound->count > 0) {
            if (rest.len == 0 || rest.ptr[0] != '.') {
                break;
            }
            rest = pl_str_skip(rest, 1);
        }
        pl_str digits = pl_digits_take(&rest);
        if (digits.len == 0) {
            break;
        }
        bound->numbers[bound->count] = digits;
        *cursor = rest;
    }
    for (unsigned i = bound->count; i < PL_COMPOSER_NUMBERS; i++) {
        bound->numbers[i] = PL_STR_EMPTY;
    }
    return bound->count > 0;
}

static bool parse_bound(pl_str text, struct bound *ret)
{
    struct bound bound = {.text = text};
    pl_str rest = text;
    if (!take_bound_numbers(&rest, &bound)) {
        return false;
    }
    pl_str line = rest;
    if (take_line(&line)) {
        bound.is_line = true;
        bound.suffix = (struct pl_composer_suffix){.stability = PL_COMPOSER_END};
        rest = line;
    } else {
        bound.suffix = pl_composer_take_suffix(&rest);
    }
    if (rest.len > 1 && rest.ptr[0] == '+') {
        bound.has_build = true;
        rest = PL_STR_EMPTY;
    }
    *ret = bound;
    return rest.len == 0;
}

/* A version with an order to it against a bound with one. */
static bool order_holds(enum pl_operator op, const struct pl_composer *version,
                        const struct pl_composer *bound)
{
    return !version->is_branch && !bound->is_branch &&
           pl_operator_holds(op, pl_composer_compare(version, bound));
}

/* Below the first version, "-dev" and all, of which the first `depth` numbers are by one greater.
 */
static bool is_below_next(const struct pl_composer *version, const struct bound *bound,
                          unsigned depth)
{
    return !version->is_branch && pl_composer_compare_numbers(version, bound->numbers, depth) <= 0;
}

static enum pl_containment answer(bool is_in)
{
    return is_in ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

/* "~1.2.3" and "^1.2.3": from the bound up to its next version at `depth`. */
static enum pl_containment from_bound(const struct pl_composer *version, const struct bound *bound,
                                      unsigned depth)
{
    struct pl_composer low;
    if (!pl_composer_parse(bound->text, &low)) {
        return PL_CONTAINMENT_INVALID;
    }
    /* What is written behind a build belongs to the build. */
    low.suffix.is_dev = low.suffix.is_dev || (!has_stability(bound) && !bound->has_build);
    return answer(order_holds(PL_OPERATOR_GE, version, &low) &&
                  is_below_next(version, bound, depth));
}

static unsigned tilde_depth(const struct bound *bound)
{
    unsigned position = bound->count + (bound->is_line ? 1 : 0);
    return position > 1 ? position - 1 : 1;
}

static unsigned caret_depth(const struct bound *bound)
{
    bool is_first_zero = pl_str_eq(bound->numbers[0], PL_STR("0"));
    bool is_second_zero = pl_str_eq(bound->numbers[1], PL_STR("0"));
    if (!is_first_zero || bound->count < 2) {
        return 1;
    }
    return !is_second_zero || bound->count < 3 ? 2 : 3;
}

static bool is_wildcard(pl_str piece)
{
    return piece.len == 1 && (piece.ptr[0] == 'x' || piece.ptr[0] == 'X' || piece.ptr[0] == '*');
}

/* "x.*" and the like; with a "v" or a dot it leaves branches out. */
static bool is_all_wildcards(pl_str text, bool *ret_is_order)
{
    pl_str rest = text;
    *ret_is_order = false;
    if (rest.len > 1 && pl_char_lower(rest.ptr[0]) == 'v') {
        *ret_is_order = true;
        rest = pl_str_skip(rest, 1);
    }
    bool has_more = true;
    while (has_more) {
        pl_str piece = PL_STR_EMPTY;
        has_more = pl_str_cut(rest, '.', &piece, &rest);
        *ret_is_order = *ret_is_order || has_more;
        if (!is_wildcard(piece)) {
            return false;
        }
    }
    return true;
}

/* "1.2.*": up to three numbers, then wildcards only. */
static bool parse_wildcard(pl_str text, struct bound *ret)
{
    struct bound bound = {.text = text};
    if (text.len > 0 && text.ptr[0] == 'V') {
        return false;
    }
    if (!take_bound_numbers(&text, &bound) || bound.count == PL_COMPOSER_NUMBERS ||
        !pl_str_starts_with(text, PL_STR("."))) {
        return false;
    }
    bool is_order = false;
    *ret = bound;
    text = pl_str_skip(text, 1);
    return text.len > 0 && text.ptr[0] != 'v' && is_all_wildcards(text, &is_order);
}

static enum pl_containment judge_wildcard(const struct pl_composer *version,
                                          const struct bound *bound)
{
    bool is_in = !version->is_branch &&
                 pl_composer_compare_numbers(version, bound->numbers, bound->count) == 0 &&
                 /* What has fewer numbers than the bound, as dates have, is before its ".0.0". */
                 pl_composer_compare_numbers(version, bound->numbers, PL_COMPOSER_NUMBERS) >= 0;
    bool is_zero = pl_digits_compare(bound->numbers[0], PL_STR_EMPTY) == 0 &&
                   pl_digits_compare(bound->numbers[1], PL_STR_EMPTY) == 0 &&
                   pl_digits_compare(bound->numbers[2], PL_STR_EMPTY) == 0;
    return answer(is_in || (is_zero && is_below_next(version, bound, bound->count)));
}

static enum pl_containment judge_hyphen(const struct pl_composer *version, pl_str from, pl_str to)
{
    struct bound low;
    struct bound high;
    struct pl_composer lowest;
    struct pl_composer highest;
    if (!parse_bound(from, &low) || !parse_bound(to, &high) || !pl_composer_parse(from, &lowest) ||
        !pl_composer_parse(to, &highest)) {
        return PL_CONTAINMENT_INVALID;
    }
    lowest.suffix.is_dev = lowest.suffix.is_dev || !has_stability(&low);
    bool is_below = high.count >= 3 || has_stability(&high)
                        ? order_holds(PL_OPERATOR_LE, version, &highest)
                        : is_below_next(version, &high, high.count);
    return answer(order_holds(PL_OPERATOR_GE, version, &lowest) && is_below);
}

/* Does a hyphen stand in the text with nothing but a stability in lower case behind it? */
static bool ends_with_stability(pl_str text)
{
    for (size_t at = pl_str_find_char(text, '-'); at != SIZE_MAX;
         at = pl_str_find_char(text, '-')) {
        text = pl_str_skip(text, at + 1);
        pl_str rest = text;
        struct pl_composer_suffix suffix = pl_composer_take_suffix(&rest);
        /* Composer looks for "RC" in a text that it has put in lower case. */
        if (rest.len == 0 && suffix.stability != PL_COMPOSER_CANDIDATE) {
            return true;
        }
    }
    return false;
}

/* "foo-dev" without operator is the branch "foo". */
static bool parse_named_branch(pl_str text, struct pl_composer *ret)
{
    if (!pl_str_ends_with(text, PL_STR("-dev"))) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!pl_char_is_alnum(c) && c != '-' && c != '.' && c != '/') {
            return false;
        }
    }
    *ret = (struct pl_composer){.is_branch = true,
                                .branch = pl_str_sub(text, 0, text.len - 4),
                                .numbers = PL_STR_EMPTY,
                                .suffix = {.numbers = PL_STR_EMPTY}};
    return true;
}

static enum pl_containment judge_comparison(const struct pl_composer *version, enum pl_operator op,
                                            pl_str text, enum pl_composer_rank flag)
{
    struct pl_composer bound;
    if (!pl_composer_parse(text, &bound) && !parse_named_branch(text, &bound)) {
        return PL_CONTAINMENT_INVALID;
    }
    if (op == PL_OPERATOR_EQ || op == PL_OPERATOR_NONE) {
        return answer(pl_composer_compare(version, &bound) == 0);
    }
    bool is_stable =
        !bound.is_branch && !bound.suffix.is_dev &&
        (bound.suffix.stability == PL_COMPOSER_END || bound.suffix.stability == PL_COMPOSER_PATCH);
    if (flag != PL_COMPOSER_END && is_stable) {
        bound.flag = flag;
    } else if ((op == PL_OPERATOR_LT || op == PL_OPERATOR_GE) && !ends_with_stability(text)) {
        bound.suffix.is_dev = true;
    }
    if (op == PL_OPERATOR_NE) {
        return answer(pl_composer_compare(version, &bound) != 0);
    }
    return answer(order_holds(op, version, &bound));
}

static const struct pl_operator_spelling spellings[] = {
    {"<>", PL_OPERATOR_NE},   {"!=", PL_OPERATOR_NE},   {">=", PL_OPERATOR_GE},
    {"<=", PL_OPERATOR_LE},   {"==", PL_OPERATOR_EQ},   {">", PL_OPERATOR_GT},
    {"<", PL_OPERATOR_LT},    {"=", PL_OPERATOR_EQ},    {"~", PL_OPERATOR_TILDE},
    {"^", PL_OPERATOR_CARET}, {NULL, PL_OPERATOR_NONE},
};

/* "dev-main#0123abc": the commit does not count. */
static pl_str without_commit(pl_str text)
{
    pl_str head = PL_STR_EMPTY;
    pl_str commit = PL_STR_EMPTY;
    bool has_commit = pl_str_cut(text, '#', &head, &commit) && commit.len > 0;
    bool is_branch =
        (head.len > 4 && pl_str_eq_nocase(pl_str_sub(head, 0, 4), PL_STR("dev-"))) ||
        (head.len > 6 && pl_str_eq_nocase(pl_str_skip(head, head.len - 6), PL_STR(".x-dev")));
    return has_commit && is_branch ? head : text;
}

/* One constraint without blanks inside, but for those after an operator. */
static enum pl_containment judge(const struct pl_composer *version, enum pl_operator op,
                                 bool has_blank, pl_str text)
{
    enum pl_composer_rank flag = PL_COMPOSER_END;
    size_t at = pl_str_find_last_char(text, '@');
    if (at != SIZE_MAX && !has_blank && pl_composer_stability(pl_str_skip(text, at + 1), &flag)) {
        text = pl_str_sub(text, 0, at);
        if (text.len == 0 && op == PL_OPERATOR_NONE) {
            return PL_CONTAINMENT_IN;
        }
    }
    text = without_commit(text);
    struct bound bound;
    bool is_order = false;
    if (op == PL_OPERATOR_TILDE || op == PL_OPERATOR_CARET) {
        if (has_blank || !parse_bound(text, &bound)) {
            return PL_CONTAINMENT_INVALID;
        }
        return from_bound(version, &bound,
                          op == PL_OPERATOR_TILDE ? tilde_depth(&bound) : caret_depth(&bound));
    }
    if (op == PL_OPERATOR_NONE && is_all_wildcards(text, &is_order)) {
        return answer(!is_order || !version->is_branch);
    }
    if (op == PL_OPERATOR_NONE && parse_wildcard(text, &bound)) {
        return judge_wildcard(version, &bound);
    }
    return judge_comparison(version, op, text, flag);
}

static bool is_of_word(char c)
{
    return !pl_char_is_blank(c) && c != ',' && c != '|';
}

/* Takes `marker` and the word behind it off *cursor: " - 2.0", " as 1.0". */
static bool take_marked(pl_str *cursor, pl_str marker, pl_str *ret_word)
{
    pl_str rest = pl_operator_skip_blanks(*cursor);
    if (!pl_str_eq(pl_str_take_while(&rest, is_of_word), marker)) {
        return false;
    }
    rest = pl_operator_skip_blanks(rest);
    *ret_word = pl_str_take_while(&rest, is_of_word);
    *cursor = rest;
    return true;
}

/* A hyphen joins what stands on its sides, so that a word that ends with one has to be the last. */
static bool is_open_word(pl_str word, pl_str rest)
{
    bool is_followed = rest.len > 0 && rest.ptr[0] != '|';
    rest = pl_operator_skip_blanks(rest);
    return is_followed && rest.len > 0 && rest.ptr[0] != '|' && pl_str_ends_with(word, PL_STR("-"));
}

static enum pl_containment read_constraint(const struct pl_composer *version, pl_str *cursor)
{
    enum pl_operator op = pl_operator_take(cursor, spellings);
    pl_str at_word = pl_operator_skip_blanks(*cursor);
    bool has_blank = at_word.len < cursor->len;
    *cursor = at_word;
    pl_str word = pl_str_take_while(cursor, is_of_word);
    pl_str other = PL_STR_EMPTY;
    if (op == PL_OPERATOR_NONE && take_marked(cursor, PL_STR("-"), &other)) {
        return is_open_word(other, *cursor) ? PL_CONTAINMENT_INVALID
                                            : judge_hyphen(version, word, other);
    }
    if (is_open_word(word, *cursor)) {
        return PL_CONTAINMENT_INVALID;
    }
    if (take_marked(cursor, PL_STR("as"), &other) && other.len == 0) {
        return PL_CONTAINMENT_INVALID;
    }
    return judge(version, op, has_blank, word);
}

/* Constraints up to a "|" or the end. */
static enum pl_containment read_alternative(const struct pl_composer *version, pl_str *cursor)
{
    enum pl_containment all = PL_CONTAINMENT_IN;
    *cursor = pl_operator_skip_blanks(*cursor);
    do {
        enum pl_containment one = read_constraint(version, cursor);
        if (one == PL_CONTAINMENT_INVALID) {
            return one;
        }
        all = one == PL_CONTAINMENT_OUT ? one : all;
        *cursor = pl_operator_skip_blanks(*cursor);
        if (pl_str_starts_with(*cursor, PL_STR(","))) {
            *cursor = pl_operator_skip_blanks(pl_str_skip(*cursor, 1));
            if (cursor->len == 0 || cursor->ptr[0] == '|') {
                return PL_CONTAINMENT_INVALID;
            }
        }
    } while (cursor->len > 0 && cursor->ptr[0] != '|');
    return all;
}

enum pl_containment pl_composer_contains(pl_str range, pl_str text)
{
    struct pl_composer version;
    if (!pl_composer_parse(text, &version)) {
        return PL_CONTAINMENT_INVALID;
    }
    range = pl_str_trim(range);
    enum pl_containment any = PL_CONTAINMENT_OUT;
    for (;;) {
        enum pl_containment one = read_alternative(&version, &range);
        if (one == PL_CONTAINMENT_INVALID) {
            return one;
        }
        any = one == PL_CONTAINMENT_IN ? one : any;
        if (range.len == 0) {
            return any;
        }
        bool is_double = pl_str_starts_with(range, PL_STR("||"));
        range = pl_str_skip(range, is_double ? 2 : 1);
    }
}
