/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ring.h"
#include "base/io.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <time.h>

enum { RING_BYTES = PL_RING_BLOCKS * PL_RING_BLOCK_BYTES };

static enum pl_status make_pipe(int *ret_read_end, int *ret_write_end, struct pl_error *err)
{
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
        return pl_error_sys(err, errno, "making a pipe");
    }
    *ret_read_end = ends[0];
    *ret_write_end = ends[1];
    return PL_OK;
}

enum pl_status pl_ring_make(struct pl_ring_writer *ret_writer, struct pl_ring_reader *ret_reader,
                            struct pl_error *err)
{
    struct pl_ring_writer writer PL_CLEANUP(pl_ring_writer_release) = PL_RING_WRITER_INIT;
    struct pl_ring_reader reader PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
    enum pl_status st = make_pipe(&reader.filled_fd, &writer.filled_fd, err);
    if (st == PL_OK) {
        st = make_pipe(&writer.freed_fd, &reader.freed_fd, err);
    }
    if (st < 0) {
        return st;
    }
    void *blocks =
        mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (blocks == MAP_FAILED) {
        return pl_error_sys(err, errno, "mapping shared memory");
    }
    writer.blocks = reader.blocks = blocks;
    writer.free = PL_RING_BLOCKS;
    *ret_writer = writer;
    *ret_reader = reader;
    writer = PL_RING_WRITER_INIT;
    reader = PL_RING_READER_INIT;
    return PL_OK;
}

void pl_ring_writer_release(struct pl_ring_writer *writer)
{
    pl_fd_closep(&writer->filled_fd);
    pl_fd_closep(&writer->freed_fd);
    *writer = PL_RING_WRITER_INIT;
}

void pl_ring_reader_release(struct pl_ring_reader *reader)
{
    pl_fd_closep(&reader->filled_fd);
    pl_fd_closep(&reader->freed_fd);
    if (reader->blocks) {
        munmap(reader->blocks, RING_BYTES);
    }
    *reader = PL_RING_READER_INIT;
}

/* Waits until a block is free. */
static enum pl_status take_back(struct pl_ring_writer *writer, struct pl_error *err)
{
    char freed[PL_RING_BLOCKS];
    struct pollfd wait = {.fd = writer->freed_fd, .events = POLLIN};
    while (poll(&wait, 1, -1) < 0 && errno == EINTR) {
    }
    ssize_t got = read(writer->freed_fd, freed, sizeof(freed));
    if (got <= 0) {
        return pl_error_sys(err, got == 0 ? EPIPE : errno, "waiting for the reader");
    }
    writer->free = (size_t)got;
    return PL_OK;
}

enum pl_status pl_ring_flush(struct pl_ring_writer *writer, struct pl_error *err)
{
    if (writer->used == 0) {
        return PL_OK;
    }
    /* Four bytes come through a pipe as one piece (pipe(7), PIPE_BUF), and there is always room for
     * as many of them as there are blocks. */
    uint32_t length = (uint32_t)writer->used;
    writer->at = (writer->at + 1) % PL_RING_BLOCKS;
    writer->used = 0;
    writer->free--;
    return pl_io_write(writer->filled_fd, pl_str_make((const char *)&length, sizeof(length)), err);
}

enum pl_status pl_ring_put(struct pl_ring_writer *writer, pl_span bytes, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    while (st == PL_OK && bytes.len > 0) {
        if (writer->free == 0 && (st = take_back(writer, err)) < 0) {
            return st;
        }
        size_t room = PL_RING_BLOCK_BYTES - writer->used;
        size_t part = bytes.len < room ? bytes.len : room;
        memcpy(writer->blocks + writer->at * PL_RING_BLOCK_BYTES + writer->used, bytes.ptr, part);
        writer->used += part;
        bytes = (pl_span){bytes.ptr + part, bytes.len - part};
        if (part == room) {
            st = pl_ring_flush(writer, err);
        }
    }
    return st;
}

static uint64_t monotonic_ns(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Waits until a block is filled, or for the end. ppoll, since the sandbox knows no other. */
static enum pl_status wait_for_writer(struct pl_ring_reader *reader, struct pl_error *err)
{
    enum { MOST_S = 1 << 30, NS_PER_S = 1000000000 };
    uint64_t most_s = reader->most_wait_s < MOST_S ? reader->most_wait_s : MOST_S;
    struct pollfd wait = {.fd = reader->filled_fd, .events = POLLIN};
    int ready = -1;
    while (ready < 0) {
        uint64_t most_ns = most_s * NS_PER_S;
        uint64_t left_ns = reader->waited_ns < most_ns ? most_ns - reader->waited_ns : 0;
        struct timespec left = {.tv_sec = (time_t)(left_ns / NS_PER_S),
                                .tv_nsec = (long)(left_ns % NS_PER_S)};
        uint64_t started_ns = monotonic_ns();
        ready = ppoll(&wait, 1, most_s > 0 ? &left : NULL, NULL);
        reader->waited_ns += monotonic_ns() - started_ns;
        if (ready < 0 && errno != EINTR) {
            return pl_error_sys(err, errno, "waiting for the layer's bytes");
        }
    }
    return ready > 0 ? PL_OK
                     : pl_error_set(err, PL_E_LIMIT,
                                    "its bytes did not come within %llu seconds; allow more with "
                                    "--limit layer-seconds=VALUE if the way there is slow",
                                    (unsigned long long)reader->most_wait_s);
}

/* Learns how many bytes the next block has; none at the end. */
static enum pl_status next_block(struct pl_ring_reader *reader, struct pl_error *err)
{
    enum pl_status st = wait_for_writer(reader, err);
    if (st < 0) {
        return st;
    }
    uint32_t length = 0;
    ssize_t got = read(reader->filled_fd, &length, sizeof(length));
    if (got < 0) {
        return pl_error_sys(err, errno, "reading");
    }
    if (got > 0 && (got < (ssize_t)sizeof(length) || length == 0 || length > PL_RING_BLOCK_BYTES)) {
        return pl_error_set(err, PL_E_IO, "the bytes are not handed over as they should be");
    }
    reader->length = length;
    return PL_OK;
}

/* A writer that is gone does not need it, and one that does not look has itself to blame. */
static void give_back(struct pl_ring_reader *reader)
{
    (void)pl_io_write(reader->freed_fd, pl_str_make("", 1), NULL);
    reader->at = (reader->at + 1) % PL_RING_BLOCKS;
    reader->length = 0;
    reader->taken = 0;
}

enum pl_status pl_ring_read(struct pl_ring_reader *reader, void *into, size_t size, size_t *ret_got,
                            struct pl_error *err)
{
    size_t got = 0;
    while (got < size) {
        if (reader->length == 0) {
            enum pl_status st = next_block(reader, err);
            if (st < 0) {
                return st;
            }
            if (reader->length == 0) {
                break;
            }
        }
        size_t left = reader->length - reader->taken;
        size_t part = left < size - got ? left : size - got;
        memcpy((uint8_t *)into + got,
               reader->blocks + reader->at * PL_RING_BLOCK_BYTES + reader->taken, part);
        got += part;
        reader->taken += part;
        if (part == left) {
            give_back(reader);
        }
    }
    *ret_got = got;
    return PL_OK;
}
