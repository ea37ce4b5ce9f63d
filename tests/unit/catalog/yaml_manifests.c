/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests and lock files of several ecosystems, most of them YAML. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_cabal_freeze;
extern const struct pl_cataloger pl_cataloger_conda_environment;
extern const struct pl_cataloger pl_cataloger_github_actions;
extern const struct pl_cataloger pl_cataloger_helm;
extern const struct pl_cataloger pl_cataloger_podfile_lock;
extern const struct pl_cataloger pl_cataloger_pubspec_lock;
extern const struct pl_cataloger pl_cataloger_snap;
extern const struct pl_cataloger pl_cataloger_stack_lock;

static void test_yaml_manifests__github_actions(void **state)
{
    expect_listing(&pl_cataloger_github_actions, ".github/workflows/a.yml",
                   "on: [push]\njobs:\n"
                   "  a:\n    steps:\n"
                   "      - uses: actions/checkout@v4 # comment\n"
                   "      - uses: actions/cache/restore@0c45773b623bea8c8e75f6c82b208c3cf94ea4f9\n"
                   "      - uses: ./.github/actions/own\n"
                   "      - uses: docker://alpine:3.8\n"
                   "      - run: echo\n"
                   "      - uses: actions/checkout@v4\n"
                   "  b:\n    uses: o/r/.github/workflows/x.yml@main\n"
                   "  c:\n    uses: nothing\n",
                   "actions/checkout@v4 direct\n"
                   "actions/cache@0c45773b623bea8c8e75f6c82b208c3cf94ea4f9 direct\n"
                   "o/r@main direct\n");
    expect_listing(&pl_cataloger_github_actions, ".github/actions/own/action.yml",
                   "runs:\n  using: composite\n  steps:\n    - uses: a/b@v1\n", "a/b@v1 direct\n");
    expect_reader("x/.github/workflows/ci.yaml", &pl_cataloger_github_actions);
    expect_reader("x/.github/dependabot.yml", NULL);
}

static void test_yaml_manifests__helm(void **state)
{
    expect_listing(
        &pl_cataloger_helm, "app/charts/common/Chart.yaml",
        "apiVersion: v2\nname: common\nversion: 2.10\nannotations: {licenses: Apache-2.0}\n",
        "common@2.10 [Apache-2.0]\n");
    expect_listing(&pl_cataloger_helm, "app/Chart.lock",
                   "dependencies:\n- name: common\n  repository: https://x\n  version: 2.2.1\n"
                   "- name: own\n  repository: file://../own\n  version: 1.0.0\n"
                   "- name: broken\n  repository: https://x\ndigest: sha256:x\n",
                   "common@2.2.1 direct\ngap: package 'broken' lacks its version\n");
    expect_listing(&pl_cataloger_helm, "charts/x/Chart.yaml", "name: x\n", "");
    expect_reader("app/charts/common/Chart.yaml", &pl_cataloger_helm);
    expect_reader("app/Chart.yaml", NULL);
}

static void test_yaml_manifests__pubspec_lock(void **state)
{
    expect_listing(
        &pl_cataloger_pubspec_lock, "pubspec.lock",
        "packages:\n"
        "  a:\n    dependency: \"direct main\"\n    source: hosted\n    version: \"1.10\"\n"
        "    description: {name: a, sha256: "
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}\n"
        "  b: {dependency: transitive, source: git, version: 0.1.2}\n"
        "  c: {dependency: direct dev, source: hosted, version: 1.0.0}\n"
        "  d: {dependency: direct main, source: path, version: 1.0.0}\n"
        "  e: {dependency: direct main, source: sdk, version: 0.0.0}\n"
        "  f: {dependency: transitive, source: hosted}\n",
        "a@1.10 direct {sha256:e3b0c442}\n"
        "b@0.1.2 transitive\n"
        "c@1.0.0 dev direct\n"
        "gap: package 'f' lacks its version\n");
}

