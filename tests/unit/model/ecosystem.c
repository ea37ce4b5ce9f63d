/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ecosystems as the OSV schema defines them; purls as the specification's types do. */
#include "model/ecosystem.h"
#include "unit/test.h"

static void test_ecosystem__of_package_urls(void **state)
{
    static const struct {
        const char *purl;
        const char *ecosystem;
        const char *name;
    } rows[] = {
        {"pkg:deb/debian/openssl@3.0.11-1?distro=debian-12", "Debian:12", "openssl"},
        {"pkg:deb/debian/libssl3?distro=bookworm&upstream=openssl", "Debian:12", "openssl"},
        {"pkg:deb/debian/libssl3?distro=debian-12.5&upstream=openssl@3.0", "Debian:12", "openssl"},
        {"pkg:deb/ubuntu/bash?distro=ubuntu-22.04", "Ubuntu:22.04:LTS", "bash"},
        {"pkg:apk/alpine/musl?distro=alpine-3.19.1", "Alpine:v3.19", "musl"},
        {"pkg:apk/wolfi/musl", "Wolfi", "musl"},
        {"pkg:rpm/almalinux/bash?distro=almalinux-9.3", "AlmaLinux:9", "bash"},
        {"pkg:rpm/rocky/bash?distro=rocky-8", "Rocky Linux:8", "bash"},
        {"pkg:npm/%40angular/core@1", "npm", "@angular/core"},
        {"pkg:maven/org.apache.commons/io@1", "Maven", "org.apache.commons:io"},
        {"pkg:golang/github.com/gorilla/mux@v1", "Go", "github.com/gorilla/mux"},
        {"pkg:cargo/rand@0.7", "crates.io", "rand"},
        {"pkg:composer/laravel/framework", "Packagist", "laravel/framework"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_purl purl = {.type = PL_STR_EMPTY};
        struct pl_package_keys keys = {0};
        assert_int_equal(pl_purl_parse(&arena, pl_str_from(rows[i].purl), &purl, NULL), PL_OK);
        assert_int_equal(pl_ecosystem_of_purl(&arena, &purl, &keys, NULL), PL_OK);
        pl_assert_str(keys.items[0].ecosystem, rows[i].ecosystem);
        pl_assert_str(keys.items[0].name, rows[i].name);
    }
}

static void test_ecosystem__missing_release_and_unknown_type(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_purl purl = {.type = PL_STR_EMPTY};
    struct pl_package_keys keys = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_purl_parse(&arena, PL_STR("pkg:deb/debian/bash"), &purl, NULL), PL_OK);
    assert_int_equal(pl_ecosystem_of_purl(&arena, &purl, &keys, &err), PL_E_USAGE);
    assert_non_null(strstr(err.msg, "distro="));
    assert_int_equal(pl_purl_parse(&arena, PL_STR("pkg:generic/x"), &purl, NULL), PL_OK);
    assert_int_equal(pl_ecosystem_of_purl(&arena, &purl, &keys, &err), PL_E_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "--ecosystem"));
}

int pl_test_ecosystem(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ecosystem__of_package_urls),
        cmocka_unit_test(test_ecosystem__missing_release_and_unknown_type),
    };
    return cmocka_run_group_tests_name("model/ecosystem", tests, NULL, NULL);
}
