/* SPDX-License-Identifier: Apache-2.0 */
/* Children from their start to their end, and what becomes of what they say. */
#include "unit/base/sandbox_job.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

static void say_much(void *context, int answer_fd)
{
    const struct orders *orders = context;
    char block[1000];
    memset(block, 'x', sizeof(block));
    for (long left = orders->arguments[0]; left > 0; left -= (long)sizeof(block)) {
        size_t len = left < (long)sizeof(block) ? (size_t)left : sizeof(block);
        (void)!write(answer_fd, block, len);
    }
}

static void test_sandbox__an_answer_arrives_whole_up_to_its_ceiling(void **state)
{
    static const long sizes[] = {0, 1, 65536, 99999, CEILING};
    for (size_t i = 0; i < PL_ARRAY_LEN(sizes); i++) {
        struct orders orders = {.arguments = {sizes[i]}};
        struct pl_sandbox_job job = job_of(say_much, &orders);
        struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(run_job(&job, &answer, &err), PL_OK);
        assert_int_equal(answer.len, sizes[i]);
    }
}

static void test_sandbox__an_answer_past_its_ceiling_is_refused(void **state)
{
    static const long sizes[] = {CEILING + 1, 50L * CEILING};
    for (size_t i = 0; i < PL_ARRAY_LEN(sizes); i++) {
        struct orders orders = {.arguments = {sizes[i]}};
        struct pl_sandbox_job job = job_of(say_much, &orders);
        struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(run_job(&job, &answer, &err), PL_E_LIMIT);
        assert_non_null(strstr(err.msg, "100000 bytes"));
    }
}

static void die(void *context, int answer_fd)
{
    (void)!write(answer_fd, "half", 4);
    signal(SIGABRT, SIG_DFL);
    abort();
}

static void leave(void *context, int answer_fd)
{
    _exit(3);
}

static void test_sandbox__a_child_that_dies_is_told(void **state)
{
    struct pl_sandbox_job dying = job_of(die, NULL);
    struct pl_sandbox_job leaving = job_of(leave, NULL);
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(run_job(&dying, &answer, &err), PL_E_PARSE);
    assert_non_null(strstr(err.msg, "ABRT"));
    assert_int_equal(run_job(&leaving, &answer, &err), PL_E_INTERNAL);
    assert_non_null(strstr(err.msg, "status 3"));
}

static void sleep_forever(void *context, int answer_fd)
{
    const struct orders *orders = context;
    if (orders->number) {
        close(answer_fd);
    }
    for (;;) {
        struct timespec hour = {.tv_sec = 3600};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, NULL);
    }
}

/* One that says nothing, and one that closed its answer and stays. */
static void test_sandbox__a_child_that_never_ends_is_ended(void **state)
{
    for (int closes = 0; closes < 2; closes++) {
        struct orders orders = {.number = closes};
        struct pl_sandbox_job job = job_of(sleep_forever, &orders);
        job.most_seconds = 1;
        struct pl_sandbox_child child = {0};
        struct pl_error err = PL_ERROR_INIT;
        size_t which = 99;
        assert_int_equal(pl_sandbox_start(&child, &job, CEILING, &err), PL_OK);
        enum pl_status st = pl_sandbox_wait_any(&child, 1, NULL, &which, &err);
        assert_int_equal(st, closes ? PL_E_PARSE : PL_E_LIMIT);
        assert_int_equal(which, 0);
        assert_int_equal(pl_sandbox_wait_any(&child, 1, NULL, &which, &err), PL_E_NOT_FOUND);
        pl_sandbox_release(&child, 1);
    }
}

static void test_sandbox__running_children_are_ended_by_release(void **state)
{
    struct orders orders = {.number = 0};
    struct pl_sandbox_job job = job_of(sleep_forever, &orders);
    struct pl_sandbox_child children[3] = {{0}, {0}, {0}};
    assert_int_equal(pl_sandbox_start(&children[0], &job, CEILING, NULL), PL_OK);
    assert_int_equal(pl_sandbox_start(&children[2], &job, CEILING, NULL), PL_OK);
    int pid = children[2].pid;
    pl_sandbox_release(children, 3);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
}

