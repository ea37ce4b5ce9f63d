/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * changes - what a publisher says has changed in what it publishes, newest first, so that not all
 * of it has to be fetched again.
 *
 * OSV's export has modified_id.csv beside each all.zip: rows of a time and an id, whose record is
 * <id>.json. Directories of CSAF documents have changes.csv and deletions.csv: rows of a path and a
 * time. Both are read from their beginning by and by, no further than to what is known.
 */
#include "base/arena.h"
#include "base/vec.h"
#include "net/http.h"

enum pl_changes_kind {
    PL_CHANGES_OSV,
    PL_CHANGES_CSAF,
};

struct pl_change {
    pl_str url; /* of the record */
    pl_str id; /* of the record, as far as the list tells it */
    bool is_gone; /* listed as deleted */
};

struct pl_changes {
    PL_VEC_FIELDS(struct pl_change);
    pl_str cursor; /* the time of the newest row; what was given when there is none */
    uint64_t bytes; /* of the lists, as far as they were read */
};

/* When the whole was made of which `last_modified` is told (RFC 9110), as such lists write times.
 * False when that is no date. */
bool pl_changes_time(struct pl_arena *arena, pl_str last_modified, pl_str *ret);
/* The same less an hour: what changed while the whole was made is then listed as a change. */
bool pl_changes_start(struct pl_arena *arena, pl_str last_modified, pl_str *ret);

/* Is `time` more than PL_CHANGES_DAYS after `since`? Not when that is empty. */
bool pl_changes_is_long_after(pl_str time, pl_str since);

/* The id of the record that a path of such a list is about, as far as the name tells it. */
pl_str pl_changes_id_of_path(struct pl_arena *arena, pl_str path);

/* All changes after `cursor`, in the arena, of what lies at `base` (a URL that ends in a slash).
 * LIMIT when there are more than `most`, or when the newest is more than PL_CHANGES_DAYS after
 * `since`, the time of the whole: lists do not tell everything, so that is to be read again now
 * and then; an empty `since` is not looked at. NOT_FOUND when there is no such list. */
enum { PL_CHANGES_DAYS = 7 };
enum pl_status pl_changes_read(struct pl_http *http, struct pl_arena *arena,
                               enum pl_changes_kind kind, pl_str base, pl_str cursor, pl_str since,
                               size_t most, struct pl_changes *ret, struct pl_error *err);
