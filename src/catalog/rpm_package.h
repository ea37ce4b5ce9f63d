/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rpm_package - a package as a header of rpm has it, in a database or in a package file.
 *
 * Its version is [epoch:]version-release, as the version scheme compares it; the epoch is there
 * when the header has one, even 0. The source package is known by the file name of its package
 * alone, "util-linux-2.32.1-42.el8_8.src.rpm". A package of a module (RHEL 8's modularity) has its
 * label, "nodejs:18:8080020230718:abc", as the qualifier `rpmmod` that purl-spec has for it.
 *
 * What a package needs is given by the packages that provide it, be it a soname or a path. Needs of
 * rpm itself ("rpmlib(...)") and conditions ("(a if b)") are left out, as no package has such a
 * name. Directories are shared between packages and not among its files.
 */
#include "catalog/relations.h"
#include "format/rpm_header.h"

/* Adds it to the sink of `relations`. Files are stated for what is installed alone. */
void pl_rpm_package_add(struct pl_relations *relations, enum pl_scope scope,
                        const struct pl_rpm_header *header);

/* NAME-VERSION-RELEASE.src.rpm, also .nosrc.rpm; absent or "(none)" gives no source. */
void pl_rpm_package_set_source(struct pl_sink *sink, struct pl_component *component, pl_str file);
