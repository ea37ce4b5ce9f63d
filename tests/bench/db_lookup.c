/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times what a scan does: db_lookup DIR reads lines "ecosystem<TAB>name<TAB>version", and prints
 * how much processor time opening the database took, looking up and matching all these packages,
 * and then fetching the record of each claim that matched; a busy machine does not change that
 * much. A package without a version is looked up alone, and every claim counts.
 */
#include "base/io.h"
#include "db/db.h"
#include "version/range.h"
#include <time.h>

static double now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

struct bench {
    struct pl_arena arena;
    struct pl_db *db;
    struct pl_db_matches matched;
    size_t packages;
    size_t claims;
};

static enum pl_status ask(struct bench *bench, pl_str line, struct pl_error *err)
{
    pl_str rest = PL_STR_EMPTY;
    pl_str ecosystem = PL_STR_EMPTY;
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    pl_str_cut(line, '\t', &ecosystem, &rest);
    if (!pl_str_cut(rest, '\t', &name, &version)) {
        name = rest;
    }
    struct pl_db_matches claims = {0};
    enum pl_status st = pl_db_lookup(bench->db, &bench->arena, ecosystem, name, &claims, err);
    const struct pl_version_scheme *scheme = pl_version_scheme_for_ecosystem(ecosystem);
    for (size_t i = 0; i < claims.count; i++) {
        const struct pl_affected *affected = &claims.items[i].affected;
        if (version.len == 0 || !scheme ||
            pl_range_match(&bench->arena, scheme, affected, version).is_affected) {
            *pl_vec_push(&bench->arena, &bench->matched) = claims.items[i];
        }
    }
    bench->claims += claims.count;
    bench->packages++;
    return st;
}

static enum pl_status run(struct bench *bench, const char *dir, pl_str lines, struct pl_error *err)
{
    pl_str line = PL_STR_EMPTY;
    double start = now_ms();
    enum pl_status st = pl_db_open(dir, &bench->db, err);
    double opened = now_ms();
    while (st == PL_OK && pl_str_next_line(&lines, &line)) {
        st = ask(bench, line, err);
    }
    double matched = now_ms();
    for (size_t i = 0; i < bench->matched.count && st == PL_OK; i++) {
        struct pl_advisory advisory = {.id = PL_STR_EMPTY};
        st = pl_db_match_advisory(bench->db, &bench->arena, &bench->matched.items[i], &advisory,
                                  err);
    }
    double fetched = now_ms();
    printf("open %.3f ms, %zu packages %.3f ms (%zu claims, %zu match), their records %.3f ms\n",
           opened - start, bench->packages, matched - opened, bench->claims, bench->matched.count,
           fetched - matched);
    return st;
}

int main(int argc, char **argv)
{
    struct pl_buf input pl_autobuf = PL_BUF_INIT(64 << 20);
    struct pl_error err = PL_ERROR_INIT;
    if (argc != 2 || pl_io_read_all(0, "standard input", &input, &err) < 0) {
        fprintf(stderr, "usage: db_lookup DIR < KEYS\n");
        return 2;
    }
    struct bench bench = {.packages = 0};
    enum pl_status st = run(&bench, argv[1], pl_buf_str(&input), &err);
    if (st < 0) {
        fprintf(stderr, "%s\n", err.msg);
    }
    pl_db_close(bench.db);
    pl_arena_release(&bench.arena);
    return st < 0 ? 1 : 0;
}
