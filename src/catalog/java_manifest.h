/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * java_manifest - what a Java archive without Maven's own metadata says of itself: the main section
 * of its manifest, and its file name. Both are guesses at coordinates, some better than others.
 */
#include "base/vec.h"

struct pl_java_attribute {
    pl_str name;
    pl_str value; /* trimmed, continuation lines joined */
};

struct pl_java_manifest {
    PL_VEC_FIELDS(struct pl_java_attribute);
};

/* The main section; what is no attribute is passed over. */
void pl_java_manifest_read(struct pl_arena *arena, pl_str text, struct pl_java_manifest *ret);
/* By name, whose case does not count; empty when there is none. */
pl_str pl_java_manifest_get(const struct pl_java_manifest *manifest, const char *name);

/* "commons-math3-3.2.jar" taken apart; version and classifier ("sources") may be empty. */
struct pl_java_file_name {
    pl_str artifact;
    pl_str version;
    pl_str classifier;
    pl_str stem; /* all but the extension */
    bool is_unsure; /* what looks like a version may be part of the name: "log4j-1.2-api" */
};

struct pl_java_file_name pl_java_file_name_split(pl_str file_name);

struct pl_java_guess {
    pl_str group; /* may be empty */
    pl_str artifact;
    pl_str version; /* empty: nothing can be said */
    const char *basis;
    unsigned confidence; /* percent */
};

/* `file_name` without directories, with its extension. Views into what is given. */
struct pl_java_guess pl_java_guess(const struct pl_java_manifest *manifest, pl_str file_name);
