/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files and manifests of Go and Rust: the first byte picks the cataloger. */
#define READERS(X)                                                                                 \
    X(cargo_lock, "Cargo.lock")                                                                    \
    X(go_mod, "go.mod")                                                                            \
    X(go_vendor, "vendor/modules.txt")

#include "readers.h"
