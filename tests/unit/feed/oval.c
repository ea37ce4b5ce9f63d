/* SPDX-License-Identifier: Apache-2.0 */
/* The documents are small ones of the shapes that the publishers' have; whole documents are held to
 * a second reading by tests/tools/feed_oracle_oval.py. What tests, states and operators mean is in
 * sections 4 and 5 of the OVAL Language specification 5.11. */
#include "feed/reader/oval.h"
#include "feed/reader/names.h"
#include "unit/feed/feed_test.h"

#define X(name) extern const struct pl_feed pl_feed_##name;
#define FEEDS                                                                                      \
    X(almalinux_oval)                                                                              \
    X(azurelinux_oval)                                                                             \
    X(debian_oval)                                                                                 \
    X(oracle_oval)                                                                                 \
    X(photon_oval)                                                                                 \
    X(suse_oval)                                                                                   \
    X(ubuntu_oval)
FEEDS
#undef X

static void test_oval__products_and_modules(void **state)
{
    pl_test_expect_feed(&pl_feed_almalinux_oval, "almalinux-oval.xml",
                        "ALSA-2024:1 [CVE-2024-1] ALSA-2024:1: m:18 update (Important)\n"
                        "  AlmaLinux:9 | a | m:18 | introduced 0 fixed 1:18-1 | affected\n");
    pl_test_expect_feed(
        &pl_feed_oracle_oval, "oracle-oval.xml",
        "ELSA-2024-0001 [CVE-2024-1 CVE-2024-2]"
        " CVSS_V3=CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H Oracle Linux=MODERATE"
        " ELSA-2024-0001:  a update (MODERATE)\n"
        "  Oracle Linux:8 | a |  | introduced 0 fixed 1:2-3.el8 | affected\n"
        "  Oracle Linux:8 | b | m:1 | introduced 0 fixed 0:5-1.module | affected\n"
        "skipped: criterion whose test is not in the document: 1\n"
        "skipped: build for FIPS, which has to be opted in to: 1\n"
        "skipped: build for Ksplice, which takes the place of no other: 1\n"
        "skipped: definition without a vulnerability: 1\n"
        "skipped: negated criteria: 1\n"
        "skipped: definition that names no package: 1\n"
        "malformed: oracle-oval: d: line 11: definition oval:com.oracle.elsa:def:3 has no usable "
        "name\n");
    pl_test_expect_feed(
        &pl_feed_photon_oval, "photon-oval.xml",
        "PHSA-3.0-0036-00001 [CVE-2019-1] Photon OS=Important"
        " PHSA-2020:00001 a Security Update. (Important)\n"
        "  Photon OS:3.0 | a |  | introduced 0 fixed 0:1-2.ph3 | affected\n"
        "PHSA-2020300092 [CVE-2019-2] PHSA-2020:00092 b Security Update. (Important)\n"
        "  Photon OS:3.0 | a |  | introduced 0 fixed 0:1-2.ph3 | affected\n");
}

static void test_oval__ranges(void **state)
{
    pl_test_expect_feed(
        &pl_feed_azurelinux_oval, "azurelinux-oval.xml",
        "AZL-44771 [CVE-2024-1] Azure Linux=Critical CVE-2024-1 affecting package golang\n"
        "  Azure Linux:2 | golang |  | above 0:1.19.0.cm2 fixed 0:1.20.7-1.cm2 | affected\n"
        "AZL-13348 [CVE-2024-2] CVE-2024-2\n"
        "  Azure Linux:2 | glibc |  | introduced 0 last_affected 0:2.35-4.cm2 | not_affected\n"
        "AZL-50124 [CVE-2024-3] CVE-2024-3\n"
        "  Azure Linux:3 | p |  | introduced 0 last_affected 0:1-1.azl3 | affected\n"
        "skipped: product that is not known: 1\n"
        "skipped: definition that names no package: 1\n"
        "malformed: azurelinux-oval: d: line 11: definition oval:com.microsoft.azurelinux:def:x "
        "has "
        "no usable name\n");
}

