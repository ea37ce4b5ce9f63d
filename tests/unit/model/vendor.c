/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maintainers, vendors and versions as the packages of these vendors and distributions state them:
 * Debian's are from its own archive, those of rpm from the databases that tests/e2e compares with
 * rpm's word.
 */
#include "model/vendor.h"
#include "base/compiler.h"
#include "unit/arena.h"

static pl_str vendor_of(const char *os_id, const char *type, const char *vendor,
                        const char *version, pl_str *ret_ecosystem)
{
    struct pl_os os = {.id = pl_str_from(os_id)};
    struct pl_component component = {.type = pl_str_from(type),
                                     .name = PL_STR("p"),
                                     .vendor = pl_str_from(vendor),
                                     .version = pl_str_from(version)};
    struct pl_third_party party = {0};
    bool is_other = pl_third_party_of(&arena, &os, &component, &party);
    *ret_ecosystem = party.ecosystem;
    return is_other ? party.name : PL_STR_EMPTY;
}

static void test_vendor__others(void **state)
{
    static const struct {
        const char *os, *type, *vendor, *version, *wanted;
    } cases[] = {
        {"debian", "deb", "NodeSource Support <support@nodesource.com>", "20.20.2-1nodesource1",
         "NodeSource"},
        {"debian", "deb", "", "20.20.2-1nodesource1", "NodeSource"},
        {"debian", "deb", "Docker <support@docker.com>", "5:24.0.7-1~debian.12~bookworm", "Docker"},
        {"debian", "deb", "Google Cloud CLI Authors <https://code.google.com/p/google-cloud-sdk/>",
         "528.0.0-0", "Google"},
        {"debian", "deb", "Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>",
         "15.4-1.pgdg120+1", "PostgreSQL"},
        {"ubuntu", "deb", "Debian PHP Maintainers <team+pkg-php@tracker.debian.org>",
         "8.2.10-1+ubuntu22.04.1+deb.sury.org+1", "sury.org"},
        {"debian", "deb", "Debian PHP Maintainers <team+pkg-php@tracker.debian.org>",
         "8.2.10-2+0~20230904.52+debian12~1.gbp4b3b8c", "sury.org"},
        {"rhel", "rpm", "Docker", "3:24.0.7-1.el9", "Docker"},
        {"centos", "rpm", "Remi's RPM repository <https://rpms.remirepo.net/>", "8.2.12-1.el8.remi",
         "Remi"},
        {"opensuse-tumbleweed", "rpm", "obs://build.opensuse.org/home:thisisshub_", "1.0-1",
         "a home project of the Open Build Service"},
        {"rhel", "rpm", "Microsoft Corporation", "7.4.0-1.rh", "Microsoft"},
        {"almalinux", "rpm", "VMware, Inc.", "1-1", "VMware"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        pl_str ecosystem;
        pl_assert_str(
            vendor_of(cases[i].os, cases[i].type, cases[i].vendor, cases[i].version, &ecosystem),
            cases[i].wanted);
        assert_int_equal(ecosystem.len, 0);
    }
}

static void test_vendor__the_distributions_own(void **state)
{
    static const struct {
        const char *os, *type, *vendor, *version;
    } cases[] = {
        {"debian", "deb", "Debian Curl Team <team+curl@tracker.debian.org>", "7.88.1-10+deb12u5"},
        {"debian", "deb", "Theodore Y. Ts'o <tytso@mit.edu>", "1.47.0-2"},
        {"debian", "deb", "Debian MySQL Maintainers <pkg-mysql-maint@lists.alioth.debian.org>",
         "1:10.11.6-0+deb12u1"},
        {"debian", "deb", "Some Body <some@debian.org>", "2.39.2-1~bpo11+1"},
        {"debian", "deb", "", "1.4.5~debian1-3"},
        {"ubuntu", "deb", "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>",
         "5.15.0-91.101"},
        {"rhel", "rpm", "Red Hat, Inc.", "2.32.1-42.el8_8"},
        {"centos", "rpm", "CentOS", "1-1.el8"},
        {"rocky", "rpm", "Rocky Enterprise Software Foundation", "1-1.el9"},
        {"almalinux", "rpm", "AlmaLinux", "1-1.el9"},
        {"ol", "rpm", "Oracle America", "1-1.el9"},
        {"amzn", "rpm", "Amazon Linux", "1-1.amzn2023"},
        {"amzn", "rpm", "Amazon.com, Inc.", "1-1.amzn2"},
        {"fedora", "rpm", "Fedora Project", "1-1.fc40"},
        {"hummingbird", "rpm", "Fedora Project", "1-1.hum1"},
        {"sles", "rpm", "SUSE LLC <https://www.suse.com/>", "1-150500.1"},
        {"sles", "rpm", "openSUSE", "1-bp155.1"},
        {"azurelinux", "rpm", "Microsoft Corporation", "1-1.azl3"},
        {"mariner", "rpm", "Microsoft Corporation", "1-1.cm2"},
        {"photon", "rpm", "VMware, Inc.", "1-1.ph5"},
        {"rhel", "rpm", "", "1-1"},
        {"rhel", "rpm", "Some Company",
         "1-1.el9"}, /* its own build of the distribution's package */
        {"alpine", "apk", "Natanael Copa <ncopa@alpinelinux.org>", "1-r0"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        pl_str ecosystem;
        pl_assert_str(
            vendor_of(cases[i].os, cases[i].type, cases[i].vendor, cases[i].version, &ecosystem),
            "");
    }
}

static void test_vendor__epel_has_its_own_feed(void **state)
{
    pl_str ecosystem;
    pl_assert_str(vendor_of("rocky", "rpm", "Fedora Project", "1.0-1.el9", &ecosystem), "EPEL");
    pl_assert_str(ecosystem, "EPEL:9");
    pl_assert_str(vendor_of("amzn", "rpm", "Fedora Project", "2.3-4.el7", &ecosystem), "EPEL");
    pl_assert_str(ecosystem, "EPEL:7");
    pl_assert_str(vendor_of("rhel", "rpm", "Fedora Project", "2.3-4.el10_1", &ecosystem), "EPEL");
    pl_assert_str(ecosystem, "EPEL:10");
}

/* The fields Vendor and Origin of a deb. */
static void test_vendor__origins(void **state)
{
    static const struct {
        const char *origin, *maintainer, *wanted;
    } cases[] = {
        {"debian", "", ""},
        {"Ubuntu", "", ""},
        {"HashiCorp", "HashiCorp", "HashiCorp"},
        {"none", "<builder@localhost>", "<builder@localhost>"},
        {"none", "Ops Team <ops@example.org>", "Ops Team"},
    };
    struct pl_os os = {.id = PL_STR("debian")};
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_component component = {.type = PL_STR("deb"),
                                         .name = PL_STR("p"),
                                         .vendor = pl_str_from(cases[i].maintainer),
                                         .origin = pl_str_from(cases[i].origin)};
        struct pl_third_party party = {0};
        assert_int_equal(pl_third_party_of(&arena, &os, &component, &party),
                         cases[i].wanted[0] != '\0');
        pl_assert_str(party.name, cases[i].wanted);
    }
}

int pl_test_vendor(void)
{
    const struct CMUnitTest tests[] = {
        PL_ARENA_TEST(test_vendor__others),
        PL_ARENA_TEST(test_vendor__the_distributions_own),
        PL_ARENA_TEST(test_vendor__epel_has_its_own_feed),
        PL_ARENA_TEST(test_vendor__origins),
    };
    return cmocka_run_group_tests_name("model/vendor", tests, NULL, NULL);
}
