/* SPDX-License-Identifier: Apache-2.0 */
/* The documents are small ones of the shapes that the publishers' have; whole documents are held to
 * a second reading by tests/tools/feed_oracle_updateinfo.py. */
#include "feed/reader/updateinfo.h"
#include "unit/feed/feed_test.h"

extern const struct pl_feed pl_feed_almalinux_updateinfo;
extern const struct pl_feed pl_feed_amazon_updateinfo;
extern const struct pl_feed pl_feed_bottlerocket_updateinfo;
extern const struct pl_feed pl_feed_fedora_updateinfo;
extern const struct pl_feed pl_feed_rocky_updateinfo;

static void test_updateinfo__amazon(void **state)
{
    pl_test_expect_feed(
        &pl_feed_amazon_updateinfo, "amazon-updateinfo.xml",
        "ALAS2KERNEL-5.15-2022-001 [CVE-2022-1 CVE-2022-2 CVE-2022-3] Amazon Linux=important a "
        "title\n"
        "  Amazon Linux:2 | kernel |  | introduced 0:5.15 fixed 0:5.15.43-20.123.amzn2 | affected\n"
        "  Amazon Linux:2 | tool |  | introduced 0 fixed 1:5.150.1-1 | affected\n"
        "  Amazon Linux:2018.03 | b | m:18 | introduced 0 fixed 0:1-2 | affected\n"
        "skipped: source package, whose binaries are named as well: 1\n"
        "skipped: package without a name or version: 1\n"
        "skipped: collection of a product that is not known: 1\n"
        "skipped: update that is not about security: 1\n"
        "skipped: update that is not out yet: 1\n"
        "skipped: update that names no package: 1\n"
        "malformed: amazon-updateinfo: d: line 16: \"what\" is not a name of an advisory\n");
}

static void test_updateinfo__others(void **state)
{
    pl_test_expect_feed(&pl_feed_fedora_updateinfo, "fedora-updateinfo.xml",
                        "FEDORA-2025-1 [CVE-2025-1 CVE-2025-2] a-1\n"
                        "  Fedora:43 | a |  | introduced 0 fixed 0:1-1.fc43 | affected\n"
                        "FEDORA-EPEL-2025-2 [] \n"
                        "  EPEL:9 | b |  | introduced 0 fixed 2:1-1.el9 | affected\n");
    pl_test_expect_feed(&pl_feed_rocky_updateinfo, "rocky-updateinfo.xml",
                        "RLSA-2024:1 [CVE-2024-1] Moderate: a\n"
                        "  Rocky Linux:9 | a |  | introduced 0 fixed 3:10-2.el9 | affected\n"
                        "skipped: package without its source package: 1\n");
    pl_test_expect_feed(&pl_feed_almalinux_updateinfo, "almalinux-updateinfo.xml",
                        "ALSA-2024:1 [] \n"
                        "  AlmaLinux:9 | a |  | introduced 0 fixed 1:1-2.el9 | affected\n");
    pl_test_expect_feed(&pl_feed_bottlerocket_updateinfo, "bottlerocket-updateinfo.xml",
                        "BRSA-1 [] \n"
                        "  Bottlerocket | kernel |  | introduced 0 fixed 0:5.10-1 | affected\n");
}

static void test_updateinfo__bids(void **state)
{
    static const struct pl_feed *const feeds[] = {
        &pl_feed_almalinux_updateinfo, &pl_feed_amazon_updateinfo, &pl_feed_bottlerocket_updateinfo,
        &pl_feed_fedora_updateinfo, &pl_feed_rocky_updateinfo};
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

int pl_test_updateinfo(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_updateinfo__amazon),
        cmocka_unit_test(test_updateinfo__others),
        cmocka_unit_test(test_updateinfo__bids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
