/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"
#include <stdlib.h>

void *pl_vec_grow(struct pl_arena *arena, void *items, size_t count, size_t *capacity,
                  size_t item_size)
{
    if (count < *capacity) {
        memset((unsigned char *)items + count * item_size, 0, item_size);
        return items;
    }
    size_t grown = *capacity ? *capacity * 2 : 4;
    void *moved = pl_arena_alloc(arena, grown, item_size);
    if (count > 0) {
        memcpy(moved, items, count * item_size);
    }
    *capacity = grown;
    return moved;
}

bool pl_strs_contain(const struct pl_strs *list, pl_str s)
{
    for (size_t i = 0; i < list->count; i++) {
        if (pl_str_eq(list->items[i], s)) {
            return true;
        }
    }
    return false;
}

void pl_strs_add_unique(struct pl_arena *arena, struct pl_strs *list, pl_str s)
{
    if (!pl_strs_contain(list, s)) {
        *pl_vec_push(arena, list) = s;
    }
}

static int compare_strs(const void *a, const void *b)
{
    return pl_str_cmp(*(const pl_str *)a, *(const pl_str *)b);
}

static bool is_sorted(const struct pl_strs *list)
{
    for (size_t i = 1; i < list->count; i++) {
        if (pl_str_cmp(list->items[i - 1], list->items[i]) > 0) {
            return false;
        }
    }
    return true;
}

void pl_strs_sort(struct pl_strs *list)
{
    if (!is_sorted(list)) {
        qsort(list->items, list->count, sizeof(*list->items), compare_strs);
    }
}
