/* SPDX-License-Identifier: Apache-2.0 */
#include "image/blob.h"
#include "base/io.h"
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/* Small enough for the second-level cache, large enough that a hand-over to the hash thread costs
 * nothing. With a thread beside, RING blocks of each kind may be under way; without one a single
 * block is used again and again, so that it stays in the cache. */
enum { BLOCK_BYTES = 128 << 10, RING = 8 };

/* One block that waits to be hashed. */
struct hash_task {
    struct pl_digest_state *state;
    pl_span bytes;
};

/* Hashes tasks in order. `posted` and `done` count them from the start: a block may be overwritten
 * once the task that reads it is done. */
struct hasher {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct hash_task tasks[2 * RING];
    uint64_t posted;
    uint64_t done;
    bool stop;
};

struct pl_blob_stream {
    struct pl_blob_reader reader;
    struct pl_budget *budget;
    struct pl_decoder *decoder;
    struct pl_digest_state *stored_state; /* NULL: stored_known is taken */
    struct pl_digest stored_known;
    struct pl_digest_state
        *diff_state; /* NULL for a plain layer: the stored digest is the diff_id */
    struct hasher *hasher; /* NULL: hash in place */
    size_t ring; /* blocks in use: RING, or 1 without a hasher */
    uint8_t *stored_blocks; /* RING blocks */
    uint8_t *open_blocks;
    uint64_t stored_task[RING]; /* number of the task that reads the block, plus one */
    uint64_t open_task[RING];
    size_t stored_at;
    size_t open_at;
    pl_span input; /* not yet decompressed part of the current stored block */
    bool at_end;
    bool is_open_complete; /* every uncompressed byte was hashed */
    struct pl_blob_result result;
};

enum pl_status pl_blob_range_read(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                  struct pl_error *err)
{
    struct pl_blob_range *range = context;
    if (size > range->left_bytes) {
        size = (size_t)range->left_bytes;
    }
    size_t got = 0;
    enum pl_status st = range->ring ? pl_ring_read(range->ring, into, size, &got, err)
                                    : pl_io_pread(range->fd, into, size, range->offset, &got, err);
    if (st < 0) {
        return st;
    }
    range->offset += got;
    range->left_bytes -= got;
    if (range->read_bytes) {
        atomic_fetch_add_explicit(range->read_bytes, got, memory_order_relaxed);
    }
    *ret_got = got;
    return PL_OK;
}

static void *hash_loop(void *context)
{
    struct hasher *hasher = context;
    pthread_mutex_lock(&hasher->lock);
    for (;;) {
        while (hasher->done == hasher->posted && !hasher->stop) {
            pthread_cond_wait(&hasher->changed, &hasher->lock);
        }
        if (hasher->done == hasher->posted) {
            break;
        }
        struct hash_task task = hasher->tasks[hasher->done % PL_ARRAY_LEN(hasher->tasks)];
        pthread_mutex_unlock(&hasher->lock);
        pl_digest_update(task.state, task.bytes);
        pthread_mutex_lock(&hasher->lock);
        hasher->done++;
        pthread_cond_broadcast(&hasher->changed);
    }
    pthread_mutex_unlock(&hasher->lock);
    return NULL;
}

/* NULL when no thread can be had: then hashing is done in place. */
static struct hasher *hasher_new(void)
{
    struct hasher *hasher = pl_mem_alloc(1, sizeof(*hasher));
    pthread_mutex_init(&hasher->lock, NULL);
    pthread_cond_init(&hasher->changed, NULL);
    if (pthread_create(&hasher->thread, NULL, hash_loop, hasher) != 0) {
        free(hasher);
        return NULL;
    }
    return hasher;
}

static void hasher_free(struct hasher *hasher)
{
    if (!hasher) {
        return;
    }
    pthread_mutex_lock(&hasher->lock);
    hasher->stop = true;
    pthread_cond_broadcast(&hasher->changed);
    pthread_mutex_unlock(&hasher->lock);
    pthread_join(hasher->thread, NULL);
    pthread_mutex_destroy(&hasher->lock);
    pthread_cond_destroy(&hasher->changed);
    free(hasher);
}

static void hasher_wait(struct hasher *hasher, uint64_t task_plus_one)
{
    pthread_mutex_lock(&hasher->lock);
    while (hasher->done < task_plus_one) {
        pthread_cond_wait(&hasher->changed, &hasher->lock);
    }
    pthread_mutex_unlock(&hasher->lock);
}

/* Hashes `bytes`, now or beside; gives the task's number plus one. */
static uint64_t hash_bytes(struct pl_blob_stream *stream, struct pl_digest_state *state,
                           pl_span bytes)
{
    struct hasher *hasher = stream->hasher;
    if (!state) {
        return 0;
    }
    if (!hasher) {
        pl_digest_update(state, bytes);
        return 0;
    }
    pthread_mutex_lock(&hasher->lock);
    while (hasher->posted - hasher->done == PL_ARRAY_LEN(hasher->tasks)) {
        pthread_cond_wait(&hasher->changed, &hasher->lock);
    }
    hasher->tasks[hasher->posted % PL_ARRAY_LEN(hasher->tasks)] = (struct hash_task){state, bytes};
    uint64_t number = ++hasher->posted;
    pthread_cond_broadcast(&hasher->changed);
    pthread_mutex_unlock(&hasher->lock);
    return number;
}

