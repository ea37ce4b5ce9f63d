/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include <stdio.h>

void pl_mem_abort(size_t wanted_bytes)
{
    fprintf(stderr, "plimsoll: out of memory (%zu bytes wanted)\n", wanted_bytes);
    abort();
}

void *pl_mem_alloc(size_t count, size_t size)
{
    void *ptr = calloc(count ? count : 1, size ? size : 1);
    if (!ptr) {
        pl_mem_abort(count * size);
    }
    return ptr;
}

void *pl_mem_realloc(void *ptr, size_t count, size_t size)
{
    void *grown = reallocarray(ptr, count ? count : 1, size ? size : 1);
    if (!grown) {
        pl_mem_abort(count * size);
    }
    return grown;
}
