/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * repositories - which of Red Hat's products a system has, by the repositories that its packages
 * come from, as far as the database knows them (feed/reader/redhat_repositories.c).
 */
#include "db/db.h"
#include "model/os.h"

/* Adds the ecosystems of the content sets' products that *io_ecosystems lacks; strings are in the
 * arena. */
enum pl_status pl_repositories_find(struct pl_arena *arena, struct pl_db *db,
                                    const struct pl_os *os, struct pl_strs *io_ecosystems,
                                    struct pl_error *err);
