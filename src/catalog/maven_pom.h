/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * maven_pom - a pom.xml as far as it can be understood alone: what it says of its own package, its
 * properties, its dependencies. Parents and imported BOMs are other files, which are not there.
 */
#include "base/map.h"
#include "catalog/cataloger.h"
#include "format/xml.h"

struct pl_maven_pom {
    const struct pl_xml_node *project;
    const struct pl_xml_node *parent; /* or NULL */
    struct pl_arena *arena;
    struct pl_map properties; /* name to node */
    size_t made_bytes; /* of values with something put in */
    /* Its coordinates, properties put in; empty where the parent, or nobody, says. */
    pl_str group;
    pl_str artifact;
    pl_str version;
};

/* All strings live in `arena`. PL_E_PARSE for what is no XML or has another root element. */
enum pl_status pl_maven_pom_read(struct pl_arena *arena, pl_span content, struct pl_maven_pom *ret,
                                 struct pl_error *err);
void pl_maven_pom_release(struct pl_maven_pom *pom);
#define pl_automavenpom PL_CLEANUP(pl_maven_pom_release)

/* The text with all ${...} put in; empty when one cannot be told from this file. */
pl_str pl_maven_pom_value(struct pl_maven_pom *pom, pl_str text);

/* The name of each licence, or its URL where it has none. */
void pl_maven_pom_add_licenses(struct pl_maven_pom *pom, struct pl_sink *sink,
                               struct pl_component *component);
