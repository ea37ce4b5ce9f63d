/* SPDX-License-Identifier: Apache-2.0 */
/* Terms of Erlang and Elixir: the first byte picks the cataloger. */
#include "catalog.h"

#define READERS(X)                                                                                 \
    X(mix_lock, "mix.lock")                                                                        \
    X(rebar_lock, "rebar.lock")                                                                    \
    X(erlang_app, "ebin/a.app")

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
