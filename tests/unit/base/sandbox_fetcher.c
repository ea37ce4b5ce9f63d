/* SPDX-License-Identifier: Apache-2.0 */
/* What a taken-over fetcher could do: connect, and read files; nothing to processes and files. */
#include "base/io.h"
#include "unit/base/sandbox_job.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* One system call of a child that fetches; paths are looked at by the kernel alone. */
static long fetching(int number, long a, long b, long c, long d)
{
    struct pl_sandbox_job job = job_of(NULL, NULL);
    job.has_network = true;
    return call_as(job, number, a, b, c, d);
}

static void test_sandbox_fetcher__connects_and_reads_files(void **state)
{
    NEEDS_A_WHOLE_SANDBOX();
    static const char names[] = "/etc/resolv.conf";
    static const char random[] = "/dev/urandom";
    assert_true(fetching(__NR_socket, AF_INET, SOCK_STREAM, 0, 0) >= 0);
    assert_true(fetching(__NR_socket, AF_UNIX, SOCK_STREAM, 0, 0) >= 0);
    assert_true(fetching(__NR_openat, AT_FDCWD, (long)random, O_RDONLY | O_CLOEXEC, 0) >= 0);
    long opened = fetching(__NR_openat, AT_FDCWD, (long)names, O_RDONLY | O_CLOEXEC, 0);
    assert_true(opened >= 0 || opened == -ENOENT); /* a machine without name servers */
    /* Limits of its own, as the C library asks for them. */
    static uint64_t limits[2];
    assert_int_equal(fetching(__NR_prlimit64, 0, RLIMIT_NOFILE, 0, (long)limits), 0);
}

static void test_sandbox_fetcher__changes_no_file(void **state)
{
    NEEDS_A_WHOLE_SANDBOX();
    char path[] = "/tmp/pl-test-fetcher-XXXXXX";
    char fresh[sizeof(path) + 8];
    int made pl_autoclose = mkstemp(path);
    assert_int_equal(write(made, "abc", 3), 3);
    snprintf(fresh, sizeof(fresh), "%s.new", path);
    const long p = (long)path;
    const long at = AT_FDCWD;
    assert_int_equal(fetching(__NR_openat, at, p, O_WRONLY, 0), -EACCES);
    assert_int_equal(fetching(__NR_openat, at, p, O_RDWR, 0), -EACCES);
    assert_int_equal(fetching(__NR_openat, at, p, O_RDONLY | O_TRUNC, 0), -EACCES);
    assert_int_equal(fetching(__NR_openat, at, (long)fresh, O_RDONLY | O_CREAT, 0600), -EACCES);
    assert_int_equal(fetching(__NR_openat, at, (long)"/tmp", O_TMPFILE | O_RDWR, 0600), -EACCES);
    assert_int_equal(fetching(__NR_openat2, at, p, 0, 0), -ENOSYS);
    assert_int_equal(fetching(__NR_truncate, p, 0, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_fchmodat, at, p, 0777, 0), -EPERM);
    assert_int_equal(fetching(__NR_fchownat, at, p, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_utimensat, at, p, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_unlinkat, at, p, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_mkdirat, at, (long)fresh, 0700, 0), -EPERM);
    assert_int_equal(fetching(__NR_symlinkat, p, at, (long)fresh, 0), -EPERM);
    assert_int_equal(fetching(__NR_linkat, at, p, at, (long)fresh), -EPERM);
    assert_int_equal(fetching(__NR_renameat2, at, p, at, (long)fresh), -EPERM);
#ifdef __NR_open
    assert_int_equal(fetching(__NR_open, p, O_WRONLY, 0, 0), -EACCES);
    assert_int_equal(fetching(__NR_open, p, O_RDONLY | O_TRUNC, 0, 0), -EACCES);
    assert_int_equal(fetching(__NR_creat, p, 0600, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_chmod, p, 0777, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_unlink, p, 0, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_rename, p, (long)fresh, 0, 0), -EPERM);
#endif
    struct stat info = {0};
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 3);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(access(fresh, F_OK), -1);
}

/* Signal 0 asks whether one could be sent; a parent's numbers are this process's own. */
static void test_sandbox_fetcher__starts_and_reaches_no_other_process(void **state)
{
    NEEDS_A_WHOLE_SANDBOX();
    static const char program[] = "/bin/true";
    static const char *const arguments[] = {program, NULL};
    const long own = getpid();
    assert_int_equal(fetching(__NR_execve, (long)program, (long)arguments, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_execveat, AT_FDCWD, (long)program, (long)arguments, 0), -EPERM);
    assert_int_equal(fetching(__NR_ptrace, 16 /* PTRACE_ATTACH */, own, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_process_vm_readv, own, 0, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_kill, own, 0, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_tkill, own, 0, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_tgkill, own, own, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_rt_sigqueueinfo, own, 0, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_rt_tgsigqueueinfo, own, own, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_prlimit64, own, RLIMIT_NOFILE, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_fcntl, 1, F_SETOWN, own, 0), -EPERM);
    assert_int_equal(fetching(__NR_fcntl, 1, F_SETSIG, SIGKILL, 0), -EPERM);
    assert_int_equal(fetching(__NR_ioctl, 0, TIOCSTI, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_unshare, 0, 0, 0, 0), -EPERM);
    assert_int_equal(fetching(__NR_mount, 0, 0, 0, 0), -EPERM);
}

static void leave(void *context, int answer_fd)
{
    _exit(3);
}

/* What is said of one that dies does not call it an inspector. */
static void test_sandbox_fetcher__is_called_one(void **state)
{
    struct pl_sandbox_job job = job_of(leave, NULL);
    job.has_network = true;
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(run_job(&job, &answer, &err), PL_E_INTERNAL);
    assert_string_equal(err.msg, "the fetcher ended with status 3");
}

int pl_test_sandbox_fetcher(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sandbox_fetcher__connects_and_reads_files),
        cmocka_unit_test(test_sandbox_fetcher__changes_no_file),
        cmocka_unit_test(test_sandbox_fetcher__starts_and_reaches_no_other_process),
        cmocka_unit_test(test_sandbox_fetcher__is_called_one),
    };
    return cmocka_run_group_tests_name("sandbox_fetcher", tests, NULL, NULL);
}
