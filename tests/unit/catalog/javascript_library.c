/* SPDX-License-Identifier: Apache-2.0 */
/* The banners are the first lines of the files that the projects themselves distribute. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_javascript_library;

static void expect(const char *text, const char *wanted)
{
    expect_listing(&pl_cataloger_javascript_library, "www/app.min.js", text, wanted);
}

static void test_javascript_library__banners(void **state)
{
    static const struct {
        const char *banner;
        const char *wanted;
    } cases[] = {
        {"/*! jQuery v3.6.0 | (c) OpenJS Foundation and other contributors |", "jquery@3.6.0\n"},
        {"/*!\n * jQuery JavaScript Library v1.12.4\n * http://jquery.com/", "jquery@1.12.4\n"},
        {"/*! jQuery UI - v1.12.1 - 2016-09-14\n* http://jqueryui.com", "jquery-ui@1.12.1\n"},
        {"/*!\n  * Bootstrap v5.0.0-beta1 (https://getbootstrap.com/)", "bootstrap@5.0.0-beta1\n"},
        {"/*\n AngularJS v1.8.2\n (c) 2010-2020 Google LLC", "angular@1.8.2\n"},
        {"/*!\n * Vue.js v2.6.12\n * (c) 2014-2020 Evan You", "vue@2.6.12\n"},
        {"/**\n* vue v3.4.21\n* (c) 2018-present Yuxi (Evan) You", "vue@3.4.21\n"},
        {"/** @license React v16.14.0\n * react-dom.production.min.js", "react-dom@16.14.0\n"},
        {"//! moment.js\n//! version : 2.29.1\n//! authors", "moment@2.29.1\n"},
        {"//     Underscore.js 1.8.3\n//     http://underscorejs.org", "underscore@1.8.3\n"},
        {"/*! @license DOMPurify 2.4.0 | (c) Cure53", "dompurify@2.4.0\n"},
        {"/* Zepto v1.2.0 - zepto event ajax form ie", "zepto@1.2.0\n"},
        {"/**\n * @license\n * Lodash lodash.com/license | Underscore.js 1.8.3 underscorejs.org\n "
         "*/"
         ";An.VERSION=\"4.17.15\",",
         "lodash@4.17.15\n"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        expect(cases[i].banner, cases[i].wanted);
    }
}

/* Both halves of a file are searched in turn. */
static void test_javascript_library__a_bundle_of_several(void **state)
{
    expect("/*! jQuery v3.6.0 | (c) OpenJS */!function(){}\n"
           "/*!\n * Bootstrap v4.6.1 (https://getbootstrap.com/)\n */\n"
           "/*! jQuery v3.6.0 | (c) OpenJS */\n/*! jQuery v2.2.4 | (c) jQuery Foundation */",
           "jquery@3.6.0\njquery@2.2.4\nbootstrap@4.6.1\n");
}

static void test_javascript_library__what_only_looks_like_one(void **state)
{
    expect("// needs jQuery v1.7 or later, see jQuery JavaScript Library\nVERSION=\"4.17.15\"", "");
    expect("", "");
}

static void test_javascript_library__says_what_was_seen(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_javascript_library, "a.min.js",
                        PL_STR("//! moment.js\n//! version : 2.29.1\n"), NULL);
    pl_assert_str(found->components.items[0].basis, "\"//! moment.js //! version : 2.29.1\"");
    assert_int_equal(found->components.items[0].confidence, 95);
}

static void test_javascript_library__places(void **state)
{
    expect_reader("www/js/app.min.js", &pl_cataloger_javascript_library);
    expect_reader("www/js/jquery-3.6.0.js", &pl_cataloger_javascript_library);
    expect_reader("www/js/app.js", NULL);
}

int pl_test_javascript_library(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_javascript_library__banners),
        cmocka_unit_test(test_javascript_library__a_bundle_of_several),
        cmocka_unit_test(test_javascript_library__what_only_looks_like_one),
        cmocka_unit_test(test_javascript_library__says_what_was_seen),
        cmocka_unit_test(test_javascript_library__places),
    };
    return cmocka_run_group_tests_name("catalog/javascript_library", tests, NULL, NULL);
}
