/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/mem.h"
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(ptr, len) __asan_poison_memory_region((ptr), (len))
#define UNPOISON(ptr, len) __asan_unpoison_memory_region((ptr), (len))
/* Space after each object that nothing may touch. */
#define RED_ZONE 16
/* Poison comes in units of eight bytes. */
#define TEXT_ALIGNMENT 8
/* The search for leaks looks at what malloc gave alone. */
#define IS_MAPPED(size) ((void)(size), false)
#else
#define POISON(ptr, len) ((void)0)
#define UNPOISON(ptr, len) ((void)0)
#define RED_ZONE 0
/* Text lies close together: a layer's file lists are nearly all that its evidence holds. */
#define TEXT_ALIGNMENT 1
#define IS_MAPPED(size) ((size) >= LEAST_HUGE)
#endif

enum {
    ALIGNMENT = 16,
    FIRST_BLOCK = 4096,
    LARGEST_BLOCK = 4 << 20,
    HUGE_PAGE = 2 << 20,
    LEAST_HUGE = 256 << 10
};

struct pl_arena_block {
    struct pl_arena_block *next;
    size_t capacity;
    size_t used;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

/* Lies in the arena itself. */
struct pl_arena_adopted {
    struct pl_arena_adopted *next;
    void *heap;
};

void pl_arena_adopt(struct pl_arena *arena, void *heap)
{
    struct pl_arena_adopted *adopted = PL_ARENA_NEW(arena, struct pl_arena_adopted);
    *adopted = (struct pl_arena_adopted){arena->adopted, heap};
    arena->adopted = adopted;
}

static void free_adopted(struct pl_arena *arena)
{
    for (struct pl_arena_adopted *adopted = arena->adopted; adopted; adopted = adopted->next) {
        free(adopted->heap);
    }
    arena->adopted = NULL;
}

static void free_blocks(struct pl_arena_block *block)
{
    while (block) {
        struct pl_arena_block *next = block->next;
        size_t size = sizeof(*block) + block->capacity;
        UNPOISON(block->bytes, block->capacity);
        if (IS_MAPPED(size)) {
            munmap(block, size);
        } else {
            free(block);
        }
        block = next;
    }
}

void pl_arena_release(struct pl_arena *arena)
{
    free_adopted(arena);
    free_blocks(arena->blocks);
    *arena = (struct pl_arena){0};
}

void pl_arena_clear(struct pl_arena *arena)
{
    free_adopted(arena);
    if (!arena->blocks) {
        return;
    }
    free_blocks(arena->blocks->next);
    arena->blocks->next = NULL;
    arena->blocks->used = 0;
    arena->used_bytes = 0;
    POISON(arena->blocks->bytes, arena->blocks->capacity);
}

/* A block that is not small lies in huge pages where the kernel has them: touching memory a page at
 * a time is a good part of what a scan of known layers costs. Who came to such a block has more to
 * keep, most often. */
static struct pl_arena_block *allocate(size_t *capacity)
{
    size_t size = sizeof(struct pl_arena_block) + *capacity;
    if (!IS_MAPPED(size)) {
        return malloc(size);
    }
    size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    /* Not from malloc, which keeps what is freed: with the slack cut off that aligning leaves. */
    uint8_t *start =
        mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        return NULL;
    }
    size_t before = (HUGE_PAGE - (uintptr_t)start % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0) {
        munmap(start, before);
    }
    if (before < HUGE_PAGE) {
        munmap(start + before + size, HUGE_PAGE - before);
    }
    struct pl_arena_block *block = (struct pl_arena_block *)(void *)(start + before);
    (void)madvise(block, size, MADV_HUGEPAGE);
    *capacity = size - sizeof(*block);
    return block;
}

