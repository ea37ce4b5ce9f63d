/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * test - what every unit-test file includes: cmocka with its prerequisites, and small helpers.
 */
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The entry points of this program's files. */
#define PL_TEST_FILE(name) int pl_test_##name(void);
#include PL_TESTS_DEF
#undef PL_TEST_FILE

/* The length is compared first, so that a failure shows which it was. */
static inline void pl_assert_str(pl_str got, const char *wanted)
{
    char copy[4096];
    size_t len = got.len < sizeof(copy) - 1 ? got.len : sizeof(copy) - 1;
    if (len > 0) {
        memcpy(copy, got.ptr, len);
    }
    copy[len] = '\0';
    assert_string_equal(copy, wanted);
}

/* A directory of test inputs named by an environment variable; NULL when it is not there. */
static inline const char *pl_test_dir(const char *variable)
{
    return getenv(variable);
}

/* A number below `end`; from the same state the same ones in each run. */
static inline unsigned pl_test_random(unsigned *state, unsigned end)
{
    *state = *state * 1664525U + 1013904223U;
    return (*state >> 8) % end;
}
