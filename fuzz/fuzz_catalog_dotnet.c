/* SPDX-License-Identifier: Apache-2.0 */
/* Files of NuGet and .NET: the first byte picks the cataloger. */
#define READERS(X)                                                                                 \
    X(dotnet_deps, "app/App.deps.json")                                                            \
    X(nuget_assets, "obj/project.assets.json")                                                     \
    X(nuget_config, "packages.config")                                                             \
    X(nuget_installed, ".nuget/packages/a/1.0/a.nuspec")                                           \
    X(nuget_lock, "packages.lock.json")                                                            \
    X(nuget_props, "Directory.Packages.props")

#include "readers.h"