static struct pl_arena_block *add_block(struct pl_arena *arena, size_t wanted)
{
    size_t capacity = FIRST_BLOCK;
    if (arena->blocks) {
        capacity = arena->blocks->capacity * 2;
    }
    if (capacity > LARGEST_BLOCK) {
        capacity = LARGEST_BLOCK;
    }
    if (capacity < wanted) {
        capacity = wanted;
    }
    struct pl_arena_block *block = allocate(&capacity);
    if (!block) {
        pl_mem_abort(capacity);
    }
    block->capacity = capacity;
    block->used = 0;
    block->next = arena->blocks;
    arena->blocks = block;
    POISON(block->bytes, capacity);
    return block;
}

/* Room for `wanted` bytes at a multiple of `alignment`, a power of two up to ALIGNMENT; not zeroed.
 */
static void *take(struct pl_arena *arena, size_t wanted, size_t alignment)
{
    size_t room = (wanted > 0 ? wanted : 1) + RED_ZONE;
    struct pl_arena_block *block = arena->blocks;
    size_t at = block ? (block->used + alignment - 1) / alignment * alignment : 0;
    if (!block || at > block->capacity || block->capacity - at < room) {
        block = add_block(arena, room);
        at = 0;
    }
    arena->used_bytes += at + room - block->used;
    block->used = at + room;
    UNPOISON(block->bytes + at, wanted);
    return block->bytes + at;
}

void *pl_arena_alloc(struct pl_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX / 2) / size) {
        pl_mem_abort(SIZE_MAX);
    }
    void *ptr = take(arena, count * size, ALIGNMENT);
    memset(ptr, 0, count * size);
    return ptr;
}

void *pl_arena_take(struct pl_arena *arena, size_t size)
{
    return take(arena, size, ALIGNMENT);
}

pl_str pl_arena_dup(struct pl_arena *arena, pl_str s)
{
    char *copy = take(arena, s.len + 1, TEXT_ALIGNMENT);
    if (s.len > 0) {
        memcpy(copy, s.ptr, s.len);
    }
    copy[s.len] = '\0';
    return (pl_str){copy, s.len};
}

pl_str pl_arena_concat(struct pl_arena *arena, const pl_str *pieces, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len += pieces[i].len;
    }
    char *text = take(arena, len + 1, TEXT_ALIGNMENT);
    char *at = text;
    for (size_t i = 0; i < count; i++) {
        memcpy(at, pieces[i].ptr, pieces[i].len);
        at += pieces[i].len;
    }
    *at = '\0';
    return (pl_str){text, len};
}

pl_str pl_arena_lower(struct pl_arena *arena, pl_str s)
{
    char *copy = pl_arena_alloc(arena, s.len + 1, 1);
    for (size_t i = 0; i < s.len; i++) {
        copy[i] = pl_char_lower(s.ptr[i]);
    }
    return pl_str_make(copy, s.len);
}

pl_str pl_arena_unescape(struct pl_arena *arena, pl_str s)
{
    if (pl_str_find_char(s, '\\') == SIZE_MAX) {
        return s;
    }
    char *copy = pl_arena_alloc(arena, s.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        i += s.ptr[i] == '\\' && i + 1 < s.len ? 1 : 0;
        copy[len++] = s.ptr[i];
    }
    return pl_str_make(copy, len);
}

pl_str pl_arena_format(struct pl_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = pl_arena_alloc(arena, (size_t)(len > 0 ? len : 0) + 1, 1);
    if (len > 0) {
        vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    return (pl_str){text, len > 0 ? (size_t)len : 0};
}

enum pl_status pl_arena_cstr(struct pl_arena *arena, pl_str s, const char **ret,
                             struct pl_error *err)
{
    size_t nul = pl_str_find_char(s, '\0');
    if (nul != SIZE_MAX) {
        return pl_error_set_at(err, PL_E_PARSE, nul, "\"" PL_STR_FMT "\" has a NUL inside",
                               PL_STR_ARG(s));
    }
    *ret = pl_arena_dup(arena, s).ptr;
    return PL_OK;
}
