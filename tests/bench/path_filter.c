/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long it takes to tell whether a cataloger wants a path: reads paths, one a line, from
 * standard input, without a leading slash, and asks for each of them many times over.
 *
 * usage: find / -xdev -printf '%P\n' | path_filter
 */
#include "base/buf.h"
#include "base/io.h"
#include "catalog/match.h"
#include <stdio.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(void)
{
    enum { ROUNDS = 10 };
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 30);
    struct pl_catalog_matcher *matcher PL_CLEANUP(pl_catalog_matcher_freep) =
        pl_catalog_matcher_new();
    struct pl_strs paths = {0};
    if (pl_io_read_all(0, "the list of paths", &text, NULL) < 0) {
        return 1;
    }
    pl_str rest = pl_buf_str(&text);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&rest, &line)) {
        *pl_vec_push(&arena, &paths) = line;
    }
    size_t wanted = 0;
    double started = seconds();
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < paths.count; i++) {
            wanted += pl_catalog_match(matcher, paths.items[i]) != NULL;
        }
    }
    double each = (seconds() - started) / ROUNDS / (double)(paths.count + !paths.count) * 1e9;
    printf("%zu paths, %zu wanted, %.1f ns each\n", paths.count, wanted / ROUNDS, each);
    return 0;
}
