/* SPDX-License-Identifier: Apache-2.0 */
/* What a taken-over inspector could do: nothing but read what it was given. */
#include "base/io.h"
#include "unit/base/sandbox_job.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

static long call(int keep_fd, int below_fd, int number, long a, long b, long c, long d)
{
    struct pl_sandbox_job job = job_of(NULL, NULL);
    job.keep_fds[0] = keep_fd;
    job.read_below_fd = below_fd;
    return call_as(job, number, a, b, c, d);
}

static void expect_killed(int number, long a, long b, long c)
{
    struct orders orders = {.number = number, .arguments = {a, b, c}};
    struct pl_sandbox_job job = job_of(try_call, &orders);
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(run_job(&job, &answer, &err), PL_E_PARSE);
    assert_int_equal(answer.len, 0);
    assert_non_null(strstr(err.msg, "SYS"));
}

static void test_sandbox_inspector__no_file_can_be_opened(void **state)
{
    NEEDS_A_WHOLE_SANDBOX();
    static const char path[] = "/etc/passwd";
#ifdef __NR_open
    assert_int_equal(call(-1, -1, __NR_open, (long)path, O_RDONLY, 0, 0), -EPERM);
#endif
    assert_int_equal(call(-1, -1, __NR_openat, AT_FDCWD, (long)path, O_RDONLY, 0), -EPERM);
    assert_int_equal(call(-1, -1, __NR_openat2, AT_FDCWD, (long)path, 0, 0), -EPERM);
    assert_int_equal(call(-1, -1, __NR_unlinkat, AT_FDCWD, (long)path, 0, 0), -EPERM);
    assert_int_equal(call(-1, -1, __NR_memfd_create, (long)"x", 0, 0, 0), -EPERM);
}

static void test_sandbox_inspector__sockets_and_programs_end_the_child(void **state)
{
    NEEDS_A_WHOLE_SANDBOX();
    static const char path[] = "/bin/true";
    static const char *const arguments[] = {path, NULL};
    expect_killed(__NR_socket, AF_INET, SOCK_STREAM, 0);
    expect_killed(__NR_socket, AF_UNIX, SOCK_STREAM, 0);
    expect_killed(__NR_execve, (long)path, (long)arguments, 0);
    expect_killed(__NR_execveat, AT_FDCWD, (long)path, (long)arguments);
    expect_killed(__NR_ptrace, 0, 0, 0);
}

/* Signal 0 asks whether one could be sent. */
static void test_sandbox_inspector__no_other_process_can_be_made_or_reached(void **state)
{
    NEEDS_A_WHOLE_SANDBOX();
    int below pl_autoclose = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int trees[] = {-1, below};
    for (size_t i = 0; i < PL_ARRAY_LEN(trees); i++) {
        assert_int_equal(call(-1, trees[i], __NR_kill, getpid(), 0, 0, 0), -EPERM);
        assert_int_equal(call(-1, trees[i], __NR_tgkill, getpid(), getpid(), 0, 0), -EPERM);
        assert_int_equal(call(-1, trees[i], __NR_tkill, getpid(), 0, 0, 0), -EPERM);
        assert_int_equal(call(-1, trees[i], __NR_rt_sigqueueinfo, getpid(), 0, 0, 0), -EPERM);
        assert_int_equal(call(-1, trees[i], __NR_clone, SIGCHLD, 0, 0, 0), -EPERM);
        assert_int_equal(call(-1, trees[i], __NR_clone3, 0, 0, 0, 0), -ENOSYS);
#ifdef __NR_fork
        assert_int_equal(call(-1, trees[i], __NR_fork, 0, 0, 0, 0), -EPERM);
        assert_int_equal(call(-1, trees[i], __NR_vfork, 0, 0, 0, 0), -EPERM);
#endif
        assert_int_equal(call(-1, trees[i], __NR_prctl, 4 /* PR_SET_DUMPABLE */, 1, 0, 0), -EPERM);
        assert_int_equal(call(-1, trees[i], __NR_fcntl, 1, F_SETOWN, getpid(), 0), -EPERM);
        assert_int_equal(call(-1, trees[i], __NR_fcntl, 1, F_SETSIG, SIGKILL, 0), -EPERM);
    }
}

static void test_sandbox_inspector__a_descriptor_keeps_its_own_rights(void **state)
{
    char path[] = "/tmp/pl-test-sandbox-XXXXXX";
    int made pl_autoclose = mkstemp(path);
    assert_int_equal(write(made, "abc", 3), 3);
    int readable pl_autoclose = open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    static char byte;
    assert_int_equal(call(readable, -1, __NR_read, readable, (long)&byte, 1, 0), 1);
    assert_int_equal(call(readable, -1, __NR_write, readable, (long)&byte, 1, 0), -EBADF);
    /* Not named in the job, so not there. */
    assert_int_equal(call(readable, -1, __NR_read, made, (long)&byte, 1, 0), -EBADF);
}

