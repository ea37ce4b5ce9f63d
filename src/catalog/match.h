/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * match - which cataloger wants a path.
 *
 * The patterns of all catalogers are compiled once per process into a table that answers for most
 * paths by their last segment alone: it is asked for every entry of every layer. Read-only after
 * pl_catalog_matcher_new, so it may be shared between threads.
 */
#include "catalog/cataloger.h"

struct pl_catalog_matcher;

struct pl_catalog_matcher *pl_catalog_matcher_new(void);
/* The same for a list of one's own, sorted by name, which must outlive the matcher. */
struct pl_catalog_matcher *pl_catalog_matcher_new_for(const struct pl_cataloger *const *catalogers,
                                                      size_t count);
void pl_catalog_matcher_free(struct pl_catalog_matcher *matcher);
PL_DEFINE_CLEANUP(struct pl_catalog_matcher, pl_catalog_matcher_free)

/* The cataloger that reads this path, or NULL. When several match, the first by name; two built-in
 * catalogers never claim the same path (a test holds this). */
const struct pl_cataloger *pl_catalog_match(const struct pl_catalog_matcher *matcher, pl_str path);

/* Who reads programs and libraries, or NULL. */
const struct pl_cataloger *pl_catalog_executable_reader(const struct pl_catalog_matcher *matcher);

/* Can anything at or below this directory match? "" is the root. A directory walk asks, so as not
 * to visit what nobody wants. */
bool pl_catalog_may_match_below(const struct pl_catalog_matcher *matcher, pl_str dir);

/* Does this path, wildcards aside, lie on the way to a place that a pattern names? "var/lib" does
 * for "var/lib/dpkg/status"; no path does for a pattern's wildcard segments. A symbolic link at
 * such a path leads the place elsewhere. */
bool pl_catalog_leads_to(const struct pl_catalog_matcher *matcher, pl_str path);
