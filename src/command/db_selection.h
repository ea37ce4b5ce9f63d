/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db_selection - which ecosystems an update of the database is about.
 */
#include "command/command.h"
#include "db/build.h"
#include "feed/selection.h"

/* Those of --ecosystems and those that --for's images have; without either those that the database
 * was made for. In the arena. */
enum pl_status pl_db_selection_read(const struct pl_args *args,
                                    const struct pl_db_manifest *manifest, struct pl_arena *arena,
                                    struct pl_feed_selection *ret, struct pl_error *err);

/* Takes out what the database has of ecosystems that are not selected. */
void pl_db_selection_keep(const struct pl_feed_selection *selection, struct pl_db_builder *builder);
