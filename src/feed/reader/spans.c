/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/reader/spans.h"
#include "base/limits.h"
#include "version/operator.h"

static const struct pl_operator_spelling spellings[] = {
    {">=", PL_OPERATOR_GE}, {"<=", PL_OPERATOR_LE},   {"~>", PL_OPERATOR_TILDE},
    {"==", PL_OPERATOR_EQ}, {"=", PL_OPERATOR_EQ},    {">", PL_OPERATOR_GT},
    {"<", PL_OPERATOR_LT},  {NULL, PL_OPERATOR_NONE},
};

static void raise_low(const struct pl_version_scheme *scheme, struct pl_interval *interval,
                      pl_str version, bool includes)
{
    int order = interval->has_low ? scheme->compare(version, interval->low) : 1;
    if (order > 0 || (order == 0 && !includes)) {
        interval->has_low = true;
        interval->low = version;
        interval->includes_low = includes;
    }
}

static void lower_high(const struct pl_version_scheme *scheme, struct pl_interval *interval,
                       pl_str version, bool includes)
{
    int order = interval->has_high ? scheme->compare(version, interval->high) : -1;
    if (order < 0 || (order == 0 && !includes)) {
        interval->has_high = true;
        interval->high = version;
        interval->includes_high = includes;
    }
}

static bool is_empty(const struct pl_version_scheme *scheme, const struct pl_interval *interval)
{
    int order = interval->has_low && interval->has_high
                    ? scheme->compare(interval->low, interval->high)
                    : -1;
    return order > 0 || (order == 0 && !(interval->includes_low && interval->includes_high));
}

/* The end of "~> 1.4.2": before all that begins with 1.5, of which "1.5.A" is the least, since
 * letters sort before numbers and by bytes. Letters and what follows them do not count
 * (Gem::Version#bump). */
static bool bump(struct pl_arena *arena, pl_str version, pl_str *ret)
{
    enum { MOST_DIGITS = 15 };
    pl_str parts[2] = {PL_STR_EMPTY, PL_STR_EMPTY}; /* the last number but one, and the last */
    pl_str rest = version;
    uint64_t number = 0;
    size_t count = 0;
    for (;;) {
        pl_str digits = pl_str_take_while(&rest, pl_char_is_digit);
        if (digits.len == 0) {
            break;
        }
        parts[0] = parts[1];
        parts[1] = digits;
        count++;
        if (rest.len == 0 || rest.ptr[0] != '.') {
            break;
        }
        rest = pl_str_skip(rest, 1);
    }
    pl_str bumped = parts[count > 1 ? 0 : 1];
    if (count == 0 || bumped.len > MOST_DIGITS || !pl_str_to_uint(bumped, UINT64_MAX, &number)) {
        return false;
    }
    *ret = pl_arena_format(arena, PL_STR_FMT "%llu.A",
                           PL_STR_ARG(pl_str_sub(version, 0, (size_t)(bumped.ptr - version.ptr))),
                           (unsigned long long)number + 1);
    return true;
}

static bool narrow_by(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                      enum pl_operator op, pl_str version, struct pl_interval *interval)
{
    pl_str end = PL_STR_EMPTY;
    if (version.len == 0 || version.len > PL_LIMIT_VERSION_BYTES || !scheme->is_valid(version)) {
        return false;
    }
    switch (op) {
    case PL_OPERATOR_NONE:
    case PL_OPERATOR_EQ:
        raise_low(scheme, interval, version, true);
        lower_high(scheme, interval, version, true);
        return true;
    case PL_OPERATOR_LT:
    case PL_OPERATOR_LE:
        lower_high(scheme, interval, version, op == PL_OPERATOR_LE);
        return true;
    case PL_OPERATOR_GT:
    case PL_OPERATOR_GE:
        raise_low(scheme, interval, version, op == PL_OPERATOR_GE);
        return true;
    case PL_OPERATOR_TILDE:
        if (!pl_str_eq(pl_str_from(scheme->name), PL_STR("rubygems")) ||
            !bump(arena, version, &end)) {
            return false;
        }
        raise_low(scheme, interval, version, true);
        lower_high(scheme, interval, end, false);
        return true;
    case PL_OPERATOR_NE:
    case PL_OPERATOR_CARET:
    case PL_OPERATOR_SAME:
    case PL_OPERATOR_PREFIX:
        break;
    }
    return false;
}

