/* SPDX-License-Identifier: Apache-2.0 */
/* What arrives is compared with what was put in, by its offset; hostile ends are written by hand,
 * with the descriptors alone. */
#include "base/ring.h"
#include "base/io.h"
#include "unit/test.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = PL_RING_BLOCK_BYTES, ALL = PL_RING_BLOCKS * PL_RING_BLOCK_BYTES };

struct fixture {
    struct pl_ring_writer writer;
    struct pl_ring_reader reader;
};

static int setup(void **state)
{
    struct fixture *fixture = pl_mem_alloc(1, sizeof(*fixture));
    assert_int_equal(pl_ring_make(&fixture->writer, &fixture->reader, NULL), PL_OK);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    pl_ring_writer_release(&fixture->writer);
    pl_ring_reader_release(&fixture->reader);
    free(fixture);
    return 0;
}

/* No period of it is a power of two, so that a block in the wrong place is noticed. */
static uint8_t byte_at(uint64_t offset)
{
    return (uint8_t)(offset % 251);
}

static enum pl_status put(struct pl_ring_writer *writer, uint64_t offset, size_t len,
                          struct pl_error *err)
{
    uint8_t *piece pl_autofree = pl_mem_alloc(len + 1, 1);
    for (size_t i = 0; i < len; i++) {
        piece[i] = byte_at(offset + i);
    }
    return pl_ring_put(writer, (pl_span){piece, len}, err);
}

/* Reads up to `most` bytes, `step` at once; how many came, all of them as they should be. */
static uint64_t get(struct pl_ring_reader *reader, uint64_t offset, uint64_t most, size_t step)
{
    uint8_t *block pl_autofree = pl_mem_alloc(step, 1);
    uint64_t sum = 0;
    while (sum < most) {
        size_t wanted = most - sum < step ? (size_t)(most - sum) : step;
        size_t got = 0;
        assert_int_equal(pl_ring_read(reader, block, wanted, &got, NULL), PL_OK);
        for (size_t i = 0; i < got; i++) {
            if (block[i] != byte_at(offset + sum + i)) {
                fail_msg("a wrong byte at %llu", (unsigned long long)(offset + sum + i));
            }
        }
        sum += got;
        if (got < wanted) {
            break;
        }
    }
    return sum;
}

/* In a process of its own, which has no reader's end. */
static int start_writer(struct fixture *fixture, uint64_t bytes, size_t step)
{
    int pid = fork();
    if (pid == 0) {
        pl_ring_writer_release(&(struct pl_ring_writer){.filled_fd = fixture->reader.filled_fd,
                                                        .freed_fd = fixture->reader.freed_fd});
        enum pl_status st = PL_OK;
        for (uint64_t at = 0; st == PL_OK && at < bytes; at += step) {
            st = put(&fixture->writer, at, bytes - at < step ? (size_t)(bytes - at) : step, NULL);
        }
        _exit(st == PL_OK && pl_ring_flush(&fixture->writer, NULL) == PL_OK ? 0 : 1);
    }
    assert_true(pid > 0);
    pl_ring_writer_release(&fixture->writer);
    return pid;
}

static int end_of(int pid)
{
    int state = 0;
    assert_int_equal(waitpid(pid, &state, 0), pid);
    return state;
}

static void test_ring__all_bytes_arrive(void **state)
{
    static const uint64_t sizes[] = {0,       1,   BLOCK - 1, BLOCK,   BLOCK + 1,
                                     ALL - 1, ALL, ALL + 1,   3 * ALL, 20 * ALL + 7};
    static const size_t steps[] = {16384, 1000000, 99991};
    for (size_t i = 0; i < PL_ARRAY_LEN(sizes) * PL_ARRAY_LEN(steps); i++) {
        void *own = NULL;
        setup(&own);
        struct fixture *fixture = own;
        uint64_t size = sizes[i / PL_ARRAY_LEN(steps)];
        int pid = start_writer(fixture, size, steps[i % PL_ARRAY_LEN(steps)]);
        assert_int_equal(get(&fixture->reader, 0, UINT64_MAX, steps[(i + 1) % 3]), size);
        assert_int_equal(get(&fixture->reader, 0, 1, 1), 0); /* the end stays the end */
        assert_int_equal(end_of(pid), 0);
        teardown(&own);
    }
}

