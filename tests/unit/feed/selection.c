/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ecosystems are those that OSV's schema and its export have. */
#include "feed/selection.h"
#include "model/ecosystem.h"
#include "model/os.h"
#include "unit/test.h"

static struct pl_feed_selection of(struct pl_arena *arena, const char *list)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_feed_selection selection = {0};
    assert_int_equal(pl_feed_selection_add(arena, &selection, pl_str_from(list), &err), PL_OK);
    return selection;
}

static void test_selection__releases(void **state)
{
    static const struct {
        const char *list;
        const char *ecosystem;
        bool is_taken;
    } rows[] = {
        {"debian:12,npm", "Debian:12", true},
        {"debian:12,npm", "Debian:11", false},
        {"debian:12,npm", "Debian", true},
        {"debian:12,npm", "npm", true},
        {"debian:1", "Debian:12", false},
        {"Debian", "Debian:13", true},
        {"npm", "PyPI", false},
        {"pypi", "PyPI", true},
        {"npm", PL_SUPPRESSION_ECOSYSTEM, true}, /* what is of no ecosystem is for all */
        {"npm", PL_END_OF_LIFE_ECOSYSTEM, true},
        {"alpine:3.18", "Alpine:v3.18", true},
        {"alpine:v3.18", "Alpine:v3.18", true},
        {"alpine:3.1", "Alpine:v3.18", false},
        {"ubuntu:22.04", "Ubuntu:22.04:LTS", true},
        {"ubuntu:22.04", "Ubuntu:Pro:22.04:LTS", true},
        {"ubuntu:22.04", "Ubuntu:24.04:LTS", false},
        {"rocky-linux:9", "Rocky Linux:9", true},
        {"red-hat:9", "Red Hat:enterprise_linux:9::appstream", true},
        {"red-hat:8", "Red Hat:enterprise_linux:9::appstream", false},
        {"red-hat:9", "Red Hat:rhel_eus:9.2::appstream", true},
        {"red-hat:9", "Red Hat:rhel_e4s:9.0::sap", true},
        {"red-hat:9", "Red Hat:ocp_tools:4.15::el9", true},
        {"red-hat:9", "Red Hat:enterprise_linux:9", true},
        {"red-hat:9", "Red Hat:jboss_core_services:1", true},
        {"red-hat:9", "Red Hat:openshift:4.9::el8", false},
        {"red-hat:4", "Red Hat:openshift:4.9::el8", false},
        {"red-hat:9", "Red Hat:rhel_eus:8.9::baseos", false},
        {"red-hat:9.2", "Red Hat:rhel_eus:9.2::baseos", true},
        {"red-hat:9.2", "Red Hat:rhel_eus:9.4::baseos", false},
        {"red-hat:9.2", "Red Hat:enterprise_linux:9::baseos", true},
        {"redhat:9", "Red Hat:rhel_aus:9.2::baseos", true},
        {"rhel:9", "Red Hat:rhel_tus:9.2::baseos", true},
        {"centos:7", "Red Hat:enterprise_linux:7::server", true},
        {"red-hat:enterprise_linux:9", "Red Hat:enterprise_linux:9::crb", true},
        {"red-hat:enterprise_linux:9", "Red Hat:rhel_eus:9.2::baseos", false},
        {"suse:linux enterprise server 15 sp5", "SUSE:Linux Enterprise Server 15 SP5", true},
        {"suse:linux enterprise server 15 sp3", "SUSE:Linux Enterprise Server 15 SP3-LTSS", true},
        {"suse:linux enterprise server 15", "SUSE:Linux Enterprise Server 15 SP3", false},
        {"suse:15.3", "SUSE:Linux Enterprise Server 15 SP3-LTSS", true},
        {"sles:15.5", "SUSE:Linux Enterprise Module for Basesystem 15 SP5", true},
        {"sles:15.5", "SUSE:Linux Enterprise High Availability Extension 15 SP5", true},
        {"sles:15.5", "SUSE:Linux Enterprise Server 15 SP4", false},
        {"sles:15.5", "SUSE:Linux Enterprise Server 12 SP5", false},
        {"sles:12.5", "SUSE:Linux Enterprise Server 12 SP5-LTSS", true},
        {"sle-micro:5.5", "SUSE:Linux Enterprise Micro 5.5", true},
        {"opensuse-leap:15.5", "openSUSE:Leap 15.5", true},
        {"opensuse-leap:15.5", "openSUSE:Leap 15.6", false},
        {"openeuler:22.03", "openEuler:22.03-LTS-SP3", true},
        {"openeuler:22.03-lts", "openEuler:22.03-LTS-SP3", false},
        {"openeuler:22.03-lts-sp3", "openEuler:22.03-LTS-SP3", true},
        {"debian:bookworm", "Debian:12", true},
        {"debian:bookworm", "Debian:11", false},
        {"debian:12.5", "Debian:12", true},
        {"alpine:3.18.4", "Alpine:v3.18", true},
        {"rocky:9.3", "Rocky Linux:9", true},
        {"amzn:2", "Amazon Linux:2", true},
        {"amzn:2", "Amazon Linux:2023", false},
        {"linuxmint:21.2", "Ubuntu:22.04:LTS", true},
        {"linuxmint:21.2", "Ubuntu:Pro:22.04:LTS", true},
        {"linuxmint:21.2", "Ubuntu:20.04:LTS", false},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_feed_selection selection = of(&arena, rows[i].list);
        assert_int_equal(pl_feed_selection_takes(&selection, pl_str_from(rows[i].ecosystem)),
                         rows[i].is_taken);
    }
}

