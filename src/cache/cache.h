/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cache - values that were worked out once, kept in a directory between runs.
 *
 * An entry has a kind (a short word), a key and a value, and is one file, compressed and under a
 * checksum. Any number of processes may use a directory at once and none waits for another: an
 * entry appears whole, is never changed, and disappears by an unlink. When an entry is
 * found its file's time is set, and when the total grows past the bound those go that were used
 * longest ago. A damaged entry is removed and not found.
 *
 * The cache is a convenience: what cannot be kept is not kept, and nobody fails for it. The
 * directory must belong to the user and be writable by nobody else, since what is found is
 * believed.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

struct pl_cache;

/* Makes the directory, mode 0700, when it is not there. DENIED when it is somebody else's, or
 * others may write to it. */
enum pl_status pl_cache_open(const char *dir, uint64_t max_bytes, struct pl_cache **ret,
                             struct pl_error *err);
void pl_cache_close(struct pl_cache *cache);
PL_DEFINE_CLEANUP(struct pl_cache, pl_cache_close)

/* The value, in `arena`, when there is one of at most `ceiling_bytes`. `cache` may be NULL, here
 * and below: then there is nothing. */
bool pl_cache_find(struct pl_cache *cache, struct pl_arena *arena, const char *kind, pl_str key,
                   size_t ceiling_bytes, pl_str *ret);
void pl_cache_put(struct pl_cache *cache, const char *kind, pl_str key, pl_str value);
/* For a value that turned out to be of no use. */
void pl_cache_discard(struct pl_cache *cache, const char *kind, pl_str key);

struct pl_cache_entry {
    pl_str file; /* relative to the directory */
    pl_str kind;
    pl_str key; /* empty when the entry is damaged */
    uint64_t stored_bytes;
    uint64_t used_ms; /* when it was last found or made, milliseconds since 1970 */
};

struct pl_cache_entries {
    PL_VEC_FIELDS(struct pl_cache_entry);
};

/* The one used last comes first. */
enum pl_status pl_cache_list(struct pl_cache *cache, struct pl_arena *arena,
                             struct pl_cache_entries *ret, struct pl_error *err);

struct pl_cache_removed {
    uint64_t entries;
    uint64_t bytes;
};

/* Removes what was not used since `since_ms`, then the longest unused until the rest is at most
 * `max_bytes`. 0 and UINT64_MAX remove nothing, UINT64_MAX and 0 everything. Also removes what
 * writers that died have left. */
enum pl_status pl_cache_prune(struct pl_cache *cache, uint64_t since_ms, uint64_t max_bytes,
                              struct pl_cache_removed *ret, struct pl_error *err);
