/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files and manifests of C, C++, Julia, R, Swift and Terraform, as their own tools write them.
 */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_conan_lock;
extern const struct pl_cataloger pl_cataloger_julia_manifest;
extern const struct pl_cataloger pl_cataloger_r_lock;
extern const struct pl_cataloger pl_cataloger_swift_resolved;
extern const struct pl_cataloger pl_cataloger_terraform_lock;
extern const struct pl_cataloger pl_cataloger_vcpkg_manifest;

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_lock_files__conan_1(void **state)
{
    expect_listing(
        &pl_cataloger_conan_lock, "conan.lock",
        "{\"graph_lock\": {\"nodes\": {\n"
        "\"0\": {\"ref\": \"own/1.0\", \"path\": \"conanfile.py\", \"requires\": [\"1\"]},\n"
        "\"1\": {\"ref\": \"a/1.2@user/testing#0123\", \"requires\": [\"2\", \"9\"]},\n"
        "\"2\": {\"ref\": \"zlib/1.2.13#89\", \"context\": \"host\"},\n"
        "\"3\": {\"ref\": \"cmake/3.27\", \"context\": \"build\"},\n"
        "\"4\": {\"options\": \"\"}, \"5\": {\"ref\": \"odd\"}}}, \"version\": \"0.4\"}",
        "a@1.2 direct > zlib@1.2.13\nzlib@1.2.13 transitive\n"
        "cmake@3.27 dev transitive\ngap: package 'odd' lacks its version\n");
}

static void test_lock_files__conan_2(void **state)
{
    expect_listing(&pl_cataloger_conan_lock, "conan.lock",
                   "{\"version\": \"0.5\", \"requires\": [\"zlib/1.2.13#89%1675278904.07\"],\n"
                   "\"build_requires\": [\"zlib/1.2.13#89\", \"cmake/3.27#01\"],\n"
                   "\"python_requires\": [\"tools/1\"]}",
                   "zlib@1.2.13\ncmake@3.27 dev\ntools@1 dev\n");
}

static void test_lock_files__vcpkg(void **state)
{
    expect_listing(
        &pl_cataloger_vcpkg_manifest, "vcpkg.json",
        "{\"name\": \"app\", \"version\": \"1\", \"dependencies\": [\"fmt\",\n"
        "{\"name\": \"zlib\", \"version>=\": \"1.2.12\"}],\n"
        "\"overrides\": [{\"name\": \"zlib\", \"version\": \"1.2.13\", \"port-version\": 1},\n"
        "{\"name\": \"b\", \"version-date\": \"2022-01-01\"}, {\"name\": \"c\"}]}",
        "zlib@1.2.13#1\nb@2022-01-01\ngap: package 'c' lacks its version\n");
}

static void test_lock_files__julia(void **state)
{
    static const char uuid[] = "uuid = \"682c06a0-de6a-54ab-a142-c8b1cf79cde6\"\n";
    struct pl_buf text pl_autobuf = PL_BUF_INIT(4096);
    for (int format = 1; format <= 2; format++) {
        const char *prefix = format == 2 ? "deps." : "";
        pl_buf_clear(&text);
        pl_buf_append_format(
            &text,
            "julia_version = \"1.8.5\"\nmanifest_format = \"2.0\"\n"
            "[[%sJSON]]\ndeps = [\"Dates\", \"Parsers\"]\n%sversion = \"0.21.4\"\n"
            "[[%sDates]]\n%s[[%sOwn]]\npath = \"own\"\n%sversion = \"1\"\n"
            "[[%sParsers]]\n%sversion = \"2.5\"\n[%sParsers.deps]\nDates = \"x\"\n",
            prefix, uuid, prefix, uuid, prefix, uuid, prefix, uuid, prefix);
        expect_listing(&pl_cataloger_julia_manifest, "Manifest.toml", text.ptr,
                       "JSON@0.21.4 > Dates > Parsers@2.5\nParsers@2.5 > Dates\n");
    }
    /* Somebody else's. */
    expect_listing(&pl_cataloger_julia_manifest, "Manifest.toml",
                   "[package]\nname = \"a\"\nversion = \"1\"\n[[bin]]\nname = \"b\"\n", "");
}

