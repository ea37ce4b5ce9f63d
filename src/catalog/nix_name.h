/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * nix_name - what the name of a path in the Nix store says (Nix manual, "Store Path", and
 * builtins.parseDrvName).
 *
 *     nix/store/h0cnbmfcn93xm5dg2x27ixhag1cwndga-glibc-2.34-210-bin
 *               hash of 32 characters            name  version output
 *
 * The version begins after the first dash that no letter follows; an output other than the default
 * one is added by a dash. Whether a last word is an output or part of the version is not said: it
 * is one when it is among the outputs that packages have.
 */
#include "base/str.h"

struct pl_nix_name {
    pl_str name;
    pl_str version; /* empty when it has none: a source, a script, an environment */
    pl_str output; /* "bin"; empty for the default output */
};

/* `path` is the last segment of a store path or all of it, without ".drv". False when it does not
 * begin with a hash. */
bool pl_nix_name_parse(pl_str path, struct pl_nix_name *ret);
