/* SPDX-License-Identifier: Apache-2.0 */
/* VEX documents, small ones of all that the formats allow; whole documents of others are held to a
 * second reading by tests/tools/feed_oracle_vex.py. */
#include "feed/reader/vers.h"
#include "unit/feed/feed_test.h"

extern const struct pl_feed pl_feed_csaf_vex;
extern const struct pl_feed pl_feed_cyclonedx_vex;

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define BY ",\"by\":\"Example\",\"time\":\"2024-02-01T00:00:00Z\"}\n"

/* By sections 3.1.2, 3.2.2.4, 3.2.3.9 and 4.5 of CSAF 2.0. */
static void test_vex__csaf(void **state)
{
    pl_test_expect_feed(
        &pl_feed_csaf_vex, "csaf-vex.json",
        "rule {\"id\":[\"CVE-2024-1\",\"GHSA-aaaa-bbbb-cccc\"],\"packages\":[\"pkg:npm/a@1.0.0\"],"
        "\"products\":[\"cpe:2.3:a:example:c:1:*:*:*:*:*:*:*\"],\"reason\":\"not_affected\"" BY
        "CVE-2024-1 [] \n"
        "  Debian:12 | d |  | 1-1 | will_not_fix affected: no\n"
        "  Go | example.org/b |  | 1.2.3 | not_affected not_affected: never called\n"
        "  npm | a |  | introduced 2.0.0 fixed 2.5.0 | affected affected: update\n"
        "  npm | a |  | introduced 0 fixed 0.5.0 | under_investigation\n"
        "  npm | a |  | 1.1.0 | not_affected fixed\n"
        "  npm | a |  | 1.0.0 | not_affected vulnerable_code_not_present\n"
        "rule {\"id\":[\"CVE-2024-9\"],\"packages\":[\"pkg:deb/debian/d@1-1?distro=debian-12\"],"
        "\"products\":[\"cpe:/"
        "o:redhat:enterprise_linux:9\"],\"reason\":\"component_not_present\"" BY
        "rule {\"id\":[\"CVE-2024-9\"],\"packages\":[\"pkg:golang/example.org/b@v1.2.3\"],"
        "\"products\":[\"pkg:oci/app@sha256%3A" ZEROS "\"],\"reason\":\"affected\","
        "\"text\":\"update b\"" BY "rule {\"id\":[\"CVE-2024-9\"],\"packages\":[\"pkg:npm/a\"],"
        "\"versions\":\"vers:npm/>=2.0.0|<2.5.0\","
        "\"products\":[\"cpe:/o:redhat:enterprise_linux:9\"],\"reason\":\"fixed\"" BY
        "rule {\"id\":[\"CVE-2024-9\"],\"packages\":[\"pkg:npm/a@1.1.0\"],"
        "\"products\":[\"cpe:/o:redhat:enterprise_linux:9\"],\"reason\":\"fixed\"" BY
        "rule {\"id\":[\"GHSA-dddd-eeee-ffff\"],\"packages\":[\"pkg:generic/e@1\"],"
        "\"reason\":\"affected\"" BY "GHSA-dddd-eeee-ffff [] \n"
        "  Debian:12 | d |  | 1-1 | not_affected fixed\n"
        "  npm | a |  | 1.0.0 | affected\n"
        "skipped: version that is recommended: 1\n"
        "skipped: product that the product tree does not have: 2\n"
        "skipped: component of a product without a package URL or CPE name: 1\n"
        "skipped: component of a component of another product: 2\n"
        "skipped: product without a package URL: 1\n"
        "skipped: statement that a later one replaces: 1\n"
        "malformed: csaf-vex: d: vulnerability 3 has no name\n"
        "malformed: csaf-vex: d: vulnerability 4: the vulnerability is not JSON: line 1, column 1: "
        "'[' or '{' expected near '7'\n"
        "malformed: csaf-vex: d: GHSA-dddd-eeee-ffff: \"vers:vls/all of them\" is no range of "
        "versions\n");
}

/* CycloneDX's word behind the one of VEX. */
#define UNREACHABLE "vulnerable_code_not_in_execute_path: code_not_reachable\n"

/* The document in XML says the same as that in JSON. */
static void test_vex__cyclonedx(void **state)
{
    static const char wanted[] =
        "CVE-2024-1 [] \n"
        "  npm | a |  | 1.0.0 | not_affected " UNREACHABLE
        "  npm | b |  | 1.0.0 | not_affected " UNREACHABLE
        "  npm | e |  | 1.0.0 | not_affected " UNREACHABLE
        "  PyPI | c |  | 1.0 | not_affected " UNREACHABLE
        "  PyPI | d |  | 1.0 | not_affected " UNREACHABLE "CVE-2024-2 [] \n"
        "  npm | a |  | introduced 2.0.0 fixed 2.1.0 above 2.1.0 fixed 3.0.0 | will_not_fix\n"
        "  npm | a |  | introduced 3.0.0 | not_affected not_affected\n"
        "  npm | a |  | 0.9.0 | under_investigation\n"
        "  npm | a |  | 1.5.0 | will_not_fix\n"
        "CVE-2024-3 [] \n"
        "  npm | a |  | 1.0.0 | not_affected fixed\n"
        "CVE-2024-4 [] \n"
        "  Maven | org.example:main |  | introduced 0 | affected\n"
        "CVE-2024-5 [] \n"
        "  Maven | org.example:main |  | | under_investigation\n"
        "CVE-2024-8 [] \n"
        "  npm | @scope/inner |  | 1.0.0 | not_affected false_positive: another project\n"
        "skipped: vulnerability without an analysis: 1\n"
        "skipped: product without a package URL: 2\n"
        "skipped: fixed in a version that is not named: 1\n"
        "malformed: cyclonedx-vex: d: vulnerability 6 (CVE-2024-7) has no state that is known\n"
        "malformed: cyclonedx-vex: d: vulnerability 7 has no id\n"
        "malformed: cyclonedx-vex: d: CVE-2024-2: \"2 to 3\" is no range of versions\n";
    pl_test_expect_feed(&pl_feed_cyclonedx_vex, "cyclonedx-vex.json", wanted);
    pl_test_expect_feed(&pl_feed_cyclonedx_vex, "cyclonedx-vex.xml", wanted);
}

