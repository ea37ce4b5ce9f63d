/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect.h"

extern const struct pl_cataloger pl_cataloger_apk;

#define DATABASE_PATH "lib/apk/db/installed"
#define DATABASE                                                                                   \
    "C:Q1abc=\nP:musl-utils\nV:1.2.4-r2\nA:x86_64\nS:1\nI:2\nT:text\nU:https://example.org\n"      \
    "L:MIT BSD GPL2+\no:musl\nm:Some One <one@example.org>\nF:\nR:top\nF:usr/bin\nR:ldd\n"         \
    "a:0:0:755\nZ:Q1x=\nF:empty\n\nP:plain\nV:1-r0\n"

static void test_apk__package_and_files(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_apk, DATABASE_PATH, PL_STR(DATABASE), NULL);
    assert_int_equal(found->components.count, 2);
    const struct pl_component *musl = &found->components.items[0];
    pl_assert_str(musl->type, "apk");
    pl_assert_str(musl->name, "musl-utils");
    pl_assert_str(musl->version, "1.2.4-r2");
    pl_assert_str(musl->source_name, "musl");
    pl_assert_str(musl->source_version, "1.2.4-r2");
    pl_assert_str(musl->vendor, "Some One <one@example.org>");
    assert_int_equal(musl->licenses.count, 1);
    pl_assert_str(musl->licenses.items[0], "MIT BSD GPL2+");
    assert_int_equal(musl->files.count, 2);
    pl_assert_str(musl->files.items[0], "top");
    pl_assert_str(musl->files.items[1], "usr/bin/ldd");
    pl_assert_str(found->components.items[1].source_name, "plain");
    assert_int_equal(found->components.items[1].files.count, 0);
    assert_int_equal(found->gaps.count, 0);
}

static void test_apk__a_broken_entry_is_a_gap(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_apk, DATABASE_PATH,
                        PL_STR("P:a\n\n\nV:1\n\nxx\nP\nP:b\nV:2\n\n"), NULL);
    assert_int_equal(found->components.count, 1);
    assert_int_equal(found->gaps.count, 2);
}

static void test_apk__a_path_that_is_too_long_is_a_gap(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    char text[2 * PL_LIMIT_PATH_BYTES];
    int len = snprintf(text, sizeof(text), "P:a\nV:1\nF:%04096d\nR:x\nF:y\nR:z\n", 0);
    struct pl_evidence_file *found = inspect_content(&arena, &pl_cataloger_apk, DATABASE_PATH,
                                                     pl_str_make(text, (size_t)len), NULL);
    assert_int_equal(found->components.items[0].files.count, 1);
    pl_assert_str(found->components.items[0].files.items[0], "y/z");
    assert_int_equal(found->gaps.count, 1);
}

static void test_apk__prefixes(void **state)
{
    inspect_prefixes(&pl_cataloger_apk, DATABASE_PATH, PL_STR(DATABASE), 1);
}

int pl_test_apk(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_apk__package_and_files),
        cmocka_unit_test(test_apk__a_broken_entry_is_a_gap),
        cmocka_unit_test(test_apk__a_path_that_is_too_long_is_a_gap),
        cmocka_unit_test(test_apk__prefixes),
    };
    return cmocka_run_group_tests_name("catalog/apk", tests, NULL, NULL);
}
