/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * program - what a program or library says of itself: the second table of the cataloger of
 * executables.
 *
 * catalog/executable.c opens a file once, as ELF, PE or Mach-O, and asks each reader of
 * program/programs.def; a reader knows one thing that compilers, packagers or libraries leave in
 * programs. It looks for the cheapest sign of that first, since nearly all files have none of it.
 * A fat Mach-O file is asked for each of its parts.
 */
#include "base/map.h"
#include "catalog/cataloger.h"
#include "format/object.h"

struct pl_program {
    pl_str path;
    struct pl_object object;
    struct pl_arena *scratch; /* goes when the file is done */
    struct pl_map *seen; /* components of this file so far */
};

struct pl_program_reader {
    const char *name;
    const char *summary; /* one line for help and docs */
    enum pl_status (*read)(struct pl_sink *sink, const struct pl_program *program,
                           struct pl_error *err);
};

/* Starts an installed component as pl_catalog_component does; NULL as well when this file stated
 * the same type, name and version before. */
struct pl_component *pl_program_component(struct pl_sink *sink, const struct pl_program *program,
                                          const char *type, pl_str name, pl_str version);

/* Is this a Go program whose build information states the version of its main module? */
bool pl_program_states_go_version(const struct pl_program *program);

/* The basename of its path. */
pl_str pl_program_name(const struct pl_program *program);
