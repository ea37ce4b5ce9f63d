/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * changes - the list that a generation keeps of what it changed against the one before it: the
 * packages of which something else is said now, and the records that came, went or are otherwise.
 *
 * It lies beside the manifest as <digits>.changed and is a table (db/table.h): in the section of
 * facts the digits of the generation before, in that of packages their keys, and in that of records
 * a letter for each slice, NUL and id. Who keeps inventories asks again for those packages alone.
 */
#include "db/manifest.h"
#include "db/table.h"

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

/* An opened list. */
struct pl_db_changes {
    struct pl_table *table;
    char before[PL_DB_DIGITS + 1]; /* the generation that it compares with */
    uint64_t packages;
    uint64_t records;
};

void pl_db_changes_close(struct pl_db_changes *changes);
#define pl_autochanges PL_CLEANUP(pl_db_changes_close)

/* Compares two generations and opens the list of it, which is on disk but has no name; `dir` is the
 * database's, by name and opened. Slices of equal content are not read; of the others both are
 * walked side by side, so that the cost is that of reading them once. NOT_FOUND and PARSE for
 * slices that cannot be read. */
enum pl_status pl_db_changes_make(const char *dir, int dir_fd, const struct pl_db_manifest *before,
                                  const struct pl_db_manifest *after, struct pl_db_changes *ret,
                                  struct pl_error *err);

/* Makes the list of a generation that is about to take the place of the one in use, and keeps it
 * under its name. When nothing is in use, or what is cannot be read, there is no list, and that is
 * no failure. Under the lock. */
enum pl_status pl_db_changes_keep(const char *dir, int dir_fd, const struct pl_db_manifest *after,
                                  struct pl_error *err);

/* The list that a generation keeps: NOT_FOUND when it has none. */
enum pl_status pl_db_changes_open(int dir_fd, const char *generation, struct pl_db_changes *ret,
                                  struct pl_error *err);

/* Walk the list: records by slice and id, packages by ecosystem and name. What the callback fails
 * with ends the walk; its strings are good during the call. */
typedef enum pl_status pl_db_record_changed(void *context, pl_str slice, enum pl_db_change change,
                                            pl_str id, struct pl_error *err);
enum pl_status pl_db_changes_each_record(const struct pl_db_changes *changes,
                                         pl_db_record_changed *told, void *context,
                                         struct pl_error *err);
/* The name is as its ecosystem compares names. */
typedef enum pl_status pl_db_package_changed(void *context, pl_str ecosystem, pl_str name,
                                             struct pl_error *err);
enum pl_status pl_db_changes_each_package(const struct pl_db_changes *changes,
                                          pl_db_package_changed *told, void *context,
                                          struct pl_error *err);
