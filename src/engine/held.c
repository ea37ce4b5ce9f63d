/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/held.h"
#include "base/limits.h"

void pl_held_release(struct pl_held *held)
{
    for (size_t i = 0; i < held->count; i++) {
        pl_content_release(&held->items[i].content);
    }
    pl_map_release(&held->places);
    pl_arena_release(&held->arena);
    *held = (struct pl_held){0};
}

/* Growing the list and the table leaves as much again behind. */
static uint64_t heap_cost(const struct pl_walk_entry *entry, const struct pl_content *content)
{
    uint64_t beside = 2 * (sizeof(struct pl_held_file) + 2 * sizeof(struct pl_map_slot));
    return beside + entry->path.len + entry->link.len +
           (content->mapped_bytes == 0 ? content->len : 0);
}

static void keep_spill_end(struct pl_held *held, const struct pl_content *content)
{
    if (content->spill_end_bytes > held->spill_end_bytes) {
        held->spill_end_bytes = content->spill_end_bytes;
    }
}

bool pl_held_add(struct pl_held *held, const struct pl_cataloger *cataloger,
                 const struct pl_walk_entry *entry, struct pl_content *content)
{
    uint64_t cost = heap_cost(entry, content);
    if (cost > PL_LIMIT_HELD_BYTES - held->heap_bytes ||
        content->mapped_bytes > PL_LIMIT_HELD_SPILLED_BYTES - held->spilled_bytes) {
        return false;
    }
    held->heap_bytes += cost;
    held->spilled_bytes += content->mapped_bytes;
    keep_spill_end(held, content);
    struct pl_held_file *file = pl_vec_push(&held->arena, held);
    *file = (struct pl_held_file){.cataloger = cataloger, .entry = *entry, .content = *content};
    file->entry.path = pl_arena_dup(&held->arena, entry->path);
    file->entry.link = pl_arena_dup(&held->arena, entry->link);
    *pl_map_at(&held->places, file->entry.path) = (void *)(uintptr_t)held->count;
    *content = (struct pl_content){0};
    return true;
}

/* Once for each such file at most, and those are large. */
static void find_spill_end(struct pl_held *held)
{
    held->spill_end_bytes = 0;
    for (size_t i = 0; i < held->count; i++) {
        keep_spill_end(held, &held->items[i].content);
    }
}

/* What a file costs beside its content is not given back: its place stays. */
void pl_held_drop(struct pl_held *held, pl_str path)
{
    uintptr_t place = held->count > 0 ? (uintptr_t)pl_map_find(&held->places, path) : 0;
    struct pl_held_file *file = place > 0 ? &held->items[place - 1] : NULL;
    if (!file || !file->cataloger) {
        return;
    }
    held->heap_bytes -= file->content.mapped_bytes == 0 ? file->content.len : 0;
    held->spilled_bytes -= file->content.mapped_bytes;
    bool was_last =
        file->content.mapped_bytes > 0 && file->content.spill_end_bytes == held->spill_end_bytes;
    pl_content_release(&file->content);
    file->content = (struct pl_content){0};
    file->cataloger = NULL;
    if (was_last) {
        find_spill_end(held);
    }
}

static int compare_held(const void *a, const void *b)
{
    const struct pl_held_file *left = *(const struct pl_held_file *const *)a;
    const struct pl_held_file *right = *(const struct pl_held_file *const *)b;
    int order = strcmp(left->cataloger->name, right->cataloger->name);
    return order != 0 ? order : pl_str_cmp(left->entry.path, right->entry.path);
}

static void read_group(struct pl_held_file *const *group, size_t count, pl_held_read *read,
                       void *context)
{
    struct pl_catalog_together together = {.count = count};
    struct pl_catalog_file *files = PL_ARENA_ARRAY(&together.arena, struct pl_catalog_file, count);
    together.files = files;
    for (size_t i = 0; i < count; i++) {
        files[i].path = group[i]->entry.path;
        files[i].content = pl_content_span(&group[i]->content);
    }
    for (size_t i = 0; i < count; i++) {
        read(context, group[i], &together);
    }
    pl_arena_release(&together.arena);
}

void pl_held_read_all(struct pl_held *held, pl_held_read *read, void *context)
{
    struct pl_held_file **order = PL_ARENA_ARRAY(&held->arena, struct pl_held_file *, held->count);
    size_t count = 0;
    for (size_t i = 0; i < held->count; i++) {
        if (held->items[i].cataloger) {
            order[count++] = &held->items[i];
        }
    }
    if (count > 1) {
        qsort(order, count, sizeof(struct pl_held_file *), compare_held);
    }
    size_t done = 0;
    while (done < count) {
        size_t end = done + 1;
        while (end < count && order[end]->cataloger == order[done]->cataloger) {
            end++;
        }
        read_group(order + done, end - done, read, context);
        done = end;
    }
}
