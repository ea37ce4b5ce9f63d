/* SPDX-License-Identifier: Apache-2.0 */
#include "image/docker/ssh.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/utf8.h"
#include "image/registry/credentials.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum {
    MOST_ARGUMENTS = 24,
    /* Connections of one tunnel: the client keeps one and makes it again when it breaks. */
    MOST_CHILDREN = 64,
    LAST_WORDS_BYTES = 4096,
    /* After a connection was closed, for ssh to end by itself. */
    PATIENCE_MS = 2000,
};

struct pl_docker_tunnel pl_docker_tunnel_start(const struct pl_docker_ssh *ssh)
{
    return (struct pl_docker_tunnel){.ssh = ssh, .said_fd = -1};
}

/* The strings were checked when the host was parsed; "--" ends ssh's options all the same. */
static void fill_arguments(const struct pl_docker_ssh *ssh, const char **arguments)
{
    const char *list[MOST_ARGUMENTS] = {"ssh",           "-T", "-o",
                                        "BatchMode=yes", "-o", "ConnectTimeout=30"};
    size_t used = 6;
    if (ssh->user) {
        list[used++] = "-l";
        list[used++] = ssh->user;
    }
    if (ssh->port) {
        list[used++] = "-p";
        list[used++] = ssh->port;
    }
    list[used++] = "--";
    list[used++] = ssh->host;
    for (size_t i = 0; ssh->command[i]; i++) {
        list[used++] = ssh->command[i];
    }
    memcpy(arguments, list, (used + 1) * sizeof(*arguments));
}

/* Both ends of the pair and the place for what is said have FD_CLOEXEC; the copies at 0 to 2 do
 * not. */
static int spawn_ssh(const struct pl_docker_ssh *ssh, int fd, int said_fd, pid_t *ret)
{
    const char *arguments[MOST_ARGUMENTS] = {NULL};
    fill_arguments(ssh, arguments);
    const struct pl_program program = {
        .arguments = arguments, .fds = {fd, fd, said_fd}, .without = pl_credentials_variables};
    return pl_program_start(&program, ret);
}

enum pl_status pl_docker_tunnel_dial(void *context, int *ret_fd, struct pl_error *err)
{
    struct pl_docker_tunnel *tunnel = context;
    if (tunnel->child_count == MOST_CHILDREN) {
        return pl_error_set(err, PL_E_NET, "the connection over ssh broke %d times", MOST_CHILDREN);
    }
    if (tunnel->said_fd < 0) {
        tunnel->said_fd = memfd_create("ssh", MFD_CLOEXEC);
    }
    int ends[2];
    if (tunnel->said_fd < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        return pl_error_sys(err, errno, "connecting over ssh");
    }
    pid_t child = 0;
    int failure = spawn_ssh(tunnel->ssh, ends[1], tunnel->said_fd, &child);
    close(ends[1]);
    if (failure != 0) {
        close(ends[0]);
        return failure == ENOENT ? pl_error_set(err, PL_E_NET, "the program ssh is not installed")
                                 : pl_error_sys(err, failure, "starting ssh");
    }
    tunnel->children =
        pl_mem_realloc(tunnel->children, tunnel->child_count + 1, sizeof(*tunnel->children));
    tunnel->children[tunnel->child_count++] = child;
    *ret_fd = ends[0];
    return PL_OK;
}

pl_str pl_docker_tunnel_last_words(struct pl_arena *arena, const struct pl_docker_tunnel *tunnel)
{
    char said[LAST_WORDS_BYTES];
    off_t size = tunnel->said_fd < 0 ? 0 : lseek(tunnel->said_fd, 0, SEEK_END);
    off_t from = size > LAST_WORDS_BYTES ? size - LAST_WORDS_BYTES : 0;
    size_t got = 0;
    if (size <= 0 ||
        pl_io_pread(tunnel->said_fd, said, sizeof(said), (uint64_t)from, &got, NULL) < 0) {
        return PL_STR_EMPTY;
    }
    pl_str cursor = pl_str_make(said, got);
    pl_str line = PL_STR_EMPTY;
    pl_str last = PL_STR_EMPTY;
    while (pl_str_next_line(&cursor, &line)) {
        line = pl_str_trim(line);
        last = line.len > 0 ? line : last;
    }
    return pl_utf8_clean(arena, last, 200);
}

static bool has_ended(pid_t child)
{
    for (;;) {
        pid_t got = waitpid(child, NULL, WNOHANG);
        if (got != -1 || errno != EINTR) {
            return got != 0;
        }
    }
}

void pl_docker_tunnel_close(struct pl_docker_tunnel *tunnel)
{
    for (size_t i = 0; i < tunnel->child_count; i++) {
        pid_t child = tunnel->children[i];
        unsigned waited_ms = 0;
        while (!has_ended(child)) {
            if (waited_ms == PATIENCE_MS) {
                kill(child, SIGTERM);
            } else if (waited_ms == 2 * PATIENCE_MS) {
                kill(child, SIGKILL);
            }
            const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
            nanosleep(&pause, NULL);
            waited_ms += 10;
        }
    }
    free(tunnel->children);
    if (tunnel->said_fd >= 0) {
        close(tunnel->said_fd);
    }
    *tunnel = (struct pl_docker_tunnel){.said_fd = -1};
}
