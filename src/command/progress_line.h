/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * progress_line - one line on standard error that tells how far long work is.
 *
 * It is shown on a terminal alone, once the work has lasted half a second, and is gone when the work
 * ends, so that it never mixes with results.
 */
#include "base/progress.h"

struct pl_progress_line {
    bool is_terminal;
    bool is_shown;
    uint64_t started_ms;
    uint64_t told_ms;
};

/* `line` must outlive the work that tells its progress. */
struct pl_progress pl_progress_line_start(struct pl_progress_line *line);
void pl_progress_line_end(struct pl_progress_line *line);
