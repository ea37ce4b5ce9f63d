/* SPDX-License-Identifier: Apache-2.0 */
/* Real programs: the shell says what it was given. */
#include "base/program.h"
#include "base/buf.h"
#include "base/io.h"
#include "unit/test.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { CEILING = 1 << 20 };

/* What a shell's script prints, with this text as its input. */
static void say(const char *script, const char *input, struct pl_buf *ret)
{
    static const char *const without[] = {"PL_SECRET", NULL};
    const char *const arguments[] = {"sh", "-c", script, NULL};
    int in[2];
    int out[2];
    pid_t pid = 0;
    int state = 0;
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    const struct pl_program program = {arguments, {in[0], out[1], -1}, without, true};
    assert_int_equal(pl_program_start(&program, &pid), 0);
    close(in[0]);
    close(out[1]);
    assert_int_equal(pl_io_write(in[1], pl_str_from(input), NULL), PL_OK);
    close(in[1]);
    assert_int_equal(pl_io_read_all(out[0], "it", ret, NULL), PL_OK);
    close(out[0]);
    assert_int_equal(waitpid(pid, &state, 0), pid);
    assert_int_equal(state, 0);
}

static void test_program__has_its_input_and_output(void **state)
{
    struct pl_buf said pl_autobuf = PL_BUF_INIT(CEILING);
    say("cat; echo unseen >&2; echo $0 $#", "abc\n", &said);
    pl_assert_str(pl_buf_str(&said), "abc\nsh 0\n");
}

static void test_program__gets_no_secret(void **state)
{
    setenv("PL_SECRET", "s3cret", 1);
    setenv("PL_SECRET_NOT", "other", 1);
    struct pl_buf said pl_autobuf = PL_BUF_INIT(CEILING);
    say("env", "", &said);
    assert_false(pl_str_contains(pl_buf_str(&said), PL_STR("s3cret")));
    assert_true(pl_str_contains(pl_buf_str(&said), PL_STR("PL_SECRET_NOT=other\n")));
    assert_true(pl_str_contains(pl_buf_str(&said), PL_STR("PATH=")));
    unsetenv("PL_SECRET");
    unsetenv("PL_SECRET_NOT");
}

/* "ls" opens the directory it lists, which is the fourth. */
static void test_program__has_three_descriptors(void **state)
{
    int ours pl_autoclose = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct pl_buf said pl_autobuf = PL_BUF_INIT(CEILING);
    say("ls /proc/self/fd", "", &said);
    pl_assert_str(pl_buf_str(&said), "0\n1\n2\n3\n");
    assert_true(ours >= 0);
}

/* As an inspector or fetcher would hand them down; SIGPIPE is ignored all along. */
static void test_program__has_signals_as_by_default(void **state)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    struct pl_buf said pl_autobuf = PL_BUF_INIT(CEILING);
    say("grep -E '^Sig(Blk|Ign)' /proc/self/status", "", &said);
    sigprocmask(SIG_SETMASK, &before, NULL);
    assert_true(pl_str_contains(pl_buf_str(&said), PL_STR("SigBlk:\t0000000000000000\n")));
    pl_str ignored =
        pl_str_skip(pl_buf_str(&said), pl_str_find(pl_buf_str(&said), PL_STR("SigIgn:\t")) + 8);
    unsigned long long mask = strtoull(ignored.ptr, NULL, 16);
    assert_true((mask & (1ULL << (SIGPIPE - 1))) == 0);
}

static void test_program__one_that_is_not_there_is_told(void **state)
{
    static const char *const missing[] = {"pl-no-such-program", NULL};
    static const char *const directory[] = {"/", NULL};
    struct pl_program program = {.arguments = missing, .fds = {-1, -1, -1}};
    pid_t pid = 7;
    assert_int_equal(pl_program_start(&program, &pid), ENOENT);
    program.arguments = directory;
    assert_int_equal(pl_program_start(&program, &pid), EACCES);
    assert_int_equal(pid, 7);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* A parent that is killed starts it; its end is seen on a handle, since it is not our child. */
static void test_program__does_not_outlive_its_parent(void **state)
{
    static const char *const arguments[] = {"sleep", "1000", NULL};
    int ends[2];
    pid_t grandchild = 0;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct pl_program program = {
            .arguments = arguments, .fds = {-1, -1, -1}, .has_own_group = true};
        if (pl_program_start(&program, &grandchild) == 0) {
            (void)!write(ends[1], &grandchild, sizeof(grandchild));
        }
        for (;;) {
            pause();
        }
    }
    assert_int_equal(read(ends[0], &grandchild, sizeof(grandchild)), sizeof(grandchild));
    int handle pl_autoclose = (int)syscall(SYS_pidfd_open, grandchild, 0);
    assert_true(handle >= 0);
    struct pollfd end = {.fd = handle, .events = POLLIN};
    assert_int_equal(poll(&end, 1, 0), 0);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(poll(&end, 1, 60000), 1);
    close(ends[0]);
    close(ends[1]);
}

int pl_test_program(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_program__has_its_input_and_output),
        cmocka_unit_test(test_program__gets_no_secret),
        cmocka_unit_test(test_program__has_three_descriptors),
        cmocka_unit_test(test_program__has_signals_as_by_default),
        cmocka_unit_test(test_program__one_that_is_not_there_is_told),
        cmocka_unit_test(test_program__does_not_outlive_its_parent),
    };
    return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
