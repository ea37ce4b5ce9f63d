/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * slice_writing - what the steps of writing a slice share (db/slice_build.h).
 *
 * Records are written first, in order of their ids, and what they say of packages and other names
 * goes into a second sort; that is written next, key by key. Both lay what is new over what a base
 * has, where there is one: its records and keys that nothing new speaks of are copied as they are.
 *
 * In the second sort a key has a letter before it that tells aliases from packages, and these from
 * packages' lists of versions. An item is a mark and the id, for the latter two followed by a NUL
 * and the claim or the list. The mark GONE, which sorts first, takes back what the base has of that
 * id.
 */
#include "base/buf.h"
#include "base/map.h"
#include "db/info.h"
#include "db/sorter.h"
#include "db/table_walk.h"

enum {
    PL_SLICE_ALIAS = 'a',
    PL_SLICE_PACKAGE = 'p',
    PL_SLICE_LIST = 'v',
    PL_SLICE_GONE = '!',
    PL_SLICE_THERE = '+',
};

struct pl_slice_writing {
    struct pl_arena arena;
    struct pl_table *base; /* or NULL */
    struct pl_table_writer *table;
    struct pl_sorter *second;
    struct pl_map ecosystems; /* without release; the value only marks presence */
    struct pl_db_meta meta;
    uint64_t records;
    uint64_t taken; /* of those, from what was added */
    uint64_t keys;
    uint64_t exploitations;
};

/* Writes the records out of the sorter, and queues what they say in `second`. A spooled record is
 * empty when the base's of that id is to go; else 1 when it is a part of what is said under its id,
 * or 0; the record (db/record.h); and for each package the key, the claim and its list of
 * versions, which may be empty, each a string. */
enum pl_status pl_slice_write_records(struct pl_slice_writing *writing, struct pl_sorter *records,
                                      struct pl_error *err);

/* Writes what was queued: packages and other names. */
enum pl_status pl_slice_write_index(struct pl_slice_writing *writing, struct pl_error *err);
