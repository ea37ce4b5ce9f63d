/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzzy - versions of no known scheme: of binaries recognised by their content, of C and C++
 * packages, of formulas. Whoever made them followed habits, and these are what is ordered here:
 *
 * A version is its runs of digits and of letters; a "v" in front, case, and what stands between the
 * runs do not count, but for the tilde. Zeros at the end of a run of numbers do not count either,
 * so that 1.0 is 1.0.0. Run by run
 *
 *     ~  <  dev, snapshot, nightly  <  alpha, a  <  beta, b  <  pre, preview, m, milestone  <  rc,
 * cr, c <  the end  <  other letters, by bytes without case  <  numbers, by value
 *
 * where "a", "b", "c" and "m" mean that only before a digit: 1.1.1a is a patch of 1.1.1, 1.1.1a2 an
 * alpha of it. Any text with a letter or digit and without blanks and control bytes is a version.
 */
#include "base/compiler.h"
#include "version/digits.h"
#include "version/operator.h"

/* In their order. */
enum rank {
    RANK_TILDE,
    RANK_DEV,
    RANK_ALPHA,
    RANK_BETA,
    RANK_PRE,
    RANK_CANDIDATE,
    RANK_END,
    RANK_LETTERS,
    RANK_NUMBER,
};

static const struct {
    const char *word;
    enum rank rank;
    bool is_before_digit; /* only then */
} words[] = {
    {"dev", RANK_DEV, false},       {"snapshot", RANK_DEV, false}, {"nightly", RANK_DEV, false},
    {"alpha", RANK_ALPHA, false},   {"a", RANK_ALPHA, true},       {"beta", RANK_BETA, false},
    {"b", RANK_BETA, true},         {"pre", RANK_PRE, false},      {"preview", RANK_PRE, false},
    {"milestone", RANK_PRE, false}, {"m", RANK_PRE, true},         {"rc", RANK_CANDIDATE, false},
    {"cr", RANK_CANDIDATE, false},  {"c", RANK_CANDIDATE, true},
};

struct run {
    enum rank rank;
    pl_str text;
};

static bool is_between(char c)
{
    return !pl_char_is_alnum(c) && c != '~';
}

static struct run take_letters(pl_str *cursor)
{
    struct run run = {RANK_LETTERS, pl_str_take_while(cursor, pl_char_is_alpha)};
    bool is_before_digit = cursor->len > 0 && pl_char_is_digit(cursor->ptr[0]);
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if ((is_before_digit || !words[i].is_before_digit) &&
            pl_str_eq_nocase(run.text, pl_str_from(words[i].word))) {
            run.rank = words[i].rank;
        }
    }
    return run;
}

static struct run take_written(pl_str *cursor)
{
    pl_str_take_while(cursor, is_between);
    if (cursor->len == 0) {
        return (struct run){RANK_END, PL_STR_EMPTY};
    }
    if (cursor->ptr[0] == '~') {
        *cursor = pl_str_skip(*cursor, 1);
        return (struct run){RANK_TILDE, PL_STR_EMPTY};
    }
    if (pl_char_is_digit(cursor->ptr[0])) {
        return (struct run){RANK_NUMBER, pl_digits_take(cursor)};
    }
    return take_letters(cursor);
}

/* Walks the runs that count. */
struct cursor {
    pl_str rest;
    size_t zeros; /* that were read already and count */
};

static struct cursor start(pl_str version)
{
    if (version.len > 1 && (version.ptr[0] == 'v' || version.ptr[0] == 'V') &&
        pl_char_is_digit(version.ptr[1])) {
        version = pl_str_skip(version, 1);
    }
    return (struct cursor){.rest = version};
}

static struct run next(struct cursor *cursor)
{
    static const struct run zero = {RANK_NUMBER, PL_STR_INIT("")};
    if (cursor->zeros > 0) {
        cursor->zeros--;
        return zero;
    }
    size_t zeros = 0;
    pl_str before = cursor->rest;
    struct run run = take_written(&cursor->rest);
    while (run.rank == RANK_NUMBER && pl_digits_compare(run.text, PL_STR_EMPTY) == 0) {
        zeros++;
        before = cursor->rest;
        run = take_written(&cursor->rest);
    }
    if (zeros > 0 && run.rank == RANK_NUMBER) {
        cursor->rest = before;
        cursor->zeros = zeros - 1;
        return zero;
    }
    return run;
}

static int compare(pl_str a, pl_str b)
{
    struct cursor left = start(a);
    struct cursor right = start(b);
    for (;;) {
        struct run l = next(&left);
        struct run r = next(&right);
        int order = (int)l.rank - (int)r.rank;
        if (order == 0 && l.rank == RANK_NUMBER) {
            order = pl_digits_compare(l.text, r.text);
        } else if (order == 0 && l.rank == RANK_LETTERS) {
            order = pl_str_cmp_nocase(l.text, r.text);
        }
        if (order != 0 || l.rank == RANK_END) {
            return order;
        }
    }
}

static bool is_valid(pl_str version)
{
    bool has_run = false;
    for (size_t i = 0; i < version.len; i++) {
        unsigned char c = (unsigned char)version.ptr[i];
        if (c <= ' ' || c == 0x7f) {
            return false;
        }
        has_run = has_run || pl_char_is_alnum((char)c);
    }
    return has_run;
}

static const struct pl_operator_spelling spellings[] = {
    {">=", PL_OPERATOR_GE}, {"<=", PL_OPERATOR_LE},   {"==", PL_OPERATOR_EQ},
    {"!=", PL_OPERATOR_NE}, {">", PL_OPERATOR_GT},    {"<", PL_OPERATOR_LT},
    {"=", PL_OPERATOR_EQ},  {NULL, PL_OPERATOR_NONE},
};

static enum pl_containment contains(pl_str range, pl_str version)
{
    static const struct pl_operator_plain plain = {spellings, is_valid, compare};
    return pl_operator_plain_contains(&plain, range, version);
}

static const char *const aliases[] = {"generic", NULL};
static const char *const ecosystems[] = {"ConanCenter", "CPE", "End of life", "Homebrew", NULL};

const struct pl_version_scheme pl_version_scheme_fuzzy = {
    .name = "fuzzy",
    .summary = "versions of no known scheme, by common habits: 1.1.1w, 2.0-rc1, 3.0_1",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