static void test_sandbox__several_at_once_each_with_its_answer(void **state)
{
    enum { COUNT = 6 };
    struct orders orders[COUNT];
    struct pl_sandbox_child children[COUNT] = {{0}};
    for (size_t i = 0; i < COUNT; i++) {
        orders[i] = (struct orders){.arguments = {(long)(i * 15000)}};
        struct pl_sandbox_job job = job_of(i == 3 ? die : say_much, &orders[i]);
        assert_int_equal(pl_sandbox_start(&children[i], &job, CEILING, NULL), PL_OK);
    }
    unsigned seen = 0;
    for (size_t i = 0; i < COUNT; i++) {
        struct pl_error err = PL_ERROR_INIT;
        size_t which = 99;
        enum pl_status st = pl_sandbox_wait_any(children, COUNT, NULL, &which, &err);
        assert_true(which < COUNT && (seen & (1u << which)) == 0);
        seen |= 1u << which;
        assert_int_equal(st, which == 3 ? PL_E_PARSE : PL_OK);
        assert_int_equal(children[which].answer.len, which == 3 ? 4 : which * 15000);
    }
    pl_sandbox_release(children, COUNT);
}

static void *add_up(void *context)
{
    long *sum = context;
    for (int i = 1; i <= 1000; i++) {
        *sum += i;
    }
    char *memory = malloc(1 << 20);
    memset(memory, 1, 1 << 20);
    free(memory);
    return NULL;
}

static void run_threads(void *context, int answer_fd)
{
    long sums[4] = {0};
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        if (pthread_create(&threads[i], NULL, add_up, &sums[i]) != 0) {
            _exit(4);
        }
    }
    long total = 0;
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        total += sums[i];
    }
    answer_number(answer_fd, total);
}

static void test_sandbox__threads_work_inside(void **state)
{
    struct pl_sandbox_job job = job_of(run_threads, NULL);
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(run_job(&job, &answer, &err), PL_OK);
    pl_assert_str(pl_buf_str(&answer), "2002000");
}

static void say_and_stay(void *context, int answer_fd)
{
    (void)!write(answer_fd, "so far", 6);
    sleep_forever(context, answer_fd);
}

/* One that has ended is heard out; one that has not is ended. */
static void test_sandbox__end_takes_what_was_said(void **state)
{
    struct orders orders = {.arguments = {70000}};
    struct pl_sandbox_job job = job_of(say_much, &orders);
    struct pl_sandbox_child child = {0};
    struct pl_error err = PL_ERROR_INIT;
    /* More than a pipe holds: it has not ended, as long as nobody listens. */
    assert_int_equal(pl_sandbox_start(&child, &job, CEILING, &err), PL_OK);
    struct pollfd answers = {.fd = child.answer_fd, .events = POLLIN};
    assert_int_equal(poll(&answers, 1, 60000), 1);
    enum pl_status st = pl_sandbox_end(&child, &err);
    assert_true(st == PL_OK || st == PL_E_CONFLICT);
    assert_int_equal(child.pid, 0);
    pl_sandbox_release(&child, 1);

    orders = (struct orders){.number = 0};
    job.run = say_and_stay;
    assert_int_equal(pl_sandbox_start(&child, &job, CEILING, &err), PL_OK);
    answers.fd = child.answer_fd;
    int pid = child.pid;
    assert_int_equal(poll(&answers, 1, 60000), 1);
    assert_int_equal(pl_sandbox_end(&child, &err), PL_E_CONFLICT);
    pl_assert_str(pl_buf_str(&child.answer), "so far");
    assert_int_equal(kill(pid, 0), -1);
    pl_sandbox_release(&child, 1);
}

int pl_test_sandbox(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sandbox__an_answer_arrives_whole_up_to_its_ceiling),
        cmocka_unit_test(test_sandbox__an_answer_past_its_ceiling_is_refused),
        cmocka_unit_test(test_sandbox__a_child_that_dies_is_told),
        cmocka_unit_test(test_sandbox__a_child_that_never_ends_is_ended),
        cmocka_unit_test(test_sandbox__running_children_are_ended_by_release),
        cmocka_unit_test(test_sandbox__several_at_once_each_with_its_answer),
        cmocka_unit_test(test_sandbox__threads_work_inside),
        cmocka_unit_test(test_sandbox__end_takes_what_was_said),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
