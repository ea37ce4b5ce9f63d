/* SPDX-License-Identifier: Apache-2.0 */
/* Files of NuGet and .NET: the first byte picks the cataloger. */
#include "catalog.h"

#define READERS(X)                                                                                 \
    X(dotnet_deps, "app/App.deps.json")                                                            \
    X(nuget_assets, "obj/project.assets.json")                                                     \
    X(nuget_config, "packages.config")                                                             \
    X(nuget_installed, ".nuget/packages/a/1.0/a.nuspec")                                           \
    X(nuget_lock, "packages.lock.json")                                                            \
    X(nuget_props, "Directory.Packages.props")

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
