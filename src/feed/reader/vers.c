/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a list of constraints encloses, by section "Checking if a version is contained within a
 * range" of the specification: "=" and "!=" are about one version each; of what remains, in order
 * of versions, "<" at the beginning is open below, ">" at the end is open above, and a ">" with a
 * "<" behind it is an interval. Of several ">" in a row the first counts, of several "<" the last.
 */
#include "feed/reader/vers.h"
#include "base/limits.h"
#include "feed/reader/names.h"

enum comparator { EQUAL, EXCEPT, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL };

struct constraint {
    enum comparator comparator;
    pl_str version;
};

struct constraints {
    struct constraint items[PL_LIMIT_FEED_SPANS];
    size_t count;
};

static enum comparator take_comparator(pl_str *text)
{
    static const struct {
        pl_str text;
        enum comparator comparator;
    } spellings[] = {
        {PL_STR_INIT("<="), LESS_EQUAL}, {PL_STR_INIT(">="), GREATER_EQUAL},
        {PL_STR_INIT("!="), EXCEPT},     {PL_STR_INIT("<"), LESS},
        {PL_STR_INIT(">"), GREATER},     {PL_STR_INIT("="), EQUAL},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(spellings); i++) {
        if (pl_str_starts_with(*text, spellings[i].text)) {
            *text = pl_str_trim(pl_str_skip(*text, spellings[i].text.len));
            return spellings[i].comparator;
        }
    }
    return EQUAL;
}

/* Puts it in its place by version; false when that version is there already. */
static bool insert(const struct pl_version_scheme *scheme, const struct constraint *constraint,
                   struct constraints *into)
{
    size_t at = into->count;
    for (; at > 0; at--) {
        int order = scheme->compare(into->items[at - 1].version, constraint->version);
        if (order == 0) {
            return false;
        }
        if (order < 0) {
            break;
        }
        into->items[at] = into->items[at - 1];
    }
    into->items[at] = *constraint;
    into->count++;
    return true;
}

static bool parse(struct pl_arena *arena, const struct pl_version_scheme *scheme, pl_str text,
                  struct constraints *ret)
{
    for (pl_str piece = PL_STR_EMPTY; pl_str_next_piece(&text, '|', &piece);) {
        struct constraint constraint = {.version = pl_str_trim(piece)};
        constraint.comparator = take_comparator(&constraint.version);
        if (ret->count == PL_ARRAY_LEN(ret->items) || constraint.version.len == 0 ||
            constraint.version.len > PL_LIMIT_VERSION_BYTES) {
            return false;
        }
        constraint.version = pl_feed_unescaped(arena, constraint.version);
        if (!scheme->is_valid(constraint.version) || !insert(scheme, &constraint, ret)) {
            return false;
        }
    }
    return ret->count > 0;
}

static void push_point(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                       pl_str version, struct pl_spans *into)
{
    const struct pl_interval point = {.has_low = true,
                                      .has_high = true,
                                      .includes_low = true,
                                      .includes_high = true,
                                      .low = version,
                                      .high = version};
    pl_spans_push(arena, scheme, &point, into);
}

static bool is_low(const struct constraint *constraint)
{
    return constraint->comparator == GREATER || constraint->comparator == GREATER_EQUAL;
}

/* What the "<" and ">" enclose, with nothing else among them. */
static void enclose(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                    const struct constraints *constraints, struct pl_spans *ret)
{
    for (size_t at = 0; at < constraints->count;) {
        const struct constraint *first = &constraints->items[at];
        struct pl_interval interval = {0};
        if (is_low(first)) {
            interval.has_low = true;
            interval.low = first->version;
            interval.includes_low = first->comparator == GREATER_EQUAL;
        }
        while (at < constraints->count && is_low(&constraints->items[at])) {
            at++;
        }
        for (; at < constraints->count && !is_low(&constraints->items[at]); at++) {
            interval.has_high = true;
            interval.high = constraints->items[at].version;
            interval.includes_high = constraints->items[at].comparator == LESS_EQUAL;
        }
        pl_spans_push(arena, scheme, &interval, ret);
    }
}

bool pl_vers_add(struct pl_arena *arena, const struct pl_version_scheme *scheme, pl_str text,
                 struct pl_spans *spans)
{
    struct constraints *all = PL_ARENA_NEW(arena, struct constraints);
    struct constraints *bounds = PL_ARENA_NEW(arena, struct constraints);
    struct pl_spans points = {0};
    struct pl_spans exceptions = {0};
    struct pl_spans enclosed = {0};
    pl_str prefix = PL_STR("vers:");
    size_t slash = pl_str_find_char(text, '/');
    all->count = bounds->count = 0;
    if (!pl_str_starts_with(text, prefix) || slash == SIZE_MAX || slash == prefix.len) {
        return false;
    }
    pl_str list = pl_str_trim(pl_str_skip(text, slash + 1));
    if (pl_str_eq(list, PL_STR("*"))) {
        *pl_vec_push(arena, spans) = (struct pl_interval){0};
        return true;
    }
    if (!parse(arena, scheme, list, all)) {
        return false;
    }
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].comparator == EQUAL) {
            push_point(arena, scheme, all->items[i].version, &points);
        } else if (all->items[i].comparator == EXCEPT) {
            push_point(arena, scheme, all->items[i].version, &exceptions);
        } else {
            bounds->items[bounds->count++] = all->items[i];
        }
    }
    if (exceptions.count == all->count) {
        return pl_spans_complement(arena, scheme, &exceptions, spans);
    }
    struct pl_spans others = {0};
    enclose(arena, scheme, bounds, &enclosed);
    if (!pl_spans_complement(arena, scheme, &exceptions, &others) ||
        !pl_spans_intersect(arena, scheme, &enclosed, &others, &enclosed)) {
        return false;
    }
    for (size_t i = 0; i < enclosed.count; i++) {
        *pl_vec_push(arena, spans) = enclosed.items[i];
    }
    for (size_t i = 0; i < points.count; i++) {
        *pl_vec_push(arena, spans) = points.items[i];
    }
    return true;
}
