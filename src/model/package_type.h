/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * package_type - kinds of packages (model/package_types.def): how their names become package URLs,
 * and which ecosystem's advisories speak of them.
 */
#include "model/purl.h"

/* How the name that an ecosystem uses becomes a purl's namespace and name. */
enum pl_package_naming {
    PL_PACKAGE_NAMING_ALONE, /* it is the name */
    PL_PACKAGE_NAMING_SLASH, /* what stands before the last slash is the namespace */
    PL_PACKAGE_NAMING_COLON, /* the same with a colon */
    PL_PACKAGE_NAMING_TAIL, /* what stands after the first slash is the subpath */
};

struct pl_package_type {
    const char *name;
    const char *purl_type;
    enum pl_package_naming naming;
    const char *ecosystem; /* of OSV; empty: none, or one that depends on the system's release */
    bool is_system; /* of a system's own package manager, which speaks for the files it owns */
    bool is_distro; /* its purl's namespace is the os-release ID */
    bool is_owner; /* states the files it owns; holds for those of a system too */
};

/* NULL when there is none. */
const struct pl_package_type *pl_package_type_find(pl_str name);
/* The first of this purl type; NULL when there is none. */
const struct pl_package_type *pl_package_type_of_purl(pl_str purl_type);

/* All types, sorted by name. */
const struct pl_package_type *pl_package_types(size_t *ret_count);

/* Sets namespace, name and subpath of a purl from a name as the ecosystem writes it. */
void pl_package_type_split(const struct pl_package_type *type, pl_str name, struct pl_purl *ret);
/* The reverse, in `arena` where it is no view. */
pl_str pl_package_type_join(const struct pl_package_type *type, struct pl_arena *arena,
                            const struct pl_purl *purl);
