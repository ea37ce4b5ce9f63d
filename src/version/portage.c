/* SPDX-License-Identifier: Apache-2.0 */
/*
 * portage - versions of Gentoo packages (Package Manager Specification, EAPI 8, sections 3.2 and
 * 3.3).
 *
 *     number{.number}...[letter]{_suffix[number]}...[-rN]
 *
 * The suffixes are _alpha < _beta < _pre < _rc < none < _p. The first number compares by value; of
 * the others, when one of the two begins with a zero, both compare as text without the zeros at
 * their end, else by value. A version with more numbers is greater; then count the letter, the
 * suffixes one by one (one more is less, unless it is _p), their numbers, and the revision, which
 * is 0 when absent.
 *
 * A range is the operator and version of a package dependency (section 8.3.1): <, <=, =, >=, >, "~"
 * for any revision of the version, and "=1.2*" for versions that begin so, up to a component's end.
 */
#include "base/compiler.h"
#include "version/digits.h"
#include "version/operator.h"

static const char *const suffixes[] = {"alpha", "beta", "pre", "rc", "p"};
/* The last one alone is after the release. */
enum { SUFFIX_P = 4 };

/* Takes "_suffix[number]" off *cursor; SIZE_MAX when there is none. */
static size_t take_suffix(pl_str *cursor, pl_str *ret_number)
{
    for (size_t i = 0; cursor->len > 0 && cursor->ptr[0] == '_' && i < PL_ARRAY_LEN(suffixes);
         i++) {
        pl_str word = pl_str_from(suffixes[i]);
        pl_str rest = pl_str_skip(*cursor, 1);
        if (!pl_str_starts_with(rest, word)) {
            continue;
        }
        rest = pl_str_skip(rest, word.len);
        if (rest.len > 0 && rest.ptr[0] >= 'a' && rest.ptr[0] <= 'z') {
            continue; /* "_pre" begins with "_p" */
        }
        *ret_number = pl_digits_take(&rest);
        *cursor = rest;
        return i;
    }
    return SIZE_MAX;
}

/* The numbers with their dots. */
static pl_str take_numbers(pl_str *cursor)
{
    pl_str rest = *cursor;
    bool has_number = pl_digits_take(&rest).len > 0;
    while (has_number && rest.len > 0 && rest.ptr[0] == '.') {
        pl_str next = pl_str_skip(rest, 1);
        if (pl_digits_take(&next).len == 0) {
            break;
        }
        rest = next;
    }
    pl_str numbers = pl_str_sub(*cursor, 0, cursor->len - rest.len);
    *cursor = rest;
    return numbers;
}

/* 0 when there is none. */
static char take_letter(pl_str *cursor)
{
    if (cursor->len == 0 || cursor->ptr[0] < 'a' || cursor->ptr[0] > 'z') {
        return '\0';
    }
    char letter = cursor->ptr[0];
    *cursor = pl_str_skip(*cursor, 1);
    return letter;
}

/* Without the revision, which is put into *ret_revision (empty when absent). False when what
 * follows the rest is none. */
static bool cut_revision(pl_str rest, pl_str *ret_revision)
{
    *ret_revision = PL_STR_EMPTY;
    if (rest.len == 0) {
        return true;
    }
    if (!pl_str_starts_with(rest, PL_STR("-r"))) {
        return false;
    }
    rest = pl_str_skip(rest, 2);
    *ret_revision = pl_digits_take(&rest);
    return ret_revision->len > 0 && rest.len == 0;
}

static bool is_valid(pl_str version)
{
    pl_str ignored = PL_STR_EMPTY;
    if (take_numbers(&version).len == 0) {
        return false;
    }
    take_letter(&version);
    while (take_suffix(&version, &ignored) != SIZE_MAX) {
    }
    return cut_revision(version, &ignored);
}

static pl_str without_zeros_at_end(pl_str digits)
{
    while (digits.len > 0 && digits.ptr[digits.len - 1] == '0') {
        digits.len--;
    }
    return digits;
}

