/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times what a scan does: db_lookup DIR reads lines "ecosystem<TAB>name", and prints how much
 * processor time opening the database and all these look-ups took, and then fetching one record for
 * each match; a busy machine does not change that much.
 */
#include "base/io.h"
#include "db/db.h"
#include <time.h>

static double now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    struct pl_buf input pl_autobuf = PL_BUF_INIT(64 << 20);
    struct pl_error err = PL_ERROR_INIT;
    if (argc != 2 || pl_io_read_all(0, "standard input", &input, &err) < 0) {
        fprintf(stderr, "usage: db_lookup DIR < KEYS\n");
        return 2;
    }
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    struct pl_strs all = {0};
    size_t asked = 0;
    double start = now_ms();
    enum pl_status st = pl_db_open(argv[1], &db, &err);
    double opened = now_ms();
    pl_str cursor = pl_buf_str(&input);
    pl_str line = PL_STR_EMPTY;
    while (st == PL_OK && pl_str_next_line(&cursor, &line)) {
        struct pl_db_matches matches = {0};
        pl_str ecosystem = PL_STR_EMPTY;
        pl_str name = PL_STR_EMPTY;
        pl_str_cut(line, '\t', &ecosystem, &name);
        st = pl_db_lookup(db, &arena, ecosystem, name, &matches, &err);
        for (size_t i = 0; i < matches.count; i++) {
            *pl_vec_push(&arena, &all) = matches.items[i].advisory_id;
        }
        asked++;
    }
    double looked_up = now_ms();
    for (size_t i = 0; i < all.count && st == PL_OK; i++) {
        struct pl_advisory advisory = {.id = PL_STR_EMPTY};
        st = pl_db_advisory(db, &arena, all.items[i], false, &advisory, &err);
    }
    double fetched = now_ms();
    if (st < 0) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    printf("open %.3f ms, %zu look-ups %.3f ms (%zu matches), their records %.3f ms\n",
           opened - start, asked, looked_up - opened, all.count, fetched - looked_up);
    return 0;
}
