/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ring - bytes from one process to another through memory that both share.
 *
 * A few blocks are mapped before the two processes are started. The writer fills them in turn and
 * says through a pipe how many bytes each one has; the reader copies them out and says through
 * another pipe, with a byte for each, that they are free again. Only these turns go through the
 * kernel. What does not fill a block waits for more, or for the end.
 *
 * Neither end trusts the other. The reader copies each byte once, into memory of its own, and looks
 * at it there alone: what the writer changes afterwards changes nothing. The writer does not look
 * at what is in the blocks. Lengths and counts are checked by whoever is told them.
 *
 * The end of the pipe is the end of the bytes, whether the writer was done or died; a writer whose
 * reader is gone gets EPIPE. Both processes ignore SIGPIPE. Each end is used by one thread.
 */
#include "base/error.h"
#include "base/str.h"

/* A megabyte, as the largest pipe that an unprivileged user may have; libcurl hands over up to half
 * of that at once. */
enum { PL_RING_BLOCKS = 4, PL_RING_BLOCK_BYTES = 256 << 10 };

struct pl_ring_writer {
    uint8_t *blocks; /* borrowed from the reader's end */
    int filled_fd;
    int freed_fd;
    size_t at; /* the block that is filled, and has `used` bytes already */
    size_t used;
    size_t free; /* blocks that the reader does not hold, with the one at `at` */
};

struct pl_ring_reader {
    uint8_t *blocks; /* owned */
    int filled_fd;
    int freed_fd;
    /* Seconds for which the writer may be waited for, all together, before PL_E_LIMIT: it must not
     * decide how long the reading takes. 0: without end. */
    uint64_t most_wait_s;
    uint64_t waited_ns;
    size_t at; /* the block that is read */
    size_t length; /* how much of it is filled; 0: not known yet */
    size_t taken;
};

#define PL_RING_WRITER_INIT                                                                        \
    (struct pl_ring_writer)                                                                        \
    {                                                                                              \
        .filled_fd = -1, .freed_fd = -1                                                            \
    }
#define PL_RING_READER_INIT                                                                        \
    (struct pl_ring_reader)                                                                        \
    {                                                                                              \
        .filled_fd = -1, .freed_fd = -1                                                            \
    }

/* Both ends are to be released by the process that makes them once the others have theirs, that of
 * the writer first. */
enum pl_status pl_ring_make(struct pl_ring_writer *ret_writer, struct pl_ring_reader *ret_reader,
                            struct pl_error *err);
void pl_ring_writer_release(struct pl_ring_writer *writer);
void pl_ring_reader_release(struct pl_ring_reader *reader);

enum pl_status pl_ring_put(struct pl_ring_writer *writer, pl_span bytes, struct pl_error *err);
/* Hands over a block that is not full: for the last one. */
enum pl_status pl_ring_flush(struct pl_ring_writer *writer, struct pl_error *err);

/* Up to `size` bytes; fewer only at the end. */
enum pl_status pl_ring_read(struct pl_ring_reader *reader, void *into, size_t size, size_t *ret_got,
                            struct pl_error *err);
