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
    static const struct fuzz_reader readers[] = {
#define X(name, path) {&pl_cataloger_##name, path},
        READERS(X)
#undef X
    };
    return fuzz_one_of(readers, PL_ARRAY_LEN(readers), data, size);
}
