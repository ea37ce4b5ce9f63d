/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cataloger - reads one kind of package database and says what is installed.
 *
 * One file per cataloger, listed in catalog/catalogers.def; each ends in one const descriptor. One
 * walk of a layer or directory serves all of them: `patterns` are matched against each path, and
 * `read` is called with the content of a file that matched. A cataloger never opens a path, knows
 * nothing of layers, and runs inside the sandbox: no system calls but memory.
 *
 * What it finds goes to the sink as facts (model/evidence.h). The strings given to the sink are
 * copied. A broken entry is a pl_sink_gap and the reading goes on; an error returned ends the
 * reading of this file, becomes a gap of its own, and keeps what was already given.
 */
#include "base/error.h"
#include "model/component.h"
#include "model/evidence.h"
#include "model/os.h"

struct pl_catalog_file {
    pl_str path; /* without a leading slash */
    pl_span content; /* whole, good during the call; a private copy that a reader may change */
    /* The file beside it whose name ends in the descriptor's companion_suffix, or NULL. */
    const struct pl_catalog_file *companion;
};

struct pl_cataloger {
    const char *name;
    const char *summary; /* one line for help and docs */
    /* Path globs, NULL-terminated. A star stands for any run of bytes but '/', a double star as a
     * whole segment for any number of directories; everything else is literal and case counts. */
    const char *const *patterns;
    /* "-wal": a file that is read together with it when both are in the same layer, or NULL. */
    const char *companion_suffix;
    enum pl_status (*read)(struct pl_sink *sink, const struct pl_catalog_file *file,
                           struct pl_error *err);
};

/* All catalogers, sorted by name. */
const struct pl_cataloger *const *pl_catalogers(size_t *ret_count);
