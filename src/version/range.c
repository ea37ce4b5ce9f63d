/* SPDX-License-Identifier: Apache-2.0 */
#include "version/range.h"
#include "base/limits.h"

/* Where an event lies: before every version, at a version, after every version. */
enum place { PLACE_START, PLACE_AT, PLACE_END };

struct point {
    enum pl_event_type type;
    enum place place;
    pl_str version;
};

struct points {
    PL_VEC_FIELDS(struct point);
};

static bool is_comparable(const struct pl_version_scheme *scheme, pl_str version)
{
    return version.len <= PL_LIMIT_VERSION_BYTES && scheme->is_valid(version);
}

/* At one version the advisory's own order of introduced and fixed counts: "introduced 2, fixed 2"
 * is an empty interval, "fixed 2, introduced 2" the seam of two. What includes or bounds the
 * version follows, so that introduced and last_affected at one version make an interval of one;
 * what begins behind the version comes last. */
static int tie_rank(enum pl_event_type type)
{
    return type == PL_EVENT_LAST_AFFECTED ? 1
           : type == PL_EVENT_LIMIT       ? 2
           : type == PL_EVENT_ABOVE       ? 3
                                          : 0;
}

static int compare_points(const struct pl_version_scheme *scheme, const struct point *a,
                          const struct point *b)
{
    if (a->place != b->place) {
        return (int)a->place - (int)b->place;
    }
    int order = a->place == PLACE_AT ? scheme->compare(a->version, b->version) : 0;
    return order != 0 ? order : tie_rank(a->type) - tie_rank(b->type);
}

/* Merge sort: stable, and never quadratic on an advisory made for that. */
static void sort_points(const struct pl_version_scheme *scheme, struct point *points,
                        struct point *spare, size_t count)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t middle = start + width < count ? start + width : count;
            size_t end = middle + width < count ? middle + width : count;
            size_t left = start;
            size_t right = middle;
            for (size_t i = start; i < end; i++) {
                bool take_left =
                    left < middle &&
                    (right == end || compare_points(scheme, &points[left], &points[right]) <= 0);
                spare[i] = take_left ? points[left++] : points[right++];
            }
        }
        memcpy(points, spare, count * sizeof(*points));
    }
}

/* The events of a range that can be compared, sorted. */
static struct points sorted_points(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                                   const struct pl_range *range, bool *ret_has_invalid)
{
    struct points points = {0};
    for (size_t i = 0; i < range->count; i++) {
        const struct pl_range_event *event = &range->items[i];
        struct point point = {event->type, PLACE_AT, event->version};
        if (event->type == PL_EVENT_INTRODUCED && pl_str_eq(event->version, PL_STR("0"))) {
            point.place = PLACE_START;
        } else if (event->type == PL_EVENT_LIMIT && pl_str_eq(event->version, PL_STR("*"))) {
            point.place = PLACE_END;
        } else if (!is_comparable(scheme, event->version)) {
            *ret_has_invalid = true;
            continue;
        }
        *pl_vec_push(arena, &points) = point;
    }
    if (points.count > 1) {
        sort_points(scheme, points.items, PL_ARENA_ARRAY(arena, struct point, points.count),
                    points.count);
    }
    return points;
}

/* The sign of version minus point. */
static int position(const struct pl_version_scheme *scheme, pl_str version,
                    const struct point *point)
{
    if (point->place != PLACE_AT) {
        return point->place == PLACE_START ? 1 : -1;
    }
    return scheme->compare(version, point->version);
}

/* Any limit above the version will do; without limits there is no bound. */
static bool is_before_limits(const struct pl_version_scheme *scheme, const struct points *points,
                             pl_str version, const struct point **ret_limit)
{
    bool has_limit = false;
    for (size_t i = 0; i < points->count; i++) {
        if (points->items[i].type != PL_EVENT_LIMIT) {
            continue;
        }
        has_limit = true;
        if (position(scheme, version, &points->items[i]) < 0) {
            *ret_limit = &points->items[i];
            return true;
        }
    }
    return !has_limit;
}

/* The event that ends the interval begun before `from`, or the limit, or NULL. */
static const struct point *find_end(const struct points *points, size_t from,
                                    const struct point *limit)
{
    for (size_t i = from; i < points->count; i++) {
        const struct point *point = &points->items[i];
        if (point->type == PL_EVENT_FIXED || point->type == PL_EVENT_LAST_AFFECTED) {
            return point;
        }
        if (point == limit) {
            break;
        }
    }
    return limit && limit->place == PLACE_AT ? limit : NULL;
}

static pl_str describe(struct pl_arena *arena, const struct point *start, const struct point *end)
{
    bool has_start = start->place != PLACE_START;
    pl_str pieces[5]; /* scans describe thousands, which is too many for formats */
    size_t count = 0;
    if (has_start) {
        pieces[count++] = start->type == PL_EVENT_ABOVE ? PL_STR(">") : PL_STR(">=");
        pieces[count++] = start->version;
    }
    if (has_start && end) {
        pieces[count++] = PL_STR(", ");
    }
    if (end) {
        pieces[count++] = end->type == PL_EVENT_LAST_AFFECTED ? PL_STR("<=") : PL_STR("<");
        pieces[count++] = end->version;
    }
    return count > 0 ? pl_arena_concat(arena, pieces, count) : PL_STR("*");
}