static void test_sandbox_inspector__the_standard_descriptors_lead_nowhere(void **state)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    fflush(stdout);
    int saved pl_autoclose = dup(STDOUT_FILENO);
    assert_true(dup2(ends[1], STDOUT_FILENO) >= 0);
    static const char text[] = "forged";
    long written = call(-1, -1, __NR_write, STDOUT_FILENO, (long)text, sizeof(text), 0);
    assert_true(dup2(saved, STDOUT_FILENO) >= 0);
    close(ends[1]);
    char got[8];
    assert_int_equal(read(ends[0], got, sizeof(got)), 0);
    close(ends[0]);
    assert_true(written == (long)sizeof(text) || written == -EBADF);
}

/* The first bytes of a file below the directory, or the negative errno. */
static void read_below(void *context, int answer_fd)
{
    const struct orders *orders = context;
    int fd = openat(orders->fd, orders->path, O_RDONLY | O_CLOEXEC);
    char bytes[8];
    ssize_t got = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
    if (got < 0) {
        answer_number(answer_fd, -errno);
    } else {
        (void)!write(answer_fd, bytes, (size_t)got);
    }
}

static void expect_below(int dir, const char *path, const char *wanted)
{
    struct orders orders = {.fd = dir, .path = path};
    struct pl_sandbox_job job = job_of(read_below, &orders);
    job.read_below_fd = dir;
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(run_job(&job, &answer, &err), PL_OK);
    pl_assert_str(pl_buf_str(&answer), wanted);
}

static void put_file(int dir, const char *name, const char *text)
{
    int fd pl_autoclose = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void test_sandbox_inspector__reads_below_one_directory_and_nowhere_else(void **state)
{
    NEEDS_A_WHOLE_SANDBOX();
    char path[] = "/tmp/pl-test-below-XXXXXX";
    assert_non_null(mkdtemp(path));
    int outer pl_autoclose = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(mkdirat(outer, "root", 0755), 0);
    int root pl_autoclose = openat(outer, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    put_file(outer, "outside", "outside");
    put_file(root, "inside", "inside");
    assert_int_equal(symlinkat("../outside", root, "link"), 0);
    assert_int_equal(mkdirat(root, "sub", 0755), 0);

    expect_below(root, "inside", "inside");
    expect_below(root, "sub/../inside", "inside");
    expect_below(root, "missing", "-2");
    char refused[16];
    snprintf(refused, sizeof(refused), "%d", -EACCES);
    expect_below(root, "../outside", refused);
    expect_below(root, "link", refused);
    expect_below(root, "/etc/passwd", refused);
    expect_below(root, "/proc/self/root/etc/passwd", refused);
    expect_below(root, "/proc/self/maps", refused);
    /* Reading alone is allowed, and nothing may be made. */
    static const char name[] = "inside";
    static const char fresh[] = "fresh";
    assert_int_equal(call(-1, root, __NR_openat, root, (long)name, O_WRONLY, 0), -EACCES);
    assert_int_equal(call(-1, root, __NR_openat, root, (long)name, O_RDONLY | O_TRUNC, 0), -EACCES);
    assert_int_equal(call(-1, root, __NR_openat, root, (long)fresh, O_RDWR | O_CREAT, 0644),
                     -EACCES);
    assert_int_equal(call(-1, root, __NR_unlinkat, root, (long)name, 0, 0), -EPERM);
    assert_int_equal(call(-1, root, __NR_fchmodat, root, (long)name, 0777, 0), -EPERM);

    assert_int_equal(unlinkat(root, "inside", 0), 0);
    assert_int_equal(unlinkat(root, "link", 0), 0);
    assert_int_equal(unlinkat(root, "sub", AT_REMOVEDIR), 0);
    assert_int_equal(unlinkat(outer, "outside", 0), 0);
    assert_int_equal(unlinkat(outer, "root", AT_REMOVEDIR), 0);
    assert_int_equal(rmdir(path), 0);
}

int pl_test_sandbox_inspector(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sandbox_inspector__no_file_can_be_opened),
        cmocka_unit_test(test_sandbox_inspector__sockets_and_programs_end_the_child),
        cmocka_unit_test(test_sandbox_inspector__no_other_process_can_be_made_or_reached),
        cmocka_unit_test(test_sandbox_inspector__a_descriptor_keeps_its_own_rights),
        cmocka_unit_test(test_sandbox_inspector__the_standard_descriptors_lead_nowhere),
        cmocka_unit_test(test_sandbox_inspector__reads_below_one_directory_and_nowhere_else),
    };
    return cmocka_run_group_tests_name("sandbox_inspector", tests, NULL, NULL);
}
