/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db - the advisory database, opened for reading.
 *
 * A database is a directory of generations; `current` names the one in use. A generation is a list
 * of slices (db/manifest.h), each opened when it is first asked and mapped read-only: no lock is
 * taken, several processes read at once, and an update that swaps in a new generation does not
 * disturb who has the old one open. Strings handed out are views into the maps, good until
 * pl_db_close, or lie in the given arena. The files are our own but may be damaged or made by
 * others: every record is bounds-checked when it is read, and a damaged one is PL_E_PARSE. Not
 * shared between threads without one pl_db each.
 */
#include "model/advisory.h"
#include "model/exploitation.h"
#include "model/report.h"

struct pl_db;
struct pl_db_manifest;

/* NOT_FOUND, with what to run, when there is no database in `dir`. */
enum pl_status pl_db_open(const char *dir, struct pl_db **ret, struct pl_error *err);
/* The newest generation made on or before `day` (YYYY-MM-DD), or up to a time (RFC 3339, UTC);
 * NOT_FOUND, with those there are, when all are younger. */
enum pl_status pl_db_open_as_of(const char *dir, pl_str day, struct pl_db **ret,
                                struct pl_error *err);
void pl_db_close(struct pl_db *db);
PL_DEFINE_CLEANUP(struct pl_db, pl_db_close)

/* What the generation consists of; good until pl_db_close. */
const struct pl_db_manifest *pl_db_manifest(const struct pl_db *db);

struct pl_db_info {
    pl_str generation; /* derived from the content: the same feeds give the same name */
    pl_str created; /* RFC 3339 */
    pl_str modified; /* of the newest record, RFC 3339 */
    uint64_t records;
    uint64_t keys;
    uint64_t size_bytes;
    struct pl_feed_infos feeds;
    struct pl_strs no_scheme; /* ecosystems stored whose versions nothing here compares */
};

enum pl_status pl_db_info(struct pl_db *db, struct pl_arena *arena, struct pl_db_info *ret,
                          struct pl_error *err);

/* One advisory's word about one package: what a lookup gives. `affected` holds the ranges of
 * exactly the asked ecosystem and name, and of the enumerated versions those that no range
 * contains, which is all that matching takes. */
struct pl_db_match {
    pl_str advisory_id;
    struct pl_affected affected;
    pl_str slice; /* that says it: "osv/Debian" */
    uint64_t list; /* where there are more versions, for pl_db_match_versions */
};

struct pl_db_matches {
    PL_VEC_FIELDS(struct pl_db_match);
};

/* Is the slice of VEX documents, which have no records of their own but say something of those of
 * others, under the same ids? */
bool pl_db_slice_is_vex(pl_str slice);

/* All that is said of a package, withdrawn records left out. An unknown package gives none; an
 * advisory that lists the package several times gives as many matches, next to each other. Sorted
 * by slice, and within one by advisory; what a second slice says under the same id is left out,
 * unless one of the two is of VEX.
 * `ecosystem` with release as in OSV ("Debian:12"); names are normalised as the ecosystem does. */
enum pl_status pl_db_lookup(struct pl_db *db, struct pl_arena *arena, pl_str ecosystem, pl_str name,
                            struct pl_db_matches *ret, struct pl_error *err);

/* Is anything said of packages of this ecosystem, with its release? Where not, a package without
 * advisories is one that nobody judged. */
enum pl_status pl_db_covers(struct pl_db *db, pl_str ecosystem, bool *ret, struct pl_error *err);

/* The record of an id, without its `affected` list when `with_affected` is false; NOT_FOUND. Of
 * several slices that have one, the first by name. */
enum pl_status pl_db_advisory(struct pl_db *db, struct pl_arena *arena, pl_str id,
                              bool with_affected, struct pl_advisory *ret, struct pl_error *err);
/* The record that a match is of. */
enum pl_status pl_db_match_advisory(struct pl_db *db, struct pl_arena *arena,
                                    const struct pl_db_match *match, struct pl_advisory *ret,
                                    struct pl_error *err);

/* All versions that the match's advisory enumerates. */
enum pl_status pl_db_match_versions(struct pl_db *db, struct pl_arena *arena,
                                    const struct pl_db_match *match, struct pl_strs *ret,
                                    struct pl_error *err);

/* Ids of the advisories that list `name` as an alias, as upstream ("CVE-2024-3094") or, being
 * errata, as what they fix, sorted. */
enum pl_status pl_db_named(struct pl_db *db, struct pl_arena *arena, pl_str name,
                           struct pl_strs *ret, struct pl_error *err);

/* Ids whose id, alias, summary or package name has `text` in it (ASCII case folded), sorted, at
 * most `limit`. */
enum pl_status pl_db_search(struct pl_db *db, struct pl_arena *arena, pl_str text, size_t limit,
                            struct pl_strs *ret, struct pl_error *err);

/* What is known of a vulnerability's exploitation, of all slices together; *ret_found is false when
 * that is nothing. */
enum pl_status pl_db_exploitation(struct pl_db *db, struct pl_arena *arena, pl_str id,
                                  bool *ret_found, struct pl_exploitation *ret,
                                  struct pl_error *err);
