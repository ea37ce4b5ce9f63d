/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * map - a hash table from strings to pointers.
 *
 * Keys and values are borrowed and must outlive the map. No removal; iteration is over `slots`,
 * whose order means nothing and differs from run to run, since each map hashes under a random key
 * of its own: hostile names cannot be picked to collide. Sort before anything is printed.
 */
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

struct pl_map_slot {
    pl_str key; /* ptr NULL: free */
    void *value;
};

struct pl_map {
    struct pl_map_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    uint64_t key; /* of the hash; random, set with the first slots */
};

void pl_map_release(struct pl_map *map);

/* NULL when absent. */
void *pl_map_find(const struct pl_map *map, pl_str key);

/* The place of the value, added as NULL when absent; good until the next call. */
void **pl_map_at(struct pl_map *map, pl_str key);

/* Takes out of a list what stands in it a second time; what is left keeps its order. Linear. */
void pl_strs_keep_first(struct pl_strs *list);

#define pl_automap PL_CLEANUP(pl_map_release)
