/* SPDX-License-Identifier: Apache-2.0 */
/* What package managers of C, C++, Julia, OCaml, Perl, R and Lua, and WordPress leave on disk. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_conan_info;
extern const struct pl_cataloger pl_cataloger_julia_installed;
extern const struct pl_cataloger pl_cataloger_opam;
extern const struct pl_cataloger pl_cataloger_perl_meta;
extern const struct pl_cataloger pl_cataloger_r_installed;
extern const struct pl_cataloger pl_cataloger_rockspec;
extern const struct pl_cataloger pl_cataloger_vcpkg_installed;
extern const struct pl_cataloger pl_cataloger_wordpress;

static void test_installed_files__conan(void **state)
{
    static const char path[] = "root/.conan/data/freetype/2.12.1/_/_/package/0a1b/conaninfo.txt";
    expect_listing(&pl_cataloger_conan_info, path,
                   "[settings]\n    os=Linux\n\n[requires]\n    zlib/1.Y.Z\n\n[full_requires]\n"
                   "    zlib/1.2.13:c9e2\n    a/1@user/testing:00\n\n[options]\n    x/y=True\n",
                   "freetype@2.12.1 > zlib@1.2.13 > a@1\n");
    expect_reader(path, &pl_cataloger_conan_info);
}

static void test_installed_files__vcpkg(void **state)
{
    expect_listing(&pl_cataloger_vcpkg_installed, "opt/vcpkg/installed/vcpkg/status",
                   "Package: zlib\nVersion: 1.2.13\nPort-Version: 1\nArchitecture: x64-linux\n"
                   "Depends: vcpkg-cmake, b:x64-linux\nStatus: install ok installed\n\n"
                   "Package: zlib\nFeature: tools\nArchitecture: x64-linux\n"
                   "Status: install ok installed\n\n"
                   "Package: gone\nVersion: 1\nStatus: purge ok not-installed\n\n"
                   "Package: none\nStatus: install ok installed\n",
                   "zlib@1.2.13#1 x64-linux > vcpkg-cmake > b\n"
                   "gap: package 'none' lacks its version\n");
    expect_reader("app/build/vcpkg_installed/vcpkg/status", &pl_cataloger_vcpkg_installed);
}

static void test_installed_files__julia(void **state)
{
    expect_listing(&pl_cataloger_julia_installed, "root/.julia/packages/JSON/ab12/Project.toml",
                   "name = \"JSON\"\nuuid = \"682c06a0-de6a-54ab-a142-c8b1cf79cde6\"\n"
                   "version = \"0.21.4\"\n[deps]\nDates = \"ade2ca70\"\n[extras]\nTest = \"8d\"\n",
                   "JSON@0.21.4 > Dates\n");
    expect_reader("root/.julia/packages/JSON/ab12/Project.toml", &pl_cataloger_julia_installed);
    expect_reader("root/.julia/packages/JSON/ab12/docs/Project.toml", NULL);
}

static void test_installed_files__r(void **state)
{
    expect_listing(&pl_cataloger_r_installed, "usr/lib/R/site-library/stringr/DESCRIPTION",
                   "Package: stringr\r\nVersion: 1.5.0.9000\r\nLicense: MIT + file LICENSE\r\n"
                   "Description: A\r\n    Package: x\r\nDepends: \r\n    R (>= 3.3)\r\n"
                   "Imports: \r\n    cli,\r\n    glue (>= 1.6.1)\r\nBuilt: R 4.3.0\r\n",
                   "stringr@1.5.0.9000 [MIT + file LICENSE] > cli > glue\n");
    expect_listing(&pl_cataloger_r_installed, "a/library/b/DESCRIPTION", "A library of books.\n",
                   "");
    expect_reader("root/R/x86_64-pc-linux-gnu-library/4.2/cli/DESCRIPTION",
                  &pl_cataloger_r_installed);
}

static void test_installed_files__lua(void **state)
{
    static const char path[] =
        "usr/local/lib/luarocks/rocks-5.1/lpeg/1.0.2-1/lpeg-1.0.2-1.rockspec";
    expect_listing(&pl_cataloger_rockspec, path,
                   "-- package = 'no'\n--[[ version = 'no' ]]\npackage = 'LPeg'\n"
                   "version = [[1.0.2-1]]\nsource = { url = 'x', version = '3' }\n"
                   "description = {\n  detailed = [==[ license = ']]' ]==],\n"
                   "  license = \"MIT/\\\"X11\\\"\",\n}\n"
                   "dependencies = { 'lua >= 5.1', \"inspect == 3.1.3\", x = 'y', { 'z' } }\n"
                   "build = { modules = { [\"a\"] = \"package = 'b'\" } }\n",
                   "LPeg@1.0.2-1 [MIT/\"X11\"] > inspect\n");
    expect_listing(&pl_cataloger_rockspec, "rocks-5.1/lua-cjson-2.1.0-1.rockspec",
                   "local v = '2.1.0'\npackage = 'lua-' .. 'cjson'\nversion = v .. '-1'\n",
                   "lua-cjson@2.1.0-1\n");
    expect_listing(&pl_cataloger_rockspec, "rocks-5.1/odd.rockspec", "",
                   "gap: package '' lacks its name\n");
    expect_reader(path, &pl_cataloger_rockspec);
    expect_reader("src/own-1.0-1.rockspec", NULL);
}

static void test_installed_files__perl(void **state)
{
    expect_listing(
        &pl_cataloger_perl_meta, "usr/lib/perl5/.meta/A-B-1/MYMETA.json",
        "{\"name\": \"A-B\", \"version\": \"v1.0\", \"license\": [\"perl_5\", \"unknown\"]}",
        "A-B@v1.0 [perl_5]\n");
    expect_listing(&pl_cataloger_perl_meta, "usr/share/perl5/A/META.yml",
                   "---\nname: A\nversion: 1.20\nlicense: perl\n", "A@1.20 [perl]\n");
    expect_reader("usr/local/lib/perl5/site_perl/.meta/A-B-1/MYMETA.json", &pl_cataloger_perl_meta);
}

static void test_installed_files__opam(void **state)
{
    static const char text[] = "opam-version: \"2.0\"\n# version: \"no\"\nsynopsis: \"x: [\\\"\"\n"
                               "description: \"\"\"\nversion: \"no\"\n\"\"\"\n"
                               "license: [\"ISC\" \"MIT\"]\n"
                               "depends: [\n  \"dune\" {>= \"2.8\"}\n  \"odoc\" {with-doc}\n"
                               "  \"fmt\" {= \"0.9.0\" & dev}\n]\n"
                               "build: [[\"dune\" name] {dev}]\n";
    expect_listing(&pl_cataloger_opam, "root/.opam/4.14/.opam-switch/packages/a-b.1.5.0/opam", text,
                   "a-b@1.5.0 [ISC] [MIT] > dune > odoc > fmt\n");
    /* What a project describes has no version, and is not a package. */
    expect_listing(&pl_cataloger_opam, "app/a-b.opam", text, "");
    expect_listing(&pl_cataloger_opam, "app/a-b.opam.locked", text, "fmt@0.9.0\n");
    expect_listing(&pl_cataloger_opam, "app/a-b.opam", "version: \"2\"\nname: \"c\"\n", "c@2\n");
}

