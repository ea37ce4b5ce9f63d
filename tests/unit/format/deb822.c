/* SPDX-License-Identifier: Apache-2.0 */
#include "format/deb822.h"
#include "unit/test.h"

/* deb822(5): paragraphs, folded and multi-line fields, comments, blank lines with spaces in them.
 */
static void test_deb822__paragraphs_and_fields(void **state)
{
    pl_str text = PL_STR("\n\nA: 1\nDescription: short\n long\n .\n\tmore: x\n# comment: no\nB:2\n"
                         " \t\nno field\nC : 3\n:empty name\nD:\n\n\n");
    pl_str paragraph = PL_STR_EMPTY;
    struct pl_deb822_field field;
    assert_true(pl_deb822_next_paragraph(&text, &paragraph));
    assert_true(pl_deb822_next_field(&paragraph, &field));
    pl_assert_str(field.name, "A");
    pl_assert_str(field.value, "1");
    assert_true(pl_deb822_next_field(&paragraph, &field));
    pl_assert_str(field.name, "Description");
    pl_assert_str(field.value, "short\n long\n .\n\tmore: x");
    pl_assert_str(pl_deb822_first_line(field.value), "short");
    assert_true(pl_deb822_next_field(&paragraph, &field));
    pl_assert_str(field.name, "B");
    pl_assert_str(field.value, "2");
    assert_false(pl_deb822_next_field(&paragraph, &field));

    assert_true(pl_deb822_next_paragraph(&text, &paragraph));
    assert_true(pl_deb822_next_field(&paragraph, &field));
    pl_assert_str(pl_str_trim(field.name), "C");
    assert_true(pl_deb822_next_field(&paragraph, &field));
    pl_assert_str(field.name, "D");
    pl_assert_str(field.value, "");
    pl_assert_str(pl_deb822_first_line(field.value), "");
    assert_false(pl_deb822_next_field(&paragraph, &field));
    assert_false(pl_deb822_next_paragraph(&text, &paragraph));
}

static void test_deb822__crlf(void **state)
{
    pl_str text = PL_STR("A: 1\r\n\r\nB: 2\r\n");
    pl_str paragraph = PL_STR_EMPTY;
    struct pl_deb822_field field;
    assert_true(pl_deb822_next_paragraph(&text, &paragraph));
    assert_true(pl_deb822_next_field(&paragraph, &field));
    pl_assert_str(field.value, "1");
    assert_true(pl_deb822_next_paragraph(&text, &paragraph));
    assert_false(pl_deb822_next_paragraph(&text, &paragraph));
}

/* Names are compared without regard to case (deb822(5)). */
static void test_deb822__wanted_fields(void **state)
{
    pl_str package = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    pl_str absent = PL_STR("as it was");
    const struct pl_deb822_wanted wanted[] = {
        {PL_STR("Package"), &package}, {PL_STR("Version"), &version}, {PL_STR("Absent"), &absent}};
    pl_deb822_read(PL_STR("PACKAGE: a\nother: b\nversion: 1\nVersion: 2\n"), wanted, 3);
    pl_assert_str(package, "a");
    pl_assert_str(version, "2");
    pl_assert_str(absent, "as it was");
}

int pl_test_deb822(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deb822__paragraphs_and_fields),
        cmocka_unit_test(test_deb822__crlf),
        cmocka_unit_test(test_deb822__wanted_fields),
    };
    return cmocka_run_group_tests_name("format/deb822", tests, NULL, NULL);
}
