/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_script_program;

static void expect(const char *path, const char *text, const char *wanted)
{
    expect_reader(path, &pl_cataloger_script_program);
    expect_listing(&pl_cataloger_script_program, path, text, wanted);
}

static void test_script_program__composer(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1024);
    pl_buf_append(&text, PL_STR("#!/usr/bin/env php\n<?php\nconst VERSION = '9.9.9';\n"));
    for (size_t i = 0; i < 300; i++) {
        pl_buf_append_char(&text, '\n');
    }
    pl_buf_append(&text, PL_STR("class Composer\n{\npublic const VERSION = '2.7.7';\n"
                                "public const BRANCH_ALIAS_VERSION = '';\n"));
    pl_buf_append_char(&text, '\0');
    expect("usr/local/bin/composer", text.ptr, "composer@2.7.7\n");
    expect("composer.phar", "const VERSION = '@package_version@';\nconst BRANCH_ALIAS_VERSION", "");
    expect("usr/bin/composer", "#!/usr/bin/php\n<?php require 'x';\n", "");
}

static void test_script_program__wp_cli(void **state)
{
    expect("usr/local/bin/wp", "wp-cli/wp-cli dev-main\nwp-cli/wp-cli 2.10.0\nphp 8\n",
           "wp-cli@2.10.0\n");
    expect("opt/wp-cli.phar", "wp-cli/wp-cli ", "");
}

static void test_script_program__elixir(void **state)
{
    expect("usr/local/bin/elixir", "#!/bin/sh\nset -e\n\nELIXIR_VERSION=1.16.2\n",
           "elixir@1.16.2\n");
}

static void test_script_program__application_ini(void **state)
{
    expect("opt/firefox/application.ini",
           "; comment\r\n[App]\r\nVendor=Mozilla\r\nName=Firefox\r\nVersion=115.9.1\r\n"
           "[Gecko]\r\nVersion=1\r\n",
           "firefox@115.9.1\n");
    expect("x/application.ini", "[App]\nVendor=Others\nName=Own\nVersion=1.0\n", "");
    expect("application.ini", "[Other]\nName=Firefox\nVersion=1.0\n", "");
}

static void test_script_program__says_how_it_knows(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_script_program, "bin/elixir",
                        PL_STR("ELIXIR_VERSION=1.16.2\n"), NULL);
    const struct pl_component *it = &found->components.items[0];
    pl_assert_str(it->type, "binary");
    pl_assert_str(it->basis, "the version in its own text");
    assert_int_equal(it->confidence, 95);
    pl_assert_str(it->cpes.items[0], "cpe:2.3:a:elixir-lang:elixir:1.16.2:*:*:*:*:*:*:*");
}

int pl_test_script_program(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_script_program__composer),
        cmocka_unit_test(test_script_program__wp_cli),
        cmocka_unit_test(test_script_program__elixir),
        cmocka_unit_test(test_script_program__application_ini),
        cmocka_unit_test(test_script_program__says_how_it_knows),
    };
    return cmocka_run_group_tests_name("catalog/script_program", tests, NULL, NULL);
}
