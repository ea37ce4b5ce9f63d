/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ownership - which components are nothing but files of another package.
 *
 * A distribution ships Python, Perl or Java packages, programs with their dependencies inside, and
 * libraries that a classifier would know: its own word on them counts, with its own versions and
 * patches. So a component of another kind that lies in a file which a system package owns is taken
 * out, and its purl stands with its owner. A file that a later layer put in the place of a
 * package's is no longer the package's.
 *
 * What a lock file or manifest among the owner's files declares is not inside of the owner: it is
 * taken out as well, and named nowhere.
 *
 * Where the owner's manager publishes no advisories (conda; OWNER in model/package_types.def), or
 * its vendor, who is not the distribution, has none (model/vendor.h), the component stays as well:
 * under its own name alone is anything known of it.
 *
 * Paths are compared by their hashes. Where /bin or /lib are links into /usr, package managers may
 * know a file by the shorter name; both are tried.
 */
#include "model/evidence.h"

/* Paths, and the package that owns them. */
struct pl_owned_list {
    const struct pl_path_hashes *paths;
    struct pl_component *owner;
};

struct pl_owned_lists {
    PL_VEC_FIELDS(struct pl_owned_list);
};

/* `layers` lowest first, each component of `components` with the one location it was found at.
 * Owners are among `components`, and do not stay where they are in memory. */
void pl_ownership_settle(struct pl_arena *arena, const struct pl_evidence *const *layers,
                         size_t count, const struct pl_owned_lists *lists,
                         struct pl_components *components);
