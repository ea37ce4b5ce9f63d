/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"
#include "unit/test.h"

struct numbers {
    PL_VEC_FIELDS(int);
};

static void test_vec__grows_and_gives_zeroed_items(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct numbers numbers = {0};
    for (int i = 0; i < 1000; i++) {
        int *item = pl_vec_push(&arena, &numbers);
        assert_int_equal(*item, 0);
        *item = i + 1;
    }
    assert_int_equal(numbers.count, 1000);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(numbers.items[i], i + 1);
    }
    /* An item that was taken off is zero when its place is given again. */
    numbers.count--;
    assert_int_equal(*pl_vec_push(&arena, &numbers), 0);
}

static void test_vec__strings_once_each_and_in_byte_order(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_strs list = {0};
    static const char *const given[] = {"b", "a", "ab", "", "b", "\xff", "B", "a"};
    static const char *const wanted[] = {"", "B", "a", "ab", "b", "\xff"};
    pl_strs_sort(&list);
    assert_false(pl_strs_contain(&list, PL_STR("a")));
    for (size_t i = 0; i < PL_ARRAY_LEN(given); i++) {
        pl_strs_add_unique(&arena, &list, pl_str_from(given[i]));
    }
    pl_strs_sort(&list);
    assert_int_equal(list.count, PL_ARRAY_LEN(wanted));
    for (size_t i = 0; i < PL_ARRAY_LEN(wanted); i++) {
        pl_assert_str(list.items[i], wanted[i]);
        assert_true(pl_strs_contain(&list, list.items[i]));
    }
    assert_false(pl_strs_contain(&list, PL_STR("c")));
}

int pl_test_vec(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vec__grows_and_gives_zeroed_items),
        cmocka_unit_test(test_vec__strings_once_each_and_in_byte_order),
    };
    return cmocka_run_group_tests_name("vec", tests, NULL, NULL);
}
