/* SPDX-License-Identifier: Apache-2.0 */
#include "image/copy/opened.h"
#include "base/answer.h"
#include "base/budget.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "format/decompress.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

enum {
    PIECE_BYTES = 128 << 10,
    ANSWER_BYTES = 4096,
    SECONDS_OF_A_DAY = 24 * 60 * 60, /* the network's time, not the child's */
};

/* The child's two sockets. */
struct ends {
    int stored_fd;
    int opened_fd;
};

struct opening {
    const struct ends *ends;
    struct pl_decoder *decoder;
    struct pl_budget budget;
    uint8_t *made;
};

static enum pl_status open_piece(struct opening *opening, pl_span stored, struct pl_error *err)
{
    size_t made = 1;
    enum pl_status st = PL_OK;
    while (st == PL_OK && (stored.len > 0 || made > 0)) {
        size_t before = stored.len;
        st = pl_decoder_step(opening->decoder, &stored, opening->made, PIECE_BYTES, &made, err);
        if (st == PL_OK) {
            st = pl_budget_take_bytes(&opening->budget, before - stored.len, made, err);
        }
        if (st == PL_OK && made > 0) {
            st = pl_io_write(opening->ends->opened_fd,
                             pl_str_make((const char *)opening->made, made), err);
        }
    }
    return st;
}

/* Whole pieces, so that the first shows what the blob is packed with. */
static enum pl_status open_all(struct opening *opening, struct pl_error *err)
{
    uint8_t *stored pl_autofree = pl_mem_alloc(PIECE_BYTES, 1);
    size_t got = 1;
    enum pl_status st = PL_OK;
    while (st == PL_OK && got > 0) {
        st = pl_io_read(opening->ends->stored_fd, stored, PIECE_BYTES, &got, err);
        pl_span piece = {stored, got};
        if (st == PL_OK && !opening->decoder) {
            opening->decoder = pl_decoder_new(pl_compression_detect(piece));
        }
        if (st == PL_OK && got > 0) {
            st = open_piece(opening, piece, err);
        }
    }
    if (st == PL_OK && !pl_decoder_is_complete(opening->decoder)) {
        st = pl_error_set(err, PL_E_PARSE, "its compressed data is cut off");
    }
    return st;
}

static void run_child(void *context, int answer_fd)
{
    struct opening opening = {.ends = context, .made = pl_mem_alloc(PIECE_BYTES, 1)};
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(ANSWER_BYTES);
    struct pl_error err = PL_ERROR_INIT;
    struct pl_budget_limits limits;
    pl_budget_limits_default(&limits);
    limits.layer_seconds = SECONDS_OF_A_DAY;
    pl_budget_start(&opening.budget, &limits);
    enum pl_status st = open_all(&opening, &err);
    pl_answer_put(&answer, st, &err);
    (void)pl_io_write(answer_fd, pl_buf_str(&answer), NULL);
    pl_decoder_free(opening.decoder);
    free(opening.made);
}

/* This process's side. */
struct pump {
    int stored_fd; /* -1: all was passed on, or nobody takes it any more */
    int opened_fd;
    struct pl_copy_checked *checked;
    uint8_t *piece;
    size_t at;
    size_t len; /* of what is read and not yet passed on, from `at` */
    uint64_t opened_bytes;
};

static void stop_giving(struct pump *pump)
{
    if (pump->stored_fd >= 0) {
        close(pump->stored_fd);
        pump->stored_fd = -1;
    }
}

static enum pl_status refill(struct pump *pump, struct pl_error *err)
{
    if (pump->len > 0 || pump->stored_fd < 0) {
        return PL_OK;
    }
    pump->at = 0;
    enum pl_status st = pl_copy_read(pump->checked, pump->piece, PIECE_BYTES, &pump->len, err);
    if (st == PL_OK && pump->len == 0) {
        stop_giving(pump);
    }
    return st;
}

/* A child that has ended, as it does with what it cannot read, says why in its answer. */
static void pass_on(struct pump *pump)
{
    ssize_t count =
        send(pump->stored_fd, pump->piece + pump->at, pump->len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
        pump->at += (size_t)count;
        pump->len -= (size_t)count;
    } else if (errno != EAGAIN && errno != EINTR) {
        stop_giving(pump);
    }
}

