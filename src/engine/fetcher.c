/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/fetcher.h"
#include "base/answer.h"
#include "base/io.h"
#include "base/tempfile.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Of the pipe: what an unprivileged user may have. A larger one means fewer turns between the two
 * processes. */
enum { PIPE_BYTES = 1 << 20, ANSWER_BYTES = 4096 };

struct job {
    const struct pl_fetch *fetch;
    const struct pl_digest *digest; /* or empty */
    struct pl_digest_state *state; /* NULL without one */
    int pipe_fd;
    bool has_no_reader;
};

static enum pl_status into_pipe(void *context, pl_span bytes, struct pl_error *err)
{
    struct job *job = context;
    enum pl_status st = pl_io_write(job->pipe_fd, pl_span_str(bytes), err);
    job->has_no_reader = st < 0 && err->sys_errno == EPIPE;
    if (job->state) {
        pl_digest_update(job->state, bytes);
    }
    return st;
}

static enum pl_status fetch_and_check(struct job *job, struct pl_error *err)
{
    struct pl_fetch_sink sink = {into_pipe, job};
    job->state = job->digest->text[0] != '\0' ? pl_digest_new(job->digest) : NULL;
    enum pl_status st = job->fetch->run(job->fetch->context, &sink, err);
    if (st == PL_OK && job->state) {
        struct pl_digest got = pl_digest_finish(job->state);
        st = pl_digest_verify("it", &got, job->digest, err);
    }
    pl_digest_free(job->state);
    return st;
}

/* The answer is given before the pipe is closed, so that a reader at its end finds the answer. */
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
                                struct pl_fetcher *ret, int *ret_fd, struct pl_error *err)
{
    if (fetch->prepare) {
        fetch->prepare(fetch->context);
    }
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return pl_error_sys(err, errno, "making a pipe for a layer");
    }
    int read_end pl_autoclose = ends[0];
    int write_end pl_autoclose = ends[1];
    /* A smaller pipe works as well. */
    (void)fcntl(write_end, F_SETPIPE_SZ, PIPE_BYTES);
    struct job job = {.fetch = fetch, .digest = digest, .pipe_fd = write_end};
    struct pl_sandbox_job child = {.run = run_fetch,
                                   .context = &job,
                                   .keep_fds = {write_end, -1, -1, -1},
                                   .read_below_fd = -1,
                                   .has_network = true,
                                   .may_spawn = fetch->spawns};
    enum pl_status st = pl_sandbox_start(&ret->child, &child, ANSWER_BYTES, err);
    if (st == PL_OK) {
        *ret_fd = pl_fd_take(&read_end);
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

static enum pl_status copy_all(int from_fd, int to_fd, struct pl_error *err)
{
    enum { STEP = 128 << 10 };
    char *block pl_autofree = pl_mem_alloc(1, STEP);
    size_t got = 1;
    enum pl_status st = PL_OK;
    while (st == PL_OK && got > 0) {
        st = pl_io_read(from_fd, block, STEP, &got, err);
        if (st == PL_OK) {
            st = pl_io_write(to_fd, pl_str_make(block, got), err);
        }
    }
    return st;
}

enum pl_status pl_fetcher_spool(const struct pl_fetch *fetch, int *ret_fd, struct pl_error *err)
{
    struct pl_fetcher fetcher PL_CLEANUP(pl_fetcher_release) = {0};
    int pipe_fd pl_autoclose = -1;
    int fd pl_autoclose = -1;
    enum pl_status st = pl_tempfile_open(NULL, &fd, err);
    if (st == PL_OK) {
        st = pl_fetcher_start(fetch, &(struct pl_digest){.text = ""}, &fetcher, &pipe_fd, err);
    }
    if (st < 0) {
        return st;
    }
    st = copy_all(pipe_fd, fd, err);
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
