/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"
#include "base/arena.h"
#include "unit/test.h"

static void test_map__keeps_what_it_was_given_while_it_grows(void **state)
{
    enum { COUNT = 5000 };
    struct pl_arena arena pl_autoarena = {0};
    struct pl_map map pl_automap = {0};
    static int values[COUNT];
    for (int i = 0; i < COUNT; i++) {
        void **place = pl_map_at(&map, pl_arena_format(&arena, "key %d", i));
        assert_null(*place);
        *place = &values[i];
    }
    assert_int_equal(map.count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        pl_str key = pl_arena_format(&arena, "key %d", i);
        assert_ptr_equal(pl_map_find(&map, key), &values[i]);
        assert_ptr_equal(*pl_map_at(&map, key), &values[i]);
    }
    assert_int_equal(map.count, COUNT);
    assert_null(pl_map_find(&map, PL_STR("key 5000")));
    assert_null(pl_map_find(&map, PL_STR("key")));
}

static void test_map__the_empty_key_and_keys_with_nul_are_keys(void **state)
{
    struct pl_map map pl_automap = {0};
    int one = 1;
    int two = 2;
    int three = 3;
    assert_null(pl_map_find(&map, PL_STR_EMPTY));
    *pl_map_at(&map, pl_str_make(NULL, 0)) = &one;
    *pl_map_at(&map, PL_STR("a\0b")) = &two;
    *pl_map_at(&map, PL_STR("a\0c")) = &three;
    assert_ptr_equal(pl_map_find(&map, PL_STR_EMPTY), &one);
    assert_ptr_equal(pl_map_find(&map, PL_STR("a\0b")), &two);
    assert_ptr_equal(pl_map_find(&map, PL_STR("a\0c")), &three);
    assert_null(pl_map_find(&map, PL_STR("a")));
    assert_int_equal(map.count, 3);
}

int pl_test_map(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map__keeps_what_it_was_given_while_it_grows),
        cmocka_unit_test(test_map__the_empty_key_and_keys_with_nul_are_keys),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
