/* SPDX-License-Identifier: Apache-2.0 */
/* Real children, each trying one thing: what they manage is what a taken-over inspector could. */
#include "base/sandbox.h"
#include "base/io.h"
#include "base/tempfile.h"
#include "unit/test.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

enum { CEILING = 100000 };

static bool is_whole(void)
{
    if (*pl_sandbox_missing() != '\0') {
        print_message("%s\n", pl_sandbox_missing());
        return false;
    }
    return true;
}

#define NEEDS_A_WHOLE_SANDBOX()                                                                    \
    if (!is_whole()) {                                                                             \
        skip();                                                                                    \
    }

/* What the jobs are told. */
struct orders {
    int number; /* a system call */
    long arguments[4];
    int fd;
    const char *path;
};

static void answer_number(int answer_fd, long value)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%ld", value);
    (void)!write(answer_fd, text, (size_t)len);
}

/* The negative errno of a system call, or what it returned. */
static void try_call(void *context, int answer_fd)
{
    const struct orders *orders = context;
    const long *a = orders->arguments;
    long got = syscall(orders->number, a[0], a[1], a[2], a[3]);
    answer_number(answer_fd, got < 0 ? -errno : got);
}

/* Runs one job; the answer is in `ret`. */
static enum pl_status run(void (*job_run)(void *, int), struct orders *orders, int keep_fd,
                          int below_fd, struct pl_buf *ret, struct pl_error *err)
{
    struct pl_sandbox_job job = {.run = job_run,
                                 .context = orders,
                                 .keep_fds = {keep_fd, -1, -1, -1},
                                 .read_below_fd = below_fd,
                                 .most_seconds = 60};
    struct pl_sandbox_child child = {0};
    assert_int_equal(pl_sandbox_start(&child, &job, CEILING, err), PL_OK);
    size_t which = 99;
    enum pl_status st = pl_sandbox_wait_any(&child, 1, NULL, &which, err);
    assert_int_equal(which, 0);
    assert_int_equal(child.pid, 0);
    pl_buf_append(ret, pl_buf_str(&child.answer));
    pl_sandbox_release(&child, 1);
    return st;
}

/* The answer's bytes end without a NUL. */
static long number_of(const struct pl_buf *answer)
{
    char text[32];
    assert_true(answer->len < sizeof(text));
    memcpy(text, answer->ptr, answer->len);
    text[answer->len] = '\0';
    return strtol(text, NULL, 10);
}

static long call(int keep_fd, int below_fd, int number, long a, long b, long c, long d)
{
    struct orders orders = {.number = number, .arguments = {a, b, c, d}};
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = run(try_call, &orders, keep_fd, below_fd, &answer, &err);
    if (st < 0) {
        fail_msg("call %d: %s", number, err.msg);
    }
    return number_of(&answer);
}

static void expect_killed(int number, long a, long b, long c)
{
    struct orders orders = {.number = number, .arguments = {a, b, c}};
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(run(try_call, &orders, -1, -1, &answer, &err), PL_E_PARSE);
    assert_int_equal(answer.len, 0);
    assert_non_null(strstr(err.msg, "SYS"));
}

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
        struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(run(say_much, &orders, -1, -1, &answer, &err), PL_OK);
        assert_int_equal(answer.len, sizes[i]);
    }
}

static void test_sandbox__an_answer_past_its_ceiling_is_refused(void **state)
{
    static const long sizes[] = {CEILING + 1, 50L * CEILING};
    for (size_t i = 0; i < PL_ARRAY_LEN(sizes); i++) {
        struct orders orders = {.arguments = {sizes[i]}};
        struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(run(say_much, &orders, -1, -1, &answer, &err), PL_E_LIMIT);
        assert_non_null(strstr(err.msg, "100000 bytes"));
    }
}

static void test_sandbox__no_file_can_be_opened(void **state)
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

static void test_sandbox__sockets_and_programs_end_the_child(void **state)
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
static void test_sandbox__no_other_process_can_be_made_or_reached(void **state)
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

static void test_sandbox__a_descriptor_keeps_its_own_rights(void **state)
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

static void test_sandbox__the_standard_descriptors_lead_nowhere(void **state)
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
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(run(read_below, &orders, -1, dir, &answer, &err), PL_OK);
    pl_assert_str(pl_buf_str(&answer), wanted);
}