static int compare_numbers(pl_str a, pl_str b)
{
    int order = pl_digits_compare(pl_digits_take(&a), pl_digits_take(&b));
    while (order == 0 && a.len > 0 && b.len > 0) {
        a = pl_str_skip(a, 1);
        b = pl_str_skip(b, 1);
        pl_str left = pl_digits_take(&a);
        pl_str right = pl_digits_take(&b);
        bool is_fraction =
            (left.len > 0 && left.ptr[0] == '0') || (right.len > 0 && right.ptr[0] == '0');
        order = is_fraction ? pl_str_cmp(without_zeros_at_end(left), without_zeros_at_end(right))
                            : pl_digits_compare(left, right);
    }
    return order != 0 ? order : (int)(a.len > 0) - (int)(b.len > 0);
}

static int compare_suffixes(pl_str *a, pl_str *b)
{
    for (;;) {
        pl_str numbers[2] = {PL_STR_EMPTY, PL_STR_EMPTY};
        size_t left = take_suffix(a, &numbers[0]);
        size_t right = take_suffix(b, &numbers[1]);
        if (left == SIZE_MAX && right == SIZE_MAX) {
            return 0;
        }
        if (left == SIZE_MAX || right == SIZE_MAX) {
            int sign = left == SIZE_MAX ? -1 : 1;
            return (left == SIZE_MAX ? right : left) == SUFFIX_P ? sign : -sign;
        }
        int order =
            left != right ? (int)left - (int)right : pl_digits_compare(numbers[0], numbers[1]);
        if (order != 0) {
            return order;
        }
    }
}

/* All but the revisions, which are what is left. */
static int compare_bases(pl_str *a, pl_str *b)
{
    int order = compare_numbers(take_numbers(a), take_numbers(b));
    if (order == 0) {
        order = (int)take_letter(a) - (int)take_letter(b);
    }
    return order != 0 ? order : compare_suffixes(a, b);
}

static int compare(pl_str a, pl_str b)
{
    int order = compare_bases(&a, &b);
    if (order != 0) {
        return order;
    }
    pl_str left = PL_STR_EMPTY;
    pl_str right = PL_STR_EMPTY;
    cut_revision(a, &left);
    cut_revision(b, &right);
    return pl_digits_compare(left, right);
}

static const struct pl_operator_spelling spellings[] = {
    {">=", PL_OPERATOR_GE},   {"<=", PL_OPERATOR_LE}, {"=", PL_OPERATOR_EQ},
    {">", PL_OPERATOR_GT},    {"<", PL_OPERATOR_LT},  {"~", PL_OPERATOR_TILDE},
    {NULL, PL_OPERATOR_NONE},
};

static bool has_prefix(pl_str version, pl_str prefix)
{
    if (!pl_str_starts_with(version, prefix)) {
        return false;
    }
    pl_str rest = pl_str_skip(version, prefix.len);
    return rest.len == 0 || !pl_char_is_digit(rest.ptr[0]) ||
           !pl_char_is_digit(prefix.ptr[prefix.len - 1]);
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    pl_str bound = pl_str_trim(range);
    enum pl_operator op = pl_operator_take(&bound, spellings);
    bool is_prefix = op == PL_OPERATOR_EQ && pl_str_ends_with(bound, PL_STR("*"));
    bound = pl_str_sub(bound, 0, bound.len - (is_prefix ? 1 : 0));
    if (!is_valid(bound)) {
        return PL_CONTAINMENT_INVALID;
    }
    bool is_in = false;
    if (is_prefix) {
        is_in = has_prefix(version, bound);
    } else if (op == PL_OPERATOR_TILDE) {
        is_in = compare_bases(&version, &bound) == 0;
    } else {
        is_in = pl_operator_holds(op == PL_OPERATOR_NONE ? PL_OPERATOR_EQ : op,
                                  compare(version, bound));
    }
    return is_in ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static const char *const aliases[] = {"ebuild", "gentoo", NULL};
static const char *const ecosystems[] = {NULL};

const struct pl_version_scheme pl_version_scheme_portage = {
    .name = "portage",
    .summary = "Gentoo package versions: 1.2.3a_rc1-r4; ranges >=1.2, ~1.2, =1.2*",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
