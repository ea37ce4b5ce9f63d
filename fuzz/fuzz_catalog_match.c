/* SPDX-License-Identifier: Apache-2.0 */
/* The input is a pattern, a byte 0xff, and a path. What matches must be below each of its own
 * directories, and the matcher of all catalogers must stand the path too. */
#include "catalog.h"
#include "catalog/match.h"
#include <assert.h>

static bool is_pattern(pl_str glob)
{
    return glob.len > 0 && glob.len < 256 && pl_str_find_char(glob, 0) == SIZE_MAX &&
           !pl_str_ends_with(glob, PL_STR("/")) && !pl_str_eq(glob, PL_STR("**")) &&
           !pl_str_ends_with(glob, PL_STR("/**"));
}

static void check(const struct pl_catalog_matcher *matcher, pl_str path)
{
    if (!pl_catalog_match(matcher, path)) {
        return;
    }
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '/') {
            assert(pl_catalog_may_match_below(matcher, pl_str_sub(path, 0, i)));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pl_catalog_matcher *all;
    if (!all) {
        all = pl_catalog_matcher_new();
    }
    pl_span path = {0};
    pl_str glob = pl_span_str(fuzz_split(data, size, &path));
    check(all, pl_span_str(path));
    if (is_pattern(glob)) {
        char text[256] = {0};
        memcpy(text, glob.ptr, glob.len);
        const struct pl_cataloger one = {.name = "one",
                                         .patterns = (const char *const[]){text, NULL}};
        const struct pl_cataloger *const list[] = {&one};
        struct pl_catalog_matcher *matcher PL_CLEANUP(pl_catalog_matcher_freep) =
            pl_catalog_matcher_new_for(list, 1);
        check(matcher, pl_span_str(path));
    }
    return 0;
}
