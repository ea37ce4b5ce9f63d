/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * held - the files of one layer or directory whose catalogers read them together
 * (pl_cataloger.reads_together), until the walk is over.
 *
 * Every path is there once, with the content that came last. What is held is bounded
 * (PL_LIMIT_HELD_BYTES, PL_LIMIT_HELD_SPILLED_BYTES); what finds no room has to be read alone.
 */
#include "base/map.h"
#include "catalog/cataloger.h"
#include "engine/content.h"
#include "engine/walk.h"

struct pl_held_file {
    const struct pl_cataloger *cataloger; /* NULL: it was let go again */
    struct pl_walk_entry entry; /* its strings in the arena */
    struct pl_content content;
};

struct pl_held {
    PL_VEC_FIELDS(struct pl_held_file);
    struct pl_arena arena;
    struct pl_map places; /* of paths in `items`, from 1 */
    uint64_t heap_bytes; /* with what each file costs beside its content */
    uint64_t spilled_bytes;
    uint64_t spill_end_bytes; /* where the part of the temporary file ends that is in use */
};

void pl_held_release(struct pl_held *held);

/* Takes the content over; false, with nothing changed, where it finds no room. Nothing may be held
 * at the path (pl_held_drop). */
bool pl_held_add(struct pl_held *held, const struct pl_cataloger *cataloger,
                 const struct pl_walk_entry *entry, struct pl_content *content);

/* Lets go of what is held at this path, if anything: a tar may hold a path many times, and the last
 * counts. */
void pl_held_drop(struct pl_held *held, pl_str path);

/* Calls `read` for each file, in order of cataloger and path. */
typedef void pl_held_read(void *context, const struct pl_held_file *file,
                          struct pl_catalog_together *together);
void pl_held_read_all(struct pl_held *held, pl_held_read *read, void *context);
