/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maven - versions of Maven artifacts, as ComparableVersion of Maven 3.8 orders them
 * (https://maven.apache.org/pom.html#version-order-specification), and ranges as its VersionRange
 * reads them.
 *
 * A version is numbers and words between dots, hyphens, and changes from digit to letter. A hyphen
 * or such a change opens a list inside the list, so that a version is a chain of lists, each the
 * last element of the one before. A word that ends the version or stands before a digit opens one
 * of its own. Numbers that are 0 and words that mean "release" count for nothing at the end of any
 * list, and an empty list for nothing at all. Element by element
 *
 *     word < list < number, and what is missing is a 0, or the word for "release"
 *     alpha or a1 < beta or b1 < milestone or m1 < rc or cr < snapshot
 *         < "", ga, final, release < sp < other words, by their bytes without case
 *
 * Any text is a version. Since a word is less than a list whatever both hold, the order has cycles:
 * 1.sp.1 < 1-alpha < 1 < 1.sp.1.
 *
 * Ranges are intervals joined by commas, ascending: [1,2) [1,2] (,1] [1,) and [1], which is 1
 * alone. A version without brackets only recommends: it contains every version.
 */
#include "version/digits.h"
#include "version/interval.h"
#include "version/scheme.h"

/* In the order in which they sort where the two sides differ. */
enum kind { KIND_END, KIND_WORD, KIND_LIST, KIND_NUMBER };

struct item {
    enum kind kind;
    pl_str text;
    bool is_before_digit;
};

/* Walks the elements as they are written. */
struct scanner {
    pl_str rest;
    bool has_elements; /* the list we are in */
    bool opens_list; /* what was taken last ended with a hyphen or at a change */
};

static size_t run_length(pl_str s)
{
    bool is_digit = pl_char_is_digit(s.ptr[0]);
    size_t len = 0;
    while (len < s.len && s.ptr[len] != '.' && s.ptr[len] != '-' &&
           pl_char_is_digit(s.ptr[len]) == is_digit) {
        len++;
    }
    return len;
}

static struct item open_list(struct scanner *scanner)
{
    scanner->opens_list = false;
    scanner->has_elements = false;
    return (struct item){.kind = KIND_LIST, .text = PL_STR_EMPTY};
}

static struct item scan(struct scanner *scanner)
{
    if (scanner->opens_list) {
        return open_list(scanner);
    }
    if (scanner->rest.len == 0) {
        return (struct item){.kind = KIND_END, .text = PL_STR_EMPTY};
    }
    struct item item = {.kind = KIND_NUMBER};
    size_t len = run_length(scanner->rest);
    item.text = pl_str_sub(scanner->rest, 0, len);
    pl_str after = pl_str_skip(scanner->rest, len);
    if (len > 0 && !pl_char_is_digit(item.text.ptr[0])) {
        item.kind = KIND_WORD;
        item.is_before_digit = after.len > 0 && pl_char_is_digit(after.ptr[0]);
        if (scanner->has_elements && (after.len == 0 || item.is_before_digit)) {
            return open_list(scanner);
        }
    }
    bool is_dot = after.len > 0 && after.ptr[0] == '.';
    bool is_hyphen = after.len > 0 && after.ptr[0] == '-';
    scanner->opens_list = after.len > 0 && !is_dot;
    scanner->rest = pl_str_skip(after, is_dot || is_hyphen ? 1 : 0);
    scanner->has_elements = true;
    return item;
}

/* The rank of a known word; "" and its synonyms are RANK_RELEASE. */
enum { RANK_RELEASE = 5, RANK_UNKNOWN = 7 };

static const struct {
    const char *word;
    int rank;
    bool is_before_digit; /* only then */
} words[] = {
    {"alpha", 0, false},
    {"a", 0, true},
    {"beta", 1, false},
    {"b", 1, true},
    {"milestone", 2, false},
    {"m", 2, true},
    {"rc", 3, false},
    {"cr", 3, false},
    {"snapshot", 4, false},
    {"ga", RANK_RELEASE, false},
    {"final", RANK_RELEASE, false},
    {"release", RANK_RELEASE, false},
    {"sp", 6, false},
};

static int rank_of(const struct item *item)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if ((item->is_before_digit || !words[i].is_before_digit) &&
            pl_str_eq_nocase(item->text, pl_str_from(words[i].word))) {
            return words[i].rank;
        }
    }
    return RANK_UNKNOWN;
}

/* Against a missing element. */
static int compare_to_nothing(const struct item *item)
{
    if (item->kind == KIND_WORD) {
        return rank_of(item) - RANK_RELEASE;
    }
    return item->kind == KIND_NUMBER ? pl_digits_compare(item->text, PL_STR_EMPTY) : 0;
}

