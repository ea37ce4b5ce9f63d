/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pacman - versions of Arch Linux packages (vercmp(8); alpm_pkg_vercmp of libalpm).
 *
 * [epoch:]version[-release], of which evr.h has the grammar. Each part is segments of letters or of
 * digits with anything else between them: digits by value, letters by bytes, digits newer than
 * letters. Where as many bytes do not separate the next segments of both, the side with fewer is
 * the less. When one side ends first, letters on the other make that one older ("1.0a" < "1.0"),
 * anything else makes it newer.
 *
 * The release counts only when both have one, and so the order has cycles: 1-1 < 1-2 and both equal
 * 1. A dependency is one comparison: <, <=, =, >= or > and a version.
 */
#include "version/evr.h"
#include "version/operator.h"

static bool is_separator(char c)
{
    return !pl_char_is_alnum(c);
}

/* What is left when one side has ended, or both. */
static int compare_rests(pl_str a, pl_str b)
{
    if (a.len == 0 && b.len == 0) {
        return 0;
    }
    bool is_left_older = a.len == 0 ? !pl_char_is_alpha(b.ptr[0]) : pl_char_is_alpha(a.ptr[0]);
    return is_left_older ? -1 : 1;
}

static int compare_part(pl_str a, pl_str b)
{
    if (pl_str_eq(a, b)) {
        return 0;
    }
    while (a.len > 0 && b.len > 0) {
        size_t left = pl_str_take_while(&a, is_separator).len;
        size_t right = pl_str_take_while(&b, is_separator).len;
        if (a.len == 0 || b.len == 0) {
            break;
        }
        if (left != right) {
            return left < right ? -1 : 1;
        }
        bool is_left_number = pl_char_is_digit(a.ptr[0]);
        bool is_right_number = pl_char_is_digit(b.ptr[0]);
        if (is_left_number != is_right_number) {
            return is_left_number ? 1 : -1;
        }
        int order = is_left_number ? pl_digits_compare(pl_digits_take(&a), pl_digits_take(&b))
                                   : pl_str_cmp(pl_str_take_while(&a, pl_char_is_alpha),
                                                pl_str_take_while(&b, pl_char_is_alpha));
        if (order != 0) {
            return order;
        }
    }
    return compare_rests(a, b);
}

static int compare(pl_str a, pl_str b)
{
    struct pl_evr left = pl_evr_split(a);
    struct pl_evr right = pl_evr_split(b);
    int order = pl_digits_compare(left.epoch, right.epoch);
    if (order == 0) {
        order = compare_part(left.version, right.version);
    }
    if (order == 0 && left.has_release && right.has_release) {
        order = compare_part(left.release, right.release);
    }
    return order;
}

static const struct pl_operator_spelling spellings[] = {
    {">=", PL_OPERATOR_GE}, {"<=", PL_OPERATOR_LE}, {"=", PL_OPERATOR_EQ},
    {">", PL_OPERATOR_GT},  {"<", PL_OPERATOR_LT},  {NULL, PL_OPERATOR_NONE},
};

static enum pl_containment contains(pl_str range, pl_str version)
{
    static const struct pl_operator_plain plain = {spellings, pl_evr_is_valid, compare};
    return pl_operator_plain_contains(&plain, range, version);
}

static const char *const aliases[] = {"alpm", "arch", NULL};
static const char *const ecosystems[] = {"Arch Linux", NULL};

const struct pl_version_scheme pl_version_scheme_pacman = {
    .name = "pacman",
    .summary = "Arch Linux package versions: [epoch:]version[-release]",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .has_cycles = true,
    .is_valid = pl_evr_is_valid,
    .compare = compare,
    .contains = contains,
};
