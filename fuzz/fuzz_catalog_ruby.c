/* SPDX-License-Identifier: Apache-2.0 */
/* Gems of Ruby: the first byte picks the cataloger. */
#include "catalog.h"

#define READERS(X)                                                                                 \
    X(gemfile_lock, "Gemfile.lock")                                                                \
    X(gemspec, "specifications/a-1.gemspec")

#define X(name, path) extern const struct pl_cataloger pl_cataloger_##name;
READERS(X)
#undef X

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fuzz_reader readers[] = {
#define X(name, path) {&pl_cataloger_##name, path},
        READERS(X)
#undef X
    };
    return fuzz_one_of(readers, PL_ARRAY_LEN(readers), data, size);
}