static void test_installed_files__wordpress(void **state)
{
    expect_listing(&pl_cataloger_wordpress, "var/www/html/wp-includes/version.php",
                   "<?php\n// $wp_version = '1';\n/* $wp_version = '2'; */\n# $wp_version = '3';\n"
                   "$wp_version_x = '4';\n$wp_version = '6.4.1'; // x\n",
                   "wordpress@6.4.1\n");
    expect_listing(&pl_cataloger_wordpress, "var/www/wp-content/plugins/hello-dolly/hello.php",
                   "<?php\n/**\n * @package Hello_Dolly\n * Plugin Name: Hello Dolly\n"
                   " * Author: Matt\n * Version: 1.7.2\n * License: GPLv2 or later\n */\n",
                   "plugin/hello-dolly@1.7.2 [GPLv2 or later]\n");
    expect_listing(&pl_cataloger_wordpress, "wp-content/plugins/hello.php",
                   "<?php /*\nPlugin Name: Hello\nVersion: 1.7 */\n", "plugin/hello@1.7\n");
    expect_listing(&pl_cataloger_wordpress, "wp-content/plugins/a/other.php",
                   "<?php /* Version: 1 */\n", "");
    expect_listing(&pl_cataloger_wordpress, "wp-content/themes/twentytwenty/style.css",
                   "/*\r\nTheme Name: Twenty Twenty\r\nVersion: 2.2\r\n*/\r\n",
                   "theme/twentytwenty@2.2\n");
    expect_listing(&pl_cataloger_wordpress, "wp-content/themes/a/style.css",
                   "/* Theme Name: A */\n", "gap: package 'theme/a' lacks its version\n");
    expect_reader("var/www/html/wp-content/themes/a/style.css", &pl_cataloger_wordpress);
    expect_reader("var/www/html/wp-content/plugins/a/inc/x.php", NULL);
}

int pl_test_installed_files(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_installed_files__conan),
        cmocka_unit_test(test_installed_files__vcpkg),
        cmocka_unit_test(test_installed_files__julia),
        cmocka_unit_test(test_installed_files__r),
        cmocka_unit_test(test_installed_files__lua),
        cmocka_unit_test(test_installed_files__perl),
        cmocka_unit_test(test_installed_files__opam),
        cmocka_unit_test(test_installed_files__wordpress),
    };
    return cmocka_run_group_tests_name("catalog/installed_files", tests, NULL, NULL);
}
