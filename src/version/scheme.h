/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scheme - how versions of one ecosystem are compared, and how its ranges are read.
 *
 * One file per scheme, listed in version/schemes.def; a scheme is a const descriptor and has no
 * state. Comparison is antisymmetric on valid versions, and transitive but for the schemes that say
 * otherwise; it never allocates and is linear in the lengths.
 *
 * A range here is what people of that ecosystem write into their manifests ("^1.2", ">=1,<2");
 * the intervals of an advisory are version/range.h.
 */
#include "base/str.h"

enum pl_containment {
    PL_CONTAINMENT_INVALID = -1, /* the text is no range by the scheme's grammar */
    PL_CONTAINMENT_OUT = 0,
    PL_CONTAINMENT_IN = 1,
};

struct pl_version_scheme {
    const char *name; /* "dpkg" */
    const char *summary; /* one line for help */
    /* What else people call it: the package URL's type where that is another word, and what the
     * ecosystem's own tools say. NULL, or NULL-terminated. */
    const char *const *aliases;
    /* OSV ecosystems without release whose versions this compares; NULL-terminated. */
    const char *const *ecosystems;
    /* The ecosystem's own order has cycles ("a < b < c < a"), and so has ours, since it has to
     * agree with it; docs/versions.md shows them. */
    bool has_cycles;
    /* Is it a version by the scheme's own rules? */
    bool (*is_valid)(pl_str version);
    /* Less than, equal to or greater than zero; both sides valid. On invalid input the answer is
     * arbitrary but never a crash. */
    int (*compare)(pl_str a, pl_str b);
    /* Does the range contain the version, which is valid? Linear in the range's length times the
     * version's at worst, and it never allocates. NULL where the ecosystem has no ranges. */
    enum pl_containment (*contains)(pl_str range, pl_str version);
};

/* By name or alias; NULL when there is none. */
const struct pl_version_scheme *pl_version_scheme_find(pl_str name);
/* The ecosystem may carry a release: "Debian:12". NULL when there is none. */
const struct pl_version_scheme *pl_version_scheme_for_ecosystem(pl_str ecosystem);

/* All schemes, sorted by name. */
const struct pl_version_scheme *const *pl_version_schemes(size_t *ret_count);
