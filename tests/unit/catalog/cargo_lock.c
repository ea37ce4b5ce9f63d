/* SPDX-License-Identifier: Apache-2.0 */
/* The forms that cargo itself has written, from version 1 to 4 of the file. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_cargo_lock;

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define REGISTRY "registry+https://github.com/rust-lang/crates.io-index"

static void test_cargo_lock__version_1(void **state)
{
    expect_listing(&pl_cataloger_cargo_lock, "Cargo.lock",
                   "[root]\nname = \"app\"\nversion = \"0.1.0\"\n\n"
                   "[[package]]\nname = \"libc\"\nversion = \"0.2.1\"\nsource = \"" REGISTRY "\"\n"
                   "dependencies = [\n \"a 1.0.0 (" REGISTRY ")\",\n]\n\n"
                   "[metadata]\n\"checksum libc 0.2.1 (" REGISTRY ")\" = \"" SUM "\"\n",
                   "libc@0.2.1 {sha256:e3b0c442} > a@1.0.0\n");
}

static void test_cargo_lock__version_4(void **state)
{
    expect_listing(&pl_cataloger_cargo_lock, "Cargo.lock",
                   "# generated\r\nversion = 4\r\n\r\n"
                   "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"a\"]\n\n"
                   "[[package]]\nname = \"a\"\nversion = \"1.0.0+b\"\nsource = \"" REGISTRY "\"\n"
                   "checksum = \"" SUM
                   "\"\ndependencies = [\n \"c\",\n \"windows-sys 0.52.0\",\n]\n\n"
                   "[[package]]\nname = \"g\"\nversion = \"0.2.0\"\n"
                   "source = \"git+https://host/g.git?rev=1#abc\"\n"
                   "[[package]]\nname = \"n\"\nsource = \"" REGISTRY "\"\n",
                   "a@1.0.0+b {sha256:e3b0c442} > c > windows-sys@0.52.0\n"
                   "g@0.2.0\n"
                   "gap: package 'n' lacks its version\n");
}

static void test_cargo_lock__no_toml(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found = inspect_content(
        &arena, &pl_cataloger_cargo_lock, "Cargo.lock", PL_STR("[[package]\n"), NULL);
    assert_int_equal(found->components.count, 0);
    assert_int_equal(found->gaps.count, 1);
}

int pl_test_cargo_lock(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cargo_lock__version_1),
        cmocka_unit_test(test_cargo_lock__version_4),
        cmocka_unit_test(test_cargo_lock__no_toml),
    };
    return cmocka_run_group_tests_name("catalog/cargo_lock", tests, NULL, NULL);
}
