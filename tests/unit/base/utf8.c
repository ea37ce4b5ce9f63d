/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "unit/test.h"
#include <locale.h>
#include <wchar.h>
#include <wctype.h>

static void test_utf8__characters_and_errors(void **state)
{
    pl_str cursor = PL_STR("A\xc3\xa9\xe4\xb8\xad\xf0\x9f\x90\xb3\xff\xe4\xb8");
    static const uint32_t wanted[] = {'A', 0xe9, 0x4e2d, 0x1f433, 0xfffd, 0xfffd, 0xfffd};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
        bool ok = false;
        assert_int_equal(pl_utf8_take(&cursor, &ok), wanted[i]);
        assert_int_equal(ok, i < 4);
    }
    assert_int_equal(cursor.len, 0);
}

/* The C library's own table is the second opinion, where both know the character. */
static void test_utf8__widths_agree_with_the_c_library(void **state)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_message("# the locale C.UTF-8 is missing\n");
        skip();
    }
    static const uint32_t blocks[][2] = {
        {0x20, 0x7e},       {0xa1, 0x24f},    {0x300, 0x36f},   {0x370, 0x52f},
        {0x1100, 0x115f},   {0x20d0, 0x20f0}, {0x2100, 0x23ff}, {0x2500, 0x27ff},
        {0x3041, 0x3247},   {0x4e00, 0x9fff}, {0xac00, 0xd7a3}, {0x1f300, 0x1f64f},
        {0x20000, 0x2a6df},
    };
    size_t compared = 0;
    for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
        for (uint32_t c = blocks[i][0]; c <= blocks[i][1]; c++) {
            if (pl_utf8_is_unsafe(c) || wcwidth((wchar_t)c) < 0) {
                continue;
            }
            if ((int)pl_utf8_width(c) != wcwidth((wchar_t)c)) {
                fail_msg("U+%04X: %u columns here, %d there", c, pl_utf8_width(c),
                         wcwidth((wchar_t)c));
            }
            compared++;
        }
    }
    assert_true(compared > 50000);
    setlocale(LC_CTYPE, "C");
}

/* Cc, and the nine bidirectional controls of Unicode's PropList (Bidi_Control). */
static void test_utf8__what_steers_a_terminal_is_unsafe(void **state)
{
    for (uint32_t c = 0; c < 0xa0; c++) {
        assert_int_equal(pl_utf8_is_unsafe(c), c < 0x20 || c >= 0x7f);
    }
    static const uint32_t bidi[] = {0x61c,  0x200e, 0x200f, 0x202a, 0x202b, 0x202c,
                                    0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069};
    for (size_t i = 0; i < sizeof(bidi) / sizeof(*bidi); i++) {
        assert_true(pl_utf8_is_unsafe(bidi[i]));
    }
    assert_false(pl_utf8_is_unsafe(0x4e2d));
    assert_false(pl_utf8_is_unsafe(0x1f433));
    assert_true(pl_utf8_is_unsafe(0xe000));
    assert_true(pl_utf8_is_unsafe(0x10ffff));
}

static void test_utf8__clean_text_is_cut_and_repaired(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_assert_str(pl_utf8_clean(&arena, PL_STR("a\x1b[0mb\xc2\x9b"), 100),
                  "a\xef\xbf\xbd[0mb\xef\xbf\xbd");
    pl_assert_str(pl_utf8_clean(&arena, PL_STR("abcdef"), 3), "abc...");
    pl_assert_str(pl_utf8_clean(&arena, PL_STR(""), 3), "");
    assert_int_equal(pl_utf8_columns(PL_STR("a\xe4\xb8\xad")), 3);
}

int pl_test_utf8(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8__characters_and_errors),
        cmocka_unit_test(test_utf8__widths_agree_with_the_c_library),
        cmocka_unit_test(test_utf8__what_steers_a_terminal_is_unsafe),
        cmocka_unit_test(test_utf8__clean_text_is_cut_and_repaired),
    };
    return cmocka_run_group_tests_name("base/utf8", tests, NULL, NULL);
}
