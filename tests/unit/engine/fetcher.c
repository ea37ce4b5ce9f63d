/* SPDX-License-Identifier: Apache-2.0 */
/* Real processes; what arrives is compared with what was handed in. */
#include "engine/fetcher.h"
#include "unit/test.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

/* What the fetching process is told. */
struct orders {
    uint64_t bytes; /* to hand over, each the low byte of its offset */
    enum pl_status ends_with;
    const char *words;
    bool stays; /* never ends by itself */
    bool prepared;
    struct pl_digest digest; /* that they are to have; empty: any */
};

static enum pl_status run_orders(void *context, const struct pl_fetch_sink *sink,
                                 struct pl_error *err)
{
    const struct orders *orders = context;
    uint8_t piece[4096];
    for (uint64_t at = 0; at < orders->bytes;) {
        size_t len = 0;
        for (; len < sizeof(piece) && at < orders->bytes; at++) {
            piece[len++] = (uint8_t)at;
        }
        enum pl_status st = sink->take(sink->context, (pl_span){piece, len}, err);
        if (st < 0) {
            return st;
        }
    }
    while (orders->stays) {
        struct timespec hour = {.tv_sec = 3600};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, NULL);
    }
    return orders->ends_with < 0 ? pl_error_set(err, orders->ends_with, "%s", orders->words)
                                 : PL_OK;
}

/* Reads up to `most` bytes; how many came, all of them as they should be. */
static uint64_t read_some(struct pl_ring_reader *reader, uint64_t most)
{
    uint8_t block[10000];
    uint64_t at = 0;
    while (at < most) {
        size_t got = 0;
        size_t wanted = most - at < sizeof(block) ? (size_t)(most - at) : sizeof(block);
        assert_int_equal(pl_ring_read(reader, block, wanted, &got, NULL), PL_OK);
        for (size_t i = 0; i < got; i++) {
            assert_int_equal(block[i], (uint8_t)(at + i));
        }
        at += got;
        if (got < wanted) {
            break;
        }
    }
    return at;
}

static void start(struct orders *orders, struct pl_fetch *fetch, struct pl_fetcher *fetcher,
                  struct pl_ring_reader *ret_reader)
{
    struct pl_error err = PL_ERROR_INIT;
    *fetch = (struct pl_fetch){.run = run_orders, .context = orders};
    if (pl_fetcher_start(fetch, &orders->digest, fetcher, ret_reader, &err) < 0) {
        fail_msg("%s", err.msg);
    }
}

static void expect_gone(int pid)
{
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
}

/* Nothing, a little, exactly what the ring holds, and much more. */
static void test_fetcher__all_bytes_arrive(void **state)
{
    static const uint64_t sizes[] = {0, 1, 65536, 1 << 20, (1 << 20) + 1, 50 << 20};
    for (size_t i = 0; i < PL_ARRAY_LEN(sizes); i++) {
        struct orders orders = {.bytes = sizes[i]};
        struct pl_fetch fetch;
        struct pl_fetcher fetcher PL_CLEANUP(pl_fetcher_release) = {0};
        struct pl_error err = PL_ERROR_INIT;
        struct pl_ring_reader reader PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
        start(&orders, &fetch, &fetcher, &reader);
        int pid = fetcher.child.pid;
        assert_int_equal(read_some(&reader, UINT64_MAX), sizes[i]);
        assert_int_equal(pl_fetcher_end(&fetcher, &err), PL_OK);
        assert_true(fetcher.is_whole);
        expect_gone(pid);
    }
}

/* SHA-256 of 0, 1, ... 255, as sha256sum(1) has it: those bytes pass, a thousand of them do not. */
static void test_fetcher__the_digest_is_checked(void **state)
{
    static const char digest[] =
        "sha256:40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880";
    for (uint64_t bytes = 256; bytes <= 1000; bytes += 744) {
        struct orders orders = {.bytes = bytes};
        struct pl_fetch fetch;
        struct pl_fetcher fetcher PL_CLEANUP(pl_fetcher_release) = {0};
        struct pl_error err = PL_ERROR_INIT;
        struct pl_ring_reader reader PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
        assert_int_equal(pl_digest_parse(pl_str_from(digest), &orders.digest, &err), PL_OK);
        start(&orders, &fetch, &fetcher, &reader);
        assert_int_equal(read_some(&reader, UINT64_MAX), bytes);
        assert_int_equal(pl_fetcher_end(&fetcher, &err), bytes == 256 ? PL_OK : PL_E_TRUST);
        assert_int_equal(fetcher.is_whole, bytes == 256);
        assert_true(bytes == 256 || strstr(err.msg, digest) != NULL);
    }
}