static void test_yaml_manifests__podfile_lock(void **state)
{
    expect_listing(&pl_cataloger_podfile_lock, "ios/Podfile.lock",
                   "PODS:\n"
                   "  - A (1.0):\n    - A/Core (= 1.0)\n    - \"B+C (~> 2.0)\"\n    - Gone\n"
                   "  - A/Core (1.0)\n"
                   "  - \"B+C (2.1)\"\n"
                   "  - Own (0.1)\n"
                   "  - Own/Sub (0.1)\n"
                   "DEPENDENCIES:\n  - A (~> 1.0)\n  - Own (from `../Own`)\n"
                   "EXTERNAL SOURCES:\n  Own:\n    :path: \"../Own\"\n"
                   "  A:\n    :git: https://x\n",
                   "A@1.0 direct > A/Core@1.0 > B+C@2.1 > Gone\n"
                   "A/Core@1.0 transitive\n"
                   "B+C@2.1 transitive\n");
    expect_listing(&pl_cataloger_podfile_lock, "Podfile.lock", "PODS:\n  - A\n  - [x]\n",
                   "gap: package 'A' lacks its version\ngap: package '' lacks its name\n");
}

static void test_yaml_manifests__haskell(void **state)
{
    expect_listing(&pl_cataloger_stack_lock, "stack.yaml.lock",
                   "packages:\n"
                   "- completed:\n    hackage: lens-aeson-1.1.3@sha256:52c8,1764\n"
                   "- completed:\n    hackage: broken\n"
                   "- completed: {git: https://x, name: kore, version: 0.60.0.0}\n",
                   "lens-aeson@1.1.3\ngap: package 'broken' lacks its version\n");
    expect_listing(&pl_cataloger_cabal_freeze, "cabal.project.freeze",
                   "active-repositories: hackage.haskell.org:merge\r\n"
                   "constraints: any.Cabal ==3.2.1.0,\r\n"
                   "             any.array installed,\r\n"
                   "             -- any.x ==1.0,\r\n"
                   "             tls +compat -hans,\r\n"
                   "             plain ==0.10,any.range ==1.* || ==2.0\r\n"
                   "index-state: any.no ==1.0\r\n",
                   "Cabal@3.2.1.0\nplain@0.10\n");
}

static void test_yaml_manifests__snap(void **state)
{
    expect_listing(
        &pl_cataloger_snap, "snap/x/1/meta/snap.yaml",
        "name: x\nversion: 1.10\narchitectures: [amd64]\nlicense: GPL-3.0\nbase: core22\n",
        "x@1.10 amd64 [GPL-3.0] > core22\n");
    expect_listing(&pl_cataloger_snap, "meta/snap.yaml",
                   "name: x\nversion: '2'\narchitectures: [all]\n", "x@2\n");
    expect_listing(&pl_cataloger_snap, "meta/snap.yaml", "name: x\n",
                   "gap: package 'x' lacks its version\n");
    expect_reader("meta/snap.yaml", &pl_cataloger_snap);
    expect_reader("snap/snap.yaml", NULL);
}

static void test_yaml_manifests__conda_environment(void **state)
{
    expect_listing(&pl_cataloger_conda_environment, "environment.yml",
                   "name: x\ndependencies:\n"
                   "  - numpy=1.26.4=py312_0\n  - conda-forge::scipy==1.11\n  - python>=3.9\n"
                   "  - zlib=1.2.*\n  - openssl\n  - libgomp 13.2.0 h0\n  - x==1.0|2.0\n"
                   "  - pip:\n    - requests==2.31.0\n",
                   "numpy@1.26.4 direct\nscipy@1.11 direct\n");
    expect_listing(&pl_cataloger_conda_environment, "environment.yml", "a: {{ template }}\n\t-",
                   "");
}

int pl_test_yaml_manifests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yaml_manifests__github_actions),
        cmocka_unit_test(test_yaml_manifests__helm),
        cmocka_unit_test(test_yaml_manifests__pubspec_lock),
        cmocka_unit_test(test_yaml_manifests__podfile_lock),
        cmocka_unit_test(test_yaml_manifests__haskell),
        cmocka_unit_test(test_yaml_manifests__snap),
        cmocka_unit_test(test_yaml_manifests__conda_environment),
    };
    return cmocka_run_group_tests_name("catalog/yaml_manifests", tests, NULL, NULL);
}
