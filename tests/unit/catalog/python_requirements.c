/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that pip's manual shows, and what else stands in such files. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_python_requirements;

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SUM_2 "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7"

static void test_python_requirements__what_is_pinned(void **state)
{
    expect_listing(&pl_cataloger_python_requirements, "app/requirements.txt",
                   "\xef\xbb\xbf# six==1\r\n"
                   " click   ==  8.0.0 # why\r\n"
                   "celery[redis, pytest] (== 4.4.7) ; python_version < '3.8'\r\n"
                   "yolo===1.0-odd\n"
                   "both >= 1.1, == 1.2\n"
                   "epoch==1!2.0+local.1;sys_platform == 'win32'\n"
                   "range==2.8.*\nfree\nleast>=1\nnear~=1.1\nnot!=3\n"
                   "at @ https://host/at-1.0.zip\n"
                   "-r other.txt\n--index-url https://host/==\n-e git+https://host/x.git#egg=x==1\n"
                   "./downloads/numpy==1.9.2.whl\n",
                   "click@8.0.0\ncelery@4.4.7\nyolo@1.0-odd\nboth@1.2\nepoch@1!2.0+local.1\n");
}

static void test_python_requirements__lines_go_on_and_have_hashes(void **state)
{
    expect_listing(&pl_cataloger_python_requirements, "requirements.txt",
                   "argh \\\r\n == \\\r\n 0.26.2 --hash=sha256:" SUM " \\\r\n"
                   "    --hash=sha256:" SUM_2 "\nargh==0.26.2\nb==1 \\",
                   "argh@0.26.2 {sha256:e3b0c442} {sha256:486ea462}\nb@1\n");
}

static void test_python_requirements__templates(void **state)
{
    expect_listing(&pl_cataloger_python_requirements, "requirements.txt",
                   "{% if x == 'click' %}\na==1\nfoo{bar}==%%\nb==$VERSION\nc==1 d==2\n",
                   "a@1\ngap: 4 lines with \"==\" are no requirements, first line 1\n");
}

static void test_python_requirements__utf_16(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    static const char little[] = "\xff\xfe"
                                 "a\0=\0=\0"
                                 "1\0\n\0"
                                 "\xe4\0=\0=\0"
                                 "1\0";
    static const char big[] = "\xfe\xff\0a\0=\0=\0"
                              "1\0\r\0\n";
    const struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_python_requirements, "requirements.txt",
                        pl_str_make(little, sizeof(little) - 1), NULL);
    assert_int_equal(found->components.count, 1);
    assert_true(pl_str_eq(found->components.items[0].version, PL_STR("1")));
    found = inspect_content(&arena, &pl_cataloger_python_requirements, "requirements.txt",
                            pl_str_make(big, sizeof(big) - 1), NULL);
    assert_int_equal(found->components.count, 1);
}

static void test_python_requirements__files(void **state)
{
    expect_listing(&pl_cataloger_python_requirements, "app/requirements-dev.txt", "a==1\n",
                   "a@1 dev\n");
    expect_listing(&pl_cataloger_python_requirements, "tests/requirements/device.txt", "a==1\n",
                   "a@1\n");
    expect_reader("app/requirements/base.txt", &pl_cataloger_python_requirements);
    expect_reader("app/requirements_test.txt", &pl_cataloger_python_requirements);
    expect_reader("app/dev-requirements.txt", &pl_cataloger_python_requirements);
    expect_reader("app/constraints.txt", NULL);
}

int pl_test_python_requirements(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_python_requirements__what_is_pinned),
        cmocka_unit_test(test_python_requirements__lines_go_on_and_have_hashes),
        cmocka_unit_test(test_python_requirements__templates),
        cmocka_unit_test(test_python_requirements__utf_16),
        cmocka_unit_test(test_python_requirements__files),
    };
    return cmocka_run_group_tests_name("catalog/python_requirements", tests, NULL, NULL);
}
