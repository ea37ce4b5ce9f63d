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
    static const struct {
        const struct pl_cataloger *cataloger;
        const char *path;
    } readers[] = {
#define X(name, path) {&pl_cataloger_##name, path},
        READERS(X)
#undef X
    };
    if (size == 0) {
        return 0;
    }
    /* Letters, so that seeds can be written by hand. */
    size_t which = (size_t)(data[0] - 'a') % PL_ARRAY_LEN(readers);
    fuzz_cataloger(readers[which].cataloger, readers[which].path, (pl_span){data + 1, size - 1},
                   NULL);
    return 0;
}
