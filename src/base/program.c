/* SPDX-License-Identifier: Apache-2.0 */
#include "base/program.h"
#include "base/compiler.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool is_named(const char *const *names, const char *assignment)
{
    size_t len = strcspn(assignment, "=");
    for (size_t i = 0; names && names[i]; i++) {
        if (strlen(names[i]) == len && memcmp(names[i], assignment, len) == 0) {
            return true;
        }
    }
    return false;
}

/* The caller frees the list; the strings are the environment's own. */
static char **environment_without(const char *const *names)
{
    size_t count = 0;
    while (environ && environ[count]) {
        count++;
    }
    char **list = pl_mem_alloc(count + 1, sizeof(*list));
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_named(names, environ[i])) {
            list[kept++] = environ[i];
        }
    }
    list[kept] = NULL;
    return list;
}

/* In the child: copies above the standard ones first, which may be among those given. */
static bool set_standard(const int *fds)
{
    int copies[3];
    for (int i = 0; i < 3; i++) {
        int fd = fds[i] >= 0 ? fds[i] : open("/dev/null", O_RDWR | O_CLOEXEC);
        copies[i] = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (copies[i] < 0) {
            return false;
        }
    }
    for (int i = 0; i < 3; i++) {
        if (dup2(copies[i], i) < 0) {
            return false;
        }
    }
    return true;
}

PL_NORETURN static void become(const struct pl_program *program, char **environment,
                               pid_t parent_pid, int failure_fd)
{
    sigset_t none;
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* Ours are close-on-exec already; those that we were started with may not be. */
    (void)syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    if (program->has_own_group) {
        setpgid(0, 0);
    }
    if (getppid() == parent_pid && set_standard(program->fds)) {
        /* execvpe takes its arguments without const for old callers' sake, and writes to none. */
        char *const *arguments = (char *const *)(uintptr_t)program->arguments;
        execvpe(arguments[0], arguments, environment);
    }
    int why = errno;
    (void)!write(failure_fd, &why, sizeof(why));
    _exit(127);
}

int pl_program_start(const struct pl_program *program, pid_t *ret_pid)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return errno;
    }
    char **environment pl_autofree = environment_without(program->without);
    pid_t parent_pid = getpid();
    pid_t pid = fork();
    int why = pid < 0 ? errno : 0;
    if (pid == 0) {
        become(program, environment, parent_pid, ends[1]);
    }
    close(ends[1]);
    /* The end of the pipe is the program's beginning. */
    while (pid > 0 && read(ends[0], &why, sizeof(why)) < 0 && errno == EINTR) {
    }
    close(ends[0]);
    if (pid > 0 && why != 0) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (why == 0) {
        *ret_pid = pid;
    }
    return why;
}
