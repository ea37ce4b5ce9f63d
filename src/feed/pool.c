/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/pool.h"
#include "base/limits.h"
#include "base/mem.h"
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>

enum {
    BATCH_BYTES = 512 << 10, /* a batch is full when its text reaches this */
    BATCH_DOCUMENTS = 1024,
    MOST_WORKERS = 16,
    NAME_BYTES = 256, /* of a document's name in messages */
};

struct item {
    size_t name_at;
    size_t text_at;
    size_t text_len;
};

struct pl_feed_batch {
    struct pl_feed_batch *next;
    uint64_t sequence; /* of its first document */
    struct pl_feed_job job;
    struct pl_buf text;
    struct pl_buf names; /* each with a NUL after it */
    struct item items[BATCH_DOCUMENTS];
    size_t count;
    size_t open_from; /* where the document being appended begins */
    void *map; /* a large document, the only one; or NULL */
    size_t map_len;
};

struct pl_feed_pool {
    const struct pl_feed_taker *taker;
    struct pl_source_result *result;
    pthread_mutex_t mutex; /* over all below, *result and what jobs point to */
    pthread_cond_t changed;
    struct pl_feed_batch *batches; /* all */
    size_t batch_count;
    struct pl_feed_batch *free_ones;
    struct pl_feed_batch *ready_first;
    struct pl_feed_batch *ready_last;
    size_t in_use; /* ready, or with a worker */
    uint64_t mapped_bytes; /* of those */
    uint64_t next_sequence;
    bool stop;
    struct pl_error failure; /* status 0: none */
    unsigned worker_count;
    pthread_t workers[MOST_WORKERS];
};

/* What a worker has beside its sink, for one batch. */
struct findings {
    uint64_t unknown;
    struct pl_tally_problems unknown_names;
    bool others[PL_FEEDS_MOST];
};

static struct pl_feed_document document_of(const struct pl_feed_batch *batch, size_t index)
{
    const struct item *item = &batch->items[index];
    pl_str all = batch->map ? pl_str_make(batch->map, batch->map_len) : pl_buf_str(&batch->text);
    return (struct pl_feed_document){
        .name = pl_str_from(batch->names.ptr + item->name_at),
        .text = pl_str_sub(all, item->text_at, item->text_len),
    };
}

/* Reads one document, unless it is of another feed. */
static enum pl_status work_on(const struct pl_feed_batch *batch, size_t index,
                              struct pl_feed_sink *sink, struct findings *found,
                              struct pl_error *err)
{
    struct pl_feed_document document = document_of(batch, index);
    uint64_t sequence = batch->sequence + index;
    size_t count = 0;
    if (!batch->job.is_sure) {
        size_t feed = pl_feeds_bid(&document);
        if (feed == SIZE_MAX) {
            found->unknown++;
            pl_tally_note(&found->unknown_names, sequence, document.name.ptr);
            return PL_OK;
        }
        if (feed != batch->job.feed) {
            found->others[feed] = true;
            return PL_OK;
        }
    }
    return pl_feed_sink_read(sink, pl_feeds(&count)[batch->job.feed], &document, sequence, err);
}

