/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * arena - an arena for the tests of a file, each of which finds it empty.
 */
#include "base/arena.h"
#include "unit/test.h"

static struct pl_arena arena;

static inline int init_arena(void **state)
{
    pl_arena_init(&arena);
    return 0;
}

static inline int release_arena(void **state)
{
    pl_arena_release(&arena);
    return 0;
}

#define PL_ARENA_TEST(test) cmocka_unit_test_setup_teardown(test, init_arena, release_arena)
