/* SPDX-License-Identifier: Apache-2.0 */
/* Suppressions as documents, as records and as rules; what each rule means is tested with
 * detect/suppression. */
#include "base/buf.h"
#include "base/limits.h"
#include "feed/reader/suppression.h"
#include "unit/feed/collect.h"

struct sample {
    const char *feed;
    const char *name;
    const char *text;
    uint64_t taken;
    uint64_t malformed;
    uint64_t skipped;
};

static const struct sample samples[] = {
    {"suppressions", "a.yaml",
     "suppressions:\n- id: CVE-2024-1\n  packages: [\"pkg:npm/%40a/b@1.0\"]\n"
     "  versions: \"vers:npm/>=1.0.0|<2.0.0\"\n  image: \"r/*\"\n  reason: accepted\n"
     "  text: why\n  by: me\n  until: 2026-01-31\n- {id: [CVE-1, CVE-2], reason: fixed}\n"
     "- {id: CVE-1}\n- {id: CVE-1, reason: fixed, more: 1}\n- {reason: fixed}\n- 7\n"
     "- {id: CVE-1, reason: fixed, versions: \"vers:npm/>\"}\n"
     "- {id: CVE-1, reason: fixed, until: 2026-1-31}\n",
     2, 6, 0},
    {"suppressions", "a.json", "{\"suppressions\": [{\"id\": \"CVE-1\", \"reason\": \"fixed\"}]}",
     1, 0, 0},
    {"suppressions", "a.yaml", "suppressions:\n", 0, 0, 1}, /* without records */
    {"trivyignore", "dir/.trivyignore",
     "# a\n\nCVE-2024-1\n CVE-2024-2 exp:2024-03-01 # b\nCVE-3 exp:soon\n", 2, 1, 0},
    {"trivyignore", ".trivyignore.yaml",
     "vulnerabilities:\n- id: CVE-1\n  purls: [pkg:deb/debian/a]\n  statement: why\n"
     "  expired_at: 2026-03-01\n- id: CVE-2\n  paths: [a]\n- id: CVE-3\n  expired_at: never\n"
     "- purls: [a]\nsecrets:\n- id: a\n",
     1, 2, 1},
};

static void test_suppressions__are_bid_for_and_counted(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(samples); i++) {
        pl_str text = pl_str_from(samples[i].text);
        const char *bidder = pl_collect_bidder(samples[i].name, text);
        assert_non_null(bidder);
        assert_string_equal(bidder, samples[i].feed);
        struct pl_tally tally = pl_collect(samples[i].feed, samples[i].name, text);
        assert_int_equal(tally.taken, samples[i].taken);
        assert_int_equal(tally.malformed, samples[i].malformed);
        assert_int_equal(tally.reasons, samples[i].skipped);
    }
    assert_null(pl_collect_bidder("a", PL_STR("CVE-2024-1\n")));
}

static void test_suppressions__every_prefix(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(samples); i++) {
        pl_str text = pl_str_from(samples[i].text);
        for (size_t len = 0; len < text.len; len++) {
            pl_collect(samples[i].feed, samples[i].name, pl_str_sub(text, 0, len));
            pl_collect_bidder(samples[i].name, pl_str_sub(text, 0, len));
        }
    }
}

static enum pl_status keep(void *context, pl_str slice, const struct pl_advisory *advisory,
                           struct pl_error *err)
{
    struct pl_arena *arena = context;
    struct pl_suppression rule = {0};
    assert_int_equal(pl_suppression_of_advisory(arena, advisory, slice, &rule, err), PL_OK);
    assert_int_equal(rule.names.count, 2);
    pl_assert_str(rule.names.items[1], "GHSA-a");
    pl_assert_str(rule.packages.items[0].namespace, "@a");
    pl_assert_str(rule.packages.items[0].version, "1.0");
    pl_assert_str(rule.versions, "vers:npm/>=1.0.0|<2.0.0");
    assert_int_equal(rule.ranges.count, 1);
    pl_assert_str(rule.ranges.items[0].items[1].version, "2.0.0");
    pl_assert_str(rule.image, "r/*");
    pl_assert_str(rule.text, "a \"b\"");
    pl_assert_str(rule.by, "me");
    pl_assert_str(rule.until, "2026-01-31");
    pl_assert_str(rule.origin, "suppressions/x");
    assert_int_equal(rule.reason, PL_SUPPRESSION_MITIGATED);
    pl_assert_str(advisory->upstream.items[0], "CVE-2024-1");
    return PL_OK;
}

/* A rule is the same when it comes back from the database. */
static void test_suppressions__through_a_record(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_feed_taker taker = {.take = keep, .context = &arena};
    struct pl_feed_sink sink = {.taker = &taker, .slice = PL_STR("suppressions/x")};
    struct pl_feed_document document = {
        .name = PL_STR("x"),
        .text = PL_STR("suppressions:\n- id: [CVE-2024-1, GHSA-a]\n  packages: "
                       "pkg:npm/%40a/b@1.0\n  versions: vers:npm/>=1.0.0|<2.0.0\n  image: r/*\n"
                       "  reason: inline_mitigations_already_exist\n  text: a \"b\"\n  by: me\n"
                       "  until: 2026-01-31\n")};
    size_t count = 0;
    const struct pl_feed *feed = pl_feeds(&count)[pl_feeds_find(PL_STR("suppressions"))];
    assert_int_equal(pl_feed_sink_read(&sink, feed, &document, 0, NULL), PL_OK);
    assert_int_equal(sink.tally.taken, 1);
    pl_feed_sink_release(&sink);
}

static void test_suppressions__their_number_is_bounded(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(16 << 20);
    for (size_t i = 0; i <= PL_LIMIT_SUPPRESSIONS; i++) {
        pl_buf_append_format(&text, "CVE-2024-%zu\n", i);
    }
    struct pl_tally tally = pl_collect("trivyignore", ".trivyignore", pl_buf_str(&text));
    assert_int_equal(tally.taken, PL_LIMIT_SUPPRESSIONS);
    assert_int_equal(tally.malformed, 1);
}

int pl_test_suppressions(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suppressions__are_bid_for_and_counted),
        cmocka_unit_test(test_suppressions__every_prefix),
        cmocka_unit_test(test_suppressions__through_a_record),
        cmocka_unit_test(test_suppressions__their_number_is_bounded),
    };
    return cmocka_run_group_tests_name("feed/suppressions", tests, NULL, NULL);
}
