/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * format - one way to print a finished report.
 *
 * One file per format, listed in report/formats.def; each ends in one const descriptor and has no
 * state. A format prints what the report says and never asks anything else: no clock, no
 * environment, no terminal. The same report and options give the same bytes.
 */
#include "base/writer.h"
#include "report/summary.h"

struct pl_report_options {
    unsigned width_columns; /* of the terminal; 0: PL_REPORT_WIDTH */
    bool color; /* ANSI sequences may be used */
    bool with_differences; /* say where sources differ, where that is not done in any case */
    bool with_suppressed; /* list what is suppressed, where that is not done in any case */
    pl_str created; /* the time that a document shall state, RFC 3339; empty: the subject's own */
};

/* The width when nobody knows better: a file, a pipe, the log of a build. */
#define PL_REPORT_WIDTH 120

/* How several reports of one run become one document: `begin`, each report by the format's `write`,
 * with `between` before all but the first, then `end`. */
struct pl_report_set {
    void (*begin)(struct pl_writer *writer);
    void (*between)(struct pl_writer *writer);
    void (*end)(const struct pl_summary *summary, const struct pl_report_options *options,
                struct pl_writer *writer);
};

struct pl_report_format {
    const char *name; /* "json" */
    const char *summary; /* one line for help */
    const char *media_type;
    /* Writes the whole document; `writer` is not finished. */
    enum pl_status (*write)(const struct pl_report *report, const struct pl_report_options *options,
                            struct pl_writer *writer, struct pl_error *err);
    const struct pl_report_set *set; /* NULL: a document of this format has one subject */
    /* Other names that it goes by, NULL at the end; or NULL. */
    const char *const *aliases;
};

/* All formats, sorted by name. */
const struct pl_report_format *const *pl_report_formats(size_t *ret_count);
/* NULL when there is none. */
const struct pl_report_format *pl_report_format_find(pl_str name);
