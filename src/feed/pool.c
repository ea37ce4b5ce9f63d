/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/pool.h"
#include "base/limits.h"
#include "base/mem.h"
#include <pthread.h>

enum {
    BATCH_BYTES = 512 << 10, /* a batch is full when its text reaches this */
    BATCH_RECORDS = 1024,
    MOST_WORKERS = 16,
    NAME_BYTES = 256, /* of a record's name in messages */
};

struct item {
    size_t name_at;
    size_t text_at;
    size_t text_len;
};

struct pl_feed_batch {
    struct pl_feed_batch *next;
    uint64_t sequence; /* of its first record */
    char *feed;
    struct pl_buf text;
    struct pl_buf names; /* each with a NUL after it */
    struct item items[BATCH_RECORDS];
    size_t count;
    size_t open_from; /* where the record being appended begins */
};

struct pl_feed_pool {
    const struct pl_export_sink *sink;
    struct pl_export_result *result;
    pthread_mutex_t mutex; /* over all below and *result */
    pthread_cond_t changed;
    struct pl_feed_batch *batches; /* all */
    size_t batch_count;
    struct pl_feed_batch *free_ones;
    struct pl_feed_batch *ready_first;
    struct pl_feed_batch *ready_last;
    size_t in_use; /* ready, or with a worker */
    uint64_t next_sequence;
    bool stop;
    struct pl_error failure; /* status 0: none */
    unsigned worker_count;
    pthread_t workers[MOST_WORKERS];
};

/* What a worker adds up for one batch. */
struct tally {
    uint64_t records;
    uint64_t malformed;
    struct pl_osv_skipped skipped;
};

/* Keeps the problem if it is among the first by sequence. */
static void note_problem(struct pl_export_result *result, uint64_t sequence,
                         const struct pl_error *error)
{
    size_t at = result->problem_count;
    if (at == PL_EXPORT_PROBLEMS) {
        if (result->problems[at - 1].sequence < sequence) {
            return;
        }
        at--;
    } else {
        result->problem_count++;
    }
    while (at > 0 && result->problems[at - 1].sequence > sequence) {
        result->problems[at] = result->problems[at - 1];
        at--;
    }
    result->problems[at].sequence = sequence;
    result->problems[at].error = *error;
}

/* Parses one record and hands it on; false when the work must end. */
static bool work_on(struct pl_feed_pool *pool, const struct pl_feed_batch *batch, size_t index,
                    struct pl_arena *arena, struct tally *tally)
{
    const struct item *item = &batch->items[index];
    struct pl_error err = PL_ERROR_INIT;
    struct pl_advisory advisory = {.id = PL_STR_EMPTY};
    pl_arena_clear(arena);
    enum pl_status st =
        pl_osv_parse(arena, pl_str_sub(pl_buf_str(&batch->text), item->text_at, item->text_len),
                     batch->names.ptr + item->name_at, &advisory, &tally->skipped, &err);
    if (st == PL_OK) {
        st = pool->sink->take(pool->sink->context, pl_str_from(batch->feed), &advisory, &err);
    }
    if (st == PL_OK) {
        tally->records++;
        return true;
    }
    if (err.status == PL_OK) {
        pl_error_set(&err, st, "a record could not be taken");
    }
    pl_error_wrap(&err, "%s", batch->feed);
    pthread_mutex_lock(&pool->mutex);
    bool about_the_record = st == PL_E_PARSE || st == PL_E_LIMIT;
    if (about_the_record) {
        tally->malformed++;
        note_problem(pool->result, batch->sequence + index, &err);
    } else if (pool->failure.status == PL_OK) {
        pool->failure = err;
    }
    pthread_mutex_unlock(&pool->mutex);
    return about_the_record;
}

static void add_tally(struct pl_export_result *result, const struct tally *tally)
{
    result->records += tally->records;
    result->malformed += tally->malformed;
    result->skipped.git_ranges += tally->skipped.git_ranges;
    result->skipped.without_package += tally->skipped.without_package;
    result->skipped.moved += tally->skipped.moved;
}

