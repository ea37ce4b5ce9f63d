/* SPDX-License-Identifier: Apache-2.0 */
/* Core metadata as setuptools, distutils, flit and hatch have written it. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_python_installed;

#define AT "usr/lib/python3/dist-packages/"

static void test_python_installed__an_expression_says_it_best(void **state)
{
    expect_listing(
        &pl_cataloger_python_installed, AT "six-1.16.0.dist-info/METADATA",
        "Metadata-Version: 2.4\nName: a.b_C\nVersion: 1.0.post1\n"
        "License: old\nLicense-Expression: MIT OR Apache-2.0\n"
        "Classifier: License :: OSI Approved :: BSD License\n"
        "Requires-Dist: Werkzeug (>=2.0)\nRequires-Dist: idna[x]>=2 ; python_version<'3'\n"
        "Requires-Dist: brotli ; extra == 'br'\n"
        "Provides-Extra: br\n\nName: of the text\n",
        "a.b_C@1.0.post1 [MIT OR Apache-2.0] > Werkzeug > idna\n");
}

static void test_python_installed__licences(void **state)
{
    static const struct {
        const char *fields;
        const char *wanted;
    } cases[] = {
        {"License: BSD\nClassifier: License :: OSI Approved :: BSD License\n", " [BSD]"},
        {"License: UNKNOWN\nClassifier: License :: OSI Approved\n", ""},
        {"License: UNKNOWN\r\nClassifier: License :: OSI Approved :: MIT License\r\n"
         "Classifier: License :: Public Domain\r\n",
         " [MIT License] [Public Domain]"},
        /* A licence in full, with an empty line as setuptools folds it. */
        {"License: Copyright (c) 2010\n        \n        Permission is hereby granted\n"
         "Classifier: License :: OSI Approved :: ISC License (ISCL)\n",
         " [ISC License (ISCL)]"},
        {"License: The A License\n        \n        Permission is hereby granted\n",
         " [The A License]"},
        {"Author: x\n", ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_buf text pl_autobuf = PL_BUF_INIT(4096);
        struct pl_buf wanted pl_autobuf = PL_BUF_INIT(4096);
        pl_buf_append_format(&text, "Name: a\nVersion: 1\n%s", cases[i].fields);
        pl_buf_append_format(&wanted, "a@1%s\n", cases[i].wanted);
        expect_listing(&pl_cataloger_python_installed, AT "a.egg-info", text.ptr, wanted.ptr);
    }
}

static void test_python_installed__what_is_missing(void **state)
{
    expect_listing(&pl_cataloger_python_installed, AT "a.egg-info/PKG-INFO",
                   "\xef\xbb\xbfName: a\n\nVersion: 1\n", "gap: package 'a' lacks its version\n");
    expect_listing(&pl_cataloger_python_installed, AT "a.egg-info/PKG-INFO", "",
                   "gap: package '' lacks its name\n");
}

static void test_python_installed__places(void **state)
{
    expect_reader(AT "six-1.16.0.dist-info/METADATA", &pl_cataloger_python_installed);
    expect_reader(AT "six-1.16.0.egg-info", &pl_cataloger_python_installed);
    expect_reader(AT "six-1.16.0.egg-info/PKG-INFO", &pl_cataloger_python_installed);
    expect_reader("opt/a-1-py3.9.egg/EGG-INFO/PKG-INFO", &pl_cataloger_python_installed);
    expect_reader(AT "six-1.16.0.dist-info/RECORD", NULL);
    expect_reader("src/PKG-INFO", NULL);
}

int pl_test_python_installed(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_python_installed__an_expression_says_it_best),
        cmocka_unit_test(test_python_installed__licences),
        cmocka_unit_test(test_python_installed__what_is_missing),
        cmocka_unit_test(test_python_installed__places),
    };
    return cmocka_run_group_tests_name("catalog/python_installed", tests, NULL, NULL);
}
