/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * table_walk - a section of a table, pair by pair, with the pair at hand kept: for laying one table
 * over another. Without a table there is nothing in it.
 */
#include "db/table.h"

struct pl_table_walk {
    struct pl_table_cursor cursor; /* its table is NULL when there is none */
    bool more; /* key and value are good until the next step */
    pl_str key;
    pl_str value;
};

/* `table`, which may be NULL, is borrowed. Goes to the first pair. */
enum pl_status pl_table_walk_open(struct pl_table_walk *walk, struct pl_table *table,
                                  enum pl_table_section section, struct pl_error *err);
enum pl_status pl_table_walk_next(struct pl_table_walk *walk, struct pl_error *err);
/* The next step of two walks through the same section that stand at equal pairs. Where blocks end
 * in both, those that follow and are stored alike, byte for byte, are passed over. */
enum pl_status pl_table_walk_next_both(struct pl_table_walk *a, struct pl_table_walk *b,
                                       struct pl_error *err);
void pl_table_walk_release(struct pl_table_walk *walk);