/* An interval that holds the version: from `start`, NULL when there is none, to `end`, NULL when it
 * is open. */
struct interval {
    const struct point *start;
    const struct point *end;
};

/* Walks the events up to the version. */
static struct interval find_interval(const struct pl_version_scheme *scheme,
                                     const struct points *points, pl_str version)
{
    const struct point *limit = NULL;
    if (!is_before_limits(scheme, points, version, &limit)) {
        return (struct interval){NULL, NULL};
    }
    const struct point *start = NULL;
    size_t i = 0;
    for (; i < points->count; i++) {
        const struct point *point = &points->items[i];
        int order = position(scheme, version, point);
        if (order < 0) {
            break;
        }
        if (point->type == PL_EVENT_INTRODUCED || (point->type == PL_EVENT_ABOVE && order > 0)) {
            start = start ? start : point;
        } else if (point->type == PL_EVENT_FIXED ||
                   (point->type == PL_EVENT_LAST_AFFECTED && order > 0)) {
            start = NULL;
        } else if (point->type == PL_EVENT_LAST_AFFECTED) {
            break;
        }
    }
    return (struct interval){start, start ? find_end(points, i, limit) : NULL};
}

static void keep_fixed(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                       const struct points *points, pl_str version, struct points *fixed)
{
    for (size_t i = 0; i < points->count; i++) {
        const struct point *point = &points->items[i];
        if (point->type == PL_EVENT_FIXED && scheme->compare(version, point->version) < 0) {
            *pl_vec_push(arena, fixed) = *point;
        }
    }
}

static void match_ranges(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                         const struct pl_affected *affected, pl_str version,
                         struct pl_range_match *match)
{
    struct points fixed = {0};
    for (size_t i = 0; i < affected->ranges.count; i++) {
        const struct pl_range *range = &affected->ranges.items[i];
        if (range->type == PL_RANGE_GIT) {
            continue;
        }
        struct points points = sorted_points(arena, scheme, range, &match->has_invalid_event);
        struct interval interval = find_interval(scheme, &points, version);
        if (interval.start && !match->is_affected) {
            match->is_affected = true;
            match->range = describe(arena, interval.start, interval.end);
        }
        keep_fixed(arena, scheme, &points, version, &fixed);
    }
    if (fixed.count > 1) {
        sort_points(scheme, fixed.items, PL_ARENA_ARRAY(arena, struct point, fixed.count),
                    fixed.count);
    }
    for (size_t i = 0; i < fixed.count; i++) {
        pl_str next = fixed.items[i].version;
        if (i == 0 || !pl_str_eq(next, fixed.items[i - 1].version)) {
            *pl_vec_push(arena, &match->fixed) = next;
        }
    }
}

static void match_enumerated(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                             const struct pl_affected *affected, pl_str version,
                             struct pl_range_match *match)
{
    for (size_t i = 0; i < affected->versions.count && !match->is_affected; i++) {
        pl_str listed = affected->versions.items[i];
        bool is_same = pl_str_eq(listed, version);
        if (!is_same && !match->is_invalid) {
            is_same = is_comparable(scheme, listed) && scheme->compare(listed, version) == 0;
        }
        if (is_same) {
            match->is_affected = true;
            match->range = pl_arena_format(arena, "=" PL_STR_FMT, PL_STR_ARG(listed));
        }
    }
}

struct pl_range_match pl_range_match(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                                     const struct pl_affected *affected, pl_str version)
{
    struct pl_range_match match = {.range = PL_STR_EMPTY};
    match.is_invalid = !is_comparable(scheme, version);
    if (!match.is_invalid) {
        match_ranges(arena, scheme, affected, version, &match);
    }
    if (!match.is_affected) {
        match_enumerated(arena, scheme, affected, version, &match);
    }
    return match;
}

static bool is_in_any(const struct pl_version_scheme *scheme, const struct points *ranges,
                      size_t count, pl_str version)
{
    for (size_t i = 0; i < count; i++) {
        if (find_interval(scheme, &ranges[i], version).start) {
            return true;
        }
    }
    return false;
}

struct pl_strs pl_range_strays(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                               const struct pl_affected *affected)
{
    if (!scheme || affected->versions.count == 0 || affected->ranges.count == 0) {
        return affected->versions;
    }
    struct points *ranges = PL_ARENA_ARRAY(arena, struct points, affected->ranges.count);
    bool has_invalid = false;
    for (size_t i = 0; i < affected->ranges.count; i++) {
        if (affected->ranges.items[i].type != PL_RANGE_GIT) {
            ranges[i] = sorted_points(arena, scheme, &affected->ranges.items[i], &has_invalid);
        }
    }
    struct pl_strs strays = {0};
    for (size_t i = 0; i < affected->versions.count; i++) {
        pl_str version = affected->versions.items[i];
        if (!is_comparable(scheme, version) ||
            !is_in_any(scheme, ranges, affected->ranges.count, version)) {
            *pl_vec_push(arena, &strays) = version;
        }
    }
    return strays;
}
