/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of C, C++, Julia, OCaml, Perl, R, Lua, Swift, Terraform and WordPress: the first byte
 * picks the cataloger. */
#define READERS(X)                                                                                 \
    X(conan_info, ".conan/data/a/1/_/_/package/x/conaninfo.txt")                                   \
    X(conan_lock, "conan.lock")                                                                    \
    X(julia_installed, ".julia/packages/A/x/Project.toml")                                         \
    X(julia_manifest, "Manifest.toml")                                                             \
    X(opam, "a.opam")                                                                              \
    X(perl_meta, ".meta/a/MYMETA.json")                                                            \
    X(r_installed, "library/a/DESCRIPTION")                                                        \
    X(r_lock, "renv.lock")                                                                         \
    X(rockspec, "rocks-5.1/a/1-1/a-1-1.rockspec")                                                  \
    X(swift_resolved, "Package.resolved")                                                          \
    X(terraform_lock, ".terraform.lock.hcl")                                                       \
    X(vcpkg_installed, "vcpkg/installed/vcpkg/status")                                             \
    X(vcpkg_manifest, "vcpkg.json")                                                                \
    X(wordpress, "wp-includes/version.php")                                                        \
    X(wordpress, "wp-content/plugins/a/a.php")                                                     \
    X(opam, "a.opam.locked")

#include "readers.h"