/* What fills no block waits for more, or for the end. */
static void test_ring__a_part_is_handed_over_at_the_end(void **state)
{
    struct fixture *fixture = *state;
    struct pollfd filled = {.fd = fixture->reader.filled_fd, .events = POLLIN};
    assert_int_equal(put(&fixture->writer, 0, 100, NULL), PL_OK);
    assert_int_equal(poll(&filled, 1, 0), 0);
    assert_int_equal(pl_ring_flush(&fixture->writer, NULL), PL_OK);
    assert_int_equal(get(&fixture->reader, 0, 100, 60), 100);
    assert_int_equal(pl_ring_flush(&fixture->writer, NULL), PL_OK); /* of nothing: no block */
    pl_ring_writer_release(&fixture->writer);
    assert_int_equal(get(&fixture->reader, 0, 1, 1), 0);
}

/* Its reader sees an end, after what was handed over. */
static void test_ring__a_writer_that_dies(void **state)
{
    struct fixture *fixture = *state;
    int pid = start_writer(fixture, 1ULL << 40, 10000);
    assert_int_equal(get(&fixture->reader, 0, 2 * ALL + 5, 4096), 2 * ALL + 5);
    kill(pid, SIGKILL);
    assert_int_equal(WTERMSIG(end_of(pid)), SIGKILL);
    uint64_t rest = get(&fixture->reader, 2 * ALL + 5, UINT64_MAX, 4096);
    assert_true(rest <= ALL);
    assert_int_equal((rest + 5) % BLOCK, 0);
}

/* Whether the writer waits for a block or has one to hand over. */
static void test_ring__a_reader_that_dies(void **state)
{
    struct fixture *fixture = *state;
    struct pl_error err = PL_ERROR_INIT;
    int pid = start_writer(fixture, 1ULL << 40, 10000);
    assert_int_equal(get(&fixture->reader, 0, ALL, 4096), ALL);
    pl_ring_reader_release(&fixture->reader);
    assert_int_equal(WEXITSTATUS(end_of(pid)), 1);

    assert_int_equal(pl_ring_make(&fixture->writer, &fixture->reader, NULL), PL_OK);
    assert_int_equal(put(&fixture->writer, 0, 5, NULL), PL_OK);
    pl_fd_closep(&fixture->reader.filled_fd);
    pl_fd_closep(&fixture->reader.freed_fd);
    fixture->reader.filled_fd = fixture->reader.freed_fd = -1;
    assert_true(pl_ring_flush(&fixture->writer, &err) < 0);
    assert_int_equal(err.sys_errno, EPIPE);
    fixture->writer.free = 0;
    assert_true(put(&fixture->writer, 0, 5, &err) < 0);
    assert_int_equal(err.sys_errno, EPIPE);
}

static void test_ring__hostile_lengths(void **state)
{
    static const struct {
        uint32_t length;
        size_t told_bytes;
    } cases[] = {{0, 4}, {BLOCK + 1, 4}, {UINT32_MAX, 4}, {7, 1}, {7, 3}};
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        void *own = NULL;
        setup(&own);
        struct fixture *fixture = own;
        struct pl_error err = PL_ERROR_INIT;
        uint8_t into[16];
        size_t got = 99;
        ssize_t told = write(fixture->writer.filled_fd, &cases[i].length, cases[i].told_bytes);
        assert_int_equal(told, cases[i].told_bytes);
        assert_int_equal(pl_ring_read(&fixture->reader, into, sizeof(into), &got, &err), PL_E_IO);
        assert_int_equal(got, 99);
        assert_string_equal(err.msg, "the bytes are not handed over as they should be");
        teardown(&own);
    }
}

/* Lengths without end for blocks that nobody filled, from one who never takes a block back: the
 * reader reads what is there, and neither leaves the memory nor stands still. */
