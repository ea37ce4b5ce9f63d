/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scheme - how versions of one ecosystem are compared.
 *
 * One file per scheme, listed in version/schemes.def; a scheme is a const descriptor and has no
 * state. Comparison is total on valid versions: irreflexive, antisymmetric, transitive; it never
 * allocates and is linear in the lengths.
 */
#include "base/str.h"

struct pl_version_scheme {
    const char *name; /* "dpkg" */
    const char *summary; /* one line for help */
    /* OSV ecosystems without release whose versions this compares; NULL-terminated. */
    const char *const *ecosystems;
    /* Is it a version by the scheme's own rules? */
    bool (*is_valid)(pl_str version);
    /* Less than, equal to or greater than zero; both sides valid. On invalid input the answer is
     * arbitrary but never a crash. */
    int (*compare)(pl_str a, pl_str b);
};

/* NULL when there is none. The ecosystem may carry a release: "Debian:12". */
const struct pl_version_scheme *pl_version_scheme_find(pl_str name);
const struct pl_version_scheme *pl_version_scheme_for_ecosystem(pl_str ecosystem);

/* All schemes, sorted by name. */
const struct pl_version_scheme *const *pl_version_schemes(size_t *ret_count);
