/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * process - the root directory of a container's process, by way of /proc.
 *
 * The number that an engine gives may be of another machine, of another namespace of process ids,
 * or of a process that ended and whose number was given to another. So the process has to be in a
 * control group named by the container's id, as all engines name it; or, where the groups do not
 * tell, to have been started when the engine says that the container was.
 */
#include "base/error.h"
#include "model/container.h"

/* A readable descriptor of its root directory. NOT_FOUND when the process is not there or is not
 * that container's, DENIED when this user may not see its files. */
enum pl_status pl_container_open_root(const struct pl_container *container, int *ret_fd,
                                      struct pl_error *err);

/* For tests. Does /proc/PID/cgroup, whose content is `groups`, speak of the container `id`? */
bool pl_container_is_group(pl_str groups, pl_str id);
/* Ticks since the machine started, the 22nd field of /proc/PID/stat (proc(5)). */
bool pl_container_start_ticks(pl_str stat, uint64_t *ret);
/* Seconds since 1970 of an RFC 3339 time in UTC. */
bool pl_container_time(pl_str text, int64_t *ret);
