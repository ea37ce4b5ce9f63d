/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * places - where the documents of a source lie: the zips of an export, the directories below a
 * directory with the files beside them, or one file.
 */
#include "feed/feeds.h"
#include "feed/fetcher.h"
#include "feed/source.h"

/* Where documents lie. */
struct pl_place {
    enum { PL_PLACE_FILE, PL_PLACE_DIR, PL_PLACE_FLAT_DIR, PL_PLACE_URL } kind;
    pl_str path; /* or the URL */
    pl_str name; /* for the slices of OSV's records, and of a place that is one */
    bool is_slice; /* what lies here is a slice of its own */
    bool is_export; /* the records of OSV's export and nothing else */
    size_t fetch; /* its number at the fetcher */
    int fd; /* of a download that has to be read again; else -1 */
    bool has_changes; /* what was fetched is not all of it */
    struct pl_strs gone; /* with that: ids of records that are there no more */
    bool is_visited;
    bool waiting[PL_FEEDS_MOST]; /* feeds that have documents here; set by workers */
    bool waiting_large[PL_FEEDS_MOST]; /* the same, set by the reading thread */
};

struct pl_places {
    PL_VEC_FIELDS(struct pl_place);
    struct pl_strs refused; /* what an index names that is not below it; the first of each list */
    size_t refused_count;
};

/* The places of a source, in the arena; what is remote is added to the fetcher. Of an export there
 * are those of the selection, which may be NULL. A URL is asked for
 * an export's list of ecosystems, unless it is known to be that of a document. NOT_FOUND when there
 * is no such source. */
enum pl_status pl_places_find(struct pl_arena *arena, const char *source,
                              const struct pl_source_options *options,
                              const struct pl_feed_selection *selection, struct pl_fetcher *fetcher,
                              struct pl_places *ret, struct pl_error *err);

/* The file or directory of a place; of what is remote, what was fetched, unless it was kept.
 * *ret_fd stays -1 when a server has what was read before. */
enum pl_status pl_place_open(struct pl_place *place, const struct pl_source_options *options,
                             struct pl_fetcher *fetcher, int *ret_fd, struct pl_error *err);
