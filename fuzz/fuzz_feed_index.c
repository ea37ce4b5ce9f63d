/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of documents: what is listed is below the list and sorted, and what is noted of it is known
 * when it is recalled. The same bytes are recalled as a note as well. */
#include "feed/index.h"
#include "target.h"

static void check_group(struct pl_arena *arena, const struct pl_feed_index_group *group)
{
    pl_str time = PL_STR("2026-01-02T03:04:05Z");
    struct pl_feed_index_known known;
    pl_str note = pl_feed_index_note(arena, time, &group->documents);
    if (group->documents.count == 0 || !pl_feed_index_recall(note, &known) ||
        !pl_str_eq(known.time, time) ||
        pl_feed_index_known_count(&known) > group->documents.count) {
        abort();
    }
    for (size_t i = 0; i < group->documents.count; i++) {
        pl_str path = group->documents.items[i];
        if (!pl_feed_index_is_known(&known, path) || !pl_str_starts_with(path, group->name) ||
            path.ptr[0] == '/' || pl_str_contains(path, PL_STR("..")) ||
            pl_str_find_char(path, ':') != SIZE_MAX || pl_str_find_char(path, '%') != SIZE_MAX ||
            (i > 0 && pl_str_cmp(group->documents.items[i - 1], path) >= 0)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_feed_index index = {.count = 0};
    struct pl_feed_index_known known;
    pl_str text = pl_str_make((const char *)data, size);
    if (pl_feed_index_read(&arena, text, &index, NULL) == PL_OK) {
        for (size_t i = 0; i < index.count; i++) {
            check_group(&arena, &index.items[i]);
        }
    }
    if (pl_feed_index_recall(text, &known)) {
        (void)pl_feed_index_is_known(&known, PL_STR("2024/a.json"));
    }
    return 0;
}
