/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nuget - versions of .NET packages and ranges of them
 * (https://learn.microsoft.com/nuget/concepts/package-versioning).
 *
 *     major[.minor[.patch[.revision]]][-prerelease][+metadata]
 *
 * Semantic Versioning (semver_core.h) with a fourth number, numbers missing and with leading zeros,
 * and prereleases that compare without case. Numbers that are missing are 0; the metadata does not
 * count.
 *
 * A range is an interval ([1.0,2.0) as in interval.h), a version alone, which means "at least", or
 * a floating version: 1.2.* is every release that begins so, * every release; with "-*" behind it
 * prereleases too.
 */
#include "version/digits.h"
#include "version/interval.h"
#include "version/semver_core.h"

enum { NUMBERS = 4 };

struct version {
    pl_str numbers[NUMBERS];
    unsigned count;
    pl_str prerelease;
};

/* Takes digits between dots off *cursor; false when there are none, or a dot ends them. */
static bool take_numbers(pl_str *cursor, struct version *version)
{
    for (version->count = 0; version->count < NUMBERS; version->count++) {
        if (version->count > 0 && !pl_str_starts_with(*cursor, PL_STR("."))) {
            break;
        }
        pl_str rest = pl_str_skip(*cursor, version->count > 0 ? 1 : 0);
        pl_str digits = pl_digits_take(&rest);
        if (digits.len == 0) {
            return false;
        }
        version->numbers[version->count] = digits;
        *cursor = rest;
    }
    return true;
}

static bool parse(pl_str text, struct version *ret)
{
    struct version version = {.prerelease = PL_STR_EMPTY};
    for (unsigned i = 0; i < NUMBERS; i++) {
        version.numbers[i] = PL_STR_EMPTY;
    }
    text = pl_str_trim(text);
    pl_str metadata = PL_STR_EMPTY;
    if (pl_str_cut(text, '+', &text, &metadata) && !pl_semver_is_identifiers(metadata, false)) {
        return false;
    }
    if (!take_numbers(&text, &version)) {
        return false;
    }
    if (text.len > 0) {
        version.prerelease = pl_str_skip(text, 1);
        if (text.ptr[0] != '-' || !pl_semver_is_identifiers(version.prerelease, false)) {
            return false;
        }
    }
    *ret = version;
    return true;
}

static bool is_valid(pl_str text)
{
    struct version version;
    return parse(text, &version);
}

static int compare_numbers(const struct version *a, const struct version *b, unsigned depth)
{
    int order = 0;
    for (unsigned i = 0; order == 0 && i < depth; i++) {
        order = pl_digits_compare(a->numbers[i], b->numbers[i]);
    }
    return order;
}

static int compare(pl_str a, pl_str b)
{
    struct version left;
    struct version right;
    if (!parse(a, &left) || !parse(b, &right)) {
        return 0;
    }
    int order = compare_numbers(&left, &right, NUMBERS);
    if (order != 0) {
        return order;
    }
    if (left.prerelease.len == 0 || right.prerelease.len == 0) {
        return (int)(right.prerelease.len > 0) - (int)(left.prerelease.len > 0);
    }
    return pl_semver_compare_identifiers(left.prerelease, right.prerelease, true);
}

/* "*", "1.2.*", either with "-*". */
static enum pl_containment floating_contains(pl_str range, const struct version *version)
{
    bool has_prereleases = pl_str_ends_with(range, PL_STR("-*"));
    range = pl_str_sub(range, 0, range.len - (has_prereleases ? 2 : 0));
    struct version prefix = {.count = 0};
    if (!pl_str_eq(range, PL_STR("*"))) {
        pl_str numbers = pl_str_sub(range, 0, range.len < 2 ? 0 : range.len - 2);
        if (!pl_str_ends_with(range, PL_STR(".*")) || !take_numbers(&numbers, &prefix) ||
            numbers.len > 0 || prefix.count == NUMBERS) {
            return PL_CONTAINMENT_INVALID;
        }
    }
    bool is_in = compare_numbers(version, &prefix, prefix.count) == 0 &&
                 (has_prereleases || version->prerelease.len == 0);
    return is_in ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static bool is_bound(bool is_there, pl_str bound)
{
    return !is_there || is_valid(bound);
}

static enum pl_containment contains(pl_str range, pl_str text)
{
    struct version version;
    range = pl_str_trim(range);
    if (!parse(text, &version) || range.len == 0) {
        return PL_CONTAINMENT_INVALID;
    }
    char first = range.ptr[0];
    char last = range.ptr[range.len - 1];
    if (last == '*') {
        return floating_contains(range, &version);
    }
    struct pl_interval interval = {.low = range, .has_low = true, .includes_low = true};
    if (first == '[' || first == '(') {
        if (range.len < 2 || (last != ']' && last != ')') || !pl_interval_parse(range, &interval)) {
            return PL_CONTAINMENT_INVALID;
        }
    }
    if (!is_bound(interval.has_low, interval.low) || !is_bound(interval.has_high, interval.high) ||
        !(interval.has_low || interval.has_high)) {
        return PL_CONTAINMENT_INVALID;
    }
    return pl_interval_contains(&interval, compare, text) ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT;
}

static const char *const ecosystems[] = {"NuGet", NULL};

const struct pl_version_scheme pl_version_scheme_nuget = {
    .name = "nuget",
    .summary = "NuGet versions: 1.2.3.4-rc.1; ranges [1.0,2.0), 1.0, 1.2.*",
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
