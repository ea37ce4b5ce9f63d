/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * python_package - what the readers of the Python world's files share.
 */
#include "base/map.h"
#include "catalog/distinct.h"
#include "format/json.h"

/* The name at the start of a requirement ("Requests[socks] >= 2.8"), and what follows it; empty
 * when there is none. Names are letters, digits, '-', '_' and '.' (packaging.python.org, "Names and
 * normalization"). */
pl_str pl_python_requirement_name(pl_str requirement, pl_str *ret_rest);

/* Adds the distribution that core metadata (METADATA, PKG-INFO) describes; NULL as with
 * pl_catalog_component. */
struct pl_component *pl_python_add_metadata(struct pl_sink *sink, pl_str text);

/* The packages of one lock file. */
struct pl_python_lock {
    struct pl_distinct list;
    struct pl_arena arena;
    struct pl_map known; /* name and version by normalised name */
    const json_t *old_files; /* the table [metadata.files] of older formats, or NULL */
};

#define PL_PYTHON_LOCK_INIT(of_sink)                                                               \
    (struct pl_python_lock)                                                                        \
    {                                                                                              \
        .list = {.sink = (of_sink), .type = "pypi", .scope = PL_SCOPE_DECLARED }                   \
    }

void pl_python_lock_release(struct pl_python_lock *lock);
#define pl_autopythonlock PL_CLEANUP(pl_python_lock_release)

/* Reads a lock file in TOML whose packages are the tables [[KEY]]: knows all of them, then has each
 * added. */
enum pl_status pl_python_lock_read(struct pl_sink *sink, const struct pl_catalog_file *file,
                                   const char *key,
                                   void (*add)(struct pl_python_lock *lock, const json_t *package),
                                   struct pl_error *err);

/* Remembers that the file has this package, so that pl_python_lock_depends can resolve it. */
void pl_python_lock_know(struct pl_python_lock *lock, pl_str name, pl_str version);

/* Adds a need: by name and version when the file has the package once, else as stated. `version`
 * may be empty. */
void pl_python_lock_depends(struct pl_python_lock *lock, struct pl_component *component,
                            pl_str name, pl_str version);

/* Adds the hashes, "sha256:..." at `key`, of each table in `files`. */
void pl_python_lock_files(struct pl_python_lock *lock, struct pl_component *component,
                          const json_t *files, const char *key);

/* Adds a hash of the form "sha256:...". */
void pl_python_add_hash(struct pl_sink *sink, struct pl_component *component, pl_str hash);
