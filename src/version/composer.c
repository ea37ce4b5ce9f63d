/* SPDX-License-Identifier: Apache-2.0 */
/*
 * composer - versions of PHP packages as the package composer/semver 3 normalises and compares them
 * (https://getcomposer.org/doc/articles/versions.md; VersionParser, Comparator).
 *
 *     [v]number{.number up to 4}[stability[numbers]][dev][+build]      1.0.0-beta2, 1.0-dev
 *     [v]yyyy[-mm[-dd...]]                                            dates, as they are written
 *     1.2.x-dev          a line of development: x and what is missing count as 9999999
 *     dev-name           a branch; master, trunk and default are branches without the "dev-"
 *
 * Stabilities are alpha (a), beta (b), RC, stable, and patch (pl, p), in any case, with ".", "-" or
 * "_" before them or nothing; "@beta" at the end only flags and does not count, nor do a build and
 * " as 1.0". Numbers that are missing are 0. Part by part, as PHP's version_compare() has it,
 *
 *     dev < alpha < beta < RC < the end < a number < patch
 *
 * Composer says of two branches only whether they are the same one; here they are ordered by name,
 * so that there is an order, and before everything else.
 */
#include "version/composer.h"
#include "base/compiler.h"
#include "version/digits.h"

static bool take_word(pl_str *cursor, const char *word)
{
    pl_str wanted = pl_str_from(word);
    if (!pl_str_eq_nocase(pl_str_sub(*cursor, 0, wanted.len), wanted)) {
        return false;
    }
    *cursor = pl_str_skip(*cursor, wanted.len);
    return true;
}

static bool take_char(pl_str *cursor, const char *chars)
{
    if (cursor->len == 0 || cursor->ptr[0] == '\0' || !strchr(chars, cursor->ptr[0])) {
        return false;
    }
    *cursor = pl_str_skip(*cursor, 1);
    return true;
}

/* Digits, each group with one of ".-" before it or not. */
static pl_str take_suffix_numbers(pl_str *cursor)
{
    pl_str rest = *cursor;
    for (;;) {
        pl_str next = rest;
        take_char(&next, ".-");
        if (pl_digits_take(&next).len == 0) {
            break;
        }
        rest = next;
    }
    pl_str numbers = pl_str_sub(*cursor, 0, cursor->len - rest.len);
    *cursor = rest;
    return numbers;
}

struct pl_composer_suffix pl_composer_take_suffix(pl_str *cursor)
{
    /* A longer word stands before its own beginning. */
    static const struct {
        const char *word;
        enum pl_composer_rank rank;
    } words[] = {
        {"stable", PL_COMPOSER_END},   {"beta", PL_COMPOSER_BETA},   {"b", PL_COMPOSER_BETA},
        {"rc", PL_COMPOSER_CANDIDATE}, {"alpha", PL_COMPOSER_ALPHA}, {"a", PL_COMPOSER_ALPHA},
        {"patch", PL_COMPOSER_PATCH},  {"pl", PL_COMPOSER_PATCH},    {"p", PL_COMPOSER_PATCH},
    };
    struct pl_composer_suffix suffix = {.stability = PL_COMPOSER_END, .numbers = PL_STR_EMPTY};
    pl_str rest = *cursor;
    take_char(&rest, "._-");
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (take_word(&rest, words[i].word)) {
            suffix.stability = words[i].rank;
            suffix.is_stable = i == 0;
            suffix.numbers = take_suffix_numbers(&rest);
            break;
        }
    }
    *cursor = rest;
    take_char(&rest, ".-");
    if (take_word(&rest, "dev")) {
        suffix.is_dev = true;
        *cursor = rest;
    }
    return suffix;
}

bool pl_composer_stability(pl_str word, enum pl_composer_rank *ret)
{
    static const struct {
        const char *word;
        enum pl_composer_rank rank;
    } words[] = {
        {"stable", PL_COMPOSER_END},  {"rc", PL_COMPOSER_CANDIDATE}, {"beta", PL_COMPOSER_BETA},
        {"alpha", PL_COMPOSER_ALPHA}, {"dev", PL_COMPOSER_DEV},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq_nocase(word, pl_str_from(words[i].word))) {
            *ret = words[i].rank;
            return true;
        }
    }
    return false;
}

static bool has_blank(pl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (pl_char_is_blank(s.ptr[i])) {
            return true;
        }
    }
    return false;
}

/* "1.0 as 2.0" is 1.0; neither holds a comma. */
static pl_str without_alias(pl_str text)
{
    pl_str rest = text;
    pl_str version = PL_STR_EMPTY;
    pl_str as = PL_STR_EMPTY;
    pl_str alias = PL_STR_EMPTY;
    bool is_aliased = pl_str_next_word(&rest, &version) && pl_str_next_word(&rest, &as) &&
                      pl_str_eq(as, PL_STR("as")) && pl_str_next_word(&rest, &alias) &&
                      rest.len == 0 && pl_str_find_char(text, ',') == SIZE_MAX;
    return is_aliased ? version : text;
}

