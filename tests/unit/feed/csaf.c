/* SPDX-License-Identifier: Apache-2.0 */
/* The documents are small ones of the shapes that the publishers' have; whole documents are held to
 * a second reading by tests/tools/feed_oracle_csaf.py. */
#include "feed/reader/csaf.h"
#include "feed/reader/names.h"
#include "unit/feed/feed_test.h"

extern const struct pl_feed pl_feed_redhat_csaf;
extern const struct pl_feed pl_feed_suse_csaf;
extern const struct pl_feed pl_feed_openeuler_csaf;

#define HEAD(publisher, id)                                                                        \
    "{\"document\":{\"aggregate_severity\":{\"text\":\"Moderate\"},\"category\":\"csaf_vex\","     \
    "\"csaf_version\":\"2.0\",\"publisher\":{\"category\":\"vendor\",\"name\":\"" publisher        \
    "\"},\"title\":\"a title\",\"tracking\":{\"id\":\"" id                                         \
    "\",\"current_release_date\":\"2024-02-01T00:00:00Z\"}},"
static void test_csaf__redhat(void **state)
{
    pl_test_expect_feed(
        &pl_feed_redhat_csaf, "redhat-csaf.json",
        "REDHAT-CVE-2024-1 [CVE-2024-1] CVSS_V3=CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"
        " Red Hat=Moderate a title\n"
        "  Red Hat:enterprise_linux:9::baseos | a |  | introduced 0 fixed 3:1-2 | affected\n"
        "  Red Hat:enterprise_linux:9::baseos | b | s:18 | introduced 0 fixed 0:5-1 | affected\n"
        "  Red Hat:enterprise_linux:9::baseos | h | t:3 | introduced 0 fixed 0:2-1 | affected\n"
        "  Red Hat:enterprise_linux:9 | c |  | introduced 0 | deferred Low\n"
        "  Red Hat:enterprise_linux:9 | d |  | introduced 0 | end_of_life\n"
        "  Red Hat:enterprise_linux:9 | e | m:18 | introduced 0 | will_not_fix\n"
        "  Red Hat:enterprise_linux:9 | f |  | introduced 0 | under_investigation\n"
        "  Red Hat:enterprise_linux:9 | g |  | introduced 0 | not_affected\n"
        "skipped: source package of an update: 1\n"
        "skipped: container image: 1\n"
        "skipped: statement about a product as a whole: 1\n"
        "skipped: component that is no rpm package: 2\n"
        "skipped: build of an update that is not affected: 1\n");
}

static void test_csaf__suse(void **state)
{
    pl_test_expect_feed(
        &pl_feed_suse_csaf, "suse-csaf.json",
        "SUSE-CVE-2024-2 [CVE-2024-2] SUSE=Moderate a title\n"
        "  openSUSE:Tumbleweed | a-libs-32bit |  | introduced 0 fixed 1.2-3.4 | affected\n"
        "  SUSE:Linux Enterprise Server 15 SP5 | a-libs-32bit |  | introduced 0 | affected\n"
        "skipped: product without packages of a distribution: 1\n");
}

static void test_csaf__openeuler(void **state)
{
    pl_test_expect_feed(
        &pl_feed_openeuler_csaf, "openeuler-csaf.json",
        "OESA-2025-1351 [CVE-2025-29768] openEuler=Moderate a title\n"
        "  openEuler:22.03-LTS-SP3 | vim |  | introduced 0 fixed 9.0-33.oe2203sp3 | affected\n"
        "skipped: binary package, whose source is named as well: 1\n");
}

/* Each publisher's documents are nobody else's. */
static void test_csaf__bids(void **state)
{
    static const struct pl_feed *const feeds[] = {&pl_feed_redhat_csaf, &pl_feed_suse_csaf,
                                                  &pl_feed_openeuler_csaf};
    static const struct {
        pl_str text;
        int bids[3];
    } cases[] = {
        {PL_STR_INIT(HEAD("Red Hat Product Security", "x")), {90, 0, 0}},
        {PL_STR_INIT(HEAD("SUSE Product Security Team", "x")), {0, 90, 0}},
        {PL_STR_INIT(HEAD("openEuler", "x")), {0, 0, 90}},
        {PL_STR_INIT(HEAD("Example, not Red Hat Product Security", "x")), {0, 0, 0}},
        /* The notes are long, and the publisher is behind them. */
        {PL_STR_INIT("{\"document\":{\"aggregate_severity\":{\"namespace\":"
                     "\"https://access.redhat.com/security/\"},\"csaf_version\":\"2.0\",\"notes\":"
                     "[{\"text\":\"as www.suse.com says"),
         {80, 0, 0}},
        {PL_STR_INIT("{\"document\":{\"csaf_version\":\"2.0\",\"notes\":[{\"text\":"
                     "\"www.suse.com"),
         {0, 0, 0}},
        {PL_STR_INIT("{\"id\":\"x\",\"modified\":\"x\"}"), {0, 0, 0}},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_feed_document document = {.name = PL_STR("d"), .text = cases[i].text};
        for (size_t k = 0; k < PL_ARRAY_LEN(feeds); k++) {
            assert_int_equal(feeds[k]->bid(&document), cases[i].bids[k]);
        }
    }
}

static void test_csaf__nevra(void **state)
{
    static const struct {
        pl_str text;
        const char *name; /* NULL: no version in it */
        const char *evr;
        const char *arch;
    } cases[] = {
        {PL_STR_INIT("curl-7.76.1-26.el9.x86_64"), "curl", "7.76.1-26.el9", "x86_64"},
        {PL_STR_INIT("bash-0:5.1.8-6.el9.src.rpm"), "bash", "0:5.1.8-6.el9", "src"},
        {PL_STR_INIT("a-b-1-2"), "a-b", "1-2", ""},
        {PL_STR_INIT("curl"), NULL, "", ""},
        {PL_STR_INIT("a-1"), NULL, "", ""},
        {PL_STR_INIT("-1-2"), NULL, "", ""},
        {PL_STR_INIT("a--2"), NULL, "", ""},
        {PL_STR_INIT("a-1-"), NULL, "", ""},
        {PL_STR_INIT(""), NULL, "", ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        pl_str name = PL_STR_EMPTY;
        pl_str evr = PL_STR_EMPTY;
        pl_str arch = PL_STR_EMPTY;
        assert_int_equal(pl_feed_nevra(cases[i].text, &name, &evr, &arch), cases[i].name != NULL);
        if (cases[i].name) {
            pl_assert_str(name, cases[i].name);
            pl_assert_str(evr, cases[i].evr);
            pl_assert_str(arch, cases[i].arch);
        }
    }
}

int pl_test_csaf(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csaf__redhat),    cmocka_unit_test(test_csaf__suse),
        cmocka_unit_test(test_csaf__openeuler), cmocka_unit_test(test_csaf__bids),
        cmocka_unit_test(test_csaf__nevra),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
