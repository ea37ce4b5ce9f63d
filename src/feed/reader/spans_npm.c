/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges of npm as intervals (https://github.com/npm/node-semver, "Ranges"): comparisons with
 * blanks between them have to hold together, "||" stands between alternatives. A version may lack
 * parts or have "x", "X" or "*" for them; "1.2" alone, "~1.2" and "^0.2" are what begins so,
 * "a - b" is from a to b. The end of such a line is before the first prerelease of the next one,
 * "1.3.0-0". Unlike npm's own choice of what to install, prereleases count as what lies where they
 * sort: what affects 1.0.0 to 2.0.0 affects 1.5.0-beta.
 */
#include "base/limits.h"
#include "feed/reader/spans.h"
#include "version/operator.h"

enum { PARTS = 3 };

struct partial {
    uint64_t numbers[PARTS];
    unsigned count; /* of parts that are numbers */
    pl_str tail; /* "-beta+build" of a version that has all */
};

static const struct pl_version_scheme *npm(void)
{
    return pl_version_scheme_find(PL_STR("npm"));
}

static bool is_any(pl_str part)
{
    return pl_str_eq(part, PL_STR("x")) || pl_str_eq(part, PL_STR("X")) ||
           pl_str_eq(part, PL_STR("*"));
}

static bool parse(pl_str text, struct partial *ret)
{
    struct partial partial = {.tail = PL_STR_EMPTY};
    if (pl_str_starts_with(text, PL_STR("v"))) {
        text = pl_str_skip(text, 1);
    }
    for (unsigned i = 0; i < PARTS; i++) {
        if (i > 0 && (text.len == 0 || text.ptr[0] != '.')) {
            break;
        }
        text = pl_str_skip(text, i > 0);
        if (text.len > 0 && is_any(pl_str_sub(text, 0, 1))) {
            text = pl_str_skip(text, 1);
            continue;
        }
        if (partial.count < i ||
            !pl_str_take_uint(&text, 1ULL << 53, &partial.numbers[partial.count++])) {
            return false;
        }
    }
    bool has_tail = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    partial.tail = partial.count == PARTS ? text : PL_STR_EMPTY;
    *ret = partial;
    return text.len == 0 || has_tail;
}

static pl_str first_of(struct pl_arena *arena, const struct partial *partial)
{
    return pl_arena_format(arena, "%llu.%llu.%llu" PL_STR_FMT,
                           (unsigned long long)partial->numbers[0],
                           (unsigned long long)partial->numbers[1],
                           (unsigned long long)partial->numbers[2], PL_STR_ARG(partial->tail));
}

/* Before all that follow the versions which have the first `kept` numbers in common. */
static pl_str end_of(struct pl_arena *arena, const struct partial *partial, unsigned kept)
{
    struct partial next = {.tail = PL_STR("-0")};
    for (unsigned i = 0; i < kept; i++) {
        next.numbers[i] = partial->numbers[i] + (i + 1 == kept);
    }
    return first_of(arena, &next);
}

static bool narrow(struct pl_arena *arena, const char *op, pl_str version,
                   struct pl_interval *interval)
{
    return pl_span_narrow(
        arena, npm(), pl_arena_format(arena, "%s" PL_STR_FMT, op, PL_STR_ARG(version)), interval);
}

static bool narrow_line(struct pl_arena *arena, const struct partial *partial, unsigned kept,
                        struct pl_interval *interval)
{
    return narrow(arena, ">=", first_of(arena, partial), interval) &&
           narrow(arena, "<", end_of(arena, partial, kept), interval);
}

/* How many numbers "^" keeps: up to the first that is not 0, of those that are given. */
static unsigned caret_of(const struct partial *partial)
{
    unsigned kept = 1;
    while (kept < partial->count && partial->numbers[kept - 1] == 0) {
        kept++;
    }
    return kept;
}

static bool take_comparison(struct pl_arena *arena, enum pl_operator op,
                            const struct partial *partial, struct pl_interval *interval)
{
    bool is_whole = partial->count == PARTS;
    pl_str first = first_of(arena, partial);
    if (partial->count == 0) {
        return op != PL_OPERATOR_LT && op != PL_OPERATOR_GT;
    }
    switch (op) {
    case PL_OPERATOR_NONE:
    case PL_OPERATOR_EQ:
        return is_whole ? narrow(arena, "=", first, interval)
                        : narrow_line(arena, partial, partial->count, interval);
    case PL_OPERATOR_CARET:
        return narrow_line(arena, partial, caret_of(partial), interval);
    case PL_OPERATOR_TILDE:
        return narrow_line(arena, partial, partial->count > 1 ? 2 : 1, interval);
    case PL_OPERATOR_GE:
        return narrow(arena, ">=", first, interval);
    case PL_OPERATOR_LT:
        return narrow(arena, "<", first, interval);
    case PL_OPERATOR_GT:
        return is_whole ? narrow(arena, ">", first, interval)
                        : narrow(arena, ">=", end_of(arena, partial, partial->count), interval);
    case PL_OPERATOR_LE:
        return is_whole ? narrow(arena, "<=", first, interval)
                        : narrow(arena, "<", end_of(arena, partial, partial->count), interval);
    case PL_OPERATOR_NE:
    case PL_OPERATOR_SAME:
    case PL_OPERATOR_PREFIX:
        break;
    }
    return false;
}

static bool take_alternative(struct pl_arena *arena, pl_str text, struct pl_interval *interval)
{
    static const struct pl_operator_spelling spellings[] = {
        {">=", PL_OPERATOR_GE},   {"<=", PL_OPERATOR_LE},   {"~>", PL_OPERATOR_TILDE},
        {"~", PL_OPERATOR_TILDE}, {"^", PL_OPERATOR_CARET}, {"=", PL_OPERATOR_EQ},
        {">", PL_OPERATOR_GT},    {"<", PL_OPERATOR_LT},    {NULL, PL_OPERATOR_NONE},
    };
    pl_str rest = text;
    pl_str word = PL_STR_EMPTY;
    bool is_end = false; /* the last word was "-" */
    while ((rest = pl_operator_skip_blanks(rest)).len > 0) {
        struct partial partial = {0};
        enum pl_operator op = pl_operator_take(&rest, spellings);
        if (!pl_str_next_word(&rest, &word)) {
            return false;
        }
        if (op == PL_OPERATOR_NONE && pl_str_eq(word, PL_STR("-")) && !is_end) {
            is_end = true;
            continue;
        }
        pl_str after = pl_operator_skip_blanks(rest);
        bool is_begin = pl_str_starts_with(after, PL_STR("- "));
        op = is_end ? PL_OPERATOR_LE : is_begin ? PL_OPERATOR_GE : op;
        is_end = false;
        if (!parse(word, &partial) || !take_comparison(arena, op, &partial, interval)) {
            return false;
        }
    }
    return !is_end;
}

bool pl_spans_add_npm(struct pl_arena *arena, pl_str text, struct pl_spans *spans)
{
    bool has_more = true;
    if (text.len > PL_LIMIT_RANGE_BYTES) {
        return false;
    }
    while (has_more) {
        size_t at = pl_str_find(text, PL_STR("||"));
        struct pl_interval interval = {0};
        has_more = at != SIZE_MAX;
        if (!take_alternative(arena, pl_str_sub(text, 0, has_more ? at : text.len), &interval)) {
            return false;
        }
        pl_spans_push(arena, npm(), &interval, spans);
        text = has_more ? pl_str_skip(text, at + 2) : PL_STR_EMPTY;
    }
    return true;
}