/* A release of each system, as its os-release has it. */
static const struct pl_os releases[] = {
    {.id = PL_STR_INIT("alma"), .version_id = PL_STR_INIT("9.3")},
    {.id = PL_STR_INIT("almalinux"), .version_id = PL_STR_INIT("9.3")},
    {.id = PL_STR_INIT("alpaquita"), .version_id = PL_STR_INIT("23")},
    {.id = PL_STR_INIT("alpine"), .version_id = PL_STR_INIT("3.18.4")},
    {.id = PL_STR_INIT("amzn"), .version_id = PL_STR_INIT("2018.03")},
    {.id = PL_STR_INIT("azurelinux"), .version_id = PL_STR_INIT("3.0")},
    {.id = PL_STR_INIT("bellsoft-hardened-containers"), .version_id = PL_STR_INIT("25")},
    {.id = PL_STR_INIT("centos"), .version_id = PL_STR_INIT("7")},
    {.id = PL_STR_INIT("debian"), .version_id = PL_STR_INIT("12")},
    {.id = PL_STR_INIT("devuan"), .version_id = PL_STR_INIT("5")},
    {.id = PL_STR_INIT("elementary"), .version_id = PL_STR_INIT("7.1")},
    {.id = PL_STR_INIT("fedora"), .version_id = PL_STR_INIT("40")},
    {.id = PL_STR_INIT("linuxmint"), .version_id = PL_STR_INIT("21.2")},
    {.id = PL_STR_INIT("mageia"), .version_id = PL_STR_INIT("9")},
    {.id = PL_STR_INIT("mariner"), .version_id = PL_STR_INIT("2.0")},
    {.id = PL_STR_INIT("ol"), .version_id = PL_STR_INIT("9.3")},
    {.id = PL_STR_INIT("openeuler"),
     .version_id = PL_STR_INIT("22.03"),
     .version = PL_STR_INIT("22.03 (LTS-SP3)")},
    {.id = PL_STR_INIT("opensuse"),
     .version_id = PL_STR_INIT("42.3"),
     .pretty_name = PL_STR_INIT("openSUSE Leap 42.3")},
    {.id = PL_STR_INIT("opensuse-leap"),
     .version_id = PL_STR_INIT("15.5"),
     .pretty_name = PL_STR_INIT("openSUSE Leap 15.5")},
    {.id = PL_STR_INIT("opensuse-tumbleweed"), .pretty_name = PL_STR_INIT("openSUSE Tumbleweed")},
    {.id = PL_STR_INIT("oracle"), .version_id = PL_STR_INIT("7")},
    {.id = PL_STR_INIT("photon"), .version_id = PL_STR_INIT("5.0")},
    {.id = PL_STR_INIT("pop"), .version_id = PL_STR_INIT("22.04")},
    {.id = PL_STR_INIT("postmarketos"), .version_id = PL_STR_INIT("v23.06")},
    {.id = PL_STR_INIT("raspbian"), .version_id = PL_STR_INIT("11")},
    {.id = PL_STR_INIT("rhel"),
     .version_id = PL_STR_INIT("9.2"),
     .cpe_name = PL_STR_INIT("cpe:/o:redhat:enterprise_linux:9::baseos"),
     .content_sets = PL_STR_INIT("rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2 "
                                 "rhel-9-for-x86_64-appstream-e4s-rpms__9_DOT_2 "
                                 "rhel-9-for-x86_64-baseos-aus-rpms__9_DOT_2 "
                                 "rhel-9-for-x86_64-baseos-tus-rpms__9_DOT_2 "
                                 "rhel-9-for-x86_64-highavailability-rpms "
                                 "rhocp-4.15-for-rhel-9-x86_64-rpms")},
    {.id = PL_STR_INIT("rocky"), .version_id = PL_STR_INIT("9.3")},
    {.id = PL_STR_INIT("scientific"), .version_id = PL_STR_INIT("7.9")},
    {.id = PL_STR_INIT("sl-micro"),
     .version_id = PL_STR_INIT("6.0"),
     .pretty_name = PL_STR_INIT("SUSE Linux Micro 6.0")},
    {.id = PL_STR_INIT("sle_hpc"),
     .version_id = PL_STR_INIT("15.3"),
     .pretty_name = PL_STR_INIT("SUSE Linux Enterprise High Performance Computing 15 SP3"),
     .products = PL_STR_INIT("sle-hpc:15.3 sle-hpc-espos:15.3 sle-module-hpc:15.3")},
    {.id = PL_STR_INIT("sle-micro"),
     .version_id = PL_STR_INIT("5.5"),
     .pretty_name = PL_STR_INIT("SUSE Linux Enterprise Micro 5.5")},
    {.id = PL_STR_INIT("sle-micro-rancher"),
     .version_id = PL_STR_INIT("5.4"),
     .pretty_name = PL_STR_INIT("SUSE Linux Enterprise Micro for Rancher 5.4")},
    {.id = PL_STR_INIT("sled"),
     .version_id = PL_STR_INIT("15.5"),
     .pretty_name = PL_STR_INIT("SUSE Linux Enterprise Desktop 15 SP5")},
    {.id = PL_STR_INIT("sles"),
     .version_id = PL_STR_INIT("15.5"),
     .pretty_name = PL_STR_INIT("SUSE Linux Enterprise Server 15 SP5"),
     .products = PL_STR_INIT("sles:15.5 sle-ha:15.5 sle-we:15.5 sle-module-live-patching:15.5 "
                             "sle-module-rt:15.5 sle-module-python2:15.5 sles-ltss:15.5")},
    {.id = PL_STR_INIT("sles_sap"),
     .version_id = PL_STR_INIT("15.5"),
     .pretty_name = PL_STR_INIT("SUSE Linux Enterprise Server for SAP Applications 15 SP5")},
    {.id = PL_STR_INIT("ubuntu"), .version_id = PL_STR_INIT("22.04")},
};

