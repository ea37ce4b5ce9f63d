/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conda - versions of conda packages and version specifications, as the documentation of conda's
 * classes VersionOrder and VersionSpec has them (conda.models.version; "Package match
 * specifications").
 *
 *     [epoch!]version[+local]
 *
 * The version is components between dots, underscores or, when it has no underscores, hyphens; an
 * underscore at the very end belongs to its component (1.0.1_ of OpenSSL). A component is runs of
 * digits, of asterisks and of anything else, with a 0 before it when it does not begin with a
 * digit. Missing components are empty and missing runs are 0. Numbers are greater than words;
 * "post" is greater than any number, and "dev" less than any word but "*"; words compare by bytes
 * without case.
 *
 * A specification is terms joined by "," (and) and "|" (or), "," binding tighter, with parentheses:
 * "*"; "1.2.*", "1.2*" or "=1.2", a version that begins so; ==, !=, <, <=, >, >=; "!=1.2.*"; and
 * "~=1.2.3", which is ">=1.2.3,=1.2". A version alone is "==". Regular expressions are not read.
 */
#include "version/digits.h"
#include "version/expression.h"
#include "version/operator.h"

struct version {
    pl_str epoch; /* digits; empty is 0 */
    pl_str main;
    pl_str local; /* empty when there is none */
};

static bool is_separator(char c)
{
    return c == '.' || c == '_' || c == '-';
}

static bool is_allowed(pl_str text)
{
    bool has_hyphen = false;
    bool has_underscore = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        has_hyphen = has_hyphen || c == '-';
        has_underscore = has_underscore || c == '_';
        if (!pl_char_is_alnum(c) && c != '*' && c != '+' && c != '!' && !is_separator(c)) {
            return false;
        }
    }
    return !has_hyphen || !has_underscore;
}

/* Up to the next separator, which is taken too. One that ends the text is no separator. */
static pl_str take_component(pl_str *cursor)
{
    size_t len = 0;
    while (len < cursor->len && !(is_separator(cursor->ptr[len]) && len + 1 < cursor->len)) {
        len++;
    }
    pl_str component = pl_str_sub(*cursor, 0, len);
    *cursor = pl_str_skip(*cursor, len + 1);
    return component;
}

static bool are_components(pl_str list, bool may_end_open)
{
    if (list.len == 0 || list.ptr[list.len - 1] == '.' ||
        (!may_end_open && is_separator(list.ptr[list.len - 1]))) {
        return false;
    }
    while (list.len > 0) {
        if (take_component(&list).len == 0) {
            return false;
        }
    }
    return true;
}

static bool parse(pl_str text, struct version *ret)
{
    struct version version = {.epoch = PL_STR_EMPTY, .local = PL_STR_EMPTY};
    text = pl_str_trim(text);
    if (!is_allowed(text)) {
        return false;
    }
    if (pl_str_find_char(text, '!') != SIZE_MAX) {
        version.epoch = pl_digits_take(&text);
        if (version.epoch.len == 0 || text.ptr[0] != '!') {
            return false;
        }
        text = pl_str_skip(text, 1);
    }
    bool has_local = pl_str_cut(text, '+', &version.main, &version.local);
    if (!are_components(version.main, true) || pl_str_find_char(text, '!') != SIZE_MAX ||
        (has_local && (!are_components(version.local, false) ||
                       pl_str_find_char(version.local, '+') != SIZE_MAX))) {
        return false;
    }
    *ret = version;
    return true;
}

static bool is_valid(pl_str text)
{
    struct version version;
    return parse(text, &version);
}

/* In their order. */
enum rank { RANK_STARS, RANK_DEV, RANK_WORD, RANK_NUMBER, RANK_POST };

struct run {
    enum rank rank;
    pl_str text;
};

static const struct run zero = {RANK_NUMBER, PL_STR_INIT("")};

static bool is_word_char(char c)
{
    return !pl_char_is_digit(c) && c != '*';
}

