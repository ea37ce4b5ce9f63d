/* SPDX-License-Identifier: Apache-2.0 */
/* Composer and PEAR of PHP: the first byte picks the cataloger. */
#include "catalog.h"

#define READERS(X)                                                                                 \
    X(composer, "composer.lock")                                                                   \
    X(composer, "vendor/composer/installed.json")                                                  \
    X(pear, ".registry/a.reg")

extern const struct pl_cataloger pl_cataloger_composer;
extern const struct pl_cataloger pl_cataloger_pear;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fuzz_reader readers[] = {
#define X(name, path) {&pl_cataloger_##name, path},
        READERS(X)
#undef X
    };
    return fuzz_one_of(readers, PL_ARRAY_LEN(readers), data, size);
}
