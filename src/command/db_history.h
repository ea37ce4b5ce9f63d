/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db_history - which generations of the advisory database there are, and what changed between them.
 */
#include "command/command.h"

enum pl_status pl_db_show_history(const struct pl_args *args, const char *dir,
                                  struct pl_error *err);
/* Between two generations; without names from the one before to the one in use. */
enum pl_status pl_db_show_diff(const struct pl_args *args, const char *dir, struct pl_error *err);
