/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rubygems - versions of Ruby gems (Gem::Version) and requirements on them (Gem::Requirement), as
 * the RubyGems guide "Patterns" and the documentation of the two classes say.
 *
 *     digits{.letters-or-digits}...[-letters-digits-or-hyphens{.…}...]
 *
 * A version is its runs of digits and of letters; what stands between them only separates, but for
 * the hyphen, which stands for the segment "pre". Any letter makes it a prerelease. Segments
 * compare one by one, numbers by value, letters by bytes, letters before numbers, and a missing
 * segment as 0; zeros at the end of the leading numbers and of the whole do not count. Blanks
 * around a version are ignored, and nothing at all is "0".
 *
 * A requirement is comparisons joined by commas: =, !=, >, <, >=, <= or ~>, "=" when there is none.
 * "~> 1.4.2" is at least that, and no change of what stands before its last number; letters and
 * what follows them are cut off for that, on both sides.
 */
#include "version/digits.h"
#include "version/operator.h"

/* Letters and digits between dots, no piece empty. */
static bool are_pieces(pl_str text, bool may_have_hyphens)
{
    bool has_more = true;
    while (has_more) {
        pl_str piece = PL_STR_EMPTY;
        has_more = pl_str_cut(text, '.', &piece, &text);
        if (piece.len == 0) {
            return false;
        }
        for (size_t i = 0; i < piece.len; i++) {
            if (!pl_char_is_alnum(piece.ptr[i]) && !(may_have_hyphens && piece.ptr[i] == '-')) {
                return false;
            }
        }
    }
    return true;
}

/* Without blanks around it, and not empty. */
static bool is_pattern(pl_str text)
{
    pl_str head = PL_STR_EMPTY;
    pl_str tail = PL_STR_EMPTY;
    bool has_hyphen = pl_str_cut(text, '-', &head, &tail);
    pl_str rest = head;
    pl_str first = pl_digits_take(&rest);
    return first.len > 0 && (rest.len == 0 || rest.ptr[0] == '.') &&
           (rest.len == 0 || are_pieces(pl_str_skip(rest, 1), false)) &&
           (!has_hyphen || are_pieces(tail, true));
}

static bool is_valid(pl_str version)
{
    version = pl_str_trim(version);
    return version.len == 0 || is_pattern(version);
}

enum kind { KIND_END, KIND_LETTERS, KIND_NUMBER };

struct segment {
    enum kind kind;
    pl_str text;
};

static bool is_separator(char c)
{
    return !pl_char_is_alnum(c) && c != '-';
}

static struct segment take_written(pl_str *cursor)
{
    pl_str_take_while(cursor, is_separator);
    if (cursor->len == 0) {
        return (struct segment){KIND_END, PL_STR_EMPTY};
    }
    if (cursor->ptr[0] == '-') {
        *cursor = pl_str_skip(*cursor, 1);
        return (struct segment){KIND_LETTERS, PL_STR("pre")};
    }
    if (pl_char_is_digit(cursor->ptr[0])) {
        return (struct segment){KIND_NUMBER, pl_digits_take(cursor)};
    }
    return (struct segment){KIND_LETTERS, pl_str_take_while(cursor, pl_char_is_alpha)};
}

static bool is_zero(const struct segment *segment)
{
    return segment->kind == KIND_NUMBER && pl_digits_compare(segment->text, PL_STR_EMPTY) == 0;
}

/* Walks the segments that count. */
struct cursor {
    pl_str rest;
    size_t zeros; /* that were read already and count */
    bool is_past_letters;
};

static struct segment next(struct cursor *cursor)
{
    static const struct segment zero = {KIND_NUMBER, PL_STR_INIT("")};
    if (cursor->zeros > 0) {
        cursor->zeros--;
        return zero;
    }
    size_t zeros = 0;
    pl_str before = cursor->rest;
    struct segment segment = take_written(&cursor->rest);
    while (is_zero(&segment)) {
        zeros++;
        before = cursor->rest;
        segment = take_written(&cursor->rest);
    }
    bool is_end_of_numbers =
        segment.kind == KIND_END || (segment.kind == KIND_LETTERS && !cursor->is_past_letters);
    if (zeros > 0 && !is_end_of_numbers) {
        cursor->rest = before;
        cursor->zeros = zeros - 1;
        return zero;
    }
    cursor->is_past_letters = cursor->is_past_letters || segment.kind == KIND_LETTERS;
    return segment;
}

/* A missing segment is a 0. */
static int compare_segments(const struct segment *a, const struct segment *b)
{
    bool left_letters = a->kind == KIND_LETTERS;
    bool right_letters = b->kind == KIND_LETTERS;
    if (left_letters != right_letters) {
        return left_letters ? -1 : 1;
    }
    return left_letters ? pl_str_cmp(a->text, b->text) : pl_digits_compare(a->text, b->text);
}

static int compare(pl_str a, pl_str b)
{
    struct cursor left = {.rest = a};
    struct cursor right = {.rest = b};
    for (;;) {
        struct segment l = next(&left);
        struct segment r = next(&right);
        int order = compare_segments(&l, &r);
        if (order != 0 || (l.kind == KIND_END && r.kind == KIND_END)) {
            return order;
        }
    }
}

static const struct pl_operator_spelling spellings[] = {
    {"~>", PL_OPERATOR_TILDE}, {">=", PL_OPERATOR_GE},   {"<=", PL_OPERATOR_LE},
    {"!=", PL_OPERATOR_NE},    {">", PL_OPERATOR_GT},    {"<", PL_OPERATOR_LT},
    {"=", PL_OPERATOR_EQ},     {NULL, PL_OPERATOR_NONE},
};

/* The numbers at the front of the bound without the last, or one when there is only one: does the
 * version not exceed them? */
static bool is_below_bump(pl_str version, pl_str bound)
{
    int order = 0;
    struct segment number = take_written(&bound);
    for (size_t i = 0; number.kind == KIND_NUMBER && order == 0; i++) {
        struct segment after = take_written(&bound);
        if (i > 0 && after.kind != KIND_NUMBER) {
            break;
        }
        struct segment mine = take_written(&version);
        if (mine.kind != KIND_NUMBER) {
            version = PL_STR_EMPTY; /* its release ends here */
            mine.text = PL_STR_EMPTY;
        }
        order = pl_digits_compare(mine.text, number.text);
        number = after;
    }
    return order <= 0;
}

static enum pl_containment judge(enum pl_operator op, pl_str bound, void *context)
{
    const pl_str *version = context;
    if (!is_pattern(bound)) {
        return PL_CONTAINMENT_INVALID;
    }
    int order = compare(*version, bound);
    bool holds = false;
    if (op == PL_OPERATOR_TILDE) {
        holds = order >= 0 && is_below_bump(*version, bound);
    } else {
        holds = pl_operator_holds(op == PL_OPERATOR_NONE ? PL_OPERATOR_EQ : op, order);
    }
    return holds ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static enum pl_containment contains(pl_str range, pl_str version)
{
    static const struct pl_operator_list list = {spellings, ',', judge};
    return pl_operator_list_contains(&list, range, &version);
}

static const char *const aliases[] = {"gem", "ruby", NULL};
static const char *const ecosystems[] = {"RubyGems", NULL};

const struct pl_version_scheme pl_version_scheme_rubygems = {
    .name = "rubygems",
    .summary = "RubyGems versions: 1.2.0.pre1; requirements ~> 1.2, >= 1.2.3",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
