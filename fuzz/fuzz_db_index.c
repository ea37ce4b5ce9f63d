/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of a generation in a registry. What is read must come out the same when it is written
 * and read again.
 */
#include "engine/db_index.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_index index = {.parts = {0}};
    struct pl_db_index again = {.parts = {0}};
    pl_str text = PL_STR_EMPTY;
    if (pl_db_index_read(&arena, pl_str_make((const char *)data, size), &index, NULL) < 0) {
        return 0;
    }
    for (size_t i = 0; i < index.manifest.slices.count; i++) {
        const struct pl_db_slice_info *slice = &index.manifest.slices.items[i];
        if (!pl_db_index_whole(&index, slice->digits)) {
            abort();
        }
        pl_db_index_patch(&index, slice->digits);
    }
    if (pl_db_index_write(&arena, &index, &text, NULL) == PL_OK &&
        (pl_db_index_read(&arena, text, &again, NULL) < 0 ||
         again.parts.count != index.parts.count ||
         strcmp(again.manifest.generation, index.manifest.generation) != 0)) {
        abort();
    }
    return 0;
}
