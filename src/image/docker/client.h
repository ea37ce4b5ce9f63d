/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * client - questions to an engine that speaks the Docker Engine API: Docker itself (API 1.41 is
 * what this is written after), and Podman, which speaks the same beside its own.
 *
 * Only GET is ever sent: an engine is asked, never told. Paths are below /vN.NN with the version
 * that the engine offers, or the newest that is known here where the engine is newer.
 *
 * A client belongs to one thread, and to one process: in a forked child a new one is made, see
 * pl_docker_fetch. Messages of the engine are passed on, cleaned of what could steer a terminal.
 */
#include "format/json.h"
#include "image/docker/host.h"
#include "image/fetch.h"

struct pl_docker;

/* Finds an engine of that kind that answers. When none does: DENIED when a socket may not be
 * opened, else NET, with what was tried, why it failed, and what to do. `arena` has to outlive the
 * client. */
enum pl_status pl_docker_open(struct pl_arena *arena, const struct pl_docker_kind *kind,
                              struct pl_docker **ret, struct pl_error *err);
void pl_docker_free(struct pl_docker *docker);
PL_DEFINE_CLEANUP(struct pl_docker, pl_docker_free)
#define pl_autodocker PL_CLEANUP(pl_docker_freep)

/* For messages: "Docker (unix:///var/run/docker.sock)". */
pl_str pl_docker_title(const struct pl_docker *docker);
/* A socket of this machine. */
bool pl_docker_is_local(const struct pl_docker *docker);

/* `path` begins with a slash and is escaped. The answer to a success, parsed, or JSON's
 * null; else the failure's class with the engine's own message: NOT_FOUND for 404, and so on
 * (pl_http_status_class). */
enum pl_status pl_docker_get(struct pl_docker *docker, pl_str path, json_t **ret,
                             struct pl_error *err);

/* How the body of an answer is got as a stream, by a client of its own that is made when it is run.
 * Lives in the arena the client was opened with, and does not need the client. */
const struct pl_fetch *pl_docker_fetch(const struct pl_docker *docker, pl_str path);

/* `name` as it stands in a path: what an image or a container is called, with slashes, colons and
 * '@' as they are. PL_E_USAGE for what no engine could have and a path could not carry: empty,
 * overlong, with blanks, control characters, or segments that are empty, "." or "..". */
enum pl_status pl_docker_escape_name(struct pl_arena *arena, pl_str name, pl_str *ret,
                                     struct pl_error *err);
