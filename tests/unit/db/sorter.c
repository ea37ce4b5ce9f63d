/* SPDX-License-Identifier: Apache-2.0 */
#include "db/sorter.h"
#include "unit/test.h"

/* Adds `count` pairs in a scattered order and checks that they come out in the one order that byte
 * comparison gives, whatever was spilled. */
static void check(size_t budget_bytes, unsigned count)
{
    struct pl_sorter *sorter PL_CLEANUP(pl_sorter_freep) = pl_sorter_new("/tmp", budget_bytes);
    struct pl_error err = PL_ERROR_INIT;
    for (unsigned i = 0; i < count; i++) {
        char key[32];
        char value[600];
        /* 7919 is a prime, so that every number comes once. */
        unsigned number = (unsigned)((uint64_t)i * 7919 % count);
        int key_len = snprintf(key, sizeof(key), "key-%07u", number / 2);
        memset(value, 'v', sizeof(value));
        value[0] = (char)('a' + number % 2);
        assert_int_equal(pl_sorter_add(sorter, pl_str_make(key, (size_t)key_len),
                                       pl_str_make(value, 1 + number % 599), &err),
                         PL_OK);
    }
    assert_int_equal(pl_sorter_sort(sorter, &err), PL_OK);
    for (unsigned number = 0; number < count; number++) {
        char wanted[32];
        bool more = false;
        pl_str key = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        snprintf(wanted, sizeof(wanted), "key-%07u", number / 2);
        assert_int_equal(pl_sorter_next(sorter, &more, &key, &value, &err), PL_OK);
        assert_true(more);
        pl_assert_str(key, wanted);
        assert_int_equal(value.len, 1 + number % 599);
        assert_int_equal(value.ptr[0], 'a' + (int)(number % 2));
    }
    bool more = true;
    pl_str none = PL_STR_EMPTY;
    assert_int_equal(pl_sorter_next(sorter, &more, &none, &none, &err), PL_OK);
    assert_false(more);
}

static void test_sorter__in_memory(void **state)
{
    check((size_t)64 << 20, 20000);
    check((size_t)64 << 20, 0);
}

static void test_sorter__spilled_runs_merge(void **state)
{
    check((size_t)1 << 20, 20000);
    check(1, 300); /* each pair is a run of its own */
}

int pl_test_sorter(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorter__in_memory),
        cmocka_unit_test(test_sorter__spilled_runs_merge),
    };
    return cmocka_run_group_tests_name("db/sorter", tests, NULL, NULL);
}
