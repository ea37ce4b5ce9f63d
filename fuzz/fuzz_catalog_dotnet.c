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
