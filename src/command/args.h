/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * args - parses one verb's command line by its option table.
 *
 * "--name value", "--name=value" and "--name" for a flag; options and arguments may be mixed, "--"
 * ends the options, "-" alone is an argument, "-h" and "--help" ask for help. The values are argv's
 * own strings. Only main.c and tests parse; commands read through command.h.
 */
#include "command/command.h"

struct pl_args_given {
    const struct pl_option *option;
    const char *value; /* NULL for a flag */
};

struct pl_args {
    const struct pl_command *command;
    struct pl_args_given *given; /* in order */
    size_t given_count;
    const char **positionals;
    size_t positional_count;
    bool wants_help;
};

/* `argv` are the `argc` words after the verb; it must outlive `args`. PL_E_USAGE, with the nearest
 * spelling, for what the table does not have. Once --help is seen nothing after it is judged. */
enum pl_status pl_args_parse(struct pl_args *args, const struct pl_command *command, int argc,
                             char *const *argv, struct pl_error *err);
void pl_args_release(struct pl_args *args);

#define pl_autoargs PL_CLEANUP(pl_args_release)
