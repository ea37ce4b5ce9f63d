/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * progress - shows on a terminal how far long work is.
 *
 * One line on standard error that is written over itself, only when that is a terminal and the work
 * has lasted half a second; it is wiped at the end. Elsewhere nothing is written.
 */
#include "base/progress.h"

struct pl_progress_line {
    struct pl_progress progress; /* to be given to the library */
    pl_str subject; /* which of several things is being worked on, or empty */
    bool is_terminal;
    bool is_shown;
    uint64_t started_ms;
    uint64_t told_ms;
};

void pl_progress_line_begin(struct pl_progress_line *line);
void pl_progress_line_end(struct pl_progress_line *line);

#define pl_autoprogress PL_CLEANUP(pl_progress_line_end)
