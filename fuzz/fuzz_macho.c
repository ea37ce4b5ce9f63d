/* SPDX-License-Identifier: Apache-2.0 */
#include "format/macho.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_object object = {0};
    const pl_span bytes = {data, size};
    for (size_t i = 0; i < pl_macho_parts(bytes); i++) {
        pl_macho_read(&arena, pl_macho_part(bytes, i), &object, NULL);
    }
    return 0;
}
