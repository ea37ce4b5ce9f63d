/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A directory of its own for each test: *state is its path. */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline int make_dir(void **state)
{
    char name[] = "/tmp/plimsoll-test-XXXXXX";
    *state = mkdtemp(name) ? strdup(name) : NULL;
    return *state ? 0 : -1;
}

static inline int remove_dir(void **state)
{
    int result = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return result;
}
