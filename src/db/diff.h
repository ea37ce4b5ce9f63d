/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * diff - what an update changed: the records that one generation of the database has and another
 * has not, or has otherwise.
 *
 * Slices of equal content are not read. Of the others both are walked side by side, so that the
 * cost is that of reading them once, and memory does not grow.
 */
#include "db/manifest.h"

#define PL_DB_CHANGE_LIST(X)                                                                       \
    X(PL_DB_ADDED, "added")                                                                        \
    X(PL_DB_REMOVED, "removed")                                                                    \
    X(PL_DB_CHANGED, "changed")

enum pl_db_change {
#define X(name, text) name,
    PL_DB_CHANGE_LIST(X)
#undef X
};

const char *pl_db_change_to_string(enum pl_db_change change);

/* Takes one change; what it fails with ends the walk. Strings are good during the call. */
struct pl_db_diff_sink {
    enum pl_status (*take)(void *context, pl_str slice, enum pl_db_change change, pl_str id,
                           struct pl_error *err);
    void *context;
};

/* Both generations by their names (or the first digits of one, if that tells it), in `dir`. An
 * empty name is the generation in use, "previous" the one before it. Slices are told in order of
 * their names, records in order of their ids; NOT_FOUND for a generation that is not there. */
enum pl_status pl_db_diff(const char *dir, pl_str before, pl_str after,
                          const struct pl_db_diff_sink *sink, struct pl_error *err);
