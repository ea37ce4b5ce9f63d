/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * maven_projects - all poms among the files of a layer or directory: the pom.xml of projects, and
 * those of packaged artifacts (a local repository's *.pom, META-INF/maven in an unpacked jar),
 * which serve as parents and BOMs of others and tell nothing themselves.
 *
 * Each is joined with its parent (maven.apache.org/pom.html#Inheritance): the file at its
 * relativePath where that has the coordinates it states, else any that has them, projects first.
 * Chains of parents have no cycle and are at most PL_LIMIT_MAVEN_DEPTH long.
 */
#include "catalog/maven_pom.h"

struct pl_maven_view;

struct pl_maven_project {
    struct pl_maven_pom pom;
    pl_str path;
    pl_str failure; /* why it could not be read; empty when it could */
    bool is_project;
    bool is_cut; /* its parents form a cycle, or are too many */
    struct pl_maven_project *parent; /* NULL: it has none, or none that is here */
    struct pl_maven_view *view; /* what is managed in its eyes, once it was used as a BOM */
    /* While its chain is brought into order, and while something is looked for in BOMs. */
    bool is_open;
    size_t depth;
    uint64_t seen_in;
};

struct pl_maven_projects {
    struct pl_arena *arena; /* of everything here, the tables' memory in the end too */
    struct pl_maven_project *items; /* as many as files, in the same order */
    size_t count;
    struct pl_map by_written; /* coordinates as written, with colons between, to projects */
    struct pl_map by_coordinates; /* the same worked out */
    size_t table_bytes; /* of the tables, which are no part of the arena's own account */
    uint64_t steps; /* that were taken */
    uint64_t lookups;
};

/* Reads all files; it lives in their arena. */
struct pl_maven_projects *pl_maven_projects_new(struct pl_catalog_together *together);

/* Is there room for more (PL_LIMIT_MAVEN_BYTES)? */
bool pl_maven_projects_have_room(const struct pl_maven_projects *projects);

/* The one that has these coordinates, or NULL. */
struct pl_maven_project *pl_maven_projects_find(const struct pl_maven_projects *projects,
                                                const struct pl_maven_coordinates *at);

/* "group:artifact:version" in `arena`. */
pl_str pl_maven_coordinates_text(struct pl_arena *arena, const struct pl_maven_coordinates *at);
