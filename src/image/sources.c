/* SPDX-License-Identifier: Apache-2.0 */
#include "base/compiler.h"
#include "image/image.h"

#define PL_IMAGE_SOURCE(name) extern const struct pl_image_source pl_image_source_##name;
#include "image/sources.def"
#undef PL_IMAGE_SOURCE

static const struct pl_image_source *const all_sources[] = {
#define PL_IMAGE_SOURCE(name) &pl_image_source_##name,
#include "image/sources.def"
#undef PL_IMAGE_SOURCE
};

const struct pl_image_source *const *pl_image_sources(size_t *ret_count)
{
    *ret_count = PL_ARRAY_LEN(all_sources);
    return all_sources;
}

const struct pl_image_source *pl_image_source_find(pl_str name)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(all_sources); i++) {
        if (pl_str_eq(name, pl_str_from(all_sources[i]->name))) {
            return all_sources[i];
        }
    }
    return NULL;
}