/* One without a version is a rolling one. */
static struct pl_os release_of(const char *id)
{
    struct pl_os os = {.id = pl_str_from(id)};
    for (size_t i = 0; i < PL_ARRAY_LEN(releases); i++) {
        os = pl_str_eq(releases[i].id, os.id) ? releases[i] : os;
    }
    return os;
}

/* What is selected by a system's id and version is all that its scan asks, and the other way of
 * writing it, by the ecosystem, no less. */
static void test_selection__systems(void **state)
{
    static const struct {
        const char *id;
        const char *ecosystem;
    } systems[] = {
#define PL_DISTRO(id, type, ecosystem, by, parts, name) {id, ecosystem},
#include "model/distros.def"
#undef PL_DISTRO
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(systems); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_os os = release_of(systems[i].id);
        struct pl_feed_selection selection =
            of(&arena, os.version_id.len == 0
                           ? systems[i].id
                           : pl_arena_format(&arena, "%s:" PL_STR_FMT, systems[i].id,
                                             PL_STR_ARG(os.version_id))
                                 .ptr);
        struct pl_feed_selection again = of(&arena, pl_feed_selection_text(&arena, &selection).ptr);
        struct pl_strs asked[] = {pl_os_ecosystems(&arena, &os),
                                  pl_os_paid_ecosystems(&arena, &os)};
        assert_true(asked[0].count > 0);
        for (size_t k = 0; k < asked[0].count + asked[1].count; k++) {
            pl_str name =
                k < asked[0].count ? asked[0].items[k] : asked[1].items[k - asked[0].count];
            if (!pl_feed_selection_takes(&selection, name) ||
                !pl_feed_selection_takes(&again, name) ||
                !pl_feed_selection_has(&selection, name)) {
                fail_msg("%s does not select " PL_STR_FMT, systems[i].id, PL_STR_ARG(name));
            }
        }
        struct pl_strs export = {0};
        *pl_vec_push(&arena, &export) = pl_str_from(systems[i].ecosystem);
        assert_int_equal(pl_feed_selection_lacks(&selection, &export).len, 0);
        assert_false(pl_feed_selection_takes(&selection, PL_STR("npm")));
    }
}

static void test_selection__bases(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_feed_selection selection = of(&arena, "debian:12, rocky-linux");
    struct pl_feed_selection all = {0};
    assert_true(pl_feed_selection_has(&selection, PL_STR("Debian")));
    assert_true(pl_feed_selection_has(&selection, PL_STR("Rocky Linux")));
    assert_false(pl_feed_selection_has(&selection, PL_STR("PyPI")));
    assert_true(pl_feed_selection_has(&all, PL_STR("PyPI")));
    assert_true(pl_feed_selection_takes(&all, PL_STR("PyPI")));
    assert_true(
        pl_str_eq(pl_feed_selection_text(&arena, &selection), PL_STR("debian:12,rocky linux")));
}

static void test_selection__no_names(void **state)
{
    static const char *const bad[] = {"", ",", "npm,", ":12", "debian:"};
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_error err = PL_ERROR_INIT;
        struct pl_feed_selection selection = {0};
        assert_int_equal(pl_feed_selection_add(&arena, &selection, pl_str_from(bad[i]), &err),
                         PL_E_USAGE);
    }
}

int pl_test_selection(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selection__releases),
        cmocka_unit_test(test_selection__systems),
        cmocka_unit_test(test_selection__bases),
        cmocka_unit_test(test_selection__no_names),
    };
    return cmocka_run_group_tests_name("feed/selection", tests, NULL, NULL);
}
