/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_pnpm_lock;

static void expect(const char *text, const char *wanted)
{
    expect_listing(&pl_cataloger_pnpm_lock, "app/pnpm-lock.yaml", text, wanted);
}

static void test_pnpm_lock__version_5(void **state)
{
    expect("lockfileVersion: 5.4\n"
           "dependencies:\n  '@s/a': 1.0.0_b@2.0.0\n  other: /real/3.0.0\n"
           "devDependencies:\n  d: 1.10.0\n"
           "packages:\n"
           "  /@s/a/1.0.0_b@2.0.0:\n"
           "    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}\n"
           "    dependencies: {b: 2.0.0}\n    dev: false\n"
           "  /b/2.0.0:\n    dev: false\n    optional: true\n"
           "  /real/3.0.0:\n    dev: false\n"
           "  /d/1.10.0:\n    dev: true\n"
           "  registry.example/e/1.0.0:\n    dev: true\n"
           "  github.com/o/r/abcdef:\n    name: r\n    version: 0.1.0\n    dev: false\n"
           "  file:../own:\n    name: own\n    dev: false\n",
           "@s/a@1.0.0 direct {sha1:da39a3ee} > b@2.0.0\n"
           "b@2.0.0 optional transitive\n"
           "real@3.0.0 direct\n"
           "d@1.10.0 dev direct\n"
           "e@1.0.0 dev transitive\n"
           "r@0.1.0 transitive\n");
}

static void test_pnpm_lock__version_6(void **state)
{
    expect("lockfileVersion: '6.0'\n"
           "importers:\n  .:\n    dependencies:\n"
           "      '@s/a': {specifier: ^1, version: 1.0.0(b@2.0.0)}\n"
           "packages:\n"
           "  /@s/a@1.0.0(b@2.0.0):\n    dependencies: {b: 2.0.0}\n    dev: false\n"
           "  /b@2.0.0:\n    dev: true\n",
           "@s/a@1.0.0 direct > b@2.0.0\n"
           "b@2.0.0 dev transitive\n");
}

/* What is for development follows from the projects. */
static void test_pnpm_lock__version_9(void **state)
{
    expect(
        "---\nlockfileVersion: '9.0'\nsnapshots: {pnpm@11.0.0: {}}\n---\n"
        "lockfileVersion: '9.0'\n"
        "importers:\n  .:\n    dependencies:\n      a: {specifier: ^1, version: 1.0.0(b@2.0.0)}\n"
        "    devDependencies:\n      d: {specifier: 1, version: 1.0.0}\n"
        "  sub:\n    dependencies:\n      own: {specifier: 'link:../own', version: link:../own}\n"
        "packages:\n"
        "  a@1.0.0: {resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}}\n"
        "  b@2.0.0: {}\n  d@1.0.0: {}\n  e@1.0.0: {}\n"
        "  t@https://host/t.tgz: {version: 3.0.0}\n"
        "snapshots:\n"
        "  a@1.0.0(b@2.0.0): {dependencies: {b: 2.0.0, t: 'https://host/t.tgz'}}\n"
        "  b@2.0.0: {optional: true}\n"
        "  d@1.0.0: {dependencies: {e: 1.0.0, b: 2.0.0}}\n"
        "  e@1.0.0: {}\n"
        "  t@https://host/t.tgz: {}\n",
        "a@1.0.0 direct {sha1:da39a3ee} > b@2.0.0 > t@3.0.0\n"
        "b@2.0.0 optional transitive\n"
        "d@1.0.0 dev direct > e@1.0.0 > b@2.0.0\n"
        "e@1.0.0 dev transitive\n"
        "t@3.0.0 transitive\n");
}

static void test_pnpm_lock__odd(void **state)
{
    expect("", "");
    expect("[1]\n", "");
    expect("lockfileVersion: 9\nsnapshots: {x: 1, '@': {}, a@: {}}\nimporters: 3\n", "");
    expect("packages: {a@1: {}, a@1: {}}\n",
           "gap: the file is not YAML that is read here: line 1: a key is given twice\n");
    expect_listing(&pl_cataloger_pnpm_lock, "node_modules/a/pnpm-lock.yaml",
                   "lockfileVersion: 9\nsnapshots: {a@1: {}}\n", "");
    expect_reader("x/pnpm-lock.yaml", &pl_cataloger_pnpm_lock);
}

int pl_test_pnpm_lock(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pnpm_lock__version_5),
        cmocka_unit_test(test_pnpm_lock__version_6),
        cmocka_unit_test(test_pnpm_lock__version_9),
        cmocka_unit_test(test_pnpm_lock__odd),
    };
    return cmocka_run_group_tests_name("catalog/pnpm_lock", tests, NULL, NULL);
}
