/* SPDX-License-Identifier: Apache-2.0 */
/* Headers written by hand after rpm's manual, "Package Format", Header structure. */
#include "format/rpm_header.h"
#include "unit/test.h"

#define ENTRY(tag, type, offset, count)                                                            \
    0, 0, (tag) >> 8, (tag)&0xff, 0, 0, 0, (type), 0, 0, 0, (offset), 0, 0, 0, (count)

static struct pl_rpm_header open_header(const uint8_t *bytes, size_t len)
{
    struct pl_rpm_header header = {0};
    struct pl_error err = PL_ERROR_INIT;
    if (pl_rpm_header_open((pl_span){bytes, len}, &header, &err) < 0) {
        fail_msg("%s", err.msg);
    }
    return header;
}

static void test_rpm_header__values(void **state)
{
    static const uint8_t bytes[] = {
        0,
        0,
        0,
        5,
        0,
        0,
        0,
        22, /* five entries, 22 bytes of data */
        ENTRY(PL_RPM_TAG_NAME, 6, 0, 1),
        ENTRY(PL_RPM_TAG_EPOCH, 4, 4, 1),
        ENTRY(PL_RPM_TAG_BASE_NAMES, 8, 8, 3),
        ENTRY(PL_RPM_TAG_FILE_MODES, 3, 16, 2),
        ENTRY(PL_RPM_TAG_LICENSE, 9, 20, 1),
        'a',
        'b',
        'c',
        0,
        1,
        2,
        3,
        4,
        'x',
        0,
        'y',
        'y',
        0,
        0,
        'z',
        'z',
        0x81,
        0xed,
        0x41,
        0xed,
        'L',
        0,
    };
    struct pl_rpm_header header = open_header(bytes, sizeof(bytes));
    pl_assert_str(pl_rpm_header_str(&header, PL_RPM_TAG_NAME), "abc");
    pl_assert_str(pl_rpm_header_str(&header, PL_RPM_TAG_LICENSE), "L");
    pl_assert_str(pl_rpm_header_str(&header, PL_RPM_TAG_VERSION), "");
    uint32_t epoch = 0;
    assert_true(pl_rpm_header_uint32(&header, PL_RPM_TAG_EPOCH, &epoch));
    assert_int_equal(epoch, 0x01020304);
    struct pl_rpm_values names = pl_rpm_header_strs(&header, PL_RPM_TAG_BASE_NAMES);
    pl_str name = PL_STR_EMPTY;
    assert_true(pl_rpm_values_next_str(&names, &name));
    pl_assert_str(name, "x");
    assert_true(pl_rpm_values_next_str(&names, &name));
    pl_assert_str(name, "yy");
    assert_true(pl_rpm_values_next_str(&names, &name));
    pl_assert_str(name, "");
    assert_false(pl_rpm_values_next_str(&names, &name));
    struct pl_rpm_values modes = pl_rpm_header_uint16s(&header, PL_RPM_TAG_FILE_MODES);
    uint16_t mode = 0;
    assert_true(pl_rpm_values_next_uint16(&modes, &mode) && mode == 0100755);
    assert_true(pl_rpm_values_next_uint16(&modes, &mode) && mode == 0040755);
    assert_false(pl_rpm_values_next_uint16(&modes, &mode));
}

/* What was added at installation stands after the region and wins. */
static void test_rpm_header__the_last_entry_of_a_tag_counts(void **state)
{
    static const uint8_t bytes[] = {
        0,
        0,
        0,
        2,
        0,
        0,
        0,
        4,
        ENTRY(PL_RPM_TAG_NAME, 6, 0, 1),
        ENTRY(PL_RPM_TAG_NAME, 6, 2, 1),
        'a',
        0,
        'b',
        0,
    };
    struct pl_rpm_header header = open_header(bytes, sizeof(bytes));
    pl_assert_str(pl_rpm_header_str(&header, PL_RPM_TAG_NAME), "b");
}

static void test_rpm_header__damaged_entries_count_as_absent(void **state)
{
    static const uint8_t bytes[] = {
        0,
        0,
        0,
        4,
        0,
        0,
        0,
        4,
        ENTRY(PL_RPM_TAG_NAME, 6, 0, 1), /* no NUL up to the end */
        ENTRY(PL_RPM_TAG_VERSION, 6, 5, 1), /* begins after the end */
        ENTRY(PL_RPM_TAG_EPOCH, 4, 0, 2), /* eight bytes of four */
        ENTRY(PL_RPM_TAG_RELEASE, 4, 0, 1), /* a number where a string should be */
        'a',
        'b',
        'c',
        'd',
    };
    struct pl_rpm_header header = open_header(bytes, sizeof(bytes));
    uint32_t epoch = 7;
    pl_assert_str(pl_rpm_header_str(&header, PL_RPM_TAG_NAME), "");
    pl_assert_str(pl_rpm_header_str(&header, PL_RPM_TAG_VERSION), "");
    pl_assert_str(pl_rpm_header_str(&header, PL_RPM_TAG_RELEASE), "");
    assert_false(pl_rpm_header_uint32(&header, PL_RPM_TAG_EPOCH, &epoch));
    assert_int_equal(epoch, 7);
}

static void test_rpm_header__sizes_are_checked(void **state)
{
    static const struct {
        uint8_t bytes[8];
        enum pl_status status;
    } cases[] = {
        {{0, 0, 0, 1, 0, 0, 0, 0}, PL_E_PARSE},
        {{0, 0, 0, 0, 0, 0, 0, 1}, PL_E_PARSE},
        {{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, PL_E_LIMIT},
        {{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, PL_E_LIMIT},
        {{0, 0, 0, 0, 0, 0, 0, 0}, PL_OK},
    };
    struct pl_rpm_header header;
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        assert_int_equal(pl_rpm_header_open((pl_span){cases[i].bytes, 8}, &header, NULL),
                         cases[i].status);
    }
    assert_int_equal(pl_rpm_header_open((pl_span){cases[0].bytes, 7}, &header, NULL), PL_E_PARSE);
}

int pl_test_rpm_header(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rpm_header__values),
        cmocka_unit_test(test_rpm_header__the_last_entry_of_a_tag_counts),
        cmocka_unit_test(test_rpm_header__damaged_entries_count_as_absent),
        cmocka_unit_test(test_rpm_header__sizes_are_checked),
    };
    return cmocka_run_group_tests_name("format/rpm_header", tests, NULL, NULL);
}