static void add_findings(struct pl_feed_pool *pool, const struct pl_feed_batch *batch,
                         const struct pl_tally *tally, const struct findings *found)
{
    pl_tally_add(&batch->job.slice->tally, tally);
    if (batch->job.is_first) {
        for (size_t i = 0; i < PL_FEEDS_MOST; i++) {
            if (found->others[i]) {
                batch->job.others[i] = true;
            }
        }
        pool->result->unknown += found->unknown;
        for (size_t i = 0; i < found->unknown_names.count; i++) {
            pl_tally_note(&pool->result->unknown_names, found->unknown_names.items[i].sequence,
                          found->unknown_names.items[i].text);
        }
    }
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

static void unmap(struct pl_feed_batch *batch)
{
    if (batch->map) {
        munmap(batch->map, batch->map_len);
        batch->map = NULL;
        batch->map_len = 0;
    }
}

/* Holds the mutex on entry and on return, and not in between. */
static void work_on_batch(struct pl_feed_pool *pool, struct pl_feed_batch *batch,
                          struct pl_feed_sink *sink)
{
    bool go_on = pool->failure.status == PL_OK;
    struct findings found = {0};
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = PL_OK;
    pthread_mutex_unlock(&pool->mutex);
    sink->slice = batch->job.slice->name;
    sink->tally = (struct pl_tally){0};
    for (size_t i = 0; i < batch->count && go_on && st == PL_OK; i++) {
        st = work_on(batch, i, sink, &found, &err);
    }
    uint64_t mapped = batch->map_len;
    unmap(batch);
    pthread_mutex_lock(&pool->mutex);
    if (st < 0 && pool->failure.status == PL_OK) {
        pool->failure = err;
        pool->failure.status = st;
    }
    add_findings(pool, batch, &sink->tally, &found);
    batch->next = pool->free_ones;
    pool->free_ones = batch;
    pool->in_use--;
    pool->mapped_bytes -= mapped;
    pthread_cond_broadcast(&pool->changed);
}

static void *worker_main(void *context)
{
    struct pl_feed_pool *pool = context;
    struct pl_feed_sink *sink pl_autofree = pl_mem_alloc(1, sizeof(*sink));
    sink->taker = pool->taker;
    pthread_mutex_lock(&pool->mutex);
    for (struct pl_feed_batch *batch = take_ready(pool); batch; batch = take_ready(pool)) {
        work_on_batch(pool, batch, sink);
    }
    pthread_mutex_unlock(&pool->mutex);
    pl_feed_sink_release(sink);
    return NULL;
}

struct pl_feed_pool *pl_feed_pool_new(unsigned workers, const struct pl_feed_taker *taker,
                                      struct pl_source_result *result, uint64_t sequence)
{
    struct pl_feed_pool *pool = pl_mem_alloc(1, sizeof(*pool));
    pool->taker = taker;
    pool->result = result;
    pool->next_sequence = sequence;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->changed, NULL);
    workers = workers > MOST_WORKERS ? MOST_WORKERS : workers > 0 ? workers : 1;
    /* One batch for each worker, as many waiting, and one being filled. */
    pool->batch_count = 2 * (size_t)workers + 1;
    pool->batches = pl_mem_alloc(pool->batch_count, sizeof(*pool->batches));
    for (size_t i = 0; i < pool->batch_count; i++) {
        struct pl_feed_batch *batch = &pool->batches[i];
        batch->text = PL_BUF_INIT(BATCH_BYTES + PL_LIMIT_FEED_SMALL_BYTES * 2);
        batch->names = PL_BUF_INIT(BATCH_DOCUMENTS * (NAME_BYTES + 1));
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
        unmap(&pool->batches[i]);
    }
    free(pool->batches);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

enum pl_status pl_feed_pool_batch(struct pl_feed_pool *pool, const struct pl_feed_job *job,
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
    batch->job = *job;
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

size_t pl_feed_batch_open_bytes(const struct pl_feed_batch *batch)
{
    return batch->text.len - batch->open_from;
}

void pl_feed_batch_drop_open(struct pl_feed_batch *batch)
{
    batch->text.len = batch->open_from;
}

static void add_item(struct pl_feed_batch *batch, pl_str name, size_t text_at, size_t text_len)
{
    batch->items[batch->count++] =
        (struct item){.name_at = batch->names.len, .text_at = text_at, .text_len = text_len};
    /* The end of a long path says more than its beginning. */
    size_t cut = name.len > NAME_BYTES ? name.len - NAME_BYTES : 0;
    pl_buf_append(&batch->names, pl_str_skip(name, cut));
    pl_buf_append_char(&batch->names, '\0');
}

bool pl_feed_batch_end(struct pl_feed_batch *batch, pl_str name)
{
    add_item(batch, name, batch->open_from, batch->text.len - batch->open_from);
    batch->open_from = batch->text.len;
    return batch->count == BATCH_DOCUMENTS || batch->text.len >= BATCH_BYTES;
}

enum pl_status pl_feed_batch_map(struct pl_feed_batch *batch, pl_str name, int fd, uint64_t size,
                                 struct pl_error *err)
{
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) {
        return pl_error_sys(err, errno, "a large document cannot be mapped");
    }
    madvise(map, size, MADV_SEQUENTIAL);
    batch->map = map;
    batch->map_len = size;
    add_item(batch, name, 0, size);
    return PL_OK;
}

void pl_feed_pool_submit(struct pl_feed_pool *pool, struct pl_feed_batch *batch)
{
    pthread_mutex_lock(&pool->mutex);
    while (batch->map_len > 0 && pool->mapped_bytes > 0 &&
           pool->mapped_bytes + batch->map_len > PL_LIMIT_FEED_FLIGHT_BYTES) {
        pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    batch->sequence = pool->next_sequence;
    pool->next_sequence += batch->count;
    pool->mapped_bytes += batch->map_len;
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

enum pl_status pl_feed_pool_drain(struct pl_feed_pool *pool, struct pl_error *err)
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

uint64_t pl_feed_pool_sequence(struct pl_feed_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    uint64_t next = pool->next_sequence;
    pthread_mutex_unlock(&pool->mutex);
    return next;
}