/* Takes the next run off a component; 0 when there is none left. */
static struct run take_run(pl_str *cursor)
{
    if (cursor->len == 0) {
        return zero;
    }
    if (pl_char_is_digit(cursor->ptr[0])) {
        return (struct run){RANK_NUMBER, pl_digits_take(cursor)};
    }
    bool is_word = is_word_char(cursor->ptr[0]);
    size_t len = 0;
    while (len < cursor->len && !pl_char_is_digit(cursor->ptr[len]) &&
           is_word_char(cursor->ptr[len]) == is_word) {
        len++;
    }
    struct run run = {is_word ? RANK_WORD : RANK_STARS, pl_str_sub(*cursor, 0, len)};
    *cursor = pl_str_skip(*cursor, len);
    if (pl_str_eq_nocase(run.text, PL_STR("dev"))) {
        run.rank = RANK_DEV;
    } else if (pl_str_eq_nocase(run.text, PL_STR("post"))) {
        run.rank = RANK_POST;
    }
    return run;
}

/* A hyphen counts as the underscore that it stands for. */
static int folded(char c)
{
    return c == '-' ? '_' : (unsigned char)pl_char_lower(c);
}

static int compare_words(pl_str a, pl_str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int order = folded(a.ptr[i]) - folded(b.ptr[i]);
        if (order != 0) {
            return order;
        }
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

static int compare_runs(const struct run *a, const struct run *b)
{
    if (a->rank != b->rank) {
        return (int)a->rank - (int)b->rank;
    }
    if (a->rank == RANK_NUMBER) {
        return pl_digits_compare(a->text, b->text);
    }
    return a->rank == RANK_WORD || a->rank == RANK_STARS ? compare_words(a->text, b->text) : 0;
}

/* Takes the 0 that stands before a component without a digit at its front. */
static struct run take_first_run(pl_str *component)
{
    bool has_number = component->len == 0 || pl_char_is_digit(component->ptr[0]);
    return has_number ? take_run(component) : zero;
}

static int compare_components(pl_str a, pl_str b)
{
    struct run left = take_first_run(&a);
    struct run right = take_first_run(&b);
    int order = compare_runs(&left, &right);
    while (order == 0 && (a.len > 0 || b.len > 0)) {
        left = take_run(&a);
        right = take_run(&b);
        order = compare_runs(&left, &right);
    }
    return order;
}

static int compare_lists(pl_str a, pl_str b)
{
    int order = 0;
    while (order == 0 && (a.len > 0 || b.len > 0)) {
        order = compare_components(take_component(&a), take_component(&b));
    }
    return order;
}

static int compare_parsed(const struct version *a, const struct version *b)
{
    int order = pl_digits_compare(a->epoch, b->epoch);
    order = order != 0 ? order : compare_lists(a->main, b->main);
    return order != 0 ? order : compare_lists(a->local, b->local);
}

static int compare(pl_str a, pl_str b)
{
    struct version left;
    struct version right;
    return parse(a, &left) && parse(b, &right) ? compare_parsed(&left, &right) : 0;
}

/* All runs but the last are the same, and of the last, when it is a word, the beginning. */
static bool component_starts_with(pl_str component, pl_str prefix)
{
    struct run left = take_first_run(&component);
    struct run right = take_first_run(&prefix);
    while (prefix.len > 0) {
        if (compare_runs(&left, &right) != 0) {
            return false;
        }
        left = take_run(&component);
        right = take_run(&prefix);
    }
    if (right.rank >= RANK_NUMBER) {
        return compare_runs(&left, &right) == 0;
    }
    pl_str head = pl_str_sub(left.text, 0, right.text.len);
    return left.rank < RANK_NUMBER && head.len == right.text.len &&
           compare_words(head, right.text) == 0;
}

static bool list_starts_with(pl_str list, pl_str prefix)
{
    for (;;) {
        pl_str mine = take_component(&list);
        pl_str wanted = take_component(&prefix);
        if (prefix.len == 0) {
            return component_starts_with(mine, wanted);
        }
        if (compare_components(mine, wanted) != 0) {
            return false;
        }
    }
}

static bool starts_with(const struct version *version, const struct version *prefix)
{
    if (pl_digits_compare(version->epoch, prefix->epoch) != 0) {
        return false;
    }
    if (prefix->local.len > 0) {
        return compare_lists(version->main, prefix->main) == 0 &&
               list_starts_with(version->local, prefix->local);
    }
    return list_starts_with(version->main, prefix->main);
}

static const struct pl_operator_spelling spellings[] = {
    {"==", PL_OPERATOR_SAME}, {"!=", PL_OPERATOR_NE},    {"<=", PL_OPERATOR_LE},
    {">=", PL_OPERATOR_GE},   {"~=", PL_OPERATOR_TILDE}, {"<", PL_OPERATOR_LT},
    {">", PL_OPERATOR_GT},    {"=", PL_OPERATOR_PREFIX}, {NULL, PL_OPERATOR_NONE},
};

/* With an operator ".*" at the end means any ending; without one, asterisks do, and dots before
 * them are no part of the version. */
static bool take_stars(pl_str *text, enum pl_operator op)
{
    if (op != PL_OPERATOR_NONE) {
        bool has_stars = pl_str_ends_with(*text, PL_STR(".*"));
        text->len -= has_stars ? 2 : 0;
        return has_stars;
    }
    size_t len = text->len;
    while (text->len > 0 && text->ptr[text->len - 1] == '*') {
        text->len--;
    }
    while (text->len < len && text->len > 0 && text->ptr[text->len - 1] == '.') {
        text->len--;
    }
    return text->len < len;
}

/* "~=": at least the bound, and the same up to its last dot. */
static enum pl_containment judge_compatible(const struct version *version, pl_str text)
{
    struct version bound;
    struct version prefix;
    size_t dot = pl_str_find_last_char(text, '.');
    if (dot == SIZE_MAX || !parse(text, &bound) || !parse(pl_str_sub(text, 0, dot), &prefix)) {
        return PL_CONTAINMENT_INVALID;
    }
    return compare_parsed(version, &bound) >= 0 && starts_with(version, &prefix)
               ? PL_CONTAINMENT_IN
               : PL_CONTAINMENT_OUT;
}

static bool holds(enum pl_operator op, bool is_prefix, const struct version *version,
                  const struct version *bound)
{
    if (op == PL_OPERATOR_PREFIX || (op == PL_OPERATOR_NONE && is_prefix)) {
        return starts_with(version, bound);
    }
    if (op == PL_OPERATOR_NE && is_prefix) {
        return !starts_with(version, bound);
    }
    bool is_equality = op == PL_OPERATOR_NONE || op == PL_OPERATOR_SAME;
    return pl_operator_holds(is_equality ? PL_OPERATOR_EQ : op, compare_parsed(version, bound));
}

static enum pl_containment judge(pl_str term, void *context)
{
    const struct version *version = context;
    if (pl_str_eq(term, PL_STR("*"))) {
        return PL_CONTAINMENT_IN;
    }
    enum pl_operator op = pl_operator_take(&term, spellings);
    term = pl_operator_skip_blanks(term);
    bool is_prefix = take_stars(&term, op);
    if (op == PL_OPERATOR_TILDE) {
        return is_prefix ? PL_CONTAINMENT_INVALID : judge_compatible(version, term);
    }
    struct version bound;
    bool is_pattern = op == PL_OPERATOR_NONE && pl_str_find_char(term, '*') != SIZE_MAX;
    if (is_pattern || !parse(term, &bound)) {
        return PL_CONTAINMENT_INVALID;
    }
    return holds(op, is_prefix, version, &bound) ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static enum pl_containment contains(pl_str range, pl_str text)
{
    static const struct pl_expression expression = {",", "|", true, false, judge};
    struct version version;
    if (!parse(text, &version)) {
        return PL_CONTAINMENT_INVALID;
    }
    return pl_expression_contains(&expression, range, &version);
}

static const char *const ecosystems[] = {NULL};

const struct pl_version_scheme pl_version_scheme_conda = {
    .name = "conda",
    .summary = "conda package versions: 1!2.0.post1+local; specifications >=1.2,<2|3.*",
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
