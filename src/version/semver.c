/* SPDX-License-Identifier: Apache-2.0 */
/*
 * semver - Semantic Versioning 2.0.0 (semver.org), with a "v" in front where people write one, as
 * the tags of Swift packages and of GitHub Actions do: v1.2.3-rc.1+build. The rules are in
 * semver_core.h. There is no word on ranges in it; what npm, Cargo, Hex and the others made of it
 * are schemes of their own.
 *
 * A tag that moves along a line of releases ("v4") is no version: nobody can say what it was.
 */
#include "version/semver_core.h"

static bool is_valid(pl_str version)
{
    return pl_semver_is_valid(version, PL_SEMVER_V);
}

static int compare(pl_str a, pl_str b)
{
    return pl_semver_compare_texts(a, b, PL_SEMVER_V, pl_semver_compare);
}

static const char *const ecosystems[] = {
    "GitHub Actions", "SwiftURL", "VSCode", "kubernetes", NULL,
};

const struct pl_version_scheme pl_version_scheme_semver = {
    .name = "semver",
    .summary = "Semantic Versioning 2.0.0: 1.2.3-rc.1+build",
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
};
