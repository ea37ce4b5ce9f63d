/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions are those of SPDX 2.3, annex D; Debian's names those of its machine-readable
 * copyright format 1.0 ("License specification"), whose equivalents SPDX's list of licences names;
 * Fedora's those of its legacy short names; Python's the classifiers of PyPI.
 */
#include "model/license.h"
#include "unit/test.h"

static const struct {
    const char *stated;
    const char *expression;
} cases[] = {
    /* Annex D.2 to D.4, and that case does not count. */
    {"MIT", "MIT"},
    {"mit", "MIT"},
    {"CDDL-1.0+", "CDDL-1.0+"},
    {"LicenseRef-23", "LicenseRef-23"},
    {"LicenseRef-MIT-Style-1 OR MIT", "LicenseRef-MIT-Style-1 OR MIT"},
    {"LGPL-2.1-only OR MIT OR BSD-3-Clause", "LGPL-2.1-only OR MIT OR BSD-3-Clause"},
    {"LGPL-2.1-only AND MIT AND BSD-2-Clause", "LGPL-2.1-only AND MIT AND BSD-2-Clause"},
    {"GPL-2.0-or-later WITH Bison-exception-2.2", "GPL-2.0-or-later WITH Bison-exception-2.2"},
    {"LGPL-2.1-only OR BSD-3-Clause AND MIT", "LGPL-2.1-only OR BSD-3-Clause AND MIT"},
    {"MIT AND (LGPL-2.1-or-later OR BSD-3-Clause)", "MIT AND (LGPL-2.1-or-later OR BSD-3-Clause)"},
    {"(MIT)", "MIT"},
    {"((MIT and ISC))", "MIT AND ISC"},
    /* Deprecated identifiers. */
    {"GPL-2.0", "GPL-2.0-only"},
    {"GPL-2.0+", "GPL-2.0-or-later"},
    {"LGPL-3.0+", "LGPL-3.0-or-later"},
    {"GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"},
    /* Debian. */
    {"Expat", "MIT"},
    {"GPL-2+", "GPL-2.0-or-later"},
    {"GPL-3", "GPL-3.0-only"},
    {"LGPL-2.1+", "LGPL-2.1-or-later"},
    {"BSD-3-clause", "BSD-3-Clause"},
    {"GPL-2+ or Artistic-2.0", "GPL-2.0-or-later OR Artistic-2.0"},
    {"Apache-2.0 with LLVM exception", "Apache-2.0 WITH LLVM-exception"},
    {"CC0", "CC0-1.0"},
    /* Fedora. */
    {"GPLv2+", "GPL-2.0-or-later"},
    {"LGPLv2+ and MIT", "LGPL-2.0-or-later AND MIT"},
    {"ASL 2.0", "Apache-2.0"},
    /* Crates, R. */
    {"MIT/Apache-2.0", "MIT OR Apache-2.0"},
    {"MIT | GPL-2", "MIT OR GPL-2.0-only"},
    /* Titles. */
    {"Apache License, Version 2.0", "Apache-2.0"},
    {"The Apache Software License, Version 2.0", "Apache-2.0"},
    {"The MIT License (MIT)", "MIT"},
    {"Eclipse Public License v2.0", "EPL-2.0"},
    {"License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)",
     "GPL-2.0-or-later"},
    {"License :: OSI Approved :: MIT License", "MIT"},
    /* What cannot be told. */
    {"", ""},
    {"BSD", ""},
    {"GPL", ""},
    {"custom", ""},
    {"SEE LICENSE IN LICENSE", ""},
    {"MIT + file LICENSE", ""},
    {"GPL-2+ or AFL-2.1, and Expat", ""},
    {"MIT AND", ""},
    {"AND MIT", ""},
    {"(MIT", ""},
    {"MIT)", ""},
    {"MIT OR unheard-of", ""},
    {"MIT WITH ISC", ""},
    {"LicenseRef-", ""},
    {"()", ""},
};

static void test_license__statements(void **state)
{
    struct pl_licenses *licenses PL_CLEANUP(pl_licenses_freep) = pl_licenses_new();
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        pl_str got = pl_licenses_expression(licenses, pl_str_from(cases[i].stated));
        pl_assert_str(got, cases[i].expression);
        /* Asked twice, and asked for what it amounts to. */
        pl_assert_str(pl_licenses_expression(licenses, pl_str_from(cases[i].stated)),
                      cases[i].expression);
        pl_assert_str(pl_licenses_expression(licenses, got), cases[i].expression);
    }
}

static void test_license__together(void **state)
{
    struct pl_licenses *licenses PL_CLEANUP(pl_licenses_freep) = pl_licenses_new();
    struct pl_arena arena pl_autoarena = {0};
    struct pl_strs list = {0};
    pl_assert_str(pl_licenses_join(licenses, &arena, &list), "");
    *pl_vec_push(&arena, &list) = PL_STR("GPL-2+ or MIT");
    pl_assert_str(pl_licenses_join(licenses, &arena, &list), "GPL-2.0-or-later OR MIT");
    *pl_vec_push(&arena, &list) = PL_STR("Expat");
    *pl_vec_push(&arena, &list) = PL_STR("MIT");
    pl_assert_str(pl_licenses_join(licenses, &arena, &list), "(GPL-2.0-or-later OR MIT) AND MIT");
    *pl_vec_push(&arena, &list) = PL_STR("custom");
    pl_assert_str(pl_licenses_join(licenses, &arena, &list), "");
}

/* Every identifier means itself, but for the deprecated ones that name their successor. */
static void test_license__identifiers(void **state)
{
    struct pl_licenses *licenses PL_CLEANUP(pl_licenses_freep) = pl_licenses_new();
    static const char *const ids[] = {
#define PL_SPDX_LICENSE(id) id,
#define PL_SPDX_EXCEPTION(id)
#include "model/spdx_ids.def"
#undef PL_SPDX_LICENSE
#undef PL_SPDX_EXCEPTION
    };
    size_t others = 0;
    for (size_t i = 0; i < PL_ARRAY_LEN(ids); i++) {
        pl_str got = pl_licenses_expression(licenses, pl_str_from(ids[i]));
        assert_true(got.len > 0);
        others += pl_str_eq(got, pl_str_from(ids[i])) ? 0 : 1;
    }
    /* Deprecated ones of the list, less "Nunit", which has no successor. */
    assert_int_equal(others, 30);
}

static void test_license__nesting_and_length_are_bounded(void **state)
{
    struct pl_licenses *licenses PL_CLEANUP(pl_licenses_freep) = pl_licenses_new();
    char deep[4000];
    memset(deep, '(', sizeof(deep));
    assert_int_equal(pl_licenses_expression(licenses, pl_str_make(deep, sizeof(deep))).len, 0);
    for (size_t i = 0; i + 8 <= sizeof(deep); i += 8) {
        memcpy(deep + i, "MIT AND ", 8);
    }
    memcpy(deep + sizeof(deep) - 8, "MIT OR X", 8);
    assert_int_equal(pl_licenses_expression(licenses, pl_str_make(deep, sizeof(deep))).len, 0);
}

int pl_test_license(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_license__statements),
        cmocka_unit_test(test_license__together),
        cmocka_unit_test(test_license__identifiers),
        cmocka_unit_test(test_license__nesting_and_length_are_bounded),
    };
    return cmocka_run_group_tests_name("model/license", tests, NULL, NULL);
}
