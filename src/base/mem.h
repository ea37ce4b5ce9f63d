/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * mem - heap allocation that cannot fail, and cleanup attributes.
 *
 * Out of memory ends the process in pl_mem_abort. The price: every length that comes from input
 * meets base/limits.h before it reaches these functions.
 */
#include "base/compiler.h"
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

/* Zeroed; free with free(). A product that overflows aborts. */
void *pl_mem_alloc(size_t count, size_t size);
void *pl_mem_realloc(void *ptr, size_t count, size_t size);
PL_NORETURN void pl_mem_abort(size_t wanted_bytes);

static inline void pl_mem_freep(void *pointer)
{
    free(*(void **)pointer);
}

static inline void pl_fd_closep(const int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

/* char *name pl_autofree = ...;  int fd pl_autoclose = -1; */
#define pl_autofree PL_CLEANUP(pl_mem_freep)
#define pl_autoclose PL_CLEANUP(pl_fd_closep)

/* Hands a descriptor over: its value, and the variable becomes -1. */
static inline int pl_fd_take(int *fd)
{
    int value = *fd;
    *fd = -1;
    return value;
}
