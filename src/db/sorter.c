/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pair in memory and in a run is its key's length and its value's length as 32-bit numbers of
 * this machine, then the bytes. Runs are few (one for each `budget` of input), so the least of
 * their heads is found by looking at all of them.
 */
#include "db/sorter.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"

enum { HEAD_BYTES = 8, RUN_BUFFER = 256 << 10, MOST_RUNS = 4096 };

/* A run being read: `window` holds unread bytes from `from` on. */
struct run {
    uint64_t offset; /* in the file: where the window ends */
    uint64_t end;
    struct pl_buf window;
    size_t from;
    pl_str key;
    pl_str value;
    bool done;
};

/* Where a pair lies in memory, with the first bytes of its key as a number, which settles most
 * comparisons without touching the pair. */
struct place {
    uint64_t first_bytes;
    size_t at;
};

struct pl_sorter {
    const char *dir;
    size_t budget_bytes;
    struct pl_buf pairs;
    struct place *places;
    size_t count;
    size_t capacity;
    size_t next; /* when everything fits in memory */
    int fd;
    uint64_t written;
    struct run *runs;
    size_t run_count;
    struct run *current; /* whose head was given last */
};

struct pl_sorter *pl_sorter_new(const char *dir, size_t budget_bytes)
{
    struct pl_sorter *sorter = pl_mem_alloc(1, sizeof(*sorter));
    sorter->dir = dir;
    sorter->budget_bytes = budget_bytes;
    sorter->pairs = PL_BUF_INIT(budget_bytes + PL_LIMIT_DB_BLOCK_BYTES);
    sorter->fd = -1;
    return sorter;
}

void pl_sorter_free(struct pl_sorter *sorter)
{
    if (!sorter) {
        return;
    }
    for (size_t i = 0; i < sorter->run_count; i++) {
        pl_buf_release(&sorter->runs[i].window);
    }
    pl_fd_closep(&sorter->fd);
    pl_buf_release(&sorter->pairs);
    free(sorter->runs);
    free(sorter->places);
    free(sorter);
}

static void pair_at(const char *bytes, pl_str *ret_key, pl_str *ret_value)
{
    uint32_t lens[2];
    memcpy(lens, bytes, HEAD_BYTES);
    *ret_key = pl_str_make(bytes + HEAD_BYTES, lens[0]);
    *ret_value = pl_str_make(bytes + HEAD_BYTES + lens[0], lens[1]);
}

static int compare_pairs(pl_str key_a, pl_str value_a, pl_str key_b, pl_str value_b)
{
    int order = pl_str_cmp(key_a, key_b);
    return order != 0 ? order : pl_str_cmp(value_a, value_b);
}

static int compare_places(const void *a, const void *b, void *bytes)
{
    const struct place *left = a;
    const struct place *right = b;
    if (left->first_bytes != right->first_bytes) {
        return left->first_bytes < right->first_bytes ? -1 : 1;
    }
    pl_str keys[2];
    pl_str values[2];
    pair_at((const char *)bytes + left->at, &keys[0], &values[0]);
    pair_at((const char *)bytes + right->at, &keys[1], &values[1]);
    return compare_pairs(keys[0], values[0], keys[1], values[1]);
}

/* Zeros stand for what a short key lacks, so that the order agrees with that of bytes. */
static uint64_t first_bytes_of(pl_str key)
{
    uint64_t first = 0;
    for (size_t i = 0; i < 8; i++) {
        first = first << 8 | (i < key.len ? (uint8_t)key.ptr[i] : 0);
    }
    return first;
}

static void sort_memory(struct pl_sorter *sorter)
{
    if (sorter->count > 1) {
        qsort_r(sorter->places, sorter->count, sizeof(*sorter->places), compare_places,
                sorter->pairs.ptr);
    }
}

/* Writes what is in memory as a run. */
static enum pl_status spill(struct pl_sorter *sorter, struct pl_error *err)
{
    if (sorter->run_count == MOST_RUNS) {
        return pl_error_set(err, PL_E_LIMIT, "the feeds are larger than %d times %zu bytes",
                            MOST_RUNS, sorter->budget_bytes);
    }
    enum pl_status st = PL_OK;
    if (sorter->fd < 0) {
        st = pl_tempfile_open(sorter->dir, &sorter->fd, err);
    }
    sort_memory(sorter);
    struct pl_buf out pl_autobuf = PL_BUF_INIT(RUN_BUFFER + PL_LIMIT_DB_BLOCK_BYTES);
    uint64_t begin = sorter->written;
    for (size_t i = 0; i < sorter->count && st == PL_OK; i++) {
        const char *pair = sorter->pairs.ptr + sorter->places[i].at;
        pl_str key = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        pair_at(pair, &key, &value);
        pl_buf_append(&out, pl_str_make(pair, HEAD_BYTES + key.len + value.len));
        if (out.len >= RUN_BUFFER || i + 1 == sorter->count) {
            st = pl_io_write(sorter->fd, pl_buf_str(&out), err);
            sorter->written += out.len;
            pl_buf_clear(&out);
        }
    }
    sorter->runs = pl_mem_realloc(sorter->runs, sorter->run_count + 1, sizeof(*sorter->runs));
    sorter->runs[sorter->run_count++] =
        (struct run){.offset = begin,
                     .end = sorter->written,
                     .window = PL_BUF_INIT(RUN_BUFFER + PL_LIMIT_DB_BLOCK_BYTES)};
    pl_buf_clear(&sorter->pairs);
    sorter->count = 0;
    return st;
}

