/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fetcher - a process that fetches bytes into a ring.
 *
 * It has the network, and credentials, and hashes what it carries but does not look at it; whoever
 * reads the ring, a sandboxed child, looks at it and has neither. How the fetching ended is told
 * apart from the bytes: a reader sees an early end and cannot know why.
 */
#include "base/ring.h"
#include "base/sandbox.h"
#include "format/digest.h"
#include "image/fetch.h"

struct pl_fetcher {
    struct pl_sandbox_child child;
    bool is_whole; /* once it has ended: everything was handed over, and has its digest */
};

/* `digest` is what the bytes are to have, checked here where it is not empty: a failure is
 * PL_E_TRUST, told when all bytes were handed over. *ret_reader is to be released by the caller,
 * once the process that reads has it. */
enum pl_status pl_fetcher_start(const struct pl_fetch *fetch, const struct pl_digest *digest,
                                struct pl_fetcher *ret, struct pl_ring_reader *ret_reader,
                                struct pl_error *err);

/* To be called when the reader is done, whatever came of it. PL_OK when all bytes were handed over,
 * or when the reader had stopped reading; else why the fetching failed. */
enum pl_status pl_fetcher_end(struct pl_fetcher *fetcher, struct pl_error *err);

/* The whole of it into a file without a name, in the directory for temporary files; *ret_fd is the
 * caller's. */
enum pl_status pl_fetcher_spool(const struct pl_fetch *fetch, int *ret_fd, struct pl_error *err);

/* Ends it if it runs; accepts one that was never started. */
void pl_fetcher_release(struct pl_fetcher *fetcher);