static void test_vex__bill_without_vulnerabilities(void **state)
{
    struct pl_tally tally;
    struct pl_buf got pl_autobuf = PL_BUF_INIT(1 << 16);
    pl_test_read_feed(&pl_feed_cyclonedx_vex,
                      PL_STR("{\"bomFormat\":\"CycloneDX\",\"components\":[]}"), &got, &tally);
    pl_assert_str(pl_buf_str(&got), "skipped: bill of materials without vulnerabilities: 1\n");
}

/* Which of 0.5, 1.0, ... 4.5 a range has, by the specification's containment check. */
static void test_vex__vers(void **state)
{
    static const struct {
        const char *range;
        const char *within; /* NULL: it is none */
    } cases[] = {
        {"vers:npm/*", "0.5 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5"},
        {"vers:npm/1.0.0", "1.0"},
        {"vers:npm/=1.0.0|2.0.0", "1.0 2.0"},
        {"vers:npm/<1.0.0", "0.5"},
        {"vers:npm/<=1.0.0", "0.5 1.0"},
        {"vers:npm/>4.0.0", "4.5"},
        {"vers:npm/>=4.0.0", "4.0 4.5"},
        {"vers:npm/>=1.0.0|<2.0.0", "1.0 1.5"},
        {"vers:npm/<2.0.0|>=1.0.0", "1.0 1.5"},
        {"vers:npm/<1.0.0|>=4.0.0", "0.5 4.0 4.5"},
        {"vers:npm/>1.0.0|<=2.0.0|>3.0.0|<4.0.0", "1.5 2.0 3.5"},
        {"vers:npm/>=1.0.0|!=1.5.0|<2.5.0", "1.0 2.0"},
        {"vers:npm/!=1.0.0", "0.5 1.5 2.0 2.5 3.0 3.5 4.0 4.5"},
        {"vers:npm/0.5.0|>=1.0.0|<2.0.0|4.0.0", "0.5 1.0 1.5 4.0"},
        {"vers:npm/>=1.0.0|>=2.0.0|<2.5.0|<3.0.0", "1.0 1.5 2.0 2.5"},
        {"vers:npm/ >= 1%2E0.0 | < 2.0.0 ", "1.0 1.5"},
        {"vers:npm/>=1.0.0|<1.0.0", NULL},
        {"vers:npm/", NULL},
        {"vers:npm", NULL},
        {"vers:/1.0.0", NULL},
        {"npm/1.0.0", NULL},
        {"vers:npm/>=", NULL},
        {"vers:npm/>=one", NULL},
        {"vers:npm/1.0.0||2.0.0", NULL},
        {"vers:npm/*|1.0.0", NULL},
    };
    static const char *const versions[] = {"0.5", "1.0", "1.5", "2.0", "2.5",
                                           "3.0", "3.5", "4.0", "4.5"};
    const struct pl_version_scheme *scheme = pl_version_scheme_find(PL_STR("npm"));
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_spans spans = {0};
        struct pl_buf within pl_autobuf = PL_BUF_INIT(1 << 10);
        bool is_range = pl_vers_add(&arena, scheme, pl_str_from(cases[i].range), &spans);
        assert_int_equal(is_range, cases[i].within != NULL);
        for (size_t k = 0; is_range && k < PL_ARRAY_LEN(versions); k++) {
            bool is_in = false;
            pl_str version = pl_arena_format(&arena, "%s.0", versions[k]);
            for (size_t j = 0; j < spans.count; j++) {
                is_in = is_in || pl_interval_contains(&spans.items[j], scheme->compare, version);
            }
            if (is_in) {
                pl_buf_append_format(&within, "%s%s", within.len > 0 ? " " : "", versions[k]);
            }
        }
        if (is_range) {
            pl_assert_str(pl_buf_str(&within), cases[i].within);
        }
    }
}

static void test_vex__vers_is_bounded(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 20);
    struct pl_spans spans = {0};
    pl_buf_append(&text, PL_STR("vers:npm/0.0.0"));
    for (unsigned i = 1; i < 10000; i++) {
        pl_buf_append_format(&text, "|%u.0.0", i);
    }
    assert_false(
        pl_vers_add(&arena, pl_version_scheme_find(PL_STR("npm")), pl_buf_str(&text), &spans));
}

int pl_test_vex(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vex__csaf),
        cmocka_unit_test(test_vex__cyclonedx),
        cmocka_unit_test(test_vex__bill_without_vulnerabilities),
        cmocka_unit_test(test_vex__vers),
        cmocka_unit_test(test_vex__vers_is_bounded),
    };
    return cmocka_run_group_tests_name("feed/vex", tests, NULL, NULL);
}
