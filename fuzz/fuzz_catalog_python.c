/* SPDX-License-Identifier: Apache-2.0 */
/* What Python's tools leave and write: the first byte picks the cataloger. */
#include "catalog.h"

#define READERS(X)                                                                                 \
    X(pdm_lock, "pdm.lock")                                                                        \
    X(pipfile_lock, "Pipfile.lock")                                                                \
    X(poetry_lock, "poetry.lock")                                                                  \
    X(pylock, "pylock.toml")                                                                       \
    X(python_installed, "a-1.dist-info/METADATA")                                                  \
    X(python_requirements, "requirements.txt")                                                     \
    X(uv_lock, "uv.lock")                                                                          \
    X(python_archive, "a.egg")

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
