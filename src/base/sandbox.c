/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"
#include "base/io.h"
#include "base/sandbox_filter.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define LAST_DETACHED STDERR_FILENO
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#undef LAST_DETACHED
#define LAST_DETACHED STDOUT_FILENO
#endif
#endif

/* Exit status of a child that could not enter its sandbox. */
enum { NOT_ENTERED = 77 };

static int landlock_abi(void)
{
    return (int)syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* The rights of ABI 1 to 3; ABI 4 adds TCP, which seccomp already forbids with every socket. */
static bool enter_landlock(int read_below_fd)
{
    int abi = landlock_abi();
    if (abi < 1) {
        return false;
    }
    unsigned long long rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
    if (abi >= 2) {
        rights |= 1ULL << 13; /* LANDLOCK_ACCESS_FS_REFER */
    }
    if (abi >= 3) {
        rights |= 1ULL << 14; /* LANDLOCK_ACCESS_FS_TRUNCATE */
    }
    struct landlock_ruleset_attr attributes = {.handled_access_fs = rights};
    int rules pl_autoclose =
        (int)syscall(__NR_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
    if (rules < 0) {
        return false;
    }
    if (read_below_fd >= 0) {
        struct landlock_path_beneath_attr below = {
            .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
            .parent_fd = read_below_fd,
        };
        if (syscall(__NR_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) != 0) {
            return false;
        }
    }
    return syscall(__NR_landlock_restrict_self, rules, 0) == 0;
}

static bool has_landlock(void)
{
    return landlock_abi() >= 1;
}

static bool has_seccomp(void)
{
    return prctl(PR_GET_SECCOMP) >= 0;
}

const char *pl_sandbox_missing(void)
{
    if (has_landlock()) {
        return has_seccomp() ? "" : "this kernel has no seccomp: system calls were not filtered";
    }
    return has_seccomp()
               ? "this kernel has no Landlock: the file system was closed by seccomp alone"
               : "this kernel has neither Landlock nor seccomp: there was no sandbox";
}

static uint64_t monotonic_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Closes every descriptor from 3 up that does not stay. */
static void keep_descriptors(const int *fds, size_t count)
{
    int highest = 2;
    for (size_t i = 0; i < count; i++) {
        highest = fds[i] > highest ? fds[i] : highest;
    }
    for (int fd = 3; fd < highest; fd++) {
        bool kept = false;
        for (size_t i = 0; i < count; i++) {
            kept = kept || fds[i] == fd;
        }
        if (!kept) {
            close(fd);
        }
    }
    syscall(__NR_close_range, (unsigned int)highest + 1, ~0U, 0);
}

/* The standard descriptors lead nowhere, so that a child that was taken over can write neither into
 * the report nor to the terminal. A sanitizer keeps its say on standard error. */
static void detach_standard(const int *kept, size_t count)
{
    int null pl_autoclose = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; fd <= LAST_DETACHED; fd++) {
        bool is_kept = fd == null;
        for (size_t i = 0; i < count; i++) {
            is_kept = is_kept || kept[i] == fd;
        }
        if (!is_kept && (null < 0 || dup2(null, fd) < 0)) {
            close(fd);
        }
    }
}

/* A kernel that has a means but refuses it is not trusted with hostile input. */
static bool confine(const struct pl_sandbox_job *job)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    int root pl_autoclose = job->has_network ? open("/", O_PATH | O_CLOEXEC) : -1;
    if (has_landlock() && !enter_landlock(job->has_network ? root : job->read_below_fd)) {
        return false;
    }
    return !has_seccomp() ||
           (job->has_network ? pl_sandbox_filter_fetching()
                             : pl_sandbox_filter_inspecting(job->read_below_fd >= 0));
}

PL_NORETURN static void run_child(const struct pl_sandbox_job *job, int answer_fd, int parent_pid)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent_pid) {
        _exit(1);
    }
    int kept[6] = {answer_fd, job->read_below_fd};
    memcpy(kept + 2, job->keep_fds, sizeof(job->keep_fds));
    keep_descriptors(kept, PL_ARRAY_LEN(kept));
    detach_standard(kept, PL_ARRAY_LEN(kept));
    struct rlimit no_core = {0};
    setrlimit(RLIMIT_CORE, &no_core);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_DUMPABLE, 0);
    if (!job->may_spawn && !confine(job)) {
        _exit(NOT_ENTERED);
    }
    job->run(job->context, answer_fd);
    _exit(0);
}

enum pl_status pl_sandbox_start(struct pl_sandbox_child *child, const struct pl_sandbox_job *job,
                                size_t answer_ceiling_bytes, struct pl_error *err)
{
    const char *role = job->has_network ? "the fetcher" : "the inspector";
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return pl_error_sys(err, errno, "making a pipe for %s", role);
    }
    int parent_pid = getpid();
    int pid = fork();
    if (pid < 0) {
        int why = errno;
        close(ends[0]);
        close(ends[1]);
        return pl_error_sys(err, why, "starting %s", role);
    }
    if (pid == 0) {
        run_child(job, ends[1], parent_pid);
    }
    close(ends[1]);
    *child = (struct pl_sandbox_child){.pid = pid,
                                       .answer_fd = ends[0],
                                       .role = role,
                                       .answer = PL_BUF_INIT(answer_ceiling_bytes)};
    if (job->most_seconds > 0) {
        child->deadline_ms = monotonic_ms() + (uint64_t)job->most_seconds * 1000;
    }
    return PL_OK;
}

