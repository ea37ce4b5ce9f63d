/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is a path and, after a NUL, a link's target. A cleaned path must be clean, cleaning it
 * again must change nothing, and no link may lead out of the root.
 */
#include "base/limits.h"
#include "image/path.h"
#include "target.h"
#include <stdlib.h>

static void expect_clean(pl_str path)
{
    if (pl_str_ends_with(path, PL_STR("/"))) {
        abort();
    }
    pl_str segment = PL_STR_EMPTY;
    while (pl_str_next_piece(&path, '/', &segment)) {
        if (segment.len == 0 || pl_str_eq(segment, PL_STR(".")) ||
            pl_str_eq(segment, PL_STR(".."))) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str path = PL_STR_EMPTY;
    pl_str target = PL_STR_EMPTY;
    pl_str_cut(pl_str_make((const char *)data, size), '\0', &path, &target);
    char into[PL_LIMIT_PATH_BYTES];
    char again[PL_LIMIT_PATH_BYTES];
    pl_str clean = PL_STR_EMPTY;
    struct pl_error err = PL_ERROR_INIT;
    if (pl_path_clean(path, into, &clean, &err) < 0) {
        return 0;
    }
    expect_clean(clean);
    pl_str twice = PL_STR_EMPTY;
    if (pl_path_clean(clean, again, &twice, &err) < 0 || !pl_str_eq(clean, twice)) {
        abort();
    }
    pl_str resolved = pl_path_resolve(&arena, clean, target);
    expect_clean(resolved);
    expect_clean(pl_path_parent(clean));
    expect_clean(pl_path_base(clean));
    return 0;
}
