/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "unit/test.h"

/* Unicode's categories Cc and Cf: C0 and C1 controls, bidirectional overrides, zero-width ones; and
 * what is not well formed (RFC 3629). */
static void test_error__nothing_steers_a_terminal(void **state)
{
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_error_set(&err, PL_E_NET, "%s",
                                  "\x1b[31m a\tb\n \x7f \xc2\x9b\x32J \xe2\x80\xae \xe2\x80\x8b "
                                  "\x9b \xff \xe2\x82"),
                     PL_E_NET);
    assert_string_equal(err.msg, "?[31m a?b? ? ?2J ? ? ? ? ??");
    pl_error_set(&err, PL_E_NET, "%s", "\xc3\xa4 \xe4\xb8\xad \xf0\x9f\x90\xb3");
    assert_string_equal(err.msg, "\xc3\xa4 \xe4\xb8\xad \xf0\x9f\x90\xb3");
    pl_error_wrap(&err, "%s", "\xe2\x80\xae");
    assert_string_equal(err.msg, "?: \xc3\xa4 \xe4\xb8\xad \xf0\x9f\x90\xb3");
}

int pl_test_error(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error__nothing_steers_a_terminal),
    };
    return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
