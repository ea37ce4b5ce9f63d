/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * distinct - packages of one file, each name and version once.
 *
 * Lock files state a package as often as it is wanted: below each package that needs it, once for
 * each set of peers. For whoever adds them here they are one component, with what holds for all
 * statements together.
 */
#include "base/map.h"
#include "catalog/cataloger.h"

struct pl_distinct {
    struct pl_sink *sink;
    const char *type;
    enum pl_scope scope;
    struct pl_arena arena; /* keys */
    struct pl_map places; /* name and version to a place in the file's components, from 1 */
};

/* What one statement says of the package: a package is for development (optional) when all say so,
 * and direct when one does. */
struct pl_distinct_facts {
    bool is_dev;
    bool is_optional;
    enum pl_relation relation;
};

void pl_distinct_release(struct pl_distinct *list);
#define pl_autodistinct PL_CLEANUP(pl_distinct_release)

/* The component, good until the next is added, of which the rest is to be filled in. NULL when it
 * is there already, and as with pl_catalog_component. */
struct pl_component *pl_distinct_add(struct pl_distinct *list, pl_str name, pl_str version,
                                     const struct pl_distinct_facts *facts);

/* One that was added, good until the next is; or NULL. */
struct pl_component *pl_distinct_find(struct pl_distinct *list, pl_str name, pl_str version);
