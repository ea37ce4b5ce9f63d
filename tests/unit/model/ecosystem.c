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
        /* As Docker Scout, Trivy, Syft and OSV write them. */
        {"pkg:deb/debian/openssl@3?os_distro=bookworm&os_name=debian&os_version=12", "Debian:12",
         "openssl"},
        {"pkg:deb/ubuntu/bash@5?os_distro=noble&os_name=ubuntu&os_version=24.04",
         "Ubuntu:24.04:LTS", "bash"},
        {"pkg:apk/alpine/musl@1?os_name=alpine&os_version=3.19", "Alpine:v3.19", "musl"},
        {"pkg:apk/alpine/musl@1?distro=3.19.1", "Alpine:v3.19", "musl"},
        {"pkg:deb/ubuntu/bash?distro=esm-infra/xenial", "Ubuntu:16.04:LTS", "bash"},
        {"pkg:deb/ubuntu/bash?distro=jammy", "Ubuntu:22.04:LTS", "bash"},
        {"pkg:deb/debian/bash?distro=sid", "Debian:sid", "bash"},
        {"pkg:rpm/redhat/bash?distro=redhat-9.4", "Red Hat:enterprise_linux:9::baseos", "bash"},
        {"pkg:rpm/redhat/bash?distro=rhel-9.4", "Red Hat:enterprise_linux:9::baseos", "bash"},
        {"pkg:rpm/amazon/bash?distro=amazon-2", "Amazon Linux:2", "bash"},
        {"pkg:rpm/amazon/bash?distro=amazon-2%20%28Karoo%29", "Amazon Linux:2", "bash"},
        {"pkg:rpm/amazon/bash?distro=amazon-2023.3.20240312%20%28Amazon%20Linux%29",
         "Amazon Linux:2023", "bash"},
        {"pkg:rpm/amazon/bash?distro=amazon-AMI%20release%202018.03", "Amazon Linux:2018.03",
         "bash"},
        {"pkg:rpm/cbl-mariner/bash?distro=cbl-mariner-1.0", "Azure Linux:1", "bash"},
        {"pkg:rpm/opensuse/bash?distro=opensuse-tumbleweed-20240607", "openSUSE:Tumbleweed",
         "bash"},
        {"pkg:rpm/suse/bash?distro=slem-5.4", "SUSE:Linux Enterprise Micro 5.4", "bash"},
        {"pkg:rpm/amzn/bash?distro=amzn-2023", "Amazon Linux:2023", "bash"},
        {"pkg:rpm/oracle/bash?distro=oracle-8", "Oracle Linux:8", "bash"},
        {"pkg:rpm/ol/bash?distro=ol-9.3", "Oracle Linux:9", "bash"},
        {"pkg:rpm/alma/bash?distro=alma-9.3", "AlmaLinux:9", "bash"},
        {"pkg:rpm/fedora/bash?distro=fedora-40", "Fedora:40", "bash"},
        {"pkg:rpm/cbl-mariner/bash?distro=mariner-2.0", "Azure Linux:2", "bash"},
        {"pkg:rpm/suse/bash?distro=sles-15.5", "SUSE:Linux Enterprise Server 15 SP5", "bash"},
        {"pkg:rpm/opensuse/bash?distro=opensuse-leap-15.5", "openSUSE:Leap 15.5", "bash"},
        {"pkg:rpm/opensuse/bash?distro=opensuse.leap-15.5", "openSUSE:Leap 15.5", "bash"},
        {"pkg:alpm/arch/bash@5", "Arch Linux", "bash"},
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
    /* A system of one kind and a package of another are no pair. */
    assert_int_equal(
        pl_purl_parse(&arena, PL_STR("pkg:rpm/debian/x?distro=debian-12"), &purl, NULL), PL_OK);
    assert_int_equal(pl_ecosystem_of_purl(&arena, &purl, &keys, &err), PL_E_UNSUPPORTED);
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