static enum pl_status take_opened(struct pump *pump, uint8_t *into, size_t *ret_got,
                                  struct pl_error *err)
{
    ssize_t count = 0;
    do {
        count = recv(pump->opened_fd, into, PIECE_BYTES, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return pl_error_sys(err, errno, "taking a layer over");
    }
    pump->opened_bytes += (uint64_t)count;
    if (pump->opened_bytes > PL_LIMIT_LAYER_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "a layer of more than %llu bytes",
                            PL_LIMIT_LAYER_BYTES);
    }
    *ret_got = (size_t)count;
    return PL_OK;
}

static enum pl_status pump_all(struct pump *pump,
                               enum pl_status (*take)(void *context, pl_span piece,
                                                      struct pl_error *err),
                               void *context, struct pl_error *err)
{
    uint8_t *opened pl_autofree = pl_mem_alloc(PIECE_BYTES, 1);
    size_t got = 1;
    enum pl_status st = PL_OK;
    while (st == PL_OK && got > 0) {
        st = refill(pump, err);
        struct pollfd fds[] = {{.fd = pump->opened_fd, .events = POLLIN},
                               {.fd = pump->stored_fd, .events = POLLOUT}};
        if (st == PL_OK && poll(fds, PL_ARRAY_LEN(fds), -1) < 0 && errno != EINTR) {
            st = pl_error_sys(err, errno, "waiting for a layer");
        }
        if (st == PL_OK && fds[1].revents != 0) {
            pass_on(pump);
        }
        if (st == PL_OK && fds[0].revents != 0) {
            st = take_opened(pump, opened, &got, err);
            if (st == PL_OK && got > 0) {
                st = take(context, (pl_span){opened, got}, err);
            }
        }
    }
    return st;
}

static enum pl_status end_child(struct pl_sandbox_child *child, struct pl_error *err)
{
    size_t which = 0;
    enum pl_status st = pl_sandbox_wait_any(child, 1, NULL, &which, err);
    if (st == PL_OK) {
        struct pl_wire answer = pl_wire_over(pl_buf_str(&child->answer));
        st = pl_answer_take(&answer, err);
    }
    return st;
}

/* *pump has its sockets afterwards, and the child the other ends. */
static enum pl_status start_child(struct pump *pump, struct pl_sandbox_child *child,
                                  struct pl_error *err)
{
    int stored[2] = {-1, -1};
    int opened[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stored) < 0) {
        return pl_error_sys(err, errno, "making a socket");
    }
    int its_stored pl_autoclose = stored[1];
    pump->stored_fd = stored[0];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, opened) < 0) {
        return pl_error_sys(err, errno, "making a socket");
    }
    int its_opened pl_autoclose = opened[1];
    pump->opened_fd = opened[0];
    struct ends ends = {its_stored, its_opened};
    struct pl_sandbox_job job = {.run = run_child,
                                 .context = &ends,
                                 .keep_fds = {its_stored, its_opened, -1, -1},
                                 .read_below_fd = -1};
    return pl_sandbox_start(child, &job, ANSWER_BYTES, err);
}

enum pl_status pl_copy_pour_opened(const struct pl_copy_blob *blob,
                                   enum pl_status (*take)(void *context, pl_span piece,
                                                          struct pl_error *err),
                                   void *context, struct pl_error *err)
{
    struct pl_sandbox_child child = {.pid = 0};
    uint8_t *piece pl_autofree = pl_mem_alloc(PIECE_BYTES, 1);
    struct pump pump = {.stored_fd = -1, .opened_fd = -1, .piece = piece};
    /* Before the blob is opened, which may start a thread. */
    enum pl_status st = start_child(&pump, &child, err);
    if (st == PL_OK) {
        st = pl_copy_open(blob, &pump.checked, err);
    }
    if (st == PL_OK) {
        st = pump_all(&pump, take, context, err);
    }
    /* Before the child is waited for, which may wait for more. */
    bool is_whole = pump.stored_fd < 0;
    stop_giving(&pump);
    if (st == PL_OK) {
        st = end_child(&child, err);
    }
    if (st == PL_OK && !is_whole) {
        st = pl_error_set(err, PL_E_PARSE, "its compressed data ends before the blob does");
    }
    pl_sandbox_release(&child, 1);
    pl_copy_close(pump.checked);
    if (pump.opened_fd >= 0) {
        close(pump.opened_fd);
    }
    return st;
}
