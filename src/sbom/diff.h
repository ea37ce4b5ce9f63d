/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * diff - what differs between two lists of packages.
 *
 * A package is the same when type, name, version, architecture and package URL are; one that is
 * there with another version in the other list is changed, unless several versions of it are there,
 * where nobody can tell which became which: those are removed and added.
 */
#include "model/component.h"

#define PL_SBOM_CHANGE_LIST(X)                                                                     \
    X(PL_SBOM_ADDED, "added")                                                                      \
    X(PL_SBOM_REMOVED, "removed")                                                                  \
    X(PL_SBOM_CHANGED, "changed") /* another version */                                            \
    X(PL_SBOM_RELICENSED, "relicensed") /* the same version under other licences */

enum pl_sbom_change_kind {
#define X(name, text) name,
    PL_SBOM_CHANGE_LIST(X)
#undef X
};

const char *pl_sbom_change_to_string(enum pl_sbom_change_kind kind);

struct pl_sbom_change {
    enum pl_sbom_change_kind kind;
    const struct pl_component *from; /* NULL: it was not there */
    const struct pl_component *to; /* NULL: it is not there */
};

struct pl_sbom_changes {
    PL_VEC_FIELDS(struct pl_sbom_change);
};

/* Both lists in the order of pl_component_compare, which the result has too. */
struct pl_sbom_changes pl_sbom_diff(struct pl_arena *arena, const struct pl_components *from,
                                    const struct pl_components *to);
