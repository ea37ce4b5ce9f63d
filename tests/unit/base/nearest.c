/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"
#include "base/compiler.h"
#include "unit/test.h"

static const char *nearest_of(const char *given)
{
    static const char *const known[] = {"completion", "db", "help", "sbom", "scan", "version"};
    struct pl_nearest nearest = pl_nearest_start(pl_str_from(given));
    for (size_t i = 0; i < PL_ARRAY_LEN(known); i++) {
        pl_nearest_offer(&nearest, known[i]);
    }
    return nearest.best;
}

static void test_nearest__typing_errors(void **state)
{
    assert_string_equal(nearest_of("scna"), "scan");
    assert_string_equal(nearest_of("scann"), "scan");
    assert_string_equal(nearest_of("verison"), "version");
    assert_string_equal(nearest_of("hlep"), "help");
    assert_string_equal(nearest_of("complete"), "completion");
}

static void test_nearest__other_words_have_none(void **state)
{
    assert_null(nearest_of(""));
    assert_null(nearest_of("wonderful"));
    assert_null(nearest_of("xy"));
    char longer[10000];
    memset(longer, 's', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_null(nearest_of(longer));
}

int pl_test_nearest(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest__typing_errors),
        cmocka_unit_test(test_nearest__other_words_have_none),
    };
    return cmocka_run_group_tests_name("base/nearest", tests, NULL, NULL);
}
