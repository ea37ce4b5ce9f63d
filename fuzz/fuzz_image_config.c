/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte says how many layers the manifest named; the rest is the image's config. */
#include "image/image.h"
#include "target.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct pl_arena arena pl_autoarena = {0};
    struct pl_image image = {.digest = PL_STR_EMPTY};
    for (unsigned i = 0; i < data[0] % 8u; i++) {
        *pl_vec_push(&arena, &image.layers) = (struct pl_image_layer){.gap = PL_STR_EMPTY};
    }
    pl_str config = pl_str_make((const char *)data + 1, size - 1);
    struct pl_error err = PL_ERROR_INIT;
    if (pl_image_read_config(&arena, config, &image, &err) < 0) {
        return 0;
    }
    struct pl_digest digest;
    for (size_t i = 0; i < image.layers.count; i++) {
        pl_str diff_id = image.layers.items[i].info.diff_id;
        if (pl_digest_parse(diff_id, &digest, NULL) < 0) {
            abort();
        }
    }
    return 0;
}