enum pl_status pl_sorter_add(struct pl_sorter *sorter, pl_str key, pl_str value,
                             struct pl_error *err)
{
    size_t size = HEAD_BYTES + key.len + value.len;
    if (key.len > PL_LIMIT_DB_BLOCK_BYTES / 2 || value.len > PL_LIMIT_DB_BLOCK_BYTES / 2) {
        return pl_error_set(err, PL_E_LIMIT, "one record takes more than %llu bytes",
                            PL_LIMIT_DB_BLOCK_BYTES / 2);
    }
    enum pl_status st = PL_OK;
    if (sorter->count > 0 && sorter->pairs.len + size > sorter->budget_bytes) {
        st = spill(sorter, err);
    }
    if (st < 0) {
        return st;
    }
    if (sorter->count == sorter->capacity) {
        sorter->capacity = sorter->capacity ? sorter->capacity * 2 : 4096;
        sorter->places = pl_mem_realloc(sorter->places, sorter->capacity, sizeof(*sorter->places));
    }
    sorter->places[sorter->count++] =
        (struct place){.first_bytes = first_bytes_of(key), .at = sorter->pairs.len};
    uint32_t lens[2] = {(uint32_t)key.len, (uint32_t)value.len};
    pl_buf_append(&sorter->pairs, pl_str_make((const char *)lens, HEAD_BYTES));
    pl_buf_append(&sorter->pairs, key);
    pl_buf_append(&sorter->pairs, value);
    return pl_buf_status(&sorter->pairs, "what is being sorted", err);
}

/* Makes sure that `wanted` unread bytes are in the window. */
static enum pl_status fill_window(struct pl_sorter *sorter, struct run *run, size_t wanted,
                                  struct pl_error *err)
{
    size_t unread = run->window.len - run->from;
    if (unread >= wanted) {
        return PL_OK;
    }
    if (unread > 0 && run->from > 0) {
        memmove(run->window.ptr, run->window.ptr + run->from, unread);
    }
    run->window.len = unread;
    run->from = 0;
    uint64_t step = wanted > RUN_BUFFER ? wanted : RUN_BUFFER;
    if (step > run->end - run->offset + unread) {
        step = run->end - run->offset + unread;
    }
    if (step < wanted) {
        return pl_error_set(err, PL_E_INTERNAL, "a run of the sorter ends early");
    }
    char *room = pl_buf_reserve(&run->window, (size_t)step - unread);
    size_t got = 0;
    enum pl_status st = pl_buf_status(&run->window, "a run of the sorter", err);
    if (st == PL_OK) {
        st = pl_io_pread(sorter->fd, room, (size_t)step - unread, run->offset, &got, err);
    }
    run->window.len += got;
    run->offset += got;
    if (st == PL_OK && run->window.len < wanted) {
        return pl_error_set(err, PL_E_IO, "the temporary file in %s was cut short", sorter->dir);
    }
    return st;
}

/* Puts the next pair of a run at its head. */
static enum pl_status advance(struct pl_sorter *sorter, struct run *run, struct pl_error *err)
{
    if (run->from == run->window.len && run->offset == run->end) {
        run->done = true;
        return PL_OK;
    }
    enum pl_status st = fill_window(sorter, run, HEAD_BYTES, err);
    if (st < 0) {
        return st;
    }
    uint32_t lens[2];
    memcpy(lens, run->window.ptr + run->from, HEAD_BYTES);
    size_t size = HEAD_BYTES + (size_t)lens[0] + lens[1];
    st = fill_window(sorter, run, size, err);
    if (st == PL_OK) {
        pair_at(run->window.ptr + run->from, &run->key, &run->value);
        run->from += size;
    }
    return st;
}

enum pl_status pl_sorter_sort(struct pl_sorter *sorter, struct pl_error *err)
{
    if (sorter->run_count == 0) {
        sort_memory(sorter);
        return PL_OK;
    }
    enum pl_status st = sorter->count > 0 ? spill(sorter, err) : PL_OK;
    pl_buf_release(&sorter->pairs);
    for (size_t i = 0; i < sorter->run_count && st == PL_OK; i++) {
        st = advance(sorter, &sorter->runs[i], err);
    }
    return st;
}

static enum pl_status next_merged(struct pl_sorter *sorter, bool *ret_more, pl_str *ret_key,
                                  pl_str *ret_value, struct pl_error *err)
{
    enum pl_status st = sorter->current ? advance(sorter, sorter->current, err) : PL_OK;
    if (st < 0) {
        return st;
    }
    struct run *least = NULL;
    for (size_t i = 0; i < sorter->run_count; i++) {
        struct run *run = &sorter->runs[i];
        if (!run->done &&
            (!least || compare_pairs(run->key, run->value, least->key, least->value) < 0)) {
            least = run;
        }
    }
    sorter->current = least;
    *ret_more = least != NULL;
    if (least) {
        *ret_key = least->key;
        *ret_value = least->value;
    }
    return PL_OK;
}

enum pl_status pl_sorter_next(struct pl_sorter *sorter, bool *ret_more, pl_str *ret_key,
                              pl_str *ret_value, struct pl_error *err)
{
    if (sorter->run_count > 0) {
        return next_merged(sorter, ret_more, ret_key, ret_value, err);
    }
    *ret_more = sorter->next < sorter->count;
    if (*ret_more) {
        pair_at(sorter->pairs.ptr + sorter->places[sorter->next++].at, ret_key, ret_value);
    }
    return PL_OK;
}
