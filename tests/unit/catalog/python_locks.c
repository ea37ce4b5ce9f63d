/* SPDX-License-Identifier: Apache-2.0 */
/* The forms that Poetry, PDM, uv, pip and Pipenv themselves write. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_pdm_lock;
extern const struct pl_cataloger pl_cataloger_pipfile_lock;
extern const struct pl_cataloger pl_cataloger_poetry_lock;
extern const struct pl_cataloger pl_cataloger_pylock;
extern const struct pl_cataloger pl_cataloger_uv_lock;

#define SUM "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_python_locks__poetry_1(void **state)
{
    expect_listing(&pl_cataloger_poetry_lock, "poetry.lock",
                   "[[package]]\nname = \"a\"\nversion = \"1\"\ncategory = \"dev\"\n"
                   "optional = false\n[package.dependencies]\nB_c = \"*\"\nother = \">1\"\n"
                   "[[package]]\nname = \"b-C\"\nversion = \"2\"\ncategory = \"main\"\n"
                   "optional = true\n"
                   "[[package]]\nname = \"own\"\nversion = \"0.1\"\n"
                   "[package.source]\ntype = \"directory\"\nurl = \"own\"\n"
                   "[metadata]\nlock-version = \"1.1\"\n[metadata.files]\n"
                   "a = [{file = \"a.whl\", hash = \"" SUM "\"}]\n",
                   "a@1 dev {sha256:e3b0c442} > b-C@2 > other\nb-C@2 optional\n");
}

static void test_python_locks__poetry_2(void **state)
{
    expect_listing(&pl_cataloger_poetry_lock, "poetry.lock",
                   "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"dev\"]\n"
                   "files = [{file = \"a.whl\", hash = \"" SUM "\"}]\n"
                   "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"main\", \"dev\"]\n"
                   "[[package]]\nname = \"n\"\n",
                   "a@1 {sha256:e3b0c442}\ngap: package 'n' lacks its version\n");
}

static void test_python_locks__pdm(void **state)
{
    expect_listing(&pl_cataloger_pdm_lock, "pdm.lock",
                   "[[package]]\nname = \"requests\"\nversion = \"2.27.1\"\n"
                   "groups = [\"default\", \"dev\"]\n"
                   "dependencies = [\"certifi>=2017; python_version < \\\"3\\\"\", \"idna\"]\n"
                   "files = [{file = \"a.whl\", hash = \"" SUM "\"}]\n"
                   "[[package]]\nname = \"requests\"\nversion = \"2.27.1\"\nextras = [\"socks\"]\n"
                   "[[package]]\nname = \"certifi\"\nversion = \"2025\"\ngroups = [\"dev\"]\n"
                   "[[package]]\nname = \"idna\"\nversion = \"3\"\ngroups = [\"web\"]\n"
                   "[[package]]\nname = \"own\"\nversion = \"1\"\npath = \"./own\"\n"
                   "[metadata.files]\n\"idna 3\" = [{file = \"x\", hash = \"" SUM "\"}]\n",
                   "requests@2.27.1 {sha256:e3b0c442} > certifi@2025 > idna@3\n"
                   "certifi@2025 dev\nidna@3 optional {sha256:e3b0c442}\n");
}

static void test_python_locks__pylock(void **state)
{
    expect_listing(&pl_cataloger_pylock, "pylock.toml",
                   "lock-version = \"1.0\"\n"
                   "[[packages]]\nname = \"ham\"\nversion = \"3\"\n"
                   "dependencies = [{name = \"spam\", version = \"1\"}, {name = \"own\"}]\n"
                   "[[packages.wheels]]\nname = \"ham.whl\"\n[packages.wheels.hashes]\n"
                   "sha256 = \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"\n"
                   "[[packages]]\nname = \"ham\"\nversion = \"3\"\nmarker = \"x\"\n"
                   "[[packages]]\nname = \"spam\"\nversion = \"1\"\n"
                   "[[packages]]\nname = \"own\"\n[packages.directory]\npath = \".\"\n"
                   "[[packages]]\nname = \"git\"\n[packages.vcs]\ntype = \"git\"\n"
                   "[[packages]]\nname = \"n\"\n",
                   "ham@3 {sha256:e3b0c442} > spam@1 > own\nspam@1\n"
                   "gap: package 'n' lacks its version\n");
    expect_reader("a/pylock.dev.toml", &pl_cataloger_pylock);
}

static void test_python_locks__pipfile(void **state)
{
    expect_listing(
        &pl_cataloger_pipfile_lock, "Pipfile.lock",
        "{\"_meta\": {\"hash\": {\"sha256\": \"x\"}},\n"
        "\"develop\": {\"a\": {\"version\": \"==1.0\"}, \"b\": {\"version\": \"==2\"}},\n"
        "\"default\": {\"a\": {\"version\": \"==1.0\", \"hashes\": [\"" SUM "\"]},\n"
        "\"own\": {\"editable\": true, \"path\": \".\"},\n"
        "\"g\": {\"git\": \"https://host/g\", \"ref\": \"01\"}},\n"
        "\"docs\": {\"c\": {\"version\": \"==3\"}}}\n",
        "a@1.0 {sha256:e3b0c442}\nb@2 dev\nc@3 optional\n");
}

static void test_python_locks__uv(void **state)
{
    expect_listing(&pl_cataloger_uv_lock, "uv.lock",
                   "version = 1\n"
                   "[[package]]\nname = \"app\"\nversion = \"0.1\"\nsource = { virtual = \".\" }\n"
                   "dependencies = [{ name = \"a\", extra = [\"x\"] }, { name = \"lib\" }]\n"
                   "[package.optional-dependencies]\njson = [{ name = \"o\" }]\n"
                   "[package.dev-dependencies]\ndev = [{ name = \"d\" }, { name = \"s\" }]\n"
                   "[[package]]\nname = \"lib\"\nsource = { directory = \"lib\" }\n"
                   "dependencies = [{ name = \"two\", version = \"2\" }]\n"
                   "[[package]]\nname = \"a\"\nversion = \"1\"\n"
                   "dependencies = [{ name = \"s\" }, { name = \"a\", extra = [\"x\"] }]\n"
                   "sdist = { url = \"u\", hash = \"" SUM "\" }\n"
                   "wheels = [{ url = \"u\", hash = \"" SUM "\" }]\n"
                   "[package.optional-dependencies]\nx = [{ name = \"e\" }]\n"
                   "y = [{ name = \"never\" }]\n"
                   "[[package]]\nname = \"d\"\nversion = \"1\"\n"
                   "dependencies = [{ name = \"two\", version = \"1\" }]\n"
                   "[[package]]\nname = \"e\"\nversion = \"1\"\n"
                   "[[package]]\nname = \"o\"\nversion = \"1\"\n"
                   "[[package]]\nname = \"s\"\nversion = \"1\"\n"
                   "[[package]]\nname = \"two\"\nversion = \"1\"\n"
                   "[[package]]\nname = \"two\"\nversion = \"2\"\n",
                   "a@1 direct {sha256:e3b0c442} {sha256:e3b0c442} > s@1 > a@1\n"
                   "d@1 dev direct > two@1\n"
                   "e@1 transitive\n"
                   "o@1 optional direct\n"
                   "s@1 direct\n"
                   "two@1 dev transitive\n"
                   "two@2 transitive\n");
}

static void test_python_locks__a_workspace_has_several_projects(void **state)
{
    expect_listing(&pl_cataloger_uv_lock, "uv.lock",
                   "[manifest]\nmembers = [\"app\", \"member\"]\n"
                   "[[package]]\nname = \"app\"\nsource = { editable = \"app\" }\n"
                   "[package.dev-dependencies]\ndev = [{ name = \"a\" }]\n"
                   "[[package]]\nname = \"member\"\nsource = { editable = \"member\" }\n"
                   "dependencies = [{ name = \"a\" }]\n"
                   "[[package]]\nname = \"a\"\nversion = \"1\"\n"
                   "source = { git = \"https://host/a?rev=1#01\" }\n",
                   "a@1 direct\n");
}

static void test_python_locks__what_is_broken(void **state)
{
    static const struct pl_cataloger *const all[] = {
        &pl_cataloger_pdm_lock, &pl_cataloger_pipfile_lock, &pl_cataloger_poetry_lock,
        &pl_cataloger_pylock, &pl_cataloger_uv_lock};
    for (size_t i = 0; i < PL_ARRAY_LEN(all); i++) {
        struct pl_arena arena pl_autoarena = {0};
        const struct pl_evidence_file *found =
            inspect_content(&arena, all[i], "lock", PL_STR("[[package]\n{"), NULL);
        assert_int_equal(found->gaps.count, 1);
    }
}

int pl_test_python_locks(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_python_locks__poetry_1),
        cmocka_unit_test(test_python_locks__poetry_2),
        cmocka_unit_test(test_python_locks__pdm),
        cmocka_unit_test(test_python_locks__pylock),
        cmocka_unit_test(test_python_locks__pipfile),
        cmocka_unit_test(test_python_locks__uv),
        cmocka_unit_test(test_python_locks__a_workspace_has_several_projects),
        cmocka_unit_test(test_python_locks__what_is_broken),
    };
    return cmocka_run_group_tests_name("catalog/python_locks", tests, NULL, NULL);
}
