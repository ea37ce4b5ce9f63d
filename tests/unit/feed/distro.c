/* SPDX-License-Identifier: Apache-2.0 */
/* Distributions' own trackers: who bids, what is counted, and what is cut. What the records say is
 * compared with a second reading of real data in tests/tools/feeds_oracle.py. */
#include "base/compiler.h"
#include "unit/feed/hostile.h"
#include <stdio.h>

static const struct {
    const char *feed;
    const char *text;
    uint64_t taken;
    uint64_t malformed;
} samples[] = {
    {"alpine-secdb",
     "{\"apkurl\":\"x\",\"reponame\":\"main\",\"urlprefix\":\"https://dl-cdn.alpinelinux.org/"
     "alpine\","
     "\"packages\":[{\"pkg\":{\"name\":\"a\",\"secfixes\":{\"1.0-r0\":[\"CVE-2024-1 XSA-2\","
     "\"words\"],\"0\":[\"CVE-2024-2\"],\"a b\":[\"CVE-2024-3\"],\"2.0\":[]}}},{\"pkg\":{}},7],"
     "\"distroversion\":\"v3.19\"}",
     2, 4},
    {"alpine-secdb",
     "---\ndistroversion: v3.11\nreponame: main\nurlprefix: http://dl-cdn.alpinelinux.org/alpine\n"
     "apkurl: x\npackages:\n  - pkg:\n      name: a\n      secfixes:\n        1.10-r0:\n"
     "          - CVE-2019-1 CVE-2019-2\n          - CVE_2019-3 (b)\n",
     3, 0},
    {"arch",
     "[{\"name\":\"AVG-1\",\"packages\":[\"a\",\"b\"],\"status\":\"Fixed\",\"severity\":\"High\","
     "\"type\":\"t\",\"affected\":\"1-1\",\"fixed\":\"2-1\",\"issues\":[\"CVE-2024-1\"],"
     "\"advisories\":[]},{\"name\":\"AVG-2\",\"packages\":[\"a\"],\"status\":\"New\"},{\"name\":"
     "\"AVG-3\",\"packages\":[],\"status\":\"Fixed\"},[]]",
     1, 3},
    {"debian-list",
     "[29 Mar 2023] DSA-1-1 a - b\n\t{CVE-2023-1 CVE-2023-2}\n\t[bullseye] - a 1.0-1 (bug #1; "
     "low)\n"
     "\t[buster] - a <not-affected> (why)\n\tNOTE: words\n[August 26th, 2005] DTSA-2-1 c - d\n"
     "\t[etch] - c 1\n[no date] DSA-3-1 x - y\n\t- x 1\n[1 Jan 2024] DSA-4-1 x - y\n\t- x\n",
     2, 2},
    {"debian-tracker",
     "{\"a\":{\"CVE-2024-1\":{\"scope\":\"local\",\"releases\":{\"bookworm\":{\"status\":"
     "\"resolved\","
     "\"fixed_version\":\"1-1\",\"urgency\":\"low\"},\"sid\":{\"status\":\"open\"}}},\"TEMP-0-1\":"
     "{\"releases\":{\"sid\":{\"status\":\"undetermined\"}}},\"CVE-2024-2\":{\"releases\":[]},"
     "\"CVE-2024-3\":{\"releases\":{\"sid\":{\"status\":\"resolved\"}}}},\"b\":[]}",
     2, 3},
};

static void test_distro__each_is_bid_for_and_counted(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(samples); i++) {
        pl_str text = pl_str_from(samples[i].text);
        const char *bidder = pl_collect_bidder("x", text);
        assert_non_null(bidder);
        assert_string_equal(bidder, samples[i].feed);
        struct pl_tally tally = pl_collect(samples[i].feed, "x", text);
        assert_int_equal(tally.taken, samples[i].taken);
        assert_int_equal(tally.malformed, samples[i].malformed);
        assert_int_equal(tally.documents, 1);
    }
}

/* A cut document in JSON is malformed; text that ends early is a shorter list. */
static void test_distro__every_value(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(samples); i++) {
        pl_hostile_document(samples[i].feed, pl_str_from(samples[i].text));
    }
}

static void test_distro__every_prefix(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(samples); i++) {
        pl_str text = pl_str_from(samples[i].text);
        bool is_json = text.ptr[0] == '{' || samples[i].feed[0] == 'a';
        for (size_t len = 0; len < text.len; len++) {
            struct pl_tally tally = pl_collect(samples[i].feed, "x", pl_str_sub(text, 0, len));
            assert_true(tally.taken <= samples[i].taken);
            assert_true(!is_json || i == 1 || tally.malformed > 0);
            pl_collect_bidder("x", pl_str_sub(text, 0, len));
        }
    }
}

static void test_distro__nobody_bids_for_words(void **state)
{
    static const char *const texts[] = {"",
                                        "{",
                                        "[",
                                        "words",
                                        "{}",
                                        "[]",
                                        "{\"a\":{}}",
                                        "[{}]",
                                        "[1 Jan 2024] ABC-1 x\n",
                                        "{\"a\":{\"CVE-1\":{}}}"};
    for (size_t i = 0; i < PL_ARRAY_LEN(texts); i++) {
        assert_null(pl_collect_bidder("x", pl_str_from(texts[i])));
    }
}

static void test_distro__problems_are_the_first_in_order(void **state)
{
    struct pl_tally sum = {0};
    for (uint64_t i = 20; i-- > 0;) {
        struct pl_tally tally = {.malformed = 1};
        char text[16];
        snprintf(text, sizeof(text), "%llu", (unsigned long long)i);
        pl_tally_note(&tally.problems, i, text);
        pl_tally_skip(&tally, i % 2 ? "odd" : "even", 2);
        pl_tally_add(&sum, &tally);
    }
    assert_int_equal(sum.malformed, 20);
    assert_int_equal(sum.problems.count, PL_TALLY_PROBLEMS);
    for (size_t i = 0; i < sum.problems.count; i++) {
        assert_int_equal(strtoul(sum.problems.items[i].text, NULL, 10), i);
    }
    assert_int_equal(pl_tally_skipped(&sum, "odd"), 20);
    assert_int_equal(pl_tally_skipped(&sum, "never"), 0);
}

static void test_distro__reasons_are_bounded(void **state)
{
    static char reasons[PL_TALLY_REASONS + 8][8];
    struct pl_tally tally = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(reasons); i++) {
        snprintf(reasons[i], sizeof(reasons[i]), "r%zu", i);
        pl_tally_skip(&tally, reasons[i], 1);
    }
    assert_int_equal(tally.reasons, PL_TALLY_REASONS);
    assert_int_equal(pl_tally_skipped(&tally, "other reasons"), 9);
}

int pl_test_distro(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distro__each_is_bid_for_and_counted),
        cmocka_unit_test(test_distro__every_prefix),
        cmocka_unit_test(test_distro__every_value),
        cmocka_unit_test(test_distro__nobody_bids_for_words),
        cmocka_unit_test(test_distro__problems_are_the_first_in_order),
        cmocka_unit_test(test_distro__reasons_are_bounded),
    };
    return cmocka_run_group_tests_name("feed/distro", tests, NULL, NULL);
}
