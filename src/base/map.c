/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"
#include <sys/random.h>

void pl_map_release(struct pl_map *map)
{
    free(map->slots);
    *map = (struct pl_map){0};
}

static struct pl_map_slot *locate(const struct pl_map *map, pl_str key)
{
    size_t at = (size_t)pl_str_hash_keyed(key, map->key) & (map->capacity - 1);
    while (map->slots[at].key.ptr && !pl_str_eq(map->slots[at].key, key)) {
        at = (at + 1) & (map->capacity - 1);
    }
    return &map->slots[at];
}

void *pl_map_find(const struct pl_map *map, pl_str key)
{
    return map->capacity ? locate(map, key)->value : NULL;
}

static void grow(struct pl_map *map)
{
    struct pl_map larger = {
        .capacity = map->capacity ? map->capacity * 2 : 64, .count = map->count, .key = map->key};
    if (map->capacity == 0 && getrandom(&larger.key, sizeof(larger.key), 0) < 0) {
        /* Before the kernel has random numbers an address has to do, which is random as well. */
        larger.key = (uintptr_t)map * 0x9e3779b97f4a7c15ULL;
    }
    larger.slots = pl_mem_alloc(larger.capacity, sizeof(*larger.slots));
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->slots[i].key.ptr) {
            *locate(&larger, map->slots[i].key) = map->slots[i];
        }
    }
    free(map->slots);
    *map = larger;
}

void pl_strs_keep_first(struct pl_strs *list)
{
    struct pl_map seen pl_automap = {0};
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        void **place = pl_map_at(&seen, list->items[i]);
        if (!*place) {
            *place = list;
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
}

void **pl_map_at(struct pl_map *map, pl_str key)
{
    if ((map->count + 1) * 4 > map->capacity * 3) {
        grow(map);
    }
    struct pl_map_slot *slot = locate(map, key);
    if (!slot->key.ptr) {
        slot->key = key.ptr ? key : PL_STR_EMPTY;
        map->count++;
    }
    return &slot->value;
}
