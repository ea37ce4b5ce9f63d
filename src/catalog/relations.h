/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * relations - what the packages of one database need, by the names of packages in it.
 *
 * A need may be met by another package that provides it: a virtual package, a library's soname, a
 * command, a file. The database itself tells by whom, once all of it is read: packages, what they
 * provide and what they need are noted while it is read, and pl_relations_finish fills in
 * `depends` of the sink's components. All strings are copied.
 */
#include "base/map.h"
#include "catalog/cataloger.h"

struct pl_relation_package;

struct pl_relation_need {
    size_t component;
    pl_str capability;
    bool is_alternative; /* to the need before it: one of them is enough */
};

struct pl_relations {
    struct pl_sink *sink;
    struct pl_arena arena;
    struct pl_map packages; /* by name */
    struct pl_map providers; /* the first package that provides a capability */
    struct pl_relation_package *current;
    struct {
        PL_VEC_FIELDS(struct pl_relation_need);
    } needs;
    size_t noted; /* needs and capabilities */
};

void pl_relations_release(struct pl_relations *relations);
#define pl_autorelations PL_CLEANUP(pl_relations_release)

/* The sink's newest component has this name; what follows is said of it. */
void pl_relations_package(struct pl_relations *relations, pl_str name);
void pl_relations_provide(struct pl_relations *relations, pl_str capability);
/* What only files provide ("/bin/sh") is looked for among the components' files. */
void pl_relations_need(struct pl_relations *relations, pl_str capability);

/* Fields of Debian's control files (deb-control(5)): "a (>= 1), b:any | c". */
void pl_relations_provide_deb822(struct pl_relations *relations, pl_str field);
void pl_relations_need_deb822(struct pl_relations *relations, pl_str field);

/* A need that no package of the database meets is given as it stands (of alternatives: all) when
 * it can be a package's name, else left out. */
void pl_relations_finish(struct pl_relations *relations);