static pl_str without_flag(pl_str text)
{
    enum pl_composer_rank flag;
    size_t at = pl_str_find_last_char(text, '@');
    bool is_flag = at != SIZE_MAX && pl_composer_stability(pl_str_skip(text, at + 1), &flag);
    return is_flag ? pl_str_sub(text, 0, at) : text;
}

static pl_str without_build(pl_str text)
{
    size_t plus = pl_str_find_char(text, '+');
    bool has_build = plus != SIZE_MAX && plus > 0 && plus + 1 < text.len && !has_blank(text) &&
                     pl_str_find_char(pl_str_sub(text, 0, plus), ',') == SIZE_MAX;
    return has_build ? pl_str_sub(text, 0, plus) : text;
}

/* One to four numbers, the first of at most five digits. */
static bool parse_numbers(pl_str text, struct pl_composer *version)
{
    enum { LONGEST_FIRST = 5 };
    pl_str rest = text;
    size_t first = pl_digits_take(&rest).len;
    if (first == 0 || first > LONGEST_FIRST) {
        return false;
    }
    for (int i = 1; i < PL_COMPOSER_NUMBERS && rest.len > 0 && rest.ptr[0] == '.'; i++) {
        pl_str next = pl_str_skip(rest, 1);
        if (pl_digits_take(&next).len == 0) {
            break;
        }
        rest = next;
    }
    version->numbers = pl_str_sub(text, 0, text.len - rest.len);
    version->suffix = pl_composer_take_suffix(&rest);
    return rest.len == 0;
}

/* Takes one of ".:-", if there is one, and up to `most` digits; false when there are fewer than
 * `least`. */
static bool take_date_part(pl_str *cursor, size_t least, size_t most)
{
    pl_str rest = *cursor;
    take_char(&rest, ".:-");
    size_t len = 0;
    while (len < most && len < rest.len && pl_char_is_digit(rest.ptr[len])) {
        len++;
    }
    if (len < least) {
        return false;
    }
    *cursor = pl_str_skip(rest, len);
    return true;
}

/* Four digits, one to six pairs of digits, and up to three more. */
static bool parse_date(pl_str text, struct pl_composer *version)
{
    enum { YEAR = 4, MOST_PAIRS = 6, MOST_LAST = 3 };
    pl_str rest = text;
    if (rest.len == 0 || !pl_char_is_digit(rest.ptr[0]) || !take_date_part(&rest, YEAR, YEAR)) {
        return false;
    }
    int pairs = 0;
    while (pairs < MOST_PAIRS && take_date_part(&rest, 2, 2)) {
        pairs++;
    }
    take_date_part(&rest, 1, MOST_LAST);
    version->is_date = true;
    version->numbers = pl_str_sub(text, 0, text.len - rest.len);
    version->suffix = pl_composer_take_suffix(&rest);
    return pairs > 0 && rest.len == 0;
}

/* "1.2.x-dev": numbers or wildcards, the first a number, at most four. */
static bool parse_line(pl_str text, struct pl_composer *version)
{
    if (text.len < 3 || !pl_str_eq_nocase(pl_str_skip(text, text.len - 3), PL_STR("dev"))) {
        return false;
    }
    text = pl_str_sub(text, 0, text.len - 3);
    if (text.len > 0 && (text.ptr[text.len - 1] == '.' || text.ptr[text.len - 1] == '-')) {
        text.len--;
    }
    text = pl_str_trim(text);
    take_word(&text, "v");
    pl_str rest = text;
    bool is_line = pl_digits_take(&rest).len > 0;
    for (int i = 1; is_line && rest.len > 0; i++) {
        is_line = i < PL_COMPOSER_NUMBERS && take_char(&rest, ".") &&
                  (pl_digits_take(&rest).len > 0 || take_char(&rest, "xX*"));
    }
    version->numbers = text;
    version->is_line = true;
    version->suffix = (struct pl_composer_suffix){
        .stability = PL_COMPOSER_END, .numbers = PL_STR_EMPTY, .is_dev = true};
    return is_line;
}

static bool parse_branch(pl_str text, struct pl_composer *version)
{
    static const char *const names[] = {"master", "trunk", "default"};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        if (pl_str_eq(text, pl_str_from(names[i]))) {
            version->branch = text;
            return true;
        }
    }
    version->branch = text;
    return take_word(&version->branch, "dev-");
}

bool pl_composer_parse(pl_str text, struct pl_composer *ret)
{
    struct pl_composer version = {
        .branch = PL_STR_EMPTY,
        .numbers = PL_STR_EMPTY,
        .suffix = {.stability = PL_COMPOSER_END, .numbers = PL_STR_EMPTY},
        .flag = PL_COMPOSER_END,
    };
    const struct pl_composer empty = version;
    text = without_flag(without_alias(pl_str_trim(text)));
    if (parse_branch(text, &version)) {
        version.is_branch = true;
        *ret = version;
        return true;
    }
    text = without_build(text);
    pl_str bare = text;
    take_word(&bare, "v");
    version = empty;
    bool is_version = parse_numbers(bare, &version);
    if (!is_version) {
        version = empty;
        is_version = parse_date(bare, &version);
    }
    if (!is_version) {
        version = empty;
        is_version = parse_line(text, &version);
    }
    if (version.suffix.is_stable) {
        version.suffix = empty.suffix;
    }
    if (is_version) {
        *ret = version;
    }
    return is_version;
}

