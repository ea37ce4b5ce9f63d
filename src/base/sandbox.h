/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sandbox - a child process that can compute, and nothing else.
 *
 * pl_sandbox_start forks; the child gives up everything before it calls the job: it keeps only the
 * descriptors named in the job and the pipe for its answer (the standard ones lead to /dev/null),
 * Landlock takes the file system away
 * (but for reading below one directory where the job says so) and seccomp takes away every system
 * call that is not on a short list: no open without a directory, no socket, no exec, no other
 * process, no signal to another. The job writes its answer to the descriptor it is given; the
 * parent collects it with pl_sandbox_wait_any and must treat it as hostile.
 *
 * A job with `has_network` is one that fetches bytes and does not look into them. It may make
 * connections and read files (certificates, name service), but not write files, start programs,
 * nor look into or signal other processes.
 *
 * The parent must have no other threads when it forks. Where the kernel lacks Landlock or seccomp
 * the child still runs, and pl_sandbox_missing says what is missing, for the report; where it has
 * them but refuses them, the child does not run.
 */
#include "base/buf.h"
#include "base/error.h"

struct pl_sandbox_job {
    /* Runs in the child. The answer goes to `answer_fd`; the return value is not looked at. */
    void (*run)(void *context, int answer_fd);
    void *context;
    int keep_fds[4]; /* open in the child; the rest are closed. Unused ones are -1. */
    int read_below_fd; /* a directory that may be read, or -1 for no file system at all */
    unsigned most_seconds; /* of wall time, after which the child is killed; 0: no end is set */
    bool has_network; /* a child that fetches: see above */
    bool may_spawn; /* one that fetches through another program (ssh): not confined at all */
};

struct pl_sandbox_child {
    int pid; /* 0: not running */
    int answer_fd;
    bool is_late; /* being ended by the parent */
    const char *role; /* "the inspector", "the fetcher": for messages */
    uint64_t deadline_ms; /* on the monotonic clock; 0: none */
    struct pl_buf answer; /* with the ceiling given at the start */
};

enum pl_status pl_sandbox_start(struct pl_sandbox_child *child, const struct pl_sandbox_job *job,
                                size_t answer_ceiling_bytes, struct pl_error *err);

/* Called now and then while children are waited for, so that somebody can be told how far they are.
 */
struct pl_sandbox_tick {
    void (*tell)(void *context);
    void *context;
};

/* Waits until one of the children has ended and gives its index; its answer is complete. `tick` may
 * be NULL. A child that died by a signal, whose answer passed the ceiling or who took longer than
 * the job allows gives an error that says so, with *ret_index set all the same. PL_E_NOT_FOUND when
 * none is running. */
enum pl_status pl_sandbox_wait_any(struct pl_sandbox_child *children, size_t count,
                                   const struct pl_sandbox_tick *tick, size_t *ret_index,
                                   struct pl_error *err);

/* For a child whose answer is all that is left to come: takes what it has said so far, which is
 * everything when it has ended by itself, and ends it if it has not. The error is that of
 * pl_sandbox_wait_any, or PL_E_CONFLICT when it had to be ended. */
enum pl_status pl_sandbox_end(struct pl_sandbox_child *child, struct pl_error *err);

/* Kills and reaps what still runs, frees the answers. */
void pl_sandbox_release(struct pl_sandbox_child *children, size_t count);

/* What the kernel lacks for the sandbox, as a sentence for the report; empty when it is whole. */
const char *pl_sandbox_missing(void);
