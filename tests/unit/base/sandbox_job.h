/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sandbox_job - real children for the tests of the sandbox, each trying one thing: what they manage
 * is what a taken-over inspector or fetcher could.
 */
#include "base/sandbox.h"
#include "unit/test.h"
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>

enum { CEILING = 100000 };

static inline bool is_whole(void)
{
    if (*pl_sandbox_missing() != '\0') {
        print_message("# %s\n", pl_sandbox_missing());
        return false;
    }
    return true;
}

#define NEEDS_A_WHOLE_SANDBOX()                                                                    \
    if (!is_whole()) {                                                                             \
        skip();                                                                                    \
    }

/* What the jobs are told. */
struct orders {
    int number; /* a system call */
    long arguments[4];
    int fd;
    const char *path;
};

static inline struct pl_sandbox_job job_of(void (*run)(void *context, int answer_fd),
                                           struct orders *orders)
{
    return (struct pl_sandbox_job){.run = run,
                                   .context = orders,
                                   .keep_fds = {-1, -1, -1, -1},
                                   .read_below_fd = -1,
                                   .most_seconds = 60};
}

/* Runs one job; the answer is in `ret`. */
static inline enum pl_status run_job(const struct pl_sandbox_job *job, struct pl_buf *ret,
                                     struct pl_error *err)
{
    struct pl_sandbox_child child = {0};
    assert_int_equal(pl_sandbox_start(&child, job, CEILING, err), PL_OK);
    size_t which = 99;
    enum pl_status st = pl_sandbox_wait_any(&child, 1, NULL, &which, err);
    assert_int_equal(which, 0);
    assert_int_equal(child.pid, 0);
    pl_buf_append(ret, pl_buf_str(&child.answer));
    pl_sandbox_release(&child, 1);
    return st;
}

static inline void answer_number(int answer_fd, long value)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%ld", value);
    (void)!write(answer_fd, text, (size_t)len);
}

/* The negative errno of a system call, or what it returned. */
static inline void try_call(void *context, int answer_fd)
{
    const struct orders *orders = context;
    const long *a = orders->arguments;
    long got = syscall(orders->number, a[0], a[1], a[2], a[3]);
    answer_number(answer_fd, got < 0 ? -errno : got);
}

/* What one system call comes to in a child that runs as the job says. */
static inline long call_as(struct pl_sandbox_job job, int number, long a, long b, long c, long d)
{
    struct orders orders = {.number = number, .arguments = {a, b, c, d}};
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    job.run = try_call;
    job.context = &orders;
    if (run_job(&job, &answer, &err) < 0) {
        fail_msg("call %d: %s", number, err.msg);
    }
    /* The answer's bytes end without a NUL. */
    char text[32];
    assert_true(answer.len < sizeof(text));
    memcpy(text, answer.ptr, answer.len);
    text[answer.len] = '\0';
    return strtol(text, NULL, 10);
}
