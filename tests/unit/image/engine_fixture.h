/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * engine_fixture - the recorded answers of tests/data/engine, which its README explains.
 */
#include "base/io.h"
#include "format/json.h"
#include "unit/test.h"
#include <limits.h>
#include <stdio.h>

static inline pl_str engine_text(struct pl_arena *arena, const char *name)
{
    char path[PATH_MAX];
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 20);
    snprintf(path, sizeof(path), "%s/engine/%s", pl_test_dir("PL_TEST_DATA"), name);
    assert_int_equal(pl_io_read_file(path, &text, NULL), PL_OK);
    return pl_arena_dup(arena, pl_buf_str(&text));
}

/* The caller owns it. */
static inline json_t *engine_json(struct pl_arena *arena, const char *name)
{
    json_t *answer = NULL;
    assert_int_equal(pl_json_parse(engine_text(arena, name), name, &answer, NULL), PL_OK);
    return answer;
}
