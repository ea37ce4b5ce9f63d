/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * walk - one entry of a layer or directory, as whoever walks it hands it over.
 */
#include "base/str.h"

enum pl_walk_type {
    PL_WALK_FILE,
    PL_WALK_DIRECTORY,
    PL_WALK_SYMLINK,
    PL_WALK_HARDLINK, /* `link` is another path of the same layer */
    PL_WALK_OTHER,
};

struct pl_walk_entry {
    pl_str path; /* clean */
    pl_str link; /* symlink: as written; hard link: clean */
    enum pl_walk_type type;
    uint64_t size_bytes;
    uint32_t mode;
};
