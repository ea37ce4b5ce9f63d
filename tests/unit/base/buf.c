/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "unit/test.h"

static void test_buf__fills_to_its_ceiling_and_no_further(void **state)
{
    struct pl_buf buf pl_autobuf = PL_BUF_INIT(5);
    pl_buf_append(&buf, PL_STR("abc"));
    pl_buf_append(&buf, PL_STR("de"));
    assert_int_equal(pl_buf_status(&buf, "it", NULL), PL_OK);
    assert_string_equal(buf.ptr, "abcde");
    pl_buf_append(&buf, PL_STR(""));
    assert_false(buf.overflowed);
    pl_buf_append_char(&buf, 'f');
    assert_true(buf.overflowed);
    pl_assert_str(pl_buf_str(&buf), "abcde");
}

static void test_buf__an_overflow_sticks_and_is_told(void **state)
{
    struct pl_buf buf pl_autobuf = PL_BUF_INIT(4);
    pl_buf_append(&buf, PL_STR("ab"));
    pl_buf_append(&buf, PL_STR("too long"));
    /* What would fit is no longer taken: a text with a hole in it is worse than none. */
    pl_buf_append(&buf, PL_STR("c"));
    pl_assert_str(pl_buf_str(&buf), "ab");
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_buf_status(&buf, "the answer", &err), PL_E_LIMIT);
    assert_non_null(strstr(err.msg, "the answer"));
    assert_non_null(strstr(err.msg, "4 bytes"));
    pl_buf_clear(&buf);
    pl_buf_append(&buf, PL_STR("abcd"));
    assert_int_equal(pl_buf_status(&buf, "it", NULL), PL_OK);
    pl_assert_str(pl_buf_str(&buf), "abcd");
}

static void test_buf__a_length_near_the_end_of_the_address_space(void **state)
{
    struct pl_buf buf pl_autobuf = PL_BUF_INIT(100);
    pl_buf_append(&buf, PL_STR("x"));
    assert_null(pl_buf_reserve(&buf, SIZE_MAX));
    assert_true(buf.overflowed);
    pl_buf_clear(&buf);
    assert_null(pl_buf_reserve(&buf, SIZE_MAX - 1));
    assert_int_equal(buf.len, 0);
}

static void test_buf__formats(void **state)
{
    struct pl_buf buf pl_autobuf = PL_BUF_INIT(300);
    pl_buf_append_format(&buf, "%d-%s", 12, "a");
    assert_string_equal(buf.ptr, "12-a");
    pl_buf_append_format(&buf, "%250d", 1);
    assert_int_equal(buf.len, 254);
    pl_buf_append_format(&buf, "%47d", 1);
    assert_true(buf.overflowed);
    assert_int_equal(buf.len, 254);
}

static void test_buf__of_nothing_is_an_empty_text(void **state)
{
    struct pl_buf buf pl_autobuf = PL_BUF_INIT(0);
    pl_assert_str(pl_buf_str(&buf), "");
    pl_buf_append(&buf, PL_STR_EMPTY);
    assert_int_equal(pl_buf_status(&buf, "it", NULL), PL_OK);
    pl_buf_append_char(&buf, 'a');
    assert_int_equal(pl_buf_status(&buf, "it", NULL), PL_E_LIMIT);
}

int pl_test_buf(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf__fills_to_its_ceiling_and_no_further),
        cmocka_unit_test(test_buf__an_overflow_sticks_and_is_told),
        cmocka_unit_test(test_buf__a_length_near_the_end_of_the_address_space),
        cmocka_unit_test(test_buf__formats),
        cmocka_unit_test(test_buf__of_nothing_is_an_empty_text),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
