/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/diff.h"
#include "unit/test.h"

static struct pl_components list_of(struct pl_arena *arena, const char *const (*rows)[3],
                                    size_t count)
{
    struct pl_components list = {0};
    for (size_t i = 0; i < count; i++) {
        struct pl_component *component = pl_vec_push(arena, &list);
        component->type = PL_STR("npm");
        component->name = pl_str_from(rows[i][0]);
        component->version = pl_str_from(rows[i][1]);
        component->license_expression = pl_str_from(rows[i][2]);
    }
    return list;
}

static void check(const struct pl_sbom_change *change, enum pl_sbom_change_kind kind,
                  const char *from, const char *to)
{
    assert_int_equal(change->kind, kind);
    pl_assert_str(change->from ? change->from->version : PL_STR("none"), from);
    pl_assert_str(change->to ? change->to->version : PL_STR("none"), to);
}

static void test_diff__each_kind(void **state)
{
    static const char *const before[][3] = {
        {"a", "1", "MIT"}, {"b", "1", "MIT"}, {"c", "1", ""}, {"d", "1", ""},
        {"d", "2", ""},    {"e", "1", "MIT"}, {"f", "1", ""},
    };
    static const char *const after[][3] = {
        {"a", "2", "MIT"}, {"aa", "1", ""},   {"c", "1", ""}, {"d", "2", ""},
        {"d", "3", ""},    {"e", "1", "ISC"}, {"f", "1", ""}, {"f", "2", ""},
    };
    struct pl_arena arena pl_autoarena = {0};
    struct pl_components from = list_of(&arena, before, PL_ARRAY_LEN(before));
    struct pl_components to = list_of(&arena, after, PL_ARRAY_LEN(after));
    struct pl_sbom_changes changes = pl_sbom_diff(&arena, &from, &to);
    assert_int_equal(changes.count, 6);
    check(&changes.items[0], PL_SBOM_CHANGED, "1", "2");
    check(&changes.items[1], PL_SBOM_ADDED, "none", "1");
    check(&changes.items[2], PL_SBOM_REMOVED, "1", "none");
    check(&changes.items[3], PL_SBOM_CHANGED, "1", "3");
    check(&changes.items[4], PL_SBOM_RELICENSED, "1", "1");
    check(&changes.items[5], PL_SBOM_ADDED, "none", "2");
    assert_int_equal(pl_sbom_diff(&arena, &to, &to).count, 0);
    struct pl_components nothing = {0};
    assert_int_equal(pl_sbom_diff(&arena, &nothing, &to).count, to.count);
    assert_int_equal(pl_sbom_diff(&arena, &nothing, &nothing).count, 0);
}

int pl_test_diff(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_diff__each_kind),
    };
    return cmocka_run_group_tests_name("sbom/diff", tests, NULL, NULL);
}
