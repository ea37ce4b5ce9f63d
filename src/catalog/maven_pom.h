/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * maven_pom - one pom.xml: what it says of its own package, its properties, its dependencies.
 *
 * Everything is kept as it is written. What a text with ${...} in it stands for is worked out by
 * pl_maven_pom_value, in view of the poms above it: its parent and that one's parents, once
 * whoever has several files (catalog/maven_projects.h) has set `above`.
 */
#include "base/map.h"
#include "catalog/cataloger.h"

struct pl_maven_coordinates {
    pl_str group;
    pl_str artifact;
    pl_str version;
};

struct pl_maven_dependency {
    struct pl_maven_coordinates at;
    /* Group, artifact, type and classifier with colons between: two that agree in it speak of the
     * same thing. */
    pl_str key;
    pl_str scope;
    pl_str optional;
    /* Of dependencyManagement, places in its list: the last one that is filed with this one, which
     * is the first; the next after this one, from 1. */
    size_t last;
    size_t next;
};

struct pl_maven_statements {
    PL_VEC_FIELDS(struct pl_maven_dependency);
};

/* Statements filed under a text; `places` has that of the first, from 1. */
struct pl_maven_table {
    PL_VEC_FIELDS(struct pl_maven_dependency);
    struct pl_map places;
};

struct pl_maven_pom {
    struct pl_maven_coordinates own; /* group and version its parent's where it has none */
    struct pl_maven_coordinates parent; /* no artifact: it has none */
    pl_str relative_path; /* to the parent's file */
    const struct pl_maven_pom *above; /* the parent, or NULL while nobody has found it */
    struct pl_map properties; /* name to pl_str */
    struct pl_maven_statements dependencies; /* each key once */
    /* What dependencyManagement says: filed under keys that stand as they are; of keys with ${...}
     * in them under the artifact, or under nothing where that has to be worked out, too; and which
     * BOMs it imports. */
    struct pl_maven_table managed;
    struct pl_maven_table managed_made;
    struct pl_maven_statements imports;
    struct pl_strs licenses; /* the name of each, or its URL where it has none */
};

/* Strings that were put together, and how much work it was. Nothing is put together any more once
 * that was PL_LIMIT_MAVEN_STEPS, or once the strings take PL_LIMIT_MAVEN_VALUE_BYTES. */
struct pl_maven_values {
    struct pl_arena arena;
    uint64_t steps;
};

/* The strings live in `arena`. PL_E_PARSE for what is no XML or has another root element. */
enum pl_status pl_maven_pom_read(struct pl_arena *arena, pl_span content, struct pl_maven_pom *ret,
                                 struct pl_error *err);
void pl_maven_pom_release(struct pl_maven_pom *pom);
#define pl_automavenpom PL_CLEANUP(pl_maven_pom_release)

bool pl_maven_values_are_full(const struct pl_maven_values *values);

/* Takes one step of work; false once there were too many. */
bool pl_maven_values_step(struct pl_maven_values *values);

/* The text with all ${...} put in; empty when one cannot be told from this file and those above. */
pl_str pl_maven_pom_value(const struct pl_maven_pom *pom, struct pl_maven_values *values,
                          pl_str text);

/* The same of each of the three. */
struct pl_maven_coordinates pl_maven_pom_coordinates(const struct pl_maven_pom *pom,
                                                     struct pl_maven_values *values,
                                                     const struct pl_maven_coordinates *written);

static inline void pl_maven_values_release(struct pl_maven_values *values)
{
    pl_arena_release(&values->arena);
}
#define pl_automavenvalues PL_CLEANUP(pl_maven_values_release)
