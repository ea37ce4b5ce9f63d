/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/fetcher.h"
#include "base/answer.h"
#include "base/io.h"
#include "base/tempfile.h"
#include <errno.h>

enum { ANSWER_BYTES = 4096 };

struct job {
    const struct pl_fetch *fetch;
    const struct pl_digest *digest; /* or empty */
    struct pl_digest_state *state; /* NULL without one */
    struct pl_ring_writer ring;
    bool has_no_reader;
};

static enum pl_status into_ring(void *context, pl_span bytes, struct pl_error *err)
{
    struct job *job = context;
    enum pl_status st = pl_ring_put(&job->ring, bytes, err);
    job->has_no_reader = st < 0 && err->sys_errno == EPIPE;
    if (job->state) {
        pl_digest_update(job->state, bytes);
    }
    return st;
}

static enum pl_status fetch_and_check(struct job *job, struct pl_error *err)
{
    struct pl_fetch_sink sink = {into_ring, job};
    job->state = job->digest->text[0] != '\0' ? pl_digest_new(job->digest) : NULL;
    enum pl_status st = job->fetch->run(job->fetch->context, &sink, err);
    /* What came before a failure is handed over all the same. */
    struct pl_error last = PL_ERROR_INIT;
    enum pl_status flushed = pl_ring_flush(&job->ring, &last);
    if (st == PL_OK && flushed < 0) {
        job->has_no_reader = last.sys_errno == EPIPE;
        *err = last;
        st = flushed;
    }
    if (st == PL_OK && job->state) {
        struct pl_digest got = pl_digest_finish(job->state);
        st = pl_digest_verify("it", &got, job->digest, err);
    }
    pl_digest_free(job->state);
    return st;
}

/* The answer is given before the ring is closed, so that a reader at its end finds the answer. */
static void run_fetch(void *context, int answer_fd)
{
    struct job *job = context;
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = fetch_and_check(job, &err);
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(ANSWER_BYTES);
    pl_answer_put(&answer, job->has_no_reader ? PL_OK : st, &err);
    pl_wire_put_uint(&answer, job->has_no_reader ? 0 : 1);
    (void)pl_io_write(answer_fd, pl_buf_str(&answer), NULL);
    close(answer_fd);
}

enum pl_status pl_fetcher_start(const struct pl_fetch *fetch, const struct pl_digest *digest,
                                struct pl_fetcher *ret, struct pl_ring_reader *ret_reader,
                                struct pl_error *err)
{
    if (fetch->prepare) {
        fetch->prepare(fetch->context);
    }
    struct pl_ring_writer writer PL_CLEANUP(pl_ring_writer_release) = PL_RING_WRITER_INIT;
    struct pl_ring_reader reader PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
    enum pl_status st = pl_ring_make(&writer, &reader, err);
    if (st < 0) {
        return st;
    }
    struct job job = {.fetch = fetch, .digest = digest, .ring = writer};
    struct pl_sandbox_job child = {.run = run_fetch,
                                   .context = &job,
                                   .keep_fds = {writer.filled_fd, writer.freed_fd, -1, -1},
                                   .read_below_fd = -1,
                                   .has_network = true,
                                   .may_spawn = fetch->spawns};
    st = pl_sandbox_start(&ret->child, &child, ANSWER_BYTES, err);
    if (st == PL_OK) {
        *ret_reader = reader;
        reader = PL_RING_READER_INIT;
    }
    return st;
}

enum pl_status pl_fetcher_end(struct pl_fetcher *fetcher, struct pl_error *err)
{
    enum pl_status st = pl_sandbox_end(&fetcher->child, err);
    if (st == PL_OK) {
        struct pl_wire answer = pl_wire_over(pl_buf_str(&fetcher->child.answer));
        st = pl_answer_take(&answer, err);
        fetcher->is_whole = st == PL_OK && pl_wire_uint(&answer) == 1;
    } else if (st == PL_E_CONFLICT) {
        st = PL_OK;
    }
    pl_buf_release(&fetcher->child.answer);
    return st;
}

static enum pl_status copy_all(struct pl_ring_reader *from, int to_fd, struct pl_error *err)
{
    enum { STEP = 128 << 10 };
    char *block pl_autofree = pl_mem_alloc(1, STEP);
    size_t got = 1;
    enum pl_status st = PL_OK;
    while (st == PL_OK && got > 0) {
        st = pl_ring_read(from, block, STEP, &got, err);
        if (st == PL_OK) {
            st = pl_io_write(to_fd, pl_str_make(block, got), err);
        }
    }
    return st;
}

enum pl_status pl_fetcher_spool(const struct pl_fetch *fetch, int *ret_fd, struct pl_error *err)
{
    struct pl_fetcher fetcher PL_CLEANUP(pl_fetcher_release) = {0};
    struct pl_ring_reader reader PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
    int fd pl_autoclose = -1;
    enum pl_status st = pl_tempfile_open(NULL, &fd, err);
    if (st == PL_OK) {
        st = pl_fetcher_start(fetch, &(struct pl_digest){.text = ""}, &fetcher, &reader, err);
    }
    if (st < 0) {
        return st;
    }
    st = copy_all(&reader, fd, err);
    struct pl_error fetching = PL_ERROR_INIT;
    enum pl_status fetched = pl_fetcher_end(&fetcher, &fetching);
    if (st == PL_OK && fetched < 0) {
        *err = fetching;
        st = fetched;
    }
    if (st == PL_OK) {
        *ret_fd = pl_fd_take(&fd);
    }
    return st;
}

void pl_fetcher_release(struct pl_fetcher *fetcher)
{
    pl_sandbox_release(&fetcher->child, 1);
}
