/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * golden - holds what a format printed to a text in tests/golden/report/, which was checked by
 * reading. PL_TEST_UPDATE=1 renews the texts: read the difference.
 */
#include "base/io.h"
#include "base/limits.h"
#include "unit/test.h"

static inline void check_golden(pl_str text, const char *golden)
{
    struct pl_error err = PL_ERROR_INIT;
    char path[PL_LIMIT_PATH_BYTES];
    snprintf(path, sizeof(path), "%s/../golden/report/%s", pl_test_dir("PL_TEST_DATA"), golden);
    if (getenv("PL_TEST_UPDATE")) {
        assert_int_equal(pl_io_replace_file(path, text, &err), PL_OK);
    }
    struct pl_buf wanted pl_autobuf = PL_BUF_INIT(1 << 20);
    assert_int_equal(pl_io_read_file(path, &wanted, &err), PL_OK);
    assert_string_equal(text.ptr, pl_buf_str(&wanted).ptr);
}

/* Nothing in it obeys or deceives a terminal. */
static inline void check_harmless(pl_str text)
{
    assert_true(pl_str_is_utf8(text));
    assert_false(pl_str_contains(text, PL_STR("\xe2\x80\xae")));
    for (size_t i = 0; i < text.len; i++) {
        assert_true((unsigned char)text.ptr[i] >= 0x20 || text.ptr[i] == '\n');
    }
}
