/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * source - all advisories of a source, wherever it lies and whichever feeds its documents are of.
 *
 * A source is a file, a directory, an archive or a compressed file (feed/documents.h), the URL of
 * one, a line of such URLs (feed/urls.h), a URL that names another one (feed/remote.h), or the URL
 * of a whole export in the OSV format with its ecosystems.txt. Each document is
 * read by the feed that bids highest for it. Directories below a source that hold an all.zip are
 * such an export's: the zip is read, as OSV's records, and what lies beside it is the same again.
 *
 * Records come in slices (feed/sink.h), one after the other: what an archive mixes is sorted out by
 * reading it once for each slice. Slices are named by their feed; those of feeds whose places are
 * apart, as OSV's records and suppressions are, "osv/<name>", after the directory below the source,
 * the archive or the file that they lie in. Each URL of a line is a slice of
 * its own, "<feed>/<name of the URL>".
 *
 * Documents are parsed by several threads. A malformed record is counted, named and left out; an
 * archive that is broken, encrypted or lies about its members is an error.
 */
#include "base/progress.h"
#include "feed/remote.h"
#include "feed/sink.h"

/* Read when no source is named. */
#define PL_SOURCE_DEFAULT_URL "https://osv-vulnerabilities.storage.googleapis.com"

/* What a caller remembers of the URLs that were read before, and is told of them. */
struct pl_source_memory {
    /* What is known of it; is_known is false to begin with. */
    void (*recall)(void *context, pl_str url, struct pl_remote_known *ret);
    /* The server has still the same: nothing of it is read. */
    void (*unchanged)(void *context, pl_str url, const struct pl_remote *remote);
    /* It was fetched, and the slices that begin from now on come from it. */
    void (*fetched)(void *context, pl_str url, const struct pl_remote *remote);
    /* It could not be fetched or read, and what was read of it was dropped; the reading goes on
     * with the next URL. */
    void (*failed)(void *context, pl_str url, const struct pl_error *failure);
    void *context;
};

struct pl_source_options {
    const struct pl_source_memory *memory; /* may be NULL: everything is read */
    const char *temp_dir; /* for downloads and large documents; NULL as base/tempfile.h says */
    unsigned workers; /* 0: one for each processor */
    const struct pl_progress *progress; /* may be NULL */
};

struct pl_source_slice {
    pl_str name;
    const struct pl_feed *feed;
    struct pl_tally tally;
};

struct pl_source_result {
    struct pl_arena arena;
    struct {
        PL_VEC_FIELDS(struct pl_source_slice *);
    } slices; /* in the order of reading */
    uint64_t unknown; /* documents that no feed bids for */
    struct pl_tally_problems unknown_names; /* of the first of them */
    uint64_t unchanged; /* URLs that have what they had, and were not read */
    uint64_t failed; /* URLs that the memory was told of */
    uint64_t fetched_bytes; /* from servers */
    uint64_t documents_seen; /* so that what is met in a later source comes later */
};

void pl_source_result_release(struct pl_source_result *result);

/* The sum over all slices, with the first problems of them. */
void pl_source_result_sum(const struct pl_source_result *result, struct pl_tally *ret);

/* Of an export only those ecosystems are read that the taker has selected; NOT_FOUND when it has
 * none of a name. *result is added to, so that one result may serve several sources. */
enum pl_status pl_source_read(const char *source, const struct pl_source_options *options,
                              const struct pl_feed_taker *taker, struct pl_source_result *result,
                              struct pl_error *err);
