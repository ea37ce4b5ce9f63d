/* SPDX-License-Identifier: Apache-2.0 */
#include "image/path.h"
#include "base/limits.h"
#include "unit/test.h"

static void test_path__clean_forms(void **state)
{
    static const char *const pairs[][2] = {
        {"", ""},
        {"/", ""},
        {".", ""},
        {"./", ""},
        {"a", "a"},
        {"/a", "a"},
        {"./a", "a"},
        {"a/", "a"},
        {"//a///b//", "a/b"},
        {"a/./b/.", "a/b"},
        {"...", "..."},
        {"..a/b..", "..a/b.."},
        {"a\\b/c d", "a\\b/c d"},
        {"\xff/\n", "\xff/\n"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(pairs); i++) {
        char into[PL_LIMIT_PATH_BYTES];
        pl_str clean = PL_STR_EMPTY;
        assert_int_equal(pl_path_clean(pl_str_from(pairs[i][0]), into, &clean, NULL), PL_OK);
        pl_assert_str(clean, pairs[i][1]);
    }
}

static void test_path__what_leaves_the_root_is_refused(void **state)
{
    static const char *const bad[] = {"..", "../a", "/..", "a/..", "a/../b", "a/b/../../../c"};
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        char into[PL_LIMIT_PATH_BYTES];
        pl_str clean = PL_STR("before");
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_path_clean(pl_str_from(bad[i]), into, &clean, &err), PL_E_PARSE);
        pl_assert_str(clean, "before");
        assert_non_null(strstr(err.msg, bad[i]));
    }
}

static void test_path__lengths_around_the_limit(void **state)
{
    char text[PL_LIMIT_PATH_BYTES + 10];
    for (size_t len = PL_LIMIT_PATH_BYTES - 5; len < PL_LIMIT_PATH_BYTES + 5; len++) {
        char into[PL_LIMIT_PATH_BYTES];
        pl_str clean = PL_STR_EMPTY;
        memset(text, 'x', len);
        text[len / 2] = '/';
        enum pl_status st = pl_path_clean(pl_str_make(text, len), into, &clean, NULL);
        assert_true(st == PL_OK || st == PL_E_LIMIT);
        assert_true(st == PL_OK ? clean.len == len && clean.len < PL_LIMIT_PATH_BYTES
                                : len >= PL_LIMIT_PATH_BYTES - 1);
    }
    /* Slashes take no room in the clean form. */
    memset(text, '/', sizeof(text));
    char into[PL_LIMIT_PATH_BYTES];
    pl_str clean = PL_STR("x");
    assert_int_equal(pl_path_clean(pl_str_make(text, sizeof(text)), into, &clean, NULL), PL_OK);
    pl_assert_str(clean, "");
}

/* path_resolution(7): a relative target starts beside the link, and ".." in the root is the root.
 */
static void test_path__where_a_link_points(void **state)
{
    static const char *const links[][3] = {
        {"etc/os-release", "../usr/lib/os-release", "usr/lib/os-release"},
        {"etc/os-release", "/usr/lib/os-release", "usr/lib/os-release"},
        {"a/b/c", "d", "a/b/d"},
        {"a", "b", "b"},
        {"a", "../../../b", "b"},
        {"a/b", "..", ""},
        {"a/b", "/", ""},
        {"a/b", ".", "a"},
        {"a/b", "", "a"},
        {"a/b", "./../c/./d/", "c/d"},
        {"a/b/c", "../../../../x/../y", "y"},
    };
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(links); i++) {
        pl_str got = pl_path_resolve(&arena, pl_str_from(links[i][0]), pl_str_from(links[i][1]));
        pl_assert_str(got, links[i][2]);
    }
}

static void test_path__parents_and_names(void **state)
{
    pl_assert_str(pl_path_parent(PL_STR("a/b/c")), "a/b");
    pl_assert_str(pl_path_parent(PL_STR("a")), "");
    pl_assert_str(pl_path_parent(PL_STR("")), "");
    pl_assert_str(pl_path_base(PL_STR("a/b/c")), "c");
    pl_assert_str(pl_path_base(PL_STR("a")), "a");
    pl_assert_str(pl_path_base(PL_STR("")), "");
}

int pl_test_path(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path__clean_forms),
        cmocka_unit_test(test_path__what_leaves_the_root_is_refused),
        cmocka_unit_test(test_path__lengths_around_the_limit),
        cmocka_unit_test(test_path__where_a_link_points),
        cmocka_unit_test(test_path__parents_and_names),
    };
    return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