/* Walks the elements that count. */
struct cursor {
    struct scanner scanner;
    size_t in_list; /* elements of this list still to come, up to the last that counts */
    size_t in_all; /* elements still to come that are not nothing */
};

static void enter_list(struct cursor *cursor)
{
    struct scanner ahead = cursor->scanner;
    cursor->in_list = 0;
    size_t index = 0;
    for (struct item item = scan(&ahead); item.kind == KIND_WORD || item.kind == KIND_NUMBER;
         item = scan(&ahead)) {
        index++;
        if (compare_to_nothing(&item) != 0) {
            cursor->in_list = index;
        }
    }
}

static struct cursor start(pl_str version)
{
    struct cursor cursor = {.scanner = {.rest = version}};
    struct scanner ahead = cursor.scanner;
    for (struct item item = scan(&ahead); item.kind != KIND_END; item = scan(&ahead)) {
        cursor.in_all += compare_to_nothing(&item) != 0 ? 1 : 0;
    }
    enter_list(&cursor);
    return cursor;
}

static struct item next(struct cursor *cursor)
{
    if (cursor->in_all == 0) {
        return (struct item){.kind = KIND_END, .text = PL_STR_EMPTY};
    }
    struct item item = scan(&cursor->scanner);
    if (cursor->in_list > 0) {
        cursor->in_list--;
        cursor->in_all -= compare_to_nothing(&item) != 0 ? 1 : 0;
        return item;
    }
    while (item.kind != KIND_LIST) {
        item = scan(&cursor->scanner);
    }
    enter_list(cursor);
    return item;
}

static int compare_items(const struct item *left, const struct item *right)
{
    if (left->kind == KIND_END || right->kind == KIND_END) {
        return left->kind == KIND_END ? -compare_to_nothing(right) : compare_to_nothing(left);
    }
    if (left->kind != right->kind) {
        return (int)left->kind - (int)right->kind;
    }
    if (left->kind == KIND_NUMBER) {
        return pl_digits_compare(left->text, right->text);
    }
    int rank = left->kind == KIND_WORD ? rank_of(left) : 0;
    int order = left->kind == KIND_WORD ? rank - rank_of(right) : 0;
    return order == 0 && rank == RANK_UNKNOWN ? pl_str_cmp_nocase(left->text, right->text) : order;
}

static int compare(pl_str a, pl_str b)
{
    struct cursor left = start(a);
    struct cursor right = start(b);
    for (;;) {
        struct item l = next(&left);
        struct item r = next(&right);
        int order = compare_items(&l, &r);
        if (order != 0 || (l.kind == KIND_END && r.kind == KIND_END)) {
            return order;
        }
    }
}

static bool is_valid(pl_str version)
{
    return version.len > 0;
}

/* Bounds in order, and an interval of one version includes it. */
static bool is_ordered(const struct pl_interval *interval)
{
    int order =
        interval->has_low && interval->has_high ? compare(interval->low, interval->high) : -1;
    return order < 0 || (order == 0 && interval->includes_low && interval->includes_high);
}

/* The length up to and with the first closing bracket; 0 when there is none. */
static size_t interval_length(pl_str range)
{
    for (size_t i = 0; i < range.len; i++) {
        if (range.ptr[i] == ')' || range.ptr[i] == ']') {
            return i + 1;
        }
    }
    return 0;
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    enum pl_containment any = PL_CONTAINMENT_OUT;
    struct pl_interval before = {.has_high = false};
    bool has_interval = false;
    while (range.len > 0 && (range.ptr[0] == '[' || range.ptr[0] == '(')) {
        size_t len = interval_length(range);
        struct pl_interval interval;
        if (len == 0 || !pl_interval_parse(pl_str_sub(range, 0, len), &interval) ||
            !is_ordered(&interval)) {
            return PL_CONTAINMENT_INVALID;
        }
        if (before.has_high && (!interval.has_low || compare(interval.low, before.high) < 0)) {
            return PL_CONTAINMENT_INVALID;
        }
        any = pl_interval_contains(&interval, compare, version) ? PL_CONTAINMENT_IN : any;
        before = interval;
        has_interval = true;
        range = pl_str_trim(pl_str_skip(range, len));
        if (pl_str_starts_with(range, PL_STR(","))) {
            range = pl_str_trim(pl_str_skip(range, 1));
        }
    }
    if (range.len == 0) {
        return any;
    }
    return has_interval ? PL_CONTAINMENT_INVALID : PL_CONTAINMENT_IN;
}

static const char *const ecosystems[] = {"Maven", NULL};

const struct pl_version_scheme pl_version_scheme_maven = {
    .name = "maven",
    .summary = "Maven versions: 1.0-rc-1, 1.0-SNAPSHOT; ranges [1.0,2.0),[3.0,)",
    .ecosystems = ecosystems,
    .has_cycles = true,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
