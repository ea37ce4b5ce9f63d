/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * command - one verb of the command line.
 *
 * One file per verb, listed in command/commands.def; each ends in one const descriptor. main.c
 * finds the verb, parses its options by the table, prints help from it, and calls `run`. Help,
 * completion and docs are printed from the tables, so an option exists in one place. Only this
 * folder prints and decides the exit status: results to standard output, the rest to standard
 * error. Standard output is stdio's stdout, or descriptor 1 after a flush; main.c checks at the end
 * that all of it was written.
 */
#include "base/error.h"
#include "base/str.h"

struct pl_option {
    const char *name; /* without dashes: "fail-on"; NULL ends a table */
    const char *argument; /* "EXPR", or NULL for a flag */
    const char *summary; /* one line for help */
    bool repeats;
};

/* The parsed command line of one verb; views into argv. */
struct pl_args;

/* The last value given, or `otherwise` (may be NULL). */
const char *pl_args_value(const struct pl_args *args, const char *name, const char *otherwise);
bool pl_args_flag(const struct pl_args *args, const char *name);
/* The n-th value of an option that repeats, NULL past the last. */
const char *pl_args_nth(const struct pl_args *args, const char *name, size_t n);
/* The n-th argument that is no option, NULL past the last. */
const char *pl_args_positional(const struct pl_args *args, size_t n);
size_t pl_args_positional_count(const struct pl_args *args);
/* PL_E_USAGE unless the count of arguments that are no option is in the range. */
enum pl_status pl_args_expect(const struct pl_args *args, size_t least, size_t most,
                              struct pl_error *err);

struct pl_command {
    const char *name;
    const char *summary; /* one line for the list of commands */
    const char *usage; /* after "plimsoll NAME ": "[options] SOURCE"; lines may repeat */
    const char *details; /* paragraphs for --help, or NULL */
    const char *const *examples; /* whole command lines, each followed by what it does; NULL ends */
    const struct pl_option *options; /* NULL when there are none */
    /* Prints the words that may stand behind an action of the usage lines, for completion; NULL
     * where anything may. */
    void (*print_words)(const char *action);
    bool takes_sources; /* its arguments are images, containers and directories: help lists how */
    /* Gives the exit status of the command contract; on a negative status in *err the caller prints
     * the error and exits by its class, so `return pl_command_failed(status)` suffices. */
    int (*run)(const struct pl_args *args, struct pl_error *err);
};

/* For run: tells main.c to print the error and exit with the class's status. */
int pl_command_failed(enum pl_status status);

/* A usage error: `what` ("scheme") `given` is not known, with the nearest spelling among `names`
 * (NULL ends), or all of them when none is near. */
enum pl_status pl_command_unknown(const char *what, const char *given, const char *const *names,
                                  struct pl_error *err);

/* All commands, sorted by name. */
const struct pl_command *const *pl_commands(size_t *ret_count);
/* NULL when there is none. */
const struct pl_command *pl_command_find(const char *name);

/* --db, else PLIMSOLL_DB, else $XDG_CACHE_HOME/plimsoll/db, else ~/.cache/plimsoll/db, else (no
 * home) /var/cache/plimsoll/db. The result is an argument, the environment's or `buffer`. */
const char *pl_command_db_dir(const struct pl_args *args, char *buffer, size_t size);

/* PLIMSOLL_CACHE, else beside the default of pl_command_db_dir, in "layers". The result is the
 * environment's or `buffer`. */
const char *pl_command_cache_dir(char *buffer, size_t size);
