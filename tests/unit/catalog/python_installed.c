/* SPDX-License-Identifier: Apache-2.0 */
/* Core metadata as setuptools, distutils, flit and hatch have written it. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_python_archive;
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

/* A zip file with one stored member: local header, central directory, end. */
static void add_u32(struct pl_buf *into, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        pl_buf_append_char(into, (char)(value >> (8 * i)));
    }
}

static void make_egg(struct pl_buf *into, pl_str name, pl_str text, uint32_t crc)
{
    uint32_t sizes[] = {crc, (uint32_t)text.len, (uint32_t)text.len, (uint32_t)name.len};
    add_u32(into, 0x04034b50);
    pl_buf_append(into, PL_STR("\x0a\0\0\0\0\0\0\0\0\0"));
    for (size_t i = 0; i < 4; i++) {
        add_u32(into, sizes[i]);
    }
    pl_buf_append(into, name);
    pl_buf_append(into, text);
    uint32_t directory_at = (uint32_t)into->len;
    add_u32(into, 0x02014b50);
    pl_buf_append(into, PL_STR("\x0a\0\x0a\0\0\0\0\0\0\0\0\0"));
    for (size_t i = 0; i < 4; i++) {
        add_u32(into, sizes[i]);
    }
    pl_buf_append(into, PL_STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    pl_buf_append(into, name);
    uint32_t directory_len = (uint32_t)into->len - directory_at;
    add_u32(into, 0x06054b50);
    pl_buf_append(into, PL_STR("\0\0\0\0\x01\0\x01\0"));
    add_u32(into, directory_len);
    add_u32(into, directory_at);
    pl_buf_append(into, PL_STR("\0\0"));
}

static void test_python_installed__archives(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf egg pl_autobuf = PL_BUF_INIT(4096);
    /* The checksum is that of Python's zlib.crc32. */
    make_egg(&egg, PL_STR("EGG-INFO/PKG-INFO"), PL_STR("Name: a\nVersion: 1\n"), 0x6dabce27);
    const struct pl_evidence_file *found = inspect_content(
        &arena, &pl_cataloger_python_archive, "opt/a-1-py3.9.egg", pl_buf_str(&egg), NULL);
    assert_int_equal(found->gaps.count, 0);
    assert_int_equal(found->components.count, 1);
    pl_assert_str(found->components.items[0].inside, "EGG-INFO/PKG-INFO");
    inspect_prefixes(&pl_cataloger_python_archive, "a.egg", pl_buf_str(&egg), 1);
    expect_listing(&pl_cataloger_python_archive, "a.whl", "",
                   "gap: it has no central directory: it is no zip archive, or was cut off\n");
    expect_reader("opt/a-1-py3.9.egg", &pl_cataloger_python_archive);
    expect_reader("usr/share/python-wheels/pip-23.0.1-py3-none-any.whl",
                  &pl_cataloger_python_archive);
}

int pl_test_python_installed(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_python_installed__an_expression_says_it_best),
        cmocka_unit_test(test_python_installed__licences),
        cmocka_unit_test(test_python_installed__what_is_missing),
        cmocka_unit_test(test_python_installed__places),
        cmocka_unit_test(test_python_installed__archives),
    };
    return cmocka_run_group_tests_name("catalog/python_installed", tests, NULL, NULL);
}
