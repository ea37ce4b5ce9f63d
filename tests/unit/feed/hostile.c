/* SPDX-License-Identifier: Apache-2.0 */
/* What no feed expects, given to each of them; feed_test.h, distro.c and vulnerability.c give them
 * documents that are nearly good. */
#include "unit/feed/hostile.h"
#include "base/buf.h"
#include <stdio.h>
#include <time.h>

static void for_all(pl_str text)
{
    size_t count = 0;
    const struct pl_feed *const *feeds = pl_feeds(&count);
    for (size_t i = 0; i < count; i++) {
        pl_hostile_read(feeds[i]->name, text);
    }
}

static void test_hostile__texts(void **state)
{
    static const pl_str texts[] = {
        PL_STR_INIT(""),
        PL_STR_INIT(" \n\t"),
        PL_STR_INIT("null"),
        PL_STR_INIT("7"),
        PL_STR_INIT("{}"),
        PL_STR_INIT("[]"),
        PL_STR_INIT("[{}]"),
        PL_STR_INIT("{\"a\":null}"),
        PL_STR_INIT("{\"\\ud800\":1}"),
        PL_STR_INIT("{\"a\":1,\"a\":2}"),
        PL_STR_INIT("\xef\xbb\xbf{}"),
        PL_STR_INIT("\xff\xfe{\0}\0"),
        PL_STR_INIT("\xfe\xff\0{\0}"),
        PL_STR_INIT("\0\0\0\0"),
        PL_STR_INIT("{\"a\":\"\0\"}"),
        PL_STR_INIT("a: *a\n"),
        PL_STR_INIT("a: &a [*a, *a]\n"),
        PL_STR_INIT("<!DOCTYPE html><html><head><title>Sign in</title></head></html>"),
        PL_STR_INIT("<a/>"),
        PL_STR_INIT("<?xml version=\"1.0\" encoding=\"EBCDIC-CP-US\"?><a/>"),
        PL_STR_INIT("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"),
        PL_STR_INIT("<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">"
                    "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]><a>&d;</a>"),
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(texts); i++) {
        for_all(texts[i]);
    }
}

static void repeat(struct pl_buf *into, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pl_buf_append(into, pl_str_from(text));
    }
}

static void test_hostile__nesting_and_length(void **state)
{
    enum { MANY = 100000, LONG = 1 << 20 };
    static const char *const pieces[] = {"[",  "{\"a\":", "<a>",
                                         "- ", "a: [",    "\n[1 Jan 2024] DSA-1"};
    for (size_t i = 0; i < PL_ARRAY_LEN(pieces); i++) {
        struct pl_buf text pl_autobuf = PL_BUF_INIT(4 << 20);
        repeat(&text, pieces[i], MANY);
        for_all(pl_buf_str(&text));
    }
    static const char *const starts[] = {"{\"a\":\"", "[\"", "<a b=\"", "", "#model_version:"};
    static const char *const ends[] = {"\"}", "\"]", "\"/>", "", "\ncve,epss,percentile\n"};
    for (size_t i = 0; i < PL_ARRAY_LEN(starts); i++) {
        struct pl_buf text pl_autobuf = PL_BUF_INIT(4 << 20);
        pl_buf_append(&text, pl_str_from(starts[i]));
        repeat(&text, "x", LONG);
        pl_buf_append(&text, pl_str_from(ends[i]));
        for_all(pl_buf_str(&text));
    }
}

static void test_hostile__osv(void **state)
{
    pl_hostile_document(
        "osv",
        PL_STR(
            "{\"schema_version\":\"1.7.0\",\"id\":\"GHSA-1\",\"modified\":\"2024-01-01T00:00:00Z\","
            "\"aliases\":[\"CVE-2024-1\"],\"severity\":[{\"type\":\"CVSS_V3\",\"score\":"
            "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"}],\"affected\":[{\"package\":{"
            "\"ecosystem\":\"npm\",\"name\":\"a\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{"
            "\"introduced\":\"0\"},{\"fixed\":\"1.0.0\"}]}],\"versions\":[\"0.9.0\"],"
            "\"ecosystem_specific\":{\"urgency\":\"low\"}}],\"references\":[{\"type\":\"WEB\","
            "\"url\":\"https://example.org\"}],\"database_specific\":{\"severity\":\"HIGH\"}}"));
}

/* What was changed on a day to come would stand for ever in place of later records of its id. */
static enum pl_status take_undated(void *context, pl_str slice, const struct pl_advisory *advisory,
                                   struct pl_error *err)
{
    size_t *count = context;
    *count += advisory->modified.len == 0;
    return PL_OK;
}

static void test_hostile__days_to_come(void **state)
{
    size_t undated = 0;
    size_t count = 0;
    const struct pl_feed_taker taker = {.take = take_undated, .context = &undated};
    const struct pl_feed *osv = pl_feeds(&count)[pl_feeds_find(PL_STR("osv"))];
    const char *days[] = {"2099-01-01", "9999-12-31", "2024-01-01", NULL};
    char today[16];
    time_t now = time(NULL);
    struct tm parts = {0};
    strftime(today, sizeof(today), "%Y-%m-%d", gmtime_r(&now, &parts));
    days[3] = today;
    for (size_t i = 0; i < PL_ARRAY_LEN(days); i++) {
        char text[128];
        snprintf(text, sizeof(text), "{\"id\":\"X-1\",\"modified\":\"%sT00:00:00Z\"}", days[i]);
        struct pl_feed_sink sink = {.taker = &taker, .slice = PL_STR("osv")};
        const struct pl_feed_document document = {.name = PL_STR("x"), .text = pl_str_from(text)};
        assert_int_equal(pl_feed_sink_read(&sink, osv, &document, 0, NULL), PL_OK);
        assert_int_equal(sink.tally.taken, 1);
        assert_int_equal(pl_tally_skipped(&sink.tally, "time of a change that is yet to come"),
                         i < 2 ? 1 : 0);
        pl_feed_sink_release(&sink);
    }
    assert_int_equal(undated, 2);
}

int pl_test_hostile(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile__texts),
        cmocka_unit_test(test_hostile__nesting_and_length),
        cmocka_unit_test(test_hostile__osv),
        cmocka_unit_test(test_hostile__days_to_come),
    };
    return cmocka_run_group_tests_name("feed/hostile", tests, NULL, NULL);
}