struct part {
    enum pl_composer_rank rank;
    pl_str digits; /* of a number */
};

/* Walks a version that is no branch. */
struct walk {
    const struct pl_composer *version;
    pl_str numbers;
    unsigned taken;
    pl_str suffix_numbers;
    enum { AT_NUMBERS, AT_SUFFIX, AT_FLAG, AT_DEV, AT_END } at;
};

static struct walk start(const struct pl_composer *version)
{
    return (struct walk){version, version->numbers, 0, version->suffix.numbers, AT_NUMBERS};
}

static bool take_number(pl_str *cursor, pl_str *ret)
{
    while (cursor->len > 0 && !pl_char_is_digit(cursor->ptr[0])) {
        char c = cursor->ptr[0];
        *cursor = pl_str_skip(*cursor, 1);
        if (c == 'x' || c == 'X' || c == '*') {
            *ret = PL_STR("9999999");
            return true;
        }
    }
    *ret = pl_digits_take(cursor);
    return ret->len > 0;
}

static struct part next(struct walk *walk)
{
    const struct pl_composer *version = walk->version;
    struct part part = {PL_COMPOSER_NUMBER, PL_STR_EMPTY};
    if (walk->at == AT_NUMBERS) {
        bool is_filled = walk->taken < PL_COMPOSER_NUMBERS && !version->is_date;
        walk->taken++;
        if (take_number(&walk->numbers, &part.digits)) {
            return part;
        }
        if (is_filled) {
            part.digits = version->is_line ? PL_STR("9999999") : PL_STR_EMPTY;
            return part;
        }
        walk->at = AT_SUFFIX;
        if (version->suffix.stability != PL_COMPOSER_END) {
            return (struct part){version->suffix.stability, PL_STR_EMPTY};
        }
    }
    if (walk->at == AT_SUFFIX && take_number(&walk->suffix_numbers, &part.digits)) {
        return part;
    }
    if (walk->at < AT_FLAG) {
        walk->at = AT_FLAG;
        if (version->flag != PL_COMPOSER_END) {
            return (struct part){version->flag, PL_STR_EMPTY};
        }
    }
    if (walk->at == AT_FLAG && version->suffix.is_dev) {
        walk->at = AT_DEV;
        return (struct part){PL_COMPOSER_DEV, PL_STR_EMPTY};
    }
    walk->at = AT_END;
    return (struct part){PL_COMPOSER_END, PL_STR_EMPTY};
}

int pl_composer_compare(const struct pl_composer *a, const struct pl_composer *b)
{
    if (a->is_branch || b->is_branch) {
        return a->is_branch && b->is_branch ? pl_str_cmp(a->branch, b->branch)
                                            : (int)b->is_branch - (int)a->is_branch;
    }
    struct walk left = start(a);
    struct walk right = start(b);
    for (;;) {
        struct part l = next(&left);
        struct part r = next(&right);
        int order = (int)l.rank - (int)r.rank;
        if (order == 0 && l.rank == PL_COMPOSER_NUMBER) {
            order = pl_digits_compare(l.digits, r.digits);
        }
        if (order != 0 || l.rank == PL_COMPOSER_END) {
            return order;
        }
    }
}

int pl_composer_compare_numbers(const struct pl_composer *version, const pl_str *numbers,
                                unsigned depth)
{
    struct walk walk = start(version);
    int order = 0;
    for (unsigned i = 0; order == 0 && i < depth; i++) {
        struct part part = next(&walk);
        if (part.rank != PL_COMPOSER_NUMBER) {
            return (int)part.rank - (int)PL_COMPOSER_NUMBER;
        }
        order = pl_digits_compare(part.digits, numbers[i]);
    }
    return order;
}

static bool is_valid(pl_str text)
{
    struct pl_composer version;
    return pl_composer_parse(text, &version);
}

static int compare(pl_str a, pl_str b)
{
    struct pl_composer left;
    struct pl_composer right;
    if (!pl_composer_parse(a, &left) || !pl_composer_parse(b, &right)) {
        return 0;
    }
    return pl_composer_compare(&left, &right);
}

static const char *const aliases[] = {"packagist", "php", NULL};
static const char *const ecosystems[] = {"Packagist", NULL};

const struct pl_version_scheme pl_version_scheme_composer = {
    .name = "composer",
    .summary =
        "PHP package versions: 1.0.0-beta2, 1.x-dev, dev-main; constraints ^1.2, ~1.2, 1.*, ||",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = pl_composer_contains,
};
