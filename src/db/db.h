/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db - the advisory database, opened for reading.
 *
 * A database is a directory of generations; `current` names the live one. Opening maps it
 * read-only: no lock is taken, several processes read at once, and an update that swaps in a new
 * generation does not disturb who has the old one open. Strings handed out are views into the map,
 * good until pl_db_close, or lie in the given arena. The database file is our own but may be
 * damaged or made by others: every record is bounds-checked when it is read, and a damaged one is
 * PL_E_PARSE. Not shared between threads without one pl_db each.
 */
#include "model/advisory.h"
#include "model/report.h"

struct pl_db;

/* NOT_FOUND, with what to run, when there is no database in `dir`. */
enum pl_status pl_db_open(const char *dir, struct pl_db **ret, struct pl_error *err);
void pl_db_close(struct pl_db *db);
PL_DEFINE_CLEANUP(struct pl_db, pl_db_close)

struct pl_db_info {
    pl_str generation; /* derived from the content: the same feeds give the same name */
    pl_str modified; /* of the newest record, RFC 3339 */
    uint64_t records;
    uint64_t keys;
    uint64_t size_bytes;
    struct pl_feed_infos feeds;
    struct pl_strs no_scheme; /* ecosystems stored whose versions nothing here compares */
};

enum pl_status pl_db_info(struct pl_db *db, struct pl_arena *arena, struct pl_db_info *ret,
                          struct pl_error *err);

/* One advisory's word about one package: what a lookup gives. `affected` holds the ranges and
 * versions of exactly the asked ecosystem and name. */
struct pl_db_match {
    pl_str advisory_id;
    struct pl_affected affected;
};

struct pl_db_matches {
    PL_VEC_FIELDS(struct pl_db_match);
};

/* All that is said of a package, withdrawn records left out. An unknown package gives none; an
 * advisory that lists the package several times gives as many matches, next to each other. Sorted
 * by advisory. `ecosystem` with release as in OSV ("Debian:12"); names are normalised as the
 * ecosystem does. */
enum pl_status pl_db_lookup(struct pl_db *db, struct pl_arena *arena, pl_str ecosystem, pl_str name,
                            struct pl_db_matches *ret, struct pl_error *err);

/* Is anything said of packages of this ecosystem, with its release? Where not, a package without
 * advisories is one that nobody judged. */
enum pl_status pl_db_covers(struct pl_db *db, pl_str ecosystem, bool *ret, struct pl_error *err);

/* The record of an id, without its `affected` list when `with_affected` is false; NOT_FOUND. */
enum pl_status pl_db_advisory(struct pl_db *db, struct pl_arena *arena, pl_str id,
                              bool with_affected, struct pl_advisory *ret, struct pl_error *err);

/* Ids of the advisories that list `name` as an alias or as upstream ("CVE-2024-3094"), sorted. */
enum pl_status pl_db_named(struct pl_db *db, struct pl_arena *arena, pl_str name,
                           struct pl_strs *ret, struct pl_error *err);

/* Ids whose id, alias, summary or package name has `text` in it (ASCII case folded), sorted, at
 * most `limit`. */
enum pl_status pl_db_search(struct pl_db *db, struct pl_arena *arena, pl_str text, size_t limit,
                            struct pl_strs *ret, struct pl_error *err);
