/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/select.h"
#include "unit/test.h"

static void expect_names(const char *list, const char *const *wanted)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_catalog_selection selection = {0};
    assert_int_equal(pl_catalog_select(&arena, pl_str_from(list), &selection, NULL), PL_OK);
    for (size_t i = 0; i < selection.count; i++) {
        assert_string_equal(selection.items[i]->name, wanted[i]);
    }
    assert_null(wanted[selection.count]);
}

static void test_select__only_these(void **state)
{
    expect_names("rpm,apk", (const char *const[]){"apk", "os-release", "rpm", NULL});
    expect_names(" dpkg ", (const char *const[]){"dpkg", "os-release", NULL});
}

static void test_select__all_but_these(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_catalog_selection selection = {0};
    size_t all = 0;
    pl_catalogers(&all);
    pl_str list = PL_STR("-rpm,-executable,-os-release");
    assert_int_equal(pl_catalog_select(&arena, list, &selection, NULL), PL_OK);
    assert_int_equal(selection.count, all - 2);
    struct pl_catalog_matcher *matcher PL_CLEANUP(pl_catalog_matcher_freep) =
        pl_catalog_matcher_new_selected(&selection);
    assert_null(pl_catalog_executable_reader(matcher));
    assert_null(pl_catalog_match(matcher, PL_STR("var/lib/rpm/Packages")));
    assert_non_null(pl_catalog_match(matcher, PL_STR("var/lib/dpkg/status")));
}

static void test_select__is_told_apart(void **state)
{
    static const char *const lists[] = {"rpm", "dpkg", "dpkg,rpm", "-rpm", "-dpkg"};
    struct pl_arena arena pl_autoarena = {0};
    uint64_t hashes[PL_ARRAY_LEN(lists)];
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        struct pl_catalog_selection selection = {0};
        pl_str list = pl_str_from(lists[i]);
        assert_int_equal(pl_catalog_select(&arena, list, &selection, NULL), PL_OK);
        hashes[i] = selection.hash;
        assert_true(hashes[i] != 0);
        for (size_t j = 0; j < i; j++) {
            assert_true(hashes[i] != hashes[j]);
        }
    }
}

static void test_select__refused(void **state)
{
    static const struct {
        const char *list;
        const char *message;
    } cases[] = {
        {"dpgk", "did you mean dpkg?"}, {"", "give names"},    {"dpkg,,rpm", "no cataloger \"\""},
        {"dpkg,-rpm", "give names"},    {"-", "no cataloger"}, {"zzzzzzzzzz", "docs/catalogers.md"},
        {"--rpm", "no cataloger"},
    };
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_catalog_selection selection = {0};
        struct pl_error err = PL_ERROR_INIT;
        pl_str list = pl_str_from(cases[i].list);
        assert_int_equal(pl_catalog_select(&arena, list, &selection, &err), PL_E_USAGE);
        if (!strstr(err.msg, cases[i].message)) {
            fail_msg("'%s' does not say '%s'", err.msg, cases[i].message);
        }
    }
}

int pl_test_select(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_select__only_these),
        cmocka_unit_test(test_select__all_but_these),
        cmocka_unit_test(test_select__is_told_apart),
        cmocka_unit_test(test_select__refused),
    };
    return cmocka_run_group_tests_name("catalog/select", tests, NULL, NULL);
}