static void test_oval__states(void **state)
{
    pl_test_expect_feed(&pl_feed_debian_oval, "debian-oval.xml",
                        "DEBIAN-CVE-2024-1 [CVE-2024-1] CVE-2024-1 a\n"
                        "  Debian:11 | a |  | introduced 0 fixed 1-2 | affected\n"
                        "DEBIAN-CVE-2024-2 [CVE-2024-2] CVE-2024-2 a\n"
                        "  Debian:11 | a |  | introduced 0 | not_affected\n"
                        "DSA-5179-1 [CVE-2024-1 CVE-2024-3] DSA-5179-1 a\n"
                        "  Debian:11 | a |  | introduced 0 fixed 1-2 | affected\n");
    pl_test_expect_feed(
        &pl_feed_ubuntu_oval, "ubuntu-oval.xml",
        "UBUNTU-CVE-2024-1 [CVE-2024-1] CVSS_V3=CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:H/A:N"
        " Ubuntu=Medium CVE-2024-1 on Ubuntu 22.04 LTS (jammy) - medium\n"
        "  Ubuntu:22.04:LTS | a |  | introduced 0 fixed 1-2 | affected\n"
        "  Ubuntu:Pro:22.04:LTS | b |  | introduced 0 fixed 1-2~esm1 | affected\n"
        "  Ubuntu:22.04:LTS | c |  | introduced 0 | affected\n"
        "  Ubuntu:22.04:LTS | d |  | introduced 0 | will_not_fix\n"
        "  Ubuntu:22.04:LTS | e |  | introduced 0 | deferred\n"
        "skipped: build for FIPS, which has to be opted in to: 1\n");
    pl_test_expect_feed(
        &pl_feed_suse_oval, "suse-oval.xml",
        "SUSE-CVE-2024-1 [CVE-2024-1] CVSS_V3=CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
        " SUSE=Moderate CVE-2024-1\n"
        "  SUSE:Linux Enterprise Server 15 SP5 | a |  | introduced 0 fixed 0:1.2-3.4 | affected\n"
        "  SUSE:Linux Enterprise Module for Basesystem 15 SP5 | a |  | introduced 0 fixed 0:1.2-3.4"
        " | affected\n"
        "  SUSE:Linux Enterprise Server 15 SP5 | b |  | introduced 0 fixed 0:1-1 | affected\n"
        "  SUSE:Linux Enterprise Module for Basesystem 15 SP5 | b |  | introduced 0 fixed 0:1-1 |"
        " affected\n"
        "  openSUSE:Leap 15.5 | c |  | introduced 0 | not_affected\n"
        "  openSUSE:Leap 15.5 | d |  | introduced 0 | affected\n");
}

/* Each publisher's documents are nobody else's. */
static void test_oval__bids(void **state)
{
#define X(name) &pl_feed_##name,
    static const struct pl_feed *const feeds[] = {FEEDS};
#undef X
    for (size_t i = 0; i < PL_ARRAY_LEN(feeds); i++) {
        char path[4096];
        struct pl_buf content pl_autobuf = PL_BUF_INIT(1 << 20);
        snprintf(path, sizeof(path), "%s/feeds/%s.xml", pl_test_dir("PL_TEST_DATA"),
                 feeds[i]->name);
        assert_int_equal(pl_io_read_file(path, &content, NULL), PL_OK);
        struct pl_feed_document document = {.name = PL_STR("d"), .text = pl_buf_str(&content)};
        for (size_t k = 0; k < PL_ARRAY_LEN(feeds); k++) {
            assert_int_equal(feeds[k]->bid(&document), k == i ? 90 : 0);
        }
    }
}

static void test_oval__names(void **state)
{
    pl_assert_str(pl_feed_cve(PL_STR("Mitre CVE-1999-0077")), "CVE-1999-0077");
    pl_assert_str(pl_feed_cve(PL_STR("CVE:00001:CVE-2019-16168 x")), "CVE-2019-16168");
    pl_assert_str(pl_feed_cve(PL_STR("CVE-")), "");
    pl_assert_str(pl_feed_cve(PL_STR("")), "");
    pl_assert_str(pl_oval_release(PL_STR("Oracle Linux 9"), "Oracle Linux"), "9");
    pl_assert_str(pl_oval_release(PL_STR("Ubuntu 22.04 LTS"), "Ubuntu"), "22.04");
    pl_assert_str(pl_oval_release(PL_STR("Ubuntu Pro 22.04"), "Ubuntu"), "");
    pl_assert_str(pl_oval_release(PL_STR("Ubuntu"), "Ubuntu"), "");
}

int pl_test_oval(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oval__products_and_modules),
        cmocka_unit_test(test_oval__ranges),
        cmocka_unit_test(test_oval__states),
        cmocka_unit_test(test_oval__bids),
        cmocka_unit_test(test_oval__names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
