/* SPDX-License-Identifier: Apache-2.0 */
/* JavaScript's files and what else is YAML: the first byte picks the cataloger. */
#define READERS(X)                                                                                 \
    X(npm_installed, "a/node_modules/b/package.json")                                              \
    X(npm_lock, "package-lock.json")                                                               \
    X(yarn_lock, "yarn.lock")                                                                      \
    X(pnpm_lock, "pnpm-lock.yaml")                                                                 \
    X(bun_lock, "bun.lock")                                                                        \
    X(deno_lock, "deno.lock")                                                                      \
    X(github_actions, ".github/workflows/a.yml")                                                   \
    X(helm, "Chart.lock")                                                                          \
    X(pubspec_lock, "pubspec.lock")                                                                \
    X(podfile_lock, "Podfile.lock")                                                                \
    X(stack_lock, "stack.yaml.lock")                                                               \
    X(cabal_freeze, "cabal.project.freeze")                                                        \
    X(snap, "meta/snap.yaml")                                                                      \
    X(conda_environment, "environment.yml")                                                        \
    X(javascript_library, "a.min.js")

#include "readers.h"