/* The status and the words come through, also after bytes; what a terminal would obey does not. */
static void test_fetcher__a_failure_is_told(void **state)
{
    char much[2000];
    memset(much, 'w', sizeof(much) - 1);
    much[sizeof(much) - 1] = '\0';
    const struct {
        uint64_t bytes;
        enum pl_status status;
        const char *words;
        const char *told;
    } cases[] = {
        {0, PL_E_NOT_FOUND, "is missing", "is missing"},
        {300000, PL_E_NET, "it broke off", "it broke off"},
        {5, PL_E_DENIED, "\x1b]0;owned\x07\x1b[2Jno", "?]0;owned??[2Jno"},
        {5, PL_E_TRUST, much, "wwwwwwww"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct orders orders = {
            .bytes = cases[i].bytes, .ends_with = cases[i].status, .words = cases[i].words};
        struct pl_fetch fetch;
        struct pl_fetcher fetcher PL_CLEANUP(pl_fetcher_release) = {0};
        struct pl_error err = PL_ERROR_INIT;
        struct pl_ring_reader reader PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
        start(&orders, &fetch, &fetcher, &reader);
        assert_int_equal(read_some(&reader, UINT64_MAX), cases[i].bytes);
        assert_int_equal(pl_fetcher_end(&fetcher, &err), cases[i].status);
        assert_memory_equal(err.msg, cases[i].told, strlen(cases[i].told));
    }
}

/* The reader had enough: nothing is wrong with the fetching, and nobody goes on with it. */
static void test_fetcher__a_reader_may_stop_early(void **state)
{
    for (int closes_first = 0; closes_first < 2; closes_first++) {
        struct orders orders = {.bytes = 1ULL << 40};
        struct pl_fetch fetch;
        struct pl_fetcher fetcher PL_CLEANUP(pl_fetcher_release) = {0};
        struct pl_error err = PL_ERROR_INIT;
        struct pl_ring_reader reader = PL_RING_READER_INIT;
        start(&orders, &fetch, &fetcher, &reader);
        int pid = fetcher.child.pid;
        assert_int_equal(read_some(&reader, 5000000), 5000000);
        if (closes_first) {
            pl_ring_reader_release(&reader);
            /* It finds that nobody reads, and says so. */
            struct pollfd answer = {.fd = fetcher.child.answer_fd, .events = POLLIN};
            assert_int_equal(poll(&answer, 1, 60000), 1);
        }
        assert_int_equal(pl_fetcher_end(&fetcher, &err), PL_OK);
        assert_false(fetcher.is_whole);
        expect_gone(pid);
        if (!closes_first) {
            pl_ring_reader_release(&reader);
        }
    }
}

/* A server that says nothing more, while the reader has ended for reasons of its own. */
static void test_fetcher__one_that_hangs_is_ended(void **state)
{
    struct orders orders = {.bytes = PL_RING_BLOCK_BYTES, .stays = true};
    struct pl_fetch fetch;
    struct pl_fetcher fetcher PL_CLEANUP(pl_fetcher_release) = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_ring_reader reader PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
    start(&orders, &fetch, &fetcher, &reader);
    int pid = fetcher.child.pid;
    assert_int_equal(read_some(&reader, PL_RING_BLOCK_BYTES), PL_RING_BLOCK_BYTES);
    assert_int_equal(pl_fetcher_end(&fetcher, &err), PL_OK);
    expect_gone(pid);
}

/* Its reader sees an end like any other; that it was none is told. */
static void test_fetcher__one_that_is_killed_is_a_failure(void **state)
{
    struct orders orders = {.bytes = PL_RING_BLOCK_BYTES, .stays = true};
    struct pl_fetch fetch;
    struct pl_fetcher fetcher PL_CLEANUP(pl_fetcher_release) = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_ring_reader reader PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
    start(&orders, &fetch, &fetcher, &reader);
    assert_int_equal(read_some(&reader, PL_RING_BLOCK_BYTES), PL_RING_BLOCK_BYTES);
    kill(fetcher.child.pid, SIGKILL);
    assert_int_equal(read_some(&reader, UINT64_MAX), 0);
    assert_true(pl_fetcher_end(&fetcher, &err) < 0);
    assert_non_null(strstr(err.msg, "the fetcher was ended by signal 9"));
}

static void test_fetcher__release_ends_it(void **state)
{
    struct orders orders = {.bytes = 1ULL << 40};
    struct pl_fetch fetch;
    struct pl_fetcher fetcher = {0};
    struct pl_ring_reader reader PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
    start(&orders, &fetch, &fetcher, &reader);
    int pid = fetcher.child.pid;
    pl_fetcher_release(&fetcher);
    expect_gone(pid);
    pl_fetcher_release(&fetcher);
    struct pl_fetcher never = {0};
    pl_fetcher_release(&never);
}

static void prepare(void *context)
{
    struct orders *orders = context;
    orders->prepared = true;
}

/* What the fetching process changes stays there; what was prepared is known to both. */
static void test_fetcher__prepares_where_it_is_started(void **state)
{
    struct orders orders = {.bytes = 10};
    struct pl_fetch fetch = {.prepare = prepare, .run = run_orders, .context = &orders};
    struct pl_fetcher fetcher PL_CLEANUP(pl_fetcher_release) = {0};
    struct pl_ring_reader reader PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
    assert_int_equal(
        pl_fetcher_start(&fetch, &(struct pl_digest){.text = ""}, &fetcher, &reader, NULL), PL_OK);
    assert_true(orders.prepared);
    assert_int_equal(read_some(&reader, UINT64_MAX), 10);
    assert_int_equal(pl_fetcher_end(&fetcher, NULL), PL_OK);
}

int pl_test_fetcher(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fetcher__all_bytes_arrive),
        cmocka_unit_test(test_fetcher__the_digest_is_checked),
        cmocka_unit_test(test_fetcher__a_failure_is_told),
        cmocka_unit_test(test_fetcher__a_reader_may_stop_early),
        cmocka_unit_test(test_fetcher__one_that_hangs_is_ended),
        cmocka_unit_test(test_fetcher__one_that_is_killed_is_a_failure),
        cmocka_unit_test(test_fetcher__release_ends_it),
        cmocka_unit_test(test_fetcher__prepares_where_it_is_started),
    };
    return cmocka_run_group_tests_name("fetcher", tests, NULL, NULL);
}
