/* SPDX-License-Identifier: Apache-2.0 */
#include "format/pe.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_object object = {0};
    if (pl_pe_read(&arena, (pl_span){data, size}, &object, NULL) < 0) {
        return 0;
    }
    struct pl_pe_version version;
    bool is_damaged = false;
    pl_pe_read_version(&arena, &object, &version, &is_damaged);
    pl_pe_is_assembly(&object);
    return 0;
}
