/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * export - all records of an export in the OSV format, wherever it lies.
 *
 * A source is a directory laid out as <Ecosystem>/all.zip or <Ecosystem>/<anything>.json, a
 * directory that holds all.zip or .json files itself, one zip, the URL of one zip, or the URL of a
 * whole export with its ecosystems.txt. Feeds are named by their ecosystem's directory. Records are
 * parsed by several threads. A malformed record is counted, named and left out; an archive that is
 * broken, encrypted or lies about its members is an error, as nobody can say what it lacks.
 */
#include "base/progress.h"
#include "feed/osv.h"

#define PL_EXPORT_DEFAULT_URL "https://osv-vulnerabilities.storage.googleapis.com"

/* Takes one advisory, good during the call; called from several threads at once. */
struct pl_export_sink {
    enum pl_status (*take)(void *context, pl_str feed, const struct pl_advisory *advisory,
                           struct pl_error *err);
    void *context;
};

struct pl_export_options {
    const struct pl_strs *ecosystems; /* read these feeds alone; NULL or empty: all */
    const char *temp_dir; /* for downloads; NULL as base/tempfile.h says */
    unsigned workers; /* 0: one for each processor */
    const struct pl_progress *progress; /* may be NULL */
};

enum { PL_EXPORT_PROBLEMS = 8 };

struct pl_export_result {
    uint64_t feeds;
    uint64_t records; /* taken */
    uint64_t json_bytes;
    uint64_t malformed; /* left out */
    struct pl_osv_skipped skipped;
    /* The texts about the first malformed records, in the order of reading. */
    struct {
        uint64_t sequence;
        struct pl_error error;
    } problems[PL_EXPORT_PROBLEMS];
    size_t problem_count;
};

/* *result is added to, so that one result may serve several sources. */
enum pl_status pl_export_read(const char *source, const struct pl_export_options *options,
                              const struct pl_export_sink *sink, struct pl_export_result *result,
                              struct pl_error *err);