static void test_ring__a_writer_that_takes_no_turns(void **state)
{
    struct fixture *fixture = *state;
    enum { TURNS = 100000 };
    uint32_t length = 1;
    uint8_t into[1];
    size_t got = 0;
    for (size_t i = 0; i < TURNS; i++) {
        assert_int_equal(write(fixture->writer.filled_fd, &length, sizeof(length)), 4);
        assert_int_equal(pl_ring_read(&fixture->reader, into, 1, &got, NULL), PL_OK);
        assert_int_equal(got, 1);
        assert_int_equal(into[0], 0);
    }
}

/* More blocks are given back than there are: the writer believes in no more than it has. */
static void test_ring__a_reader_that_gives_back_too_much(void **state)
{
    struct fixture *fixture = *state;
    struct pl_error err = PL_ERROR_INIT;
    char freed[1000] = "";
    assert_int_equal(write(fixture->reader.freed_fd, freed, sizeof(freed)), sizeof(freed));
    for (uint64_t at = 0; at < 50ULL * ALL; at += BLOCK) {
        assert_int_equal(put(&fixture->writer, at, BLOCK, &err), PL_OK);
        assert_in_range(fixture->writer.at, 0, PL_RING_BLOCKS - 1);
        assert_in_range(fixture->writer.free, 0, PL_RING_BLOCKS);
    }
}

/* What was read stays what it was, whatever becomes of the memory it came from. */
static void test_ring__what_was_read_does_not_change(void **state)
{
    struct fixture *fixture = *state;
    uint8_t *into pl_autofree = pl_mem_alloc(BLOCK, 1);
    size_t got = 0;
    assert_int_equal(put(&fixture->writer, 0, BLOCK, NULL), PL_OK);
    assert_int_equal(pl_ring_read(&fixture->reader, into, BLOCK / 2, &got, NULL), PL_OK);
    memset(fixture->writer.blocks, 0xee, ALL);
    for (size_t i = 0; i < BLOCK / 2; i++) {
        assert_int_equal(into[i], byte_at(i));
    }
}

static uint64_t now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A writer that says nothing, and one that drips: the pauses count together. */
static void test_ring__a_slow_writer_is_given_up(void **state)
{
    for (int drips = 0; drips < 2; drips++) {
        void *own = NULL;
        setup(&own);
        struct fixture *fixture = own;
        struct pl_error err = PL_ERROR_INIT;
        int pid = fork();
        while (pid == 0) {
            clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_nsec = 300000000}, NULL);
            if (drips && (put(&fixture->writer, 0, 1, NULL) < 0 ||
                          pl_ring_flush(&fixture->writer, NULL) < 0)) {
                _exit(0);
            }
        }
        fixture->reader.most_wait_s = 1;
        uint64_t started = now_ms();
        uint8_t into[100];
        size_t got = 0;
        assert_int_equal(pl_ring_read(&fixture->reader, into, sizeof(into), &got, &err),
                         PL_E_LIMIT);
        assert_in_range(now_ms() - started, 990, 5000);
        assert_non_null(strstr(err.msg, "its bytes did not come within 1 seconds"));
        assert_non_null(strstr(err.msg, "layer-seconds"));
        /* And is not waited for again. */
        started = now_ms();
        while (pl_ring_read(&fixture->reader, into, 1, &got, &err) == PL_OK) {
        }
        assert_int_equal(err.status, PL_E_LIMIT);
        assert_true(now_ms() - started < 500);
        kill(pid, SIGKILL);
        end_of(pid);
        teardown(&own);
    }
}

int pl_test_ring(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ring__all_bytes_arrive),
        cmocka_unit_test_setup_teardown(test_ring__a_part_is_handed_over_at_the_end, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_ring__a_writer_that_dies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ring__a_reader_that_dies, setup, teardown),
        cmocka_unit_test(test_ring__hostile_lengths),
        cmocka_unit_test_setup_teardown(test_ring__a_writer_that_takes_no_turns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ring__a_reader_that_gives_back_too_much, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_ring__what_was_read_does_not_change, setup, teardown),
        cmocka_unit_test(test_ring__a_slow_writer_is_given_up),
    };
    return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
