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
    /* Of a cataloger that reads_together: all files that it reads, this one among them. NULL where
     * the file has to be read alone. */
    struct pl_catalog_together *together;
};

/* The files of one layer or directory that one cataloger reads together, good until the last of
 * them was read. */
struct pl_catalog_together {
    const struct pl_catalog_file *files; /* in order of path; `together` is not set in these */
    size_t count;
    /* What the cataloger made of them at the first, for use at the others: NULL at first. It may
     * lie in `arena`, which lives as long as the files do. */
    void *memory;
    struct pl_arena arena;
};

struct pl_cataloger {
    const char *name;
    const char *summary; /* one line for help and docs */
    /* Path globs, NULL-terminated. A star stands for any run of bytes but '/', a double star as a
     * whole segment for any number of directories; everything else is literal and case counts. */
    const char *const *patterns;
    /* A file means something only, or more, with others beside it: the files are held until the
     * walk is over, and each is read with a view of all (pl_catalog_file.together). Files it finds
     * nothing in leave no trace in the evidence. */
    bool reads_together;
    /* The patterns name directories: `read` gets their paths and no content. */
    bool is_of_directories;
    /* It reads programs and libraries, wherever they are and whatever they are called: files that
     * no pattern names, that may be executable by name or mode (pl_catalog_may_be_executable) and
     * begin as ELF, PE or Mach-O do. At most one cataloger; its patterns may be none. Files it
     * finds nothing in leave no trace in the evidence. */
    bool is_of_executables;
    /* It reads what the system's own package manager says. Half of what is kept of a layer is for
     * these alone, so that nothing else can crowd them out. */
    bool is_of_system;
    enum pl_status (*read)(struct pl_sink *sink, const struct pl_catalog_file *file,
                           struct pl_error *err);
};

/* The file of this path, or NULL; also where `together` is NULL. */
const struct pl_catalog_file *pl_catalog_find(const struct pl_catalog_together *together,
                                              pl_str path);

/* Starts a component with copies of these strings; the rest is to be filled in with pl_sink_str and
 * pl_sink_push. Without a name or a version that is a gap, and NULL; NULL also at a limit. */
struct pl_component *pl_catalog_component(struct pl_sink *sink, enum pl_scope scope,
                                          const char *type, pl_str name, pl_str version);

/* Adds a hash as Subresource Integrity writes it ("sha512-" and base64), several with blanks
 * between. What is none is left out. */
void pl_catalog_add_integrity(struct pl_sink *sink, struct pl_component *component,
                              pl_str integrity);
/* Adds a hash in hex; `algorithm` as in "sha256". What has not the length of one is left out. */
void pl_catalog_add_hash(struct pl_sink *sink, struct pl_component *component, pl_str algorithm,
                         pl_str hex);

/* Can a file of this path and mode (permission bits) be a program or a library? */
bool pl_catalog_may_be_executable(pl_str path, uint32_t mode);
/* Do its first bytes (four at least) say so: ELF, PE, Mach-O? */
bool pl_catalog_is_executable(pl_span head);

/* All catalogers, sorted by name. */
const struct pl_cataloger *const *pl_catalogers(size_t *ret_count);
