/* SPDX-License-Identifier: Apache-2.0 */
/* Lists as CSAF 2.0 has them in requirement 12 of section 7.1, and as openEuler writes its own: no
 * newline at the end, and in no order. */
#include "feed/index.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "base/limits.h"
#include "unit/arena.h"

static void test_index__directories(void **state)
{
    struct pl_feed_index index = {.count = 0};
    pl_str text = PL_STR("2025/b.json\n2024/csaf-openeuler-cve-2024-1.json\r\n\n 2025/a.json \n"
                         "2025/b.json\nREADME.txt\ntop.json\n../x.json\n2025/.hidden.json\n"
                         "https://example.org/y.json\n2024/deep/er.json");
    assert_int_equal(pl_feed_index_read(&arena, text, &index, NULL), PL_OK);
    assert_int_equal(index.count, 3);
    pl_assert_str(index.items[0].name, "");
    pl_assert_str(index.items[0].documents.items[0], "top.json");
    pl_assert_str(index.items[1].name, "2024");
    assert_int_equal(index.items[1].documents.count, 2);
    pl_assert_str(index.items[1].documents.items[1], "2024/deep/er.json");
    pl_assert_str(index.items[2].documents.items[0], "2025/a.json");
    assert_int_equal(index.items[2].documents.count, 2);
    assert_int_equal(index.refused, 3);
    pl_assert_str(index.first_refused, "../x.json");
}

static void test_index__no_list(void **state)
{
    static const char *const cases[] = {
        "",
        "\n\n",
        "<!DOCTYPE html><html>\n</html>",
        "/etc/passwd.json",
        "a/../../b.json",
        "a//b.json",
        "x:y.json",
        "a\\b.json",
        "a%2fb.json",
        "a b.json",
        "a?b.json",
        "./a.json",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_feed_index index = {.count = 0};
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_feed_index_read(&arena, pl_str_from(cases[i]), &index, &err),
                         PL_E_PARSE);
        assert_non_null(strstr(err.msg, "names no documents below it"));
    }
}

static void test_index__limits(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FEED_LIST_BYTES);
    struct pl_feed_index index = {.count = 0};
    for (int i = 0; i < PL_LIMIT_FEED_LISTED; i++) {
        pl_buf_append_format(&text, "%d.json\n", i);
    }
    assert_int_equal(pl_feed_index_read(&arena, pl_buf_str(&text), &index, NULL), PL_OK);
    assert_int_equal(index.items[0].documents.count, PL_LIMIT_FEED_LISTED);
    pl_buf_append(&text, PL_STR("more.json"));
    assert_int_equal(pl_feed_index_read(&arena, pl_buf_str(&text), &index, NULL), PL_E_LIMIT);
}

/* What was noted is known, and nothing else of 20,000 other names. */
static void test_index__note(void **state)
{
    struct pl_strs documents = {0};
    struct pl_feed_index_known known;
    for (int i = 0; i < 20000; i++) {
        *pl_vec_push(&arena, &documents) =
            pl_arena_format(&arena, "2024/csaf-openeuler-cve-2024-%d.json", i);
    }
    pl_str note = pl_feed_index_note(&arena, PL_STR("2026-01-02T03:04:05Z"), &documents);
    assert_true(pl_feed_index_recall(note, &known));
    pl_assert_str(known.time, "2026-01-02T03:04:05Z");
    assert_int_equal(pl_feed_index_known_count(&known), documents.count);
    for (int i = 0; i < 40000; i++) {
        pl_str name = pl_arena_format(&arena, "2024/csaf-openeuler-cve-2024-%d.json", i);
        assert_true(pl_feed_index_is_known(&known, name) == (i < 20000));
    }
    for (size_t i = 0; i < 60; i++) { /* cut anywhere: never more than was noted */
        if (pl_feed_index_recall(pl_str_sub(note, 0, i), &known)) {
            assert_true(pl_feed_index_known_count(&known) <= 5);
        }
    }
    assert_false(pl_feed_index_recall(PL_STR("2026-01-02T03:04:05Z"), &known));
    struct pl_strs none = {0};
    assert_true(pl_feed_index_recall(pl_feed_index_note(&arena, PL_STR(""), &none), &known));
    assert_int_equal(pl_feed_index_known_count(&known), 0);
    assert_false(pl_feed_index_is_known(&known, PL_STR("a.json")));
}

int pl_test_index(void)
{
    const struct CMUnitTest tests[] = {
        PL_ARENA_TEST(test_index__directories),
        PL_ARENA_TEST(test_index__no_list),
        PL_ARENA_TEST(test_index__limits),
        PL_ARENA_TEST(test_index__note),
    };
    return cmocka_run_group_tests_name("feed/index", tests, NULL, NULL);
}
