/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wire.h"
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

static void test_wire__examples_both_ways_and_every_prefix(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(examples); i++) {
        const struct example *example = &examples[i];
        struct pl_buf buf pl_autobuf = PL_BUF_INIT(16);
        pl_wire_put_uint(&buf, example->value);
        assert_int_equal(buf.len, example->len);
        assert_memory_equal(buf.ptr, example->bytes, example->len);
        struct pl_wire wire = pl_wire_over(pl_buf_str(&buf));
        assert_true(pl_wire_uint(&wire) == example->value);
        assert_false(wire.bad);
        assert_false(pl_wire_more(&wire));
        for (size_t len = 0; len < example->len; len++) {
            struct pl_wire cut = pl_wire_over(pl_str_make(example->bytes, len));
            assert_true(pl_wire_uint(&cut) == 0);
            assert_true(cut.bad);
        }
    }
}

static void test_wire__more_than_64_bits_are_refused(void **state)
{
    static const char *const large[] = {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
                                        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
                                        "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"};
    for (size_t i = 0; i < PL_ARRAY_LEN(large); i++) {
        struct pl_wire wire = pl_wire_over(pl_str_from(large[i]));
        assert_true(pl_wire_uint(&wire) == 0);
        assert_true(wire.bad);
    }
}

static void test_wire__strings_and_counts_are_bounded_by_what_is_left(void **state)
{
    struct pl_wire wire = pl_wire_over(PL_STR("\x04rest\x02x"));
    pl_assert_str(pl_wire_str(&wire), "rest");
    assert_int_equal(pl_wire_str(&wire).len, 0);
    assert_true(wire.bad);
    wire = pl_wire_over(PL_STR("\x03"
                               "123456"));
    assert_int_equal(pl_wire_count(&wire, 2), 3);
    wire = pl_wire_over(PL_STR("\x03"
                               "12345"));
    assert_int_equal(pl_wire_count(&wire, 2), 0);
    assert_true(wire.bad);
}

int pl_test_wire(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire__examples_both_ways_and_every_prefix),
        cmocka_unit_test(test_wire__more_than_64_bits_are_refused),
        cmocka_unit_test(test_wire__strings_and_counts_are_bounded_by_what_is_left),
    };
    return cmocka_run_group_tests_name("base/wire", tests, NULL, NULL);
}
