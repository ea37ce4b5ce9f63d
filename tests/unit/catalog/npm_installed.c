/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_npm_installed;

static void expect(const char *text, const char *wanted)
{
    expect_listing(&pl_cataloger_npm_installed, "app/node_modules/a/package.json", text, wanted);
}

static void test_npm_installed__which_files(void **state)
{
    static const char *const packages[] = {
        "node_modules/a/package.json",
        "usr/lib/node_modules/npm/package.json",
        "app/node_modules/@s/a/package.json",
        "app/node_modules/a/node_modules/b/package.json",
        "app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
        "usr/share/nodejs/semver/package.json",
        "usr/share/nodejs/@babel/core/package.json",
        "usr/lib/x86_64-linux-gnu/nodejs/bufferutil/package.json",
        "opt/yarn-v1.22.22/package.json",
        "root/.cache/node/corepack/v1/pnpm/8.6.0/package.json",
    };
    static const char *const others[] = {
        "package.json",
        "app/package.json",
        "app/node_modules/package.json",
        "app/node_modules/a/dist/esm/package.json",
        "app/node_modules/a/test/fixtures/package.json",
        "usr/share/nodejs/package.json",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(packages); i++) {
        expect_reader(packages[i], &pl_cataloger_npm_installed);
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(others); i++) {
        expect_reader(others[i], NULL);
    }
}

static void test_npm_installed__facts(void **state)
{
    expect("{\"name\":\"@s/a\",\"version\":\"1.10.0\",\"license\":\"MIT\","
           "\"dependencies\":{\"b\":\"^1\",\"@s/c\":\"2\"},\"optionalDependencies\":{\"d\":\"*\"},"
           "\"devDependencies\":{\"e\":\"1\"}}",
           "@s/a@1.10.0 [MIT] > b > @s/c > d\n");
    /* The hash of nothing is that of FIPS 180's example. */
    expect("{\"name\":\"a\",\"version\":\"1\",\"_integrity\":"
           "\"sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=\"}",
           "a@1 {sha1:da39a3ee}\n");
}

static void test_npm_installed__licenses(void **state)
{
    expect("{\"name\":\"a\",\"version\":\"1\",\"license\":{\"type\":\"MIT\",\"url\":\"x\"}}",
           "a@1 [MIT]\n");
    expect("{\"name\":\"a\",\"version\":\"1\",\"licenses\":[{\"type\":\"MIT\"},\"BSD\",3,"
           "{\"type\":\"MIT\"}]}",
           "a@1 [MIT] [BSD]\n");
    expect("{\"name\":\"a\",\"version\":\"1\",\"license\":[\"MIT\",[\"x\"]]}", "a@1 [MIT]\n");
}

static void test_npm_installed__what_is_no_package_is_no_gap(void **state)
{
    expect("{\"type\":\"module\"}", "");
    expect("{\"name\":\"a\"}", "");
    expect("{\"version\":\"1.0.0\"}", "");
    expect("{\"name\":\"\",\"version\":\"1.0.0\"}", "");
    expect("{\"name\":\"a\",\"version\":1}", "");
    expect("[]", "");
}

static void test_npm_installed__as_javascript_reads_it(void **state)
{
    expect("\xef\xbb\xbf{\r\n\"name\":\"a\",\r\n\"version\":\"1\"}\r\n", "a@1\n");
    expect("{\"name\":\"a\",\"version\":\"1\",\"x\":1,\"version\":\"2\"}", "a@2\n");
    expect("{\"name\":\"a\xff\",\"version\":\"1\"}", "a\xef\xbf\xbd@1\n");
}

static void test_npm_installed__broken(void **state)
{
    expect("{\"name\":\"a\",\n\"version\":",
           "gap: the file is not JSON: line 2, column 10: unexpected token near end of file\n");
    expect("",
           "gap: the file is not JSON: line 1, column 0: '[' or '{' expected near end of file\n");
}

int pl_test_npm_installed(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_npm_installed__which_files),
        cmocka_unit_test(test_npm_installed__facts),
        cmocka_unit_test(test_npm_installed__licenses),
        cmocka_unit_test(test_npm_installed__what_is_no_package_is_no_gap),
        cmocka_unit_test(test_npm_installed__as_javascript_reads_it),
        cmocka_unit_test(test_npm_installed__broken),
    };
    return cmocka_run_group_tests_name("catalog/npm_installed", tests, NULL, NULL);
}