bool pl_span_narrow(struct pl_arena *arena, const struct pl_version_scheme *scheme, pl_str text,
                    struct pl_interval *interval)
{
    size_t count = 0;
    if (pl_str_eq(pl_str_trim(text), PL_STR("*"))) {
        return true;
    }
    for (pl_str piece = PL_STR_EMPTY; pl_str_next_piece(&text, ',', &piece); count++) {
        piece = pl_str_trim(piece);
        enum pl_operator op = pl_operator_take(&piece, spellings);
        if (!narrow_by(arena, scheme, op, pl_str_trim(piece), interval)) {
            return false;
        }
    }
    return count > 0;
}

void pl_spans_push(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                   const struct pl_interval *interval, struct pl_spans *spans)
{
    if (!is_empty(scheme, interval)) {
        *pl_vec_push(arena, spans) = *interval;
    }
}

bool pl_spans_add(struct pl_arena *arena, const struct pl_version_scheme *scheme, pl_str text,
                  struct pl_spans *spans)
{
    struct pl_interval interval = {0};
    if (!pl_span_narrow(arena, scheme, text, &interval)) {
        return false;
    }
    pl_spans_push(arena, scheme, &interval, spans);
    return true;
}

/* By where they begin; sets are small. */
static void sort(const struct pl_version_scheme *scheme, struct pl_spans *spans)
{
    for (size_t i = 1; i < spans->count; i++) {
        struct pl_interval moved = spans->items[i];
        size_t at = i;
        for (; at > 0; at--) {
            const struct pl_interval *before = &spans->items[at - 1];
            int order = !before->has_low ? -1
                        : !moved.has_low ? 1
                                         : scheme->compare(before->low, moved.low);
            if (order < 0 || (order == 0 && (before->includes_low || !moved.includes_low))) {
                break;
            }
            spans->items[at] = *before;
        }
        spans->items[at] = moved;
    }
}

bool pl_spans_complement(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                         const struct pl_spans *spans, struct pl_spans *ret)
{
    struct pl_spans sorted = {0};
    struct pl_interval gap = {0}; /* what follows all intervals so far */
    if (spans->count > PL_LIMIT_FEED_SPANS) {
        return false;
    }
    for (size_t i = 0; i < spans->count; i++) {
        *pl_vec_push(arena, &sorted) = spans->items[i];
    }
    sort(scheme, &sorted);
    *ret = (struct pl_spans){0};
    for (size_t i = 0; i < sorted.count; i++) {
        const struct pl_interval *one = &sorted.items[i];
        if (one->has_low) {
            struct pl_interval before = gap;
            lower_high(scheme, &before, one->low, !one->includes_low);
            pl_spans_push(arena, scheme, &before, ret);
        }
        if (!one->has_high) {
            return true;
        }
        raise_low(scheme, &gap, one->high, !one->includes_high);
    }
    *pl_vec_push(arena, ret) = gap;
    return true;
}

bool pl_spans_intersect(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                        const struct pl_spans *a, const struct pl_spans *b, struct pl_spans *ret)
{
    struct pl_spans outside = {0};
    struct pl_spans outside_b = {0};
    if (!pl_spans_complement(arena, scheme, a, &outside) ||
        !pl_spans_complement(arena, scheme, b, &outside_b)) {
        return false;
    }
    for (size_t i = 0; i < outside_b.count; i++) {
        *pl_vec_push(arena, &outside) = outside_b.items[i];
    }
    return pl_spans_complement(arena, scheme, &outside, ret);
}

void pl_spans_to_ranges(struct pl_arena *arena, const struct pl_spans *spans,
                        struct pl_affected *affected)
{
    for (size_t i = 0; i < spans->count; i++) {
        const struct pl_interval *one = &spans->items[i];
        struct pl_range *range = pl_vec_push(arena, &affected->ranges);
        *range = (struct pl_range){.type = PL_RANGE_ECOSYSTEM};
        *pl_vec_push(arena, range) = (struct pl_range_event){
            .type = !one->has_low || one->includes_low ? PL_EVENT_INTRODUCED : PL_EVENT_ABOVE,
            .version = one->has_low ? one->low : PL_STR("0")};
        if (one->has_high) {
            *pl_vec_push(arena, range) = (struct pl_range_event){
                .type = one->includes_high ? PL_EVENT_LAST_AFFECTED : PL_EVENT_FIXED,
                .version = one->high};
        }
    }
}
