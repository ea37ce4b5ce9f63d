/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * readers - the whole target over a list of catalogers, READERS(X): a line X(cataloger, path) for
 * each, with a path that it reads. The first byte of the input picks the line, 'a' the first.
 */
#include "catalog.h"

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
