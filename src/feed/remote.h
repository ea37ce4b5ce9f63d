/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * remote - what a server has of one URL of a feed, compared with what is known of it.
 *
 * Where an index names the documents one by one, each is fetched (feed/listed.h). Some URLs are
 * those of a document that names another: archive_latest.txt (CSAF 2.0, section 7.1)
 * the newest archive beside it, mirror.list a repository, repomd.xml the updateinfo of one. Asked
 * whether anything is new is the one that changes with the content. Where there is a list of
 * changes (feed/changes.h), the records that it names are fetched rather than the whole.
 */
#include "base/arena.h"
#include "base/progress.h"
#include "feed/index.h"
#include "net/http.h"

/* Documents that an index lists (feed/index.h), as far as they are in one directory. */
struct pl_remote_index {
    pl_str base; /* the URL of the list's directory, with the slash */
    pl_str group; /* below that; may be empty */
    const struct pl_strs *documents; /* paths below the base */
    struct pl_http_version version; /* of the list */
};

struct pl_remote_known {
    bool is_known; /* false: it was not read before */
    struct pl_http_version version; /* of the whole */
    /* The newest change that was read, or what else tells it; empty: there was no list of them. */
    pl_str cursor;
    const struct pl_remote_index *index; /* NULL: the URL is that of one document */
};

struct pl_remote {
    enum {
        PL_REMOTE_SAME, /* as it is known */
        PL_REMOTE_WHOLE,
        PL_REMOTE_CHANGES, /* a tar of the records that changed */
    } what;
    int fd; /* read from its start; -1 with SAME */
    struct pl_strs gone; /* with CHANGES: ids of records that are there no more */
    struct pl_http_version version; /* what to compare with next time */
    pl_str cursor;
};

/* Reads the index at this URL; what it holds lies in the arena. */
enum pl_status pl_remote_index(struct pl_http *http, struct pl_arena *arena, pl_str url,
                               struct pl_feed_index *ret, struct pl_http_version *ret_version,
                               struct pl_error *err);

/* Strings lie in the arena; *ret's descriptor is the caller's. Files go to `temp_dir`, which may be
 * NULL as base/tempfile.h says. NOT_FOUND also for a repository without advisories. */
enum pl_status pl_remote_fetch(struct pl_http *http, struct pl_arena *arena, pl_str url,
                               const struct pl_remote_known *known, const char *temp_dir,
                               const struct pl_progress *progress, struct pl_remote *ret,
                               struct pl_error *err);