/* Fills the next stored block; stream->input is empty at the end of the blob. */
static enum pl_status read_stored(struct pl_blob_stream *stream, struct pl_error *err)
{
    size_t at = stream->stored_at++ % stream->ring;
    uint8_t *block = stream->stored_blocks + at * BLOCK_BYTES;
    if (stream->hasher) {
        hasher_wait(stream->hasher, stream->stored_task[at]);
    }
    size_t got = 0;
    size_t part = 1;
    /* Whole blocks, so that the first shows what the layer is packed with. */
    while (part > 0 && got < BLOCK_BYTES) {
        enum pl_status st =
            stream->reader.read(stream->reader.context, block + got, BLOCK_BYTES - got, &part, err);
        if (st < 0) {
            return st;
        }
        got += part;
    }
    stream->input = (pl_span){block, got};
    stream->result.stored_bytes += got;
    stream->stored_task[at] = hash_bytes(stream, stream->stored_state, stream->input);
    return PL_OK;
}

enum pl_status pl_blob_open(const struct pl_blob_options *options, struct pl_blob_stream **ret,
                            struct pl_error *err)
{
    struct pl_blob_stream *stream PL_CLEANUP(pl_blob_closep) = pl_mem_alloc(1, sizeof(*stream));
    stream->reader = options->reader;
    stream->budget = options->budget;
    if (options->stored_known) {
        stream->stored_known = *options->stored_known;
    } else {
        stream->stored_state = pl_digest_new(options->stored_like);
    }
    if (options->hash_beside) {
        stream->hasher = hasher_new();
    }
    stream->ring = stream->hasher ? RING : 1;
    stream->stored_blocks = pl_mem_alloc(stream->ring, BLOCK_BYTES);
    enum pl_status st = read_stored(stream, err);
    if (st < 0) {
        return st;
    }
    stream->result.compression = pl_compression_detect(stream->input);
    bool same_digest = pl_digest_is_alike(options->stored_like, options->diff_like);
    if (stream->result.compression != PL_COMPRESSION_NONE || !same_digest) {
        stream->decoder = pl_decoder_new(stream->result.compression);
        stream->open_blocks = pl_mem_alloc(stream->ring, BLOCK_BYTES);
        stream->diff_state = pl_digest_new(options->diff_like);
    }
    *ret = PL_TAKE(stream);
    return PL_OK;
}

void pl_blob_close(struct pl_blob_stream *stream)
{
    if (stream) {
        hasher_free(stream->hasher);
        pl_decoder_free(stream->decoder);
        pl_digest_free(stream->stored_state);
        pl_digest_free(stream->diff_state);
        free(stream->stored_blocks);
        free(stream->open_blocks);
        free(stream);
    }
}

/* A plain layer: the stored blocks themselves are handed out. */
static enum pl_status next_plain(struct pl_blob_stream *stream, pl_span *ret_block,
                                 struct pl_error *err)
{
    enum pl_status st = PL_OK;
    if (stream->input.len == 0) {
        st = read_stored(stream, err);
    }
    if (st < 0) {
        return st;
    }
    *ret_block = stream->input;
    stream->input.len = 0;
    stream->at_end = ret_block->len == 0;
    stream->is_open_complete = stream->at_end;
    return pl_budget_take_bytes(stream->budget, ret_block->len, ret_block->len, err);
}

static enum pl_status next_decoded(struct pl_blob_stream *stream, pl_span *ret_block,
                                   struct pl_error *err)
{
    size_t at = stream->open_at++ % stream->ring;
    uint8_t *block = stream->open_blocks + at * BLOCK_BYTES;
    if (stream->hasher) {
        hasher_wait(stream->hasher, stream->open_task[at]);
    }
    size_t made = 0;
    while (made == 0) {
        size_t before = stream->input.len;
        enum pl_status st =
            pl_decoder_step(stream->decoder, &stream->input, block, BLOCK_BYTES, &made, err);
        if (st < 0) {
            return st;
        }
        st = pl_budget_take_bytes(stream->budget, before - stream->input.len, made, err);
        if (st < 0) {
            return st;
        }
        if (made == 0 && stream->input.len == 0) {
            st = read_stored(stream, err);
            if (st < 0) {
                return st;
            }
            if (stream->input.len == 0) {
                break;
            }
        }
    }
    if (made == 0) {
        stream->at_end = true;
        if (!pl_decoder_is_complete(stream->decoder)) {
            return pl_error_set(err, PL_E_PARSE, "the %s data is cut off after %llu bytes",
                                pl_compression_to_string(stream->result.compression),
                                (unsigned long long)stream->result.stored_bytes);
        }
        stream->is_open_complete = true;
    }
    *ret_block = (pl_span){block, made};
    if (made > 0) {
        stream->open_task[at] = hash_bytes(stream, stream->diff_state, *ret_block);
    }
    return PL_OK;
}

enum pl_status pl_blob_next(void *context, pl_span *ret_block, struct pl_error *err)
{
    struct pl_blob_stream *stream = context;
    if (stream->at_end) {
        *ret_block = (pl_span){NULL, 0};
        return PL_OK;
    }
    enum pl_status st =
        stream->decoder ? next_decoded(stream, ret_block, err) : next_plain(stream, ret_block, err);
    if (st == PL_OK) {
        stream->result.tar_bytes += ret_block->len;
    }
    return st;
}

enum pl_status pl_blob_drain_stored(struct pl_blob_stream *stream, struct pl_error *err)
{
    do {
        enum pl_status st = read_stored(stream, err);
        if (st < 0) {
            return st;
        }
    } while (stream->input.len > 0);
    stream->at_end = true;
    return PL_OK;
}

struct pl_blob_result pl_blob_finish(struct pl_blob_stream *stream)
{
    if (stream->hasher) {
        hasher_wait(stream->hasher, stream->hasher->posted);
    }
    stream->result.stored =
        stream->stored_state ? pl_digest_finish(stream->stored_state) : stream->stored_known;
    if (stream->is_open_complete) {
        stream->result.diff_id =
            stream->diff_state ? pl_digest_finish(stream->diff_state) : stream->result.stored;
    }
    return stream->result;
}