static void test_lock_files__r(void **state)
{
    expect_listing(
        &pl_cataloger_r_lock, "renv.lock",
        "{\"R\": {\"Version\": \"4.2.3\"}, \"Packages\": {\n"
        "\"a\": {\"Package\": \"a\", \"Version\": \"1.0-2\", \"Source\": \"Repository\",\n"
        "\"Repository\": \"CRAN\", \"Requirements\": [\"R\", \"mime\", \"tools\"]},\n"
        "\"mime\": {\"Package\": \"mime\", \"Version\": \"0.7\","
        " \"Source\": \"Repository\", \"Imports\": [\"tools (>= 1)\"]},\n"
        "\"git\": {\"Package\": \"git\", \"Version\": \"1\", \"Source\": \"GitHub\"}}}",
        "a@1.0-2 > mime@0.7 > tools\nmime@0.7 > tools\n");
}

static void test_lock_files__swift(void **state)
{
    expect_listing(&pl_cataloger_swift_resolved, "Package.resolved",
                   "{\"version\": 2, \"pins\": [\n"
                   "{\"identity\": \"nio\", \"kind\": \"remoteSourceControl\","
                   " \"location\": \"https://github.com/apple/swift-nio.git\","
                   " \"state\": {\"revision\": \"b1\", \"version\": \"2.40.0\"}},\n"
                   "{\"location\": \"git@github.com:a/b.git\", \"state\": {\"version\": \"1\"}},\n"
                   "{\"location\": \"ssh://git@host/c/d/\", \"state\": {\"version\": \"2\"}},\n"
                   "{\"location\": \"https://host/e\", \"state\": {\"branch\": \"main\"}},\n"
                   "{\"kind\": \"localSourceControl\", \"location\": \"/x\","
                   " \"state\": {\"version\": \"3\"}},\n"
                   "{\"identity\": \"mona.LinkedList\", \"kind\": \"registry\","
                   " \"state\": {\"version\": \"1.2.0\"}}]}",
                   "github.com/apple/swift-nio@2.40.0\ngithub.com/a/b@1\nhost/c/d@2\n"
                   "mona/LinkedList@1.2.0\n");
    expect_listing(
        &pl_cataloger_swift_resolved, "Package.resolved",
        "{\"version\": 1, \"object\": {\"pins\": [{\"package\": \"Nimble\",\n"
        "\"repositoryURL\": \"https://github.com/Quick/Nimble.git\",\n"
        "\"state\": {\"branch\": null, \"revision\": \"c9\", \"version\": \"9.2.1\"}}]}}",
        "github.com/Quick/Nimble@9.2.1\n");
}

static void test_lock_files__terraform(void **state)
{
    expect_listing(&pl_cataloger_terraform_lock, ".terraform.lock.hcl",
                   "# comment\r\nprovider \"registry.terraform.io/hashicorp/aws\" {\r\n"
                   "  version     = \"5.72.1\"\r\n  constraints = \"> 5.72.0\"\r\n  hashes = [\r\n"
                   "    \"h1:jhd5O5o0CfZCNEwwN0EiDAzb7ApuFrtxJqa6HXW4EKE=\",\r\n"
                   "    \"zh:" SUM "\",\r\n  ]\r\n}\r\n"
                   "provider \"registry.opentofu.org/a/b\" {\n}\n",
                   "registry.terraform.io/hashicorp/aws@5.72.1 {sha256:e3b0c442}\n"
                   "gap: package 'registry.opentofu.org/a/b' lacks its version\n");
}

int pl_test_lock_files(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lock_files__conan_1),   cmocka_unit_test(test_lock_files__conan_2),
        cmocka_unit_test(test_lock_files__vcpkg),     cmocka_unit_test(test_lock_files__julia),
        cmocka_unit_test(test_lock_files__r),         cmocka_unit_test(test_lock_files__swift),
        cmocka_unit_test(test_lock_files__terraform),
    };
    return cmocka_run_group_tests_name("catalog/lock_files", tests, NULL, NULL);
}
