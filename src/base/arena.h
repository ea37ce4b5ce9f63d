/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * arena - memory that is given back all at once.
 *
 * One arena per lifetime: a scan, a request, the scratch of one file. What is in it is never freed
 * alone and owns no descriptor. Pointers stay good until pl_arena_clear or pl_arena_release. Not
 * shared between threads. Under AddressSanitizer the gaps between objects are poisoned, so that an
 * overrun from one object into the next is seen.
 */
#include "base/compiler.h"
#include "base/error.h"
#include "base/str.h"

struct pl_arena_block;
struct pl_arena_adopted;

struct pl_arena {
    struct pl_arena_block *blocks; /* newest first */
    struct pl_arena_adopted *adopted;
    size_t used_bytes; /* handed out, with alignment */
};

static inline void pl_arena_init(struct pl_arena *arena)
{
    *arena = (struct pl_arena){0};
}

/* Frees everything; the arena is as after init. */
void pl_arena_release(struct pl_arena *arena);

/* Forgets everything but keeps one block for reuse. */
void pl_arena_clear(struct pl_arena *arena);

/* Zeroed memory, aligned for any type; size 0 gives a valid pointer. */
void *pl_arena_alloc(struct pl_arena *arena, size_t count, size_t size);

/* Room for `size` bytes with whatever was there before, for who fills it at once. */
void *pl_arena_take(struct pl_arena *arena, size_t size);

#define PL_ARENA_NEW(arena, type) ((type *)pl_arena_alloc((arena), 1, sizeof(type)))
#define PL_ARENA_ARRAY(arena, type, count) ((type *)pl_arena_alloc((arena), (count), sizeof(type)))

/* Copies; the copy is followed by a NUL that is not counted. */
pl_str pl_arena_dup(struct pl_arena *arena, pl_str s);
/* The pieces one after the other. */
pl_str pl_arena_concat(struct pl_arena *arena, const pl_str *pieces, size_t count);
pl_str pl_arena_format(struct pl_arena *arena, const char *format, ...) PL_PRINTF(2, 3);
/* A copy with ASCII letters in lower case; a NUL follows it, too. */
pl_str pl_arena_lower(struct pl_arena *arena, pl_str s);
/* Without the backslashes that quote the byte after them; `s` itself when there are none. */
pl_str pl_arena_unescape(struct pl_arena *arena, pl_str s);

/* A C string for a foreign API; PL_E_PARSE when `s` has a NUL inside. */
enum pl_status pl_arena_cstr(struct pl_arena *arena, pl_str s, const char **ret,
                             struct pl_error *err);

/* Takes over memory of the heap: it is freed with the arena's own. NULL is accepted. */
void pl_arena_adopt(struct pl_arena *arena, void *heap);

#define pl_autoarena PL_CLEANUP(pl_arena_release)
