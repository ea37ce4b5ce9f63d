/* SPDX-License-Identifier: Apache-2.0 */
#include "base/writer.h"
#include "unit/test.h"
#include <fcntl.h>

static void test_writer__order_is_kept_across_flushes(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 20);
    struct pl_writer writer;
    pl_writer_init_buf(&writer, &text);
    char large[40000];
    memset(large, 'L', sizeof(large));
    size_t wanted = 0;
    for (int i = 0; i < 5; i++) {
        pl_writer_repeat(&writer, 'a', 10000);
        pl_writer_str(&writer, pl_str_make(large, sizeof(large)));
        pl_writer_format(&writer, "%d", i);
        wanted += 10000 + sizeof(large) + 1;
    }
    assert_int_equal(pl_writer_finish(&writer, NULL), PL_OK);
    assert_int_equal(text.len, wanted);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(text.ptr[(i + 1) * 50001 - 1], '0' + i);
        assert_int_equal(text.ptr[i * 50001], 'a');
        assert_int_equal(text.ptr[i * 50001 + 10000], 'L');
    }
}

static void test_writer__the_first_failure_sticks(void **state)
{
    int fd pl_autoclose = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        print_message("# there is no /dev/full\n");
        skip();
    }
    struct pl_error err = PL_ERROR_INIT;
    struct pl_writer writer;
    pl_writer_init_fd(&writer, fd);
    pl_writer_repeat(&writer, 'x', 100000);
    assert_int_equal(pl_writer_finish(&writer, &err), PL_E_IO);
    assert_non_null(strstr(err.msg, "No space left"));
    assert_int_equal(pl_writer_finish(&writer, &err), PL_E_IO);
}

static void test_writer__the_ceiling_of_the_buffer_holds(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(10);
    struct pl_writer writer;
    pl_writer_init_buf(&writer, &text);
    pl_writer_str(&writer, PL_STR("12345678901"));
    assert_int_equal(pl_writer_finish(&writer, NULL), PL_E_LIMIT);
    assert_int_equal(text.len, 0);
}

int pl_test_writer(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writer__order_is_kept_across_flushes),
        cmocka_unit_test(test_writer__the_first_failure_sticks),
        cmocka_unit_test(test_writer__the_ceiling_of_the_buffer_holds),
    };
    return cmocka_run_group_tests_name("base/writer", tests, NULL, NULL);
}
