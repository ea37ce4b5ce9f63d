/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db_show - what `plimsoll db` prints, as tables for people and as JSON.
 */
#include "command/command.h"
#include "db/build.h"
#include "feed/source.h"

/* What came of an update. */
struct pl_db_outcome {
    struct pl_db_built built;
    uint64_t repeated; /* records that others with their id stand for */
    uint64_t resumed; /* slices that an update before had, which was killed */
    uint64_t milliseconds; /* that it took */
    pl_str selection; /* the ecosystems that it was about; empty: all */
};

enum pl_status pl_db_show_update(const struct pl_args *args, const struct pl_source_result *result,
                                 const struct pl_db_outcome *outcome, struct pl_error *err);
enum pl_status pl_db_show_status(const struct pl_args *args, const char *dir, struct pl_error *err);
enum pl_status pl_db_show_search(const struct pl_args *args, const char *dir, struct pl_error *err);
enum pl_status pl_db_show_affected(const struct pl_args *args, const char *dir,
                                   struct pl_error *err);
/* The formats that are read, and where they come from. */
enum pl_status pl_db_show_feeds(const struct pl_args *args, const char *dir, struct pl_error *err);
/* One advisory by its id, or all that list the name as an alias. */
enum pl_status pl_db_show_advisory(const struct pl_args *args, const char *dir,
                                   struct pl_error *err);
