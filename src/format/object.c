/* SPDX-License-Identifier: Apache-2.0 */
#include "format/object.h"

const struct pl_section *pl_object_section(const struct pl_object *object, pl_str name)
{
    for (size_t i = 0; i < object->count; i++) {
        if (pl_str_eq(object->sections[i].name, name)) {
            return &object->sections[i];
        }
    }
    return NULL;
}

pl_span pl_object_at(const struct pl_object *object, uint64_t address)
{
    for (size_t i = 0; i < object->count; i++) {
        const struct pl_section *section = &object->sections[i];
        if (section->kind != PL_SECTION_OTHER && address >= section->address &&
            address - section->address < section->bytes.len) {
            return pl_span_part(section->bytes, address - section->address, UINT64_MAX);
        }
    }
    return (pl_span){NULL, 0};
}