/* The next ready batch, NULL when there is nothing more to do. Holds the mutex. */
static struct pl_feed_batch *take_ready(struct pl_feed_pool *pool)
{
    while (!pool->ready_first && !pool->stop) {
        pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    struct pl_feed_batch *batch = pool->stop ? NULL : pool->ready_first;
    if (batch) {
        pool->ready_first = batch->next;
        if (!pool->ready_first) {
            pool->ready_last = NULL;
        }
    }
    return batch;
}

static void *worker_main(void *context)
{
    struct pl_feed_pool *pool = context;
    struct pl_arena arena pl_autoarena = {0};
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        struct pl_feed_batch *batch = take_ready(pool);
        if (!batch) {
            break;
        }
        bool go_on = pool->failure.status == PL_OK;
        pthread_mutex_unlock(&pool->mutex);
        struct tally tally = {0};
        for (size_t i = 0; i < batch->count && go_on; i++) {
            go_on = work_on(pool, batch, i, &arena, &tally);
        }
        pthread_mutex_lock(&pool->mutex);
        add_tally(pool->result, &tally);
        batch->next = pool->free_ones;
        pool->free_ones = batch;
        pool->in_use--;
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

struct pl_feed_pool *pl_feed_pool_new(unsigned workers, const struct pl_export_sink *sink,
                                      struct pl_export_result *result)
{
    struct pl_feed_pool *pool = pl_mem_alloc(1, sizeof(*pool));
    pool->sink = sink;
    pool->result = result;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->changed, NULL);
    workers = workers > MOST_WORKERS ? MOST_WORKERS : workers > 0 ? workers : 1;
    /* One batch for each worker, as many waiting, and one being filled. */
    pool->batch_count = 2 * (size_t)workers + 1;
    pool->batches = pl_mem_alloc(pool->batch_count, sizeof(*pool->batches));
    for (size_t i = 0; i < pool->batch_count; i++) {
        struct pl_feed_batch *batch = &pool->batches[i];
        batch->text = PL_BUF_INIT(BATCH_BYTES + PL_LIMIT_ADVISORY_BYTES * 2);
        batch->names = PL_BUF_INIT(BATCH_RECORDS * (NAME_BYTES + 1));
        batch->next = pool->free_ones;
        pool->free_ones = batch;
    }
    while (pool->worker_count < workers &&
           pthread_create(&pool->workers[pool->worker_count], NULL, worker_main, pool) == 0) {
        pool->worker_count++;
    }
    return pool;
}

void pl_feed_pool_free(struct pl_feed_pool *pool)
{
    if (!pool) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->stop = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->worker_count; i++) {
        pthread_join(pool->workers[i], NULL);
    }
    for (size_t i = 0; i < pool->batch_count; i++) {
        pl_buf_release(&pool->batches[i].text);
        pl_buf_release(&pool->batches[i].names);
        free(pool->batches[i].feed);
    }
    free(pool->batches);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

enum pl_status pl_feed_pool_batch(struct pl_feed_pool *pool, pl_str feed,
                                  struct pl_feed_batch **ret, struct pl_error *err)
{
    if (pool->worker_count == 0) {
        return pl_error_set(err, PL_E_IO, "no thread could be started to read the feeds");
    }
    pthread_mutex_lock(&pool->mutex);
    while (!pool->free_ones && pool->failure.status == PL_OK) {
        pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    struct pl_error failure = pool->failure;
    struct pl_feed_batch *batch = failure.status == PL_OK ? pool->free_ones : NULL;
    if (batch) {
        pool->free_ones = batch->next;
    }
    pthread_mutex_unlock(&pool->mutex);
    if (!batch) {
        if (err) {
            *err = failure;
        }
        return failure.status;
    }
    free(batch->feed);
    batch->feed = strndup(feed.ptr, feed.len);
    if (!batch->feed) {
        pl_mem_abort(feed.len);
    }
    batch->next = NULL;
    batch->count = 0;
    batch->open_from = 0;
    pl_buf_clear(&batch->text);
    pl_buf_clear(&batch->names);
    *ret = batch;
    return PL_OK;
}

struct pl_buf *pl_feed_batch_text(struct pl_feed_batch *batch)
{
    return &batch->text;
}

bool pl_feed_batch_end_record(struct pl_feed_batch *batch, pl_str name)
{
    batch->items[batch->count++] = (struct item){.name_at = batch->names.len,
                                                 .text_at = batch->open_from,
                                                 .text_len = batch->text.len - batch->open_from};
    pl_buf_append(&batch->names, pl_str_sub(name, 0, NAME_BYTES));
    pl_buf_append_char(&batch->names, '\0');
    batch->open_from = batch->text.len;
    return batch->count == BATCH_RECORDS || batch->text.len >= BATCH_BYTES;
}

void pl_feed_pool_submit(struct pl_feed_pool *pool, struct pl_feed_batch *batch)
{
    pthread_mutex_lock(&pool->mutex);
    batch->sequence = pool->next_sequence;
    pool->next_sequence += batch->count;
    pool->result->json_bytes += batch->text.len;
    if (pool->ready_last) {
        pool->ready_last->next = batch;
    } else {
        pool->ready_first = batch;
    }
    pool->ready_last = batch;
    pool->in_use++;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
}

enum pl_status pl_feed_pool_finish(struct pl_feed_pool *pool, struct pl_error *err)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->in_use > 0) {
        pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    enum pl_status st = pool->failure.status;
    if (st < 0 && err) {
        *err = pool->failure;
    }
    pthread_mutex_unlock(&pool->mutex);
    return st;
}
