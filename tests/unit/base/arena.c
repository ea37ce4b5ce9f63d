/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "unit/test.h"
#include <stdalign.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define HAS_ASAN 1
#endif
#endif

static void test_arena__objects_are_aligned_zeroed_and_apart(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    unsigned char *before = NULL;
    size_t before_size = 0;
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *object = pl_arena_alloc(&arena, size, 1);
        assert_non_null(object);
        assert_int_equal((uintptr_t)object % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(object[i], 0);
        }
        if (before_size > 0) {
            assert_int_equal(before[0], 0xaa);
            assert_int_equal(before[before_size - 1], 0xaa);
        }
        if (size > 0) {
            memset(object, 0xaa, size);
        }
        before = object;
        before_size = size;
    }
}

static void test_arena__an_object_larger_than_any_block(void **state)
{
    enum { HUGE_BYTES = 5 << 20 };
    struct pl_arena arena pl_autoarena = {0};
    char *small = pl_arena_alloc(&arena, 1, 8);
    char *huge = pl_arena_alloc(&arena, HUGE_BYTES, 1);
    char *after = pl_arena_alloc(&arena, 1, 8);
    memset(small, 1, 8);
    memset(huge, 2, HUGE_BYTES);
    memset(after, 3, 8);
    assert_int_equal(small[7], 1);
    assert_int_equal(huge[0] + huge[HUGE_BYTES - 1], 4);
    assert_true(arena.used_bytes >= HUGE_BYTES + 16);
}

static void test_arena__clear_forgets_and_zeroes_again(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_arena_clear(&arena);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
            char *object = pl_arena_alloc(&arena, 100, 1);
            assert_int_equal(object[0] + object[99], 0);
            memset(object, 'x', 100);
        }
        pl_arena_clear(&arena);
        assert_int_equal(arena.used_bytes, 0);
    }
}

static void test_arena__copies_end_in_nul(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str copy = pl_arena_dup(&arena, pl_str_sub(PL_STR("abcdef"), 1, 3));
    assert_string_equal(copy.ptr, "bcd");
    assert_int_equal(copy.len, 3);
    assert_string_equal(pl_arena_dup(&arena, PL_STR_EMPTY).ptr, "");
    assert_string_equal(pl_arena_dup(&arena, pl_str_make(NULL, 0)).ptr, "");
    pl_assert_str(pl_arena_format(&arena, "%s=%d", "n", 7), "n=7");
    const char *text = NULL;
    assert_int_equal(pl_arena_cstr(&arena, PL_STR("a"), &text, NULL), PL_OK);
    assert_string_equal(text, "a");
}

static void test_arena__a_nul_inside_is_refused_with_its_place(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    const char *untouched = "before";
    assert_int_equal(pl_arena_cstr(&arena, PL_STR("ab\0c"), &untouched, &err), PL_E_PARSE);
    assert_int_equal(err.pos, 2);
    assert_string_equal(untouched, "before");
}

static void test_arena__lower_case_is_ascii_alone(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str lower = pl_arena_lower(&arena, PL_STR("AbZ[\xc3\x84"));
    pl_assert_str(lower, "abz[\xc3\x84");
    assert_int_equal(lower.ptr[lower.len], '\0');
}

static void test_arena__backslashes_quote_the_byte_after_them(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str plain = PL_STR("plain");
    assert_ptr_equal(pl_arena_unescape(&arena, plain).ptr, plain.ptr);
    pl_assert_str(pl_arena_unescape(&arena, PL_STR("a\\\"b\\\\")), "a\"b\\");
    pl_assert_str(pl_arena_unescape(&arena, PL_STR("a\\")), "a\\");
}

static void test_arena__gaps_are_poisoned(void **state)
{
#ifdef HAS_ASAN
    struct pl_arena arena pl_autoarena = {0};
    char *first = pl_arena_alloc(&arena, 10, 1);
    char *second = pl_arena_alloc(&arena, 10, 1);
    assert_false(__asan_address_is_poisoned(first + 9));
    assert_true(__asan_address_is_poisoned(first + 10));
    assert_true(__asan_address_is_poisoned(second - 1));
    assert_true(__asan_address_is_poisoned(second + 10));
    pl_arena_clear(&arena);
    assert_true(__asan_address_is_poisoned(first));
#else
    print_message("# built without AddressSanitizer\n");
    skip();
#endif
}

int pl_test_arena(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena__objects_are_aligned_zeroed_and_apart),
        cmocka_unit_test(test_arena__an_object_larger_than_any_block),
        cmocka_unit_test(test_arena__clear_forgets_and_zeroes_again),
        cmocka_unit_test(test_arena__copies_end_in_nul),
        cmocka_unit_test(test_arena__a_nul_inside_is_refused_with_its_place),
        cmocka_unit_test(test_arena__lower_case_is_ascii_alone),
        cmocka_unit_test(test_arena__backslashes_quote_the_byte_after_them),
        cmocka_unit_test(test_arena__gaps_are_poisoned),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
