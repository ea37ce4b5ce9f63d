/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ecosystems are those that OSV's schema and its export have. */
#include "feed/selection.h"
#include "model/ecosystem.h"
#include "unit/test.h"

static struct pl_feed_selection of(struct pl_arena *arena, const char *list)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_feed_selection selection = {0};
    assert_int_equal(pl_feed_selection_add(arena, &selection, pl_str_from(list), &err), PL_OK);
    return selection;
}

static void test_selection__releases(void **state)
{
    static const struct {
        const char *list;
        const char *ecosystem;
        bool is_taken;
    } rows[] = {
        {"debian:12,npm", "Debian:12", true},
        {"debian:12,npm", "Debian:11", false},
        {"debian:12,npm", "Debian", true},
        {"debian:12,npm", "npm", true},
        {"debian:1", "Debian:12", false},
        {"Debian", "Debian:13", true},
        {"npm", "PyPI", false},
        {"pypi", "PyPI", true},
        {"npm", PL_SUPPRESSION_ECOSYSTEM, true}, /* what is of no ecosystem is for all */
        {"npm", PL_END_OF_LIFE_ECOSYSTEM, true},
        {"alpine:3.18", "Alpine:v3.18", true},
        {"alpine:v3.18", "Alpine:v3.18", true},
        {"alpine:3.1", "Alpine:v3.18", false},
        {"ubuntu:22.04", "Ubuntu:22.04:LTS", true},
        {"ubuntu:22.04", "Ubuntu:Pro:22.04:LTS", true},
        {"ubuntu:22.04", "Ubuntu:24.04:LTS", false},
        {"rocky-linux:9", "Rocky Linux:9", true},
        {"red-hat:9", "Red Hat:enterprise_linux:9::appstream", true},
        {"red-hat:8", "Red Hat:enterprise_linux:9::appstream", false},
        {"suse:linux enterprise server 15 sp5", "SUSE:Linux Enterprise Server 15 SP5", true},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_feed_selection selection = of(&arena, rows[i].list);
        assert_int_equal(pl_feed_selection_takes(&selection, pl_str_from(rows[i].ecosystem)),
                         rows[i].is_taken);
    }
}

static void test_selection__bases(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_feed_selection selection = of(&arena, "debian:12, rocky-linux");
    struct pl_feed_selection all = {0};
    assert_true(pl_feed_selection_has(&selection, PL_STR("Debian")));
    assert_true(pl_feed_selection_has(&selection, PL_STR("Rocky Linux")));
    assert_false(pl_feed_selection_has(&selection, PL_STR("PyPI")));
    assert_true(pl_feed_selection_has(&all, PL_STR("PyPI")));
    assert_true(pl_feed_selection_takes(&all, PL_STR("PyPI")));
    assert_true(
        pl_str_eq(pl_feed_selection_text(&arena, &selection), PL_STR("debian:12,rocky linux")));
}

static void test_selection__no_names(void **state)
{
    static const char *const bad[] = {"", ",", "npm,", ":12", "debian:"};
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_error err = PL_ERROR_INIT;
        struct pl_feed_selection selection = {0};
        assert_int_equal(pl_feed_selection_add(&arena, &selection, pl_str_from(bad[i]), &err),
                         PL_E_USAGE);
    }
}

int pl_test_selection(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selection__releases),
        cmocka_unit_test(test_selection__bases),
        cmocka_unit_test(test_selection__no_names),
    };
    return cmocka_run_group_tests_name("feed/selection", tests, NULL, NULL);
}
