/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * help - the texts that are printed from the tables of commands and options.
 */
#include "command/command.h"
#include <stdio.h>

void pl_help_print_overview(FILE *into);
void pl_help_print_command(FILE *into, const struct pl_command *command);

/* A usage error for a verb that is not in the table, with the nearest one. */
enum pl_status pl_help_unknown_command(const char *given, struct pl_error *err);
