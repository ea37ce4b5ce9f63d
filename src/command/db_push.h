/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db_push - the advisory database through a registry.
 */
#include "command/command.h"

/* Rows for the option table of `plimsoll db`. */
#define PL_DB_PUSH_OPTIONS                                                                         \
    {.name = "accept-older",                                                                       \
     .summary = "pull: with --key, take a generation older than the one in use"},                  \
        {.name = "key",                                                                            \
         .argument = "FILE",                                                                       \
         .summary = "push: sign with this private key; pull: demand a signature by this public "   \
                    "key (PEM)"},                                                                  \
    {                                                                                              \
        .name = "key-passphrase-file", .argument = "FILE",                                         \
        .summary = "push: the passphrase of an encrypted key; also PLIMSOLL_KEY_PASSPHRASE"        \
    }

/* Puts the generation in use under a tag. */
enum pl_status pl_db_push_to(const struct pl_args *args, const char *dir, struct pl_error *err);
/* Makes the generation under a tag or digest the one in use. */
enum pl_status pl_db_pull_from(const struct pl_args *args, const char *dir, struct pl_error *err);
