/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_yarn_lock;

static void expect(const char *text, const char *wanted)
{
    expect_listing(&pl_cataloger_yarn_lock, "app/yarn.lock", text, wanted);
}

static void test_yarn_lock__classic(void **state)
{
    expect("# yarn lockfile v1\n\n\n"
           "\"@s/a@^1.0.0\", \"@s/a@^1.2.0\":\n"
           "  version \"1.2.3\"\n"
           "  resolved \"https://registry.yarnpkg.com/@s/a/-/a-1.2.3.tgz#x\"\n"
           "  integrity sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=\n"
           "  dependencies:\n"
           "    b \"^2.0.0 || ^3.0.0\"\n"
           "    other \"npm:real@1\"\n"
           "    missing \"*\"\n"
           "  optionalDependencies:\n"
           "    \"@s/c\" \"1\"\n"
           "\n"
           "\"b@^2.0.0 || ^3.0.0\":\n"
           "  version \"3.1.0\"\n"
           "\"other@npm:real@1\":\n"
           "  version \"1.0.0\"\n"
           "\"@s/c@1\":\n"
           "  version \"1.0.0\"\n"
           "\"own@file:../own\":\n"
           "  version \"0.0.0\"\n"
           "\"git@git+ssh://git@host/x.git#v1\", g@1:\n"
           "  version \"1.0.0\"\n",
           "@s/a@1.2.3 {sha1:da39a3ee} > b@3.1.0 > real@1.0.0 > missing > @s/c@1.0.0\n"
           "b@3.1.0\n"
           "real@1.0.0\n"
           "@s/c@1.0.0\n"
           "git@1.0.0\n");
}

static void test_yarn_lock__classic_odd(void **state)
{
    expect("\xef\xbb\xbf# yarn lockfile v1\r\na@1:\r\n  version \"1.0.0\"\r\n", "a@1.0.0\n");
    expect("a@1:\n  \"version\" \"1.0.0\"\n  \"integrity\" \"sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=\"\n",
           "a@1.0.0 {sha1:da39a3ee}\n");
    expect("a@1:\n  version \"1\"\na@2:\n  version \"1\"\n", "a@1\n");
    expect("a@1:\n  resolved x\nb@1:\n  version \"1\"\n",
           "b@1\ngap: package 'a' lacks its version\n");
    expect("", "");
}

static void test_yarn_lock__berry(void **state)
{
    expect("__metadata:\n  version: 8\n\n"
           "\"a@npm:^1.0.0, a@npm:^1.2.0\":\n"
           "  version: 1.10\n"
           "  resolution: \"a@npm:1.10\"\n"
           "  dependencies:\n"
           "    b: \"npm:^2.0.0\"\n"
           "    own: \"workspace:*\"\n"
           "    c: ^1.0.0\n"
           "  checksum: 10c0/da39a3ee\n"
           "\"b@npm:^2.0.0\":\n  version: 2.0.0\n  resolution: \"b@npm:2.0.0\"\n"
           "\"b@patch:b@npm%3A^2.0.0#./x\":\n  version: 2.0.0\n"
           "  resolution: \"b@patch:b@npm%3A2.0.0#./x\"\n"
           "\"c@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"real@npm:1.0.0\"\n"
           "\"own@workspace:*, own@workspace:.\":\n  version: 0.0.0-use.local\n"
           "  resolution: \"own@workspace:.\"\n  dependencies:\n    a: \"npm:^1.2.0\"\n",
           "a@1.10 direct > b@2.0.0 > real@1.0.0\n"
           "b@2.0.0 transitive\n"
           "real@1.0.0 transitive\n");
    expect("__metadata:\n\t- x\n",
           "gap: the file is not YAML: line 2: found character that cannot start any token, while "
           "scanning for the next token\n");
}

static void test_yarn_lock__which_files(void **state)
{
    expect_reader("yarn.lock", &pl_cataloger_yarn_lock);
    expect_listing(&pl_cataloger_yarn_lock, "a/node_modules/b/yarn.lock", "a@1:\n  version \"1\"\n",
                   "");
}

int pl_test_yarn_lock(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yarn_lock__classic),
        cmocka_unit_test(test_yarn_lock__classic_odd),
        cmocka_unit_test(test_yarn_lock__berry),
        cmocka_unit_test(test_yarn_lock__which_files),
    };
    return cmocka_run_group_tests_name("catalog/yarn_lock", tests, NULL, NULL);
}
