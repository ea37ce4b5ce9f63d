/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ssh - a connection to an engine on another machine, through the user's own ssh program.
 *
 * ssh runs "docker system dial-stdio" (or podman's) over there, which joins its standard input and
 * output to the engine's socket, as the docker client does it. Keys, host keys and jumps are those
 * of the user's ssh configuration; nothing is asked on a terminal (BatchMode).
 *
 * A tunnel belongs to one thread. Each connection is a process of its own, which ends when the
 * connection is closed, and is waited for by pl_docker_tunnel_close.
 */
#include "image/docker/host.h"
#include <sys/types.h>

struct pl_docker_tunnel {
    const struct pl_docker_ssh *ssh; /* borrowed */
    pid_t *children;
    size_t child_count;
    int said_fd; /* what the ssh programs wrote to their standard error; -1 before the first */
};

struct pl_docker_tunnel pl_docker_tunnel_start(const struct pl_docker_ssh *ssh);

/* The `dial` of pl_http_transport; the context is the tunnel. */
enum pl_status pl_docker_tunnel_dial(void *context, int *ret_fd, struct pl_error *err);

/* The last line that ssh wrote, such as "Permission denied (publickey)."; or empty. */
pl_str pl_docker_tunnel_last_words(struct pl_arena *arena, const struct pl_docker_tunnel *tunnel);

/* After the connections are closed. */
void pl_docker_tunnel_close(struct pl_docker_tunnel *tunnel);
