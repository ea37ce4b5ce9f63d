/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "base/compiler.h"
#include "unit/test.h"

static void test_str__cut_and_pieces(void **state)
{
    pl_str head = PL_STR_EMPTY;
    pl_str tail = PL_STR_EMPTY;
    assert_true(pl_str_cut(PL_STR("a:b:c"), ':', &head, &tail));
    pl_assert_str(head, "a");
    pl_assert_str(tail, "b:c");
    assert_false(pl_str_cut(PL_STR("abc"), ':', &head, &tail));
    pl_assert_str(head, "abc");
    assert_int_equal(tail.len, 0);
}

static void test_str__lines_lose_their_ends(void **state)
{
    pl_str cursor = PL_STR("one\r\n\ntwo");
    pl_str line = PL_STR_EMPTY;
    assert_true(pl_str_next_line(&cursor, &line));
    pl_assert_str(line, "one");
    assert_true(pl_str_next_line(&cursor, &line));
    pl_assert_str(line, "");
    assert_true(pl_str_next_line(&cursor, &line));
    pl_assert_str(line, "two");
    assert_false(pl_str_next_line(&cursor, &line));
}

static void test_str__numbers_are_bounded(void **state)
{
    uint64_t value = 7;
    assert_true(pl_str_to_uint(PL_STR("18446744073709551615"), UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
    assert_false(pl_str_to_uint(PL_STR("18446744073709551616"), UINT64_MAX, &value));
    assert_false(pl_str_to_uint(PL_STR("256"), 255, &value));
    assert_false(pl_str_to_uint(PL_STR(""), 255, &value));
    assert_false(pl_str_to_uint(PL_STR("1x"), 255, &value));
}

static void test_str__bytes_are_taken_while_wanted(void **state)
{
    pl_str cursor = PL_STR("ab1");
    pl_assert_str(pl_str_take_while(&cursor, pl_char_is_alpha), "ab");
    pl_assert_str(cursor, "1");
    pl_assert_str(pl_str_take_while(&cursor, pl_char_is_alpha), "");
    pl_assert_str(pl_str_take_while(&cursor, pl_char_is_alnum), "1");
    pl_assert_str(pl_str_take_while(&cursor, pl_char_is_alnum), "");
    assert_int_equal(cursor.len, 0);
}

static void test_str__order_without_case(void **state)
{
    assert_int_equal(pl_str_cmp_nocase(PL_STR("aB"), PL_STR("Ab")), 0);
    assert_true(pl_str_cmp_nocase(PL_STR("a"), PL_STR("AB")) < 0);
    assert_true(pl_str_cmp_nocase(PL_STR("b"), PL_STR("AB")) > 0);
    /* '_' lies between the capitals and the small letters. */
    assert_true(pl_str_cmp_nocase(PL_STR("_"), PL_STR("B")) < 0);
    assert_true(pl_str_cmp_nocase(PL_STR("\xc3"), PL_STR("z")) > 0);
}

static void test_str__what_follows_the_last(void **state)
{
    pl_assert_str(pl_str_after_last(PL_STR("a/b/c"), '/'), "c");
    pl_assert_str(pl_str_after_last(PL_STR("abc"), '/'), "abc");
    pl_assert_str(pl_str_after_last(PL_STR("a/"), '/'), "");
}

/* A star as fnmatch(3) has it, without what that knows besides. */
static void test_str__patterns(void **state)
{
    static const struct {
        const char *text, *pattern;
        bool fits;
    } cases[] = {
        {"linux-image-6.1", "linux-image-*", true},
        {"linux-image-", "linux-image-*", true},
        {"linux-image", "linux-image-*", false},
        {"abab", "*ab", true},
        {"aab", "a*ab", true},
        {"ab", "a*ab", false},
        {"", "*", true},
        {"", "", true},
        {"x", "", false},
        {"a.b", "a?b", true},
        {"ab", "a?b", false},
        {"a.b", "a,b", false},
        {"axbxc", "a*b*c", true},
        {"axbx", "a*b*c", false},
        {"abc", "**", true},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        assert_int_equal(pl_str_fits(pl_str_from(cases[i].text), pl_str_from(cases[i].pattern)),
                         cases[i].fits);
    }
}

/* The table of well-formed and ill-formed sequences of RFC 3629, section 4. */
static void test_str__utf8_is_strict(void **state)
{
    assert_true(pl_str_is_utf8(PL_STR("A\xe2\x89\xa2\xce\x91.\xf4\x8f\xbf\xbf")));
    assert_false(pl_str_is_utf8(PL_STR("\xc0\x80")));
    assert_false(pl_str_is_utf8(PL_STR("\xed\xa0\x80")));
    assert_false(pl_str_is_utf8(PL_STR("\xf4\x90\x80\x80")));
    assert_false(pl_str_is_utf8(PL_STR("\xe2\x89")));
}

int pl_test_str(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_str__cut_and_pieces),
        cmocka_unit_test(test_str__lines_lose_their_ends),
        cmocka_unit_test(test_str__numbers_are_bounded),
        cmocka_unit_test(test_str__bytes_are_taken_while_wanted),
        cmocka_unit_test(test_str__order_without_case),
        cmocka_unit_test(test_str__what_follows_the_last),
        cmocka_unit_test(test_str__patterns),
        cmocka_unit_test(test_str__utf8_is_strict),
    };
    return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}