/* Whoever closed the answer has only to end; a child that does not is not waited for. */
static void end_child(const struct pl_sandbox_child *child)
{
    enum { GRACE_MS = 5000 };
    int handle pl_autoclose = (int)syscall(__NR_pidfd_open, child->pid, 0);
    struct pollfd end = {.fd = handle, .events = POLLIN};
    if (child->answer.overflowed || child->is_late ||
        (handle >= 0 && poll(&end, 1, GRACE_MS) == 0)) {
        kill(child->pid, SIGKILL);
    }
}

static enum pl_status reap(struct pl_sandbox_child *child, struct pl_error *err)
{
    end_child(child);
    close(child->answer_fd);
    int state = 0;
    while (waitpid(child->pid, &state, 0) < 0 && errno == EINTR) {
    }
    child->pid = 0;
    if (child->answer.overflowed) {
        return pl_buf_status(&child->answer, "a child's answer", err);
    }
    if (child->is_late) {
        return pl_error_set(err, PL_E_LIMIT, "%s took too long and was ended", child->role);
    }
    if (WIFSIGNALED(state)) {
        return pl_error_set(err, PL_E_PARSE, "%s was ended by signal %d (%s)", child->role,
                            WTERMSIG(state), sigabbrev_np(WTERMSIG(state)));
    }
    if (WEXITSTATUS(state) == NOT_ENTERED) {
        return pl_error_set(err, PL_E_DENIED,
                            "the kernel refused %s its sandbox (Landlock or seccomp)", child->role);
    }
    if (WEXITSTATUS(state) != 0) {
        return pl_error_set(err, PL_E_INTERNAL, "%s ended with status %d", child->role,
                            WEXITSTATUS(state));
    }
    return PL_OK;
}

/* Takes what the pipe has; true when the child is done with it. */
static bool collect(struct pl_sandbox_child *child)
{
    enum { STEP = 65536 };
    size_t left = child->answer.ceiling_bytes - child->answer.len;
    char probe = 0;
    size_t step = left < STEP ? left : STEP;
    char *room = step ? pl_buf_reserve(&child->answer, step) : &probe;
    ssize_t got = read(child->answer_fd, room, step ? step : 1);
    if (got < 0) {
        return errno != EINTR && errno != EAGAIN;
    }
    if (got > 0 && step == 0) {
        child->answer.overflowed = true;
        return true;
    }
    child->answer.len += (size_t)got;
    return got == 0;
}

/* Milliseconds until the first deadline of a running child, at most a minute. */
static int until_deadline(const struct pl_sandbox_child *children, size_t count)
{
    enum { MOST_MS = 60000 };
    uint64_t now = monotonic_ms();
    uint64_t least = MOST_MS;
    for (size_t i = 0; i < count; i++) {
        if (children[i].pid > 0 && children[i].deadline_ms > 0) {
            uint64_t left = children[i].deadline_ms > now ? children[i].deadline_ms - now : 0;
            least = left < least ? left : least;
        }
    }
    return (int)least;
}

static bool is_past_deadline(const struct pl_sandbox_child *child)
{
    return child->deadline_ms > 0 && monotonic_ms() >= child->deadline_ms;
}

enum pl_status pl_sandbox_wait_any(struct pl_sandbox_child *children, size_t count,
                                   const struct pl_sandbox_tick *tick, size_t *ret_index,
                                   struct pl_error *err)
{
    enum { MOST = 256, TICK_MS = 100 };
    for (;;) {
        int most_ms = until_deadline(children, count);
        if (tick) {
            tick->tell(tick->context);
            most_ms = most_ms < TICK_MS ? most_ms : TICK_MS;
        }
        struct pollfd waits[MOST];
        size_t which[MOST];
        nfds_t waiting = 0;
        for (size_t i = 0; i < count && waiting < MOST; i++) {
            if (children[i].pid > 0) {
                which[waiting] = i;
                waits[waiting++] = (struct pollfd){.fd = children[i].answer_fd, .events = POLLIN};
            }
        }
        if (waiting == 0) {
            return pl_error_set(err, PL_E_NOT_FOUND, "no inspector is running");
        }
        if (poll(waits, waiting, most_ms) < 0 && errno != EINTR) {
            return pl_error_sys(err, errno, "waiting for an inspector");
        }
        for (nfds_t i = 0; i < waiting; i++) {
            struct pl_sandbox_child *child = &children[which[i]];
            bool is_done = waits[i].revents != 0 && collect(child);
            child->is_late = !is_done && is_past_deadline(child);
            if (is_done || child->is_late) {
                *ret_index = which[i];
                return reap(child, err);
            }
        }
    }
}

enum pl_status pl_sandbox_end(struct pl_sandbox_child *child, struct pl_error *err)
{
    struct pollfd more = {.fd = child->answer_fd, .events = POLLIN};
    bool is_done = false;
    while (!is_done && poll(&more, 1, 0) > 0) {
        is_done = collect(child);
    }
    child->is_late = !is_done;
    enum pl_status st = reap(child, err);
    return is_done ? st : pl_error_set(err, PL_E_CONFLICT, "it was ended before it was done");
}

void pl_sandbox_release(struct pl_sandbox_child *children, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (children[i].pid > 0) {
            children[i].is_late = true;
            reap(&children[i], NULL);
        }
        pl_buf_release(&children[i].answer);
    }
}
