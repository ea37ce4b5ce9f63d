/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * program - starts another program, which does not outlive this one.
 *
 * It is killed when the process that started it dies, however that happens; it gets the standard
 * descriptors given and no others, signals as they are by default,
 * and the environment without the variables named, which hold what is not for it. No shell is
 * involved. The caller reaps it. To be called by a process of one thread, or by one whose calling
 * thread lives as long as it does.
 */
#include <stdbool.h>
#include <sys/types.h>

struct pl_program {
    const char *const *arguments; /* ended by NULL; the first one is looked for on PATH */
    int fds[3]; /* its standard input, output and error; -1: /dev/null */
    const char *const *without; /* names of environment variables, ended by NULL; or NULL */
    bool has_own_group; /* the terminal's signals do not reach it, and -pid names all of it */
};

/* Gives 0 and the process, or the errno of what failed: ENOENT when there is no such program. */
int pl_program_start(const struct pl_program *program, pid_t *ret_pid);
