/* SPDX-License-Identifier: Apache-2.0 */
#include "format/elf.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_object object = {0};
    if (pl_elf_read(&arena, (pl_span){data, size}, &object, NULL) < 0) {
        return 0;
    }
    struct pl_elf_note note;
    for (size_t i = 0; i < object.count; i++) {
        pl_span cursor = object.sections[i].bytes;
        while (pl_elf_next_note(&object, &cursor, &note)) {
        }
        pl_object_at(&object, object.sections[i].address);
    }
    return 0;
}
