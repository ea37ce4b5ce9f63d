/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ecosystem - which advisories speak of a package URL.
 *
 * Advisories are filed under an ecosystem of OSV ("PyPI", "Debian:12") and the name that the
 * ecosystem uses ("org.apache:commons", "@angular/core"); this is the one place that translates.
 */
#include "base/vec.h"
#include "model/os.h"
#include "model/purl.h"

/* What a database has beside advisories on packages is filed under names of this kind as well:
 * suppressions of any package, ends of life by the names of pl_os_release_name, and products by the
 * repositories that their packages come from. */
#define PL_SUPPRESSION_ECOSYSTEM "Suppression"
#define PL_REPOSITORY_ECOSYSTEM "Red Hat repository"
#define PL_END_OF_LIFE_ECOSYSTEM "End of life"
bool pl_ecosystem_has_packages(pl_str ecosystem);

struct pl_package_key {
    pl_str ecosystem; /* with release where the distribution has them */
    pl_str name;
    pl_str version; /* as it is written there; empty: as in the purl */
};

struct pl_package_keys {
    PL_VEC_FIELDS(struct pl_package_key);
};

/* The keys under which a purl's package is filed, most often one; several where a release goes by
 * several names ("Ubuntu:22.04" and "Ubuntu:22.04:LTS"). A distribution's release is taken as
 * pl_os_of_purl has it, its source package from "upstream" when it is there. UNSUPPORTED when the
 * type is none of an ecosystem with advisories; USAGE when a release is needed and missing. */
enum pl_status pl_ecosystem_of_purl(struct pl_arena *arena, const struct pl_purl *purl,
                                    struct pl_package_keys *ret, struct pl_error *err);

/* The system that a package of a distribution is for, by its namespace and the qualifiers "distro"
 * ("debian-12", "bookworm", "alpine-3.19.1", "3.19.1") or "os_name" and "os_version"; without a
 * release where those state none. False when it is none that is known, or its packages are of
 * another type. Strings are those of the purl. */
bool pl_os_of_purl(const struct pl_purl *purl, struct pl_os *ret);
