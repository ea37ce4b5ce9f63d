/* SPDX-License-Identifier: Apache-2.0 */
/*
 * golang - versions of Go modules (https://go.dev/ref/mod#versions, golang.org/x/mod/semver), and
 * releases of Go itself (https://go.dev/doc/toolchain#version).
 *
 *     [v]major[.minor[.patch[-prerelease][+build]]]       modules; the build may be "incompatible"
 *     [go]1.N[.patch][beta|rc M]                          the standard library and the toolchain
 *
 * Modules are Semantic Versioning (semver_core.h), "v1" and "v1.2" standing for v1.0.0 and v1.2.0.
 * Pseudo-versions need no rule of their own: v0.0.0-20200604140000-408a2ac37a98 is a prerelease
 * whose identifier sorts by its time. OSV writes module versions without the "v", and releases of
 * Go as Semantic Versioning (1.21.0-rc.2), so that go1.21rc2 is read as that; a "1.21" with nothing
 * behind it then is 1.21.0, as it was before Go 1.21. Go has no ranges: a module names the lowest
 * version that will do.
 */
#include "version/digits.h"
#include "version/semver_core.h"

struct version {
    struct pl_semver semver;
    /* Of a release of Go: "rc" or "beta", and its number; then the semver has no prerelease. */
    pl_str stage;
    pl_str stage_number;
};

/* "1.21rc2", "1.21.3rc2". */
static bool parse_release(pl_str text, struct version *ret)
{
    size_t numbers = 0;
    while (numbers < text.len &&
           (pl_char_is_digit(text.ptr[numbers]) || text.ptr[numbers] == '.')) {
        numbers++;
    }
    pl_str rest = pl_str_skip(text, numbers);
    static const char *const stages[] = {"beta", "rc"};
    for (size_t i = 0; i < 2; i++) {
        pl_str stage = pl_str_from(stages[i]);
        if (!pl_str_starts_with(rest, stage)) {
            continue;
        }
        rest = pl_str_skip(rest, stage.len);
        ret->stage = stage;
        ret->stage_number = pl_digits_take(&rest);
        break;
    }
    return rest.len == 0 && (ret->stage.len == 0 || ret->stage_number.len > 0) &&
           pl_semver_parse(pl_str_sub(text, 0, numbers), PL_SEMVER_PARTIAL, &ret->semver);
}

static bool parse(pl_str text, struct version *ret)
{
    *ret = (struct version){.stage = PL_STR_EMPTY, .stage_number = PL_STR_EMPTY};
    if (pl_str_starts_with(text, PL_STR("go"))) {
        return parse_release(pl_str_skip(text, 2), ret);
    }
    return pl_semver_parse(text, PL_SEMVER_V | PL_SEMVER_PARTIAL, &ret->semver) ||
           parse_release(text, ret);
}

static bool is_valid(pl_str text)
{
    struct version version;
    return parse(text, &version);
}

/* The stage of a release of Go as if it were written "rc.2"; a prerelease as it stands. */
static void split_prerelease(const struct version *version, pl_str *ret_first, pl_str *ret_rest)
{
    if (version->stage.len > 0) {
        *ret_first = version->stage;
        *ret_rest = version->stage_number;
    } else {
        pl_str_cut(version->semver.prerelease, '.', ret_first, ret_rest);
    }
}

static int compare(pl_str a, pl_str b)
{
    struct version left;
    struct version right;
    if (!parse(a, &left) || !parse(b, &right)) {
        return 0;
    }
    int order = pl_semver_compare_numbers(&left.semver, &right.semver, PL_SEMVER_NUMBERS);
    if (order != 0) {
        return order;
    }
    pl_str first[2];
    pl_str rest[2];
    split_prerelease(&left, &first[0], &rest[0]);
    split_prerelease(&right, &first[1], &rest[1]);
    if (first[0].len == 0 || first[1].len == 0) {
        return (int)(first[1].len > 0) - (int)(first[0].len > 0);
    }
    order = pl_semver_compare_identifiers(first[0], first[1], false);
    if (order != 0) {
        return order;
    }
    if (rest[0].len == 0 || rest[1].len == 0) {
        return (int)(rest[0].len > 0) - (int)(rest[1].len > 0);
    }
    return pl_semver_compare_identifiers(rest[0], rest[1], false);
}

static const char *const aliases[] = {"go", NULL};
static const char *const ecosystems[] = {"Go", NULL};

const struct pl_version_scheme pl_version_scheme_golang = {
    .name = "golang",
    .summary = "Go module versions, with or without v, and releases of Go: v1.2.3, go1.21rc2",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
};