static void put_file(int dir, const char *name, const char *text)
{
    int fd pl_autoclose = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void test_sandbox__reads_below_one_directory_and_nowhere_else(void **state)
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
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(run(die, NULL, -1, -1, &answer, &err), PL_E_PARSE);
    assert_non_null(strstr(err.msg, "ABRT"));
    assert_int_equal(run(leave, NULL, -1, -1, &answer, &err), PL_E_INTERNAL);
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
        struct pl_sandbox_job job = {.run = sleep_forever,
                                     .context = &orders,
                                     .keep_fds = {-1, -1, -1, -1},
                                     .read_below_fd = -1,
                                     .most_seconds = 1};
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
    struct pl_sandbox_job job = {.run = sleep_forever,
                                 .context = &orders,
                                 .keep_fds = {-1, -1, -1, -1},
                                 .read_below_fd = -1};
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
        struct pl_sandbox_job job = {.run = i == 3 ? die : say_much,
                                     .context = &orders[i],
                                     .keep_fds = {-1, -1, -1, -1},
                                     .read_below_fd = -1};
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
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(run(run_threads, NULL, -1, -1, &answer, &err), PL_OK);
    pl_assert_str(pl_buf_str(&answer), "2002000");
}

/* One system call of a child that fetches; `path` is looked at by the kernel alone. */
static long fetching(int number, long a, long b, long c, long d)
{
    struct orders orders = {.number = number, .arguments = {a, b, c, d}};
    struct pl_sandbox_job job = {.run = try_call,
                                 .context = &orders,
                                 .keep_fds = {-1, -1, -1, -1},
                                 .read_below_fd = -1,
                                 .most_seconds = 60,
                                 .has_network = true};
    struct pl_sandbox_child child = {0};
    struct pl_error err = PL_ERROR_INIT;
    size_t which = 99;
    assert_int_equal(pl_sandbox_start(&child, &job, CEILING, &err), PL_OK);
    if (pl_sandbox_wait_any(&child, 1, NULL, &which, &err) < 0) {
        fail_msg("call %d: %s", number, err.msg);
    }
    long got = number_of(&child.answer);
    pl_sandbox_release(&child, 1);
    return got;
}

static void test_sandbox__a_fetcher_connects_and_reads_files(void **state)
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

static void test_sandbox__a_fetcher_changes_no_file(void **state)
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
static void test_sandbox__a_fetcher_starts_and_reaches_no_other_process(void **state)
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

/* What is said of one that dies does not call it an inspector. */
static void test_sandbox__a_fetcher_is_called_one(void **state)
{
    struct pl_sandbox_job job = {
        .run = leave, .keep_fds = {-1, -1, -1, -1}, .read_below_fd = -1, .has_network = true};
    struct pl_sandbox_child child = {0};
    struct pl_error err = PL_ERROR_INIT;
    size_t which = 99;
    assert_int_equal(pl_sandbox_start(&child, &job, CEILING, &err), PL_OK);
    assert_int_equal(pl_sandbox_wait_any(&child, 1, NULL, &which, &err), PL_E_INTERNAL);
    assert_string_equal(err.msg, "the fetcher ended with status 3");
    pl_sandbox_release(&child, 1);
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
    struct pl_sandbox_job job = {
        .run = say_much, .context = &orders, .keep_fds = {-1, -1, -1, -1}, .read_below_fd = -1};
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
        cmocka_unit_test(test_sandbox__no_file_can_be_opened),
        cmocka_unit_test(test_sandbox__sockets_and_programs_end_the_child),
        cmocka_unit_test(test_sandbox__no_other_process_can_be_made_or_reached),
        cmocka_unit_test(test_sandbox__a_descriptor_keeps_its_own_rights),
        cmocka_unit_test(test_sandbox__the_standard_descriptors_lead_nowhere),
        cmocka_unit_test(test_sandbox__reads_below_one_directory_and_nowhere_else),
        cmocka_unit_test(test_sandbox__a_child_that_dies_is_told),
        cmocka_unit_test(test_sandbox__a_child_that_never_ends_is_ended),
        cmocka_unit_test(test_sandbox__running_children_are_ended_by_release),
        cmocka_unit_test(test_sandbox__several_at_once_each_with_its_answer),
        cmocka_unit_test(test_sandbox__threads_work_inside),
        cmocka_unit_test(test_sandbox__a_fetcher_connects_and_reads_files),
        cmocka_unit_test(test_sandbox__a_fetcher_changes_no_file),
        cmocka_unit_test(test_sandbox__a_fetcher_starts_and_reaches_no_other_process),
        cmocka_unit_test(test_sandbox__a_fetcher_is_called_one),
        cmocka_unit_test(test_sandbox__end_takes_what_was_said),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
