/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * vec - growable arrays whose items live in an arena.
 *
 * A vector is any struct with the fields of PL_VEC_FIELDS; zeroed is empty. Growing moves the
 * items, so no pointer to an item may be kept across a push. Old storage stays in the arena until
 * the arena goes: at most as much again as the items take.
 */
#include "base/arena.h"

#define PL_VEC_FIELDS(type)                                                                        \
    type *items;                                                                                   \
    size_t count;                                                                                  \
    size_t capacity

/* Appends a zeroed item and gives its address: *pl_vec_push(arena, &list) = value; */
#define pl_vec_push(arena, vec)                                                                    \
    ((vec)->items = pl_vec_grow((arena), (vec)->items, (vec)->count, &(vec)->capacity,             \
                                sizeof(*(vec)->items)),                                            \
     &(vec)->items[(vec)->count++])

/* Room for this many items in a vector that has none yet: nothing is moved, and nothing left
 * behind, while they are pushed. */
#define pl_vec_reserve(arena, vec, room)                                                           \
    do {                                                                                           \
        if ((vec)->capacity == 0 && (room) > 0) {                                                  \
            (vec)->items = pl_arena_alloc((arena), (room), sizeof(*(vec)->items));                 \
            (vec)->capacity = (room);                                                              \
        }                                                                                          \
    } while (0)

/* Room for one more item than `count`; used by pl_vec_push alone. */
void *pl_vec_grow(struct pl_arena *arena, void *items, size_t count, size_t *capacity,
                  size_t item_size);

/* The vector that nearly every module needs. */
struct pl_strs {
    PL_VEC_FIELDS(pl_str);
};

/* Appends unless an equal string is there already; linear, for short lists. */
void pl_strs_add_unique(struct pl_arena *arena, struct pl_strs *list, pl_str s);
bool pl_strs_contain(const struct pl_strs *list, pl_str s);
void pl_strs_sort(struct pl_strs *list);
