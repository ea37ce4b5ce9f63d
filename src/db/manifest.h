/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * manifest - what a generation of the database consists of: a list of slices.
 *
 * A slice is all that one source says (one feed, or one ecosystem of OSV's export), in a file that
 * is named by its content. Generations share the slices that did not change, so that keeping old
 * ones is cheap and an update writes nothing but what is new. The manifest is a JSON document of
 * its own; the generation's name is derived from the names and contents of its slices alone.
 */
#include "base/buf.h"
#include "base/vec.h"

enum { PL_DB_DIGITS = 32 };

struct pl_db_slice_info {
    pl_str name; /* "osv/Debian", "cisa-kev" */
    pl_str digits; /* of its content */
    uint64_t records;
    uint64_t keys; /* packages */
    uint64_t exploitations;
    uint64_t size_bytes;
    pl_str modified; /* of its newest record, RFC 3339 */
    struct pl_strs ecosystems; /* without release, sorted */
    /* Where it was read, and what a server said of it, so that the next update may ask whether
     * anything changed. */
    pl_str source; /* without user, password and query; empty: not told */
    pl_str etag;
    pl_str last_modified; /* as the server wrote it */
    pl_str selection; /* the ecosystems that were asked for, in its caller's terms; empty: all */
    /* Up to which change of the source's own list of changes it has them, in that list's terms;
     * empty: the source has none, or all was read at once. */
    pl_str cursor;
    pl_str fetched; /* RFC 3339; when it was last known to be what the source has */
};

struct pl_db_slice_infos {
    PL_VEC_FIELDS(struct pl_db_slice_info);
};

struct pl_db_manifest {
    char generation[PL_DB_DIGITS + 1];
    pl_str created; /* RFC 3339, UTC */
    struct pl_db_slice_infos slices; /* sorted by name */
};

/* Sorts the slices, and sets `generation` from them. */
void pl_db_manifest_seal(struct pl_db_manifest *manifest);

/* When the data was last known to be what its sources have: of the slice that was asked for last;
 * empty when none was. */
pl_str pl_db_manifest_fetched(const struct pl_db_manifest *manifest);

enum pl_status pl_db_manifest_write(const struct pl_db_manifest *manifest, struct pl_buf *into,
                                    struct pl_error *err);
/* Strings lie in the arena. PL_E_PARSE also for a manifest whose generation is not that of its
 * slices, and for digits that are none. */
enum pl_status pl_db_manifest_parse(struct pl_arena *arena, pl_str text, struct pl_db_manifest *ret,
                                    struct pl_error *err);
