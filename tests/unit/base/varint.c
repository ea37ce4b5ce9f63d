/* SPDX-License-Identifier: Apache-2.0 */
#include "base/varint.h"
#include "unit/test.h"

static const struct example {
    uint64_t value;
    const char *bytes;
    size_t len;
} examples[] = {
    /* DWARF version 5, section 7.6, "Examples of unsigned LEB128 encodings". */
    {2, "\x02", 1},
    {127, "\x7f", 1},
    {128, "\x80\x01", 2},
    {129, "\x81\x01", 2},
    {12857, "\xb9\x64", 2},
    /* The ends of the range, by the definition given there. */
    {0, "\x00", 1},
    {UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10},
    {1ULL << 63, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 10},
};

static void test_varint__examples_both_ways_and_every_prefix(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(examples); i++) {
        const struct example *example = &examples[i];
        struct pl_buf buf pl_autobuf = PL_BUF_INIT(16);
        pl_varint_append(&buf, example->value);
        assert_int_equal(buf.len, example->len);
        assert_memory_equal(buf.ptr, example->bytes, example->len);
        pl_span cursor = pl_str_span(pl_buf_str(&buf));
        uint64_t value = 0;
        assert_true(pl_varint_take(&cursor, &value));
        assert_true(value == example->value);
        assert_int_equal(cursor.len, 0);
        for (size_t len = 0; len < example->len; len++) {
            pl_span cut = {(const uint8_t *)example->bytes, len};
            value = 42;
            assert_false(pl_varint_take(&cut, &value));
            assert_int_equal(cut.len, len);
            assert_true(value == 42);
        }
    }
}

static void test_varint__more_than_64_bits_are_refused(void **state)
{
    static const char *const large[] = {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
                                        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
                                        "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"};
    for (size_t i = 0; i < PL_ARRAY_LEN(large); i++) {
        pl_span cursor = pl_str_span(pl_str_from(large[i]));
        size_t before = cursor.len;
        uint64_t value = 0;
        assert_false(pl_varint_take(&cursor, &value));
        assert_int_equal(cursor.len, before);
    }
}

static void test_varint__leaves_what_follows(void **state)
{
    pl_span cursor = pl_str_span(PL_STR("\x81\x01rest"));
    uint64_t value = 0;
    assert_true(pl_varint_take(&cursor, &value));
    pl_assert_str(pl_span_str(cursor), "rest");
}

int pl_test_varint(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_varint__examples_both_ways_and_every_prefix),
        cmocka_unit_test(test_varint__more_than_64_bits_are_refused),
        cmocka_unit_test(test_varint__leaves_what_follows),
    };
    return cmocka_run_group_tests_name("varint", tests, NULL, NULL);
}
