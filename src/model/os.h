/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * os - the operating system of a root file system: what it says of itself, and what follows.
 *
 * The first group is read from os-release (freedesktop.org os-release(5)) or, where there is none,
 * from an older release file. Strings are views into the reader's arena; empty means "not stated".
 */
#include "base/vec.h"

struct pl_os {
    pl_str id; /* "debian"; what os-release says, in lower case */
    pl_str version_id; /* "12" */
    pl_str name;
    pl_str version;
    pl_str pretty_name;
    pl_str version_codename;
    pl_str id_like;
    pl_str cpe_name;
    pl_str variant_id;
    pl_str build_id;
    /* Of Red Hat's: names of the repositories that packages come from, with blanks between. */
    pl_str content_sets;
    /* Of SUSE's: what /etc/products.d has, "sles:15.5 sle-module-basesystem:15.5", with blanks
     * between; identifiers as model/suse_products.def has them. */
    pl_str products;
};

/* What its advisories name: binary packages, source packages, or one of them in some feeds and the
 * other in others. */
enum pl_distro_by { PL_DISTRO_BY_PACKAGE, PL_DISTRO_BY_SOURCE, PL_DISTRO_BY_EITHER };

/* How a distribution's advisories are looked up; one row of model/distros.def. */
struct pl_distro {
    const char *id; /* os-release ID */
    const char *package_type; /* deb, apk, rpm: purl type of its packages */
    const char *ecosystem; /* OSV ecosystem without release, "Debian" */
    enum pl_distro_by by;
};

/* NULL for a distribution that is not known, not even by its ID_LIKE. A derivative that shares its
 * parent's advisories has a row of its own with the parent's ecosystem; one that is known only by
 * its ID_LIKE gives a row with an empty ecosystem, enough to read its packages. */
const struct pl_distro *pl_os_distro(const struct pl_os *os);

/* The OSV ecosystems, with release, in which this system's packages are looked up, most specific
 * first: "Ubuntu:22.04:LTS", "Debian:12", "Alpine:v3.18", "AlmaLinux:9". A derivative whose
 * packages come from its parent gives the parent's release. Empty when the system is unknown or its
 * release cannot be told. Strings are in `arena`. */
struct pl_strs pl_os_ecosystems(struct pl_arena *arena, const struct pl_os *os);

/* The ecosystems of longer support that has to be paid for ("Ubuntu:Pro:22.04:LTS", "SUSE:Linux
 * Enterprise Server 15 SP3-LTSS"): of what has no other fix there may be one. */
struct pl_strs pl_os_paid_ecosystems(struct pl_arena *arena, const struct pl_os *os);

/* The end of the vendor's free security support of this release as "YYYY-MM-DD", or empty when it
 * is not known or has none (rolling). The table is model/eol.def. */
pl_str pl_os_end_of_life(const struct pl_os *os);

/* The release as the database has it when it tells of ends of life, "debian:12", "centos-stream:9",
 * in `arena`; empty when it is not known or there are none. */
pl_str pl_os_release_name(struct pl_arena *arena, const struct pl_os *os);

/* The os-release ID of a system that others call otherwise: "rhel" of "redhat". */
pl_str pl_os_id_of_name(pl_str name);

/* "opensuse-leap-15.5" into name and version, which begins with a digit after a hyphen; empty when
 * there is none. */
void pl_os_split_distro(pl_str distro, pl_str *ret_name, pl_str *ret_version);

/* What one file says of the operating system. */
struct pl_os_source {
    pl_str path; /* without a leading slash */
    struct pl_os os;
};

/* One system from all the files that speak of it. /etc/os-release wins over /usr/lib/os-release (as
 * os-release(5) says), that over the older release files, a distribution's own file over
 * redhat-release and system-release, which derivatives carry too, and those over debian_version and
 * lsb-release. Files are not mixed, but for a release that the winner lacks and another file with
 * the same id states, for content sets, which stand alone, and for products, which are gathered.
 * `count` 0 gives an empty system. Views into the sources' strings, or in `arena`. */
struct pl_os pl_os_merge(struct pl_arena *arena, const struct pl_os_source *sources, size_t count);
