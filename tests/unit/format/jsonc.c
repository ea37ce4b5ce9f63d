/* SPDX-License-Identifier: Apache-2.0 */
#include "format/jsonc.h"
#include "base/compiler.h"
#include "unit/test.h"

static void test_jsonc__lines_and_columns_stay(void **state)
{
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"", ""},
        {"{\"a\": 1}", "{\"a\": 1}"},
        {"[1, 2, ]", "[1, 2  ]"},
        {"{\"a\": 1, // x, ]\n}", "{\"a\": 1         \n}"},
        {"[1 /* , */ , /* ] */ ]", "[1                   ]"},
        {"/* a\r\nb */ 1", "    \r\n     1"},
        {"\"// no, /* no */ ,]\"", "\"// no, /* no */ ,]\""},
        {"[\"\\\",]\",]", "[\"\\\",]\" ]"},
        {"[[1,],]", "[[1 ] ]"},
        /* Not closed, and no comment. */
        {"[1, /* x", "[1,     "},
        {"\"a", "\"a"},
        {"\"a\\", "\"a\\"},
        {"1 / 2", "1 / 2"},
        /* Without a value before it a comma is an error to whoever parses it. */
        {"[,]", "[,]"},
        {"[1,,]", "[1,,]"},
        {"{\"a\":,}", "{\"a\":,}"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        pl_assert_str(pl_jsonc_to_json(&arena, pl_str_from(cases[i].text)), cases[i].wanted);
    }
}

int pl_test_jsonc(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jsonc__lines_and_columns_stay),
    };
    return cmocka_run_group_tests_name("format/jsonc", tests, NULL, NULL);
}
