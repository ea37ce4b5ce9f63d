/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * maven_view - what dependencyManagement amounts to in the eyes of one project: its own, that of
 * its parents, and that of the BOMs that any of these import.
 */
#include "catalog/maven_projects.h"

/* Where a dependency is managed, with what its texts have to be worked out by. */
struct pl_maven_managed {
    const struct pl_maven_dependency *statement;
    const struct pl_maven_pom *by;
};

/* What is stated by files that are not here. */
struct pl_maven_missing {
    pl_str names[3]; /* "parent g:a:v", "BOM g:a:v": the first of them */
    size_t count; /* above three: there are more */
    bool is_cut; /* parents form a cycle, or are too many */
};

/* Lives in `values`, with which it goes. */
struct pl_maven_view *pl_maven_view_open(struct pl_maven_projects *projects,
                                         struct pl_maven_project *project,
                                         struct pl_maven_values *values);

/* `key` is worked out. False when nobody manages it. */
bool pl_maven_view_find(struct pl_maven_view *view, pl_str key, struct pl_maven_managed *ret);

void pl_maven_view_missing(struct pl_maven_view *view, struct pl_maven_missing *ret);
