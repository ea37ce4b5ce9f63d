/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_body.h"
#include "unit/test.h"

/* "0123456789", from whose answers it is put together. */
struct answer {
    unsigned status;
    const char *range; /* Content-Range, or NULL */
    const char *length; /* Content-Length, or NULL */
    const char *etag;
    const char *bytes; /* as far as they came */
};

static enum pl_status feed(struct pl_http_body *body, struct pl_arena *arena,
                           const struct answer *answer, struct pl_error *err)
{
    struct pl_http_head head = {.status = answer->status};
    const char *const values[][2] = {{"content-range", answer->range},
                                     {"content-length", answer->length},
                                     {"etag", answer->etag}};
    for (size_t i = 0; i < PL_ARRAY_LEN(values); i++) {
        if (values[i][1]) {
            *pl_vec_push(arena, &head.headers) =
                (struct pl_http_header){pl_str_from(values[i][0]), pl_str_from(values[i][1])};
        }
    }
    enum pl_status st = pl_http_body_begin(body, arena, &head, err);
    /* Byte by byte: no border between two pieces may matter. */
    for (const char *at = answer->bytes; st == PL_OK && *at; at++) {
        st = pl_http_body_take(body, pl_str_span(pl_str_make(at, 1)), err);
    }
    return st == PL_OK ? pl_http_body_end(body, err) : st;
}

struct story {
    uint64_t from;
    uint64_t max;
    struct answer answers[3];
    enum pl_status ends[3]; /* what each answer comes to */
    const char *text;
};

static const struct story stories[] = {
    {0, 10, {{200, NULL, "10", NULL, "0123456789"}}, {PL_OK}, "0123456789"},
    {0, 10, {{200, NULL, NULL, NULL, "0123456789"}}, {PL_OK}, "0123456789"},
    {0, 0, {{200, NULL, "0", NULL, ""}}, {PL_OK}, ""},
    {0, 9, {{200, NULL, "10", NULL, "0123456789"}}, {PL_E_LIMIT}, ""},
    {0, 9, {{200, NULL, NULL, NULL, "0123456789"}}, {PL_E_LIMIT}, "012345678"},
    /* Broken off, and taken up again as asked. */
    {0,
     10,
     {{200, NULL, "10", "\"a\"", "0123"}, {206, "bytes 4-9/10", "6", "\"a\"", "456789"}},
     {PL_E_NET, PL_OK},
     "0123456789"},
    /* Range is ignored. */
    {0,
     10,
     {{200, NULL, "10", NULL, "0123"}, {200, NULL, "10", NULL, "0123456789"}},
     {PL_E_NET, PL_OK},
     "0123456789"},
    /* Broken off while what is known is skipped. */
    {0,
     10,
     {{200, NULL, "10", NULL, "0123"},
      {200, NULL, "10", NULL, "01"},
      {206, "bytes 4-9/*", NULL, NULL, "456789"}},
     {PL_E_NET, PL_E_NET, PL_OK},
     "0123456789"},
    /* Answers that do not belong to the first. */
    {0,
     10,
     {{200, NULL, "10", NULL, "0123"}, {206, "bytes 3-9/10", NULL, NULL, "3456789"}},
     {PL_E_NET, PL_E_NET},
     "0123"},
    {0,
     10,
     {{200, NULL, "10", NULL, "0123"}, {206, NULL, NULL, NULL, "456789"}},
     {PL_E_NET, PL_E_NET},
     "0123"},
    {0,
     20,
     {{200, NULL, "10", NULL, "0123"}, {206, "bytes 4-11/12", NULL, NULL, "xxxxxxxx"}},
     {PL_E_NET, PL_E_NET},
     "0123"},
    {0,
     10,
     {{200, NULL, "10", "\"a\"", "0123"}, {200, NULL, "10", "\"b\"", "xxxxxxxxxx"}},
     {PL_E_NET, PL_E_NET},
     "0123"},
    {0,
     10,
     {{200, NULL, NULL, NULL, "0123"}, {204, NULL, NULL, NULL, ""}},
     {PL_OK, PL_E_NET},
     "0123"},
    {0,
     20,
     {{200, NULL, "10", NULL, "0123"}, {206, "bytes 4-9/10", NULL, NULL, "456789more"}},
     {PL_E_NET, PL_E_NET},
     "0123456789"},
    /* From an offset on. */
    {3, 7, {{206, "bytes 3-9/10", "7", NULL, "3456789"}}, {PL_OK}, "3456789"},
    {3, 7, {{200, NULL, "10", NULL, "0123456789"}}, {PL_OK}, "3456789"},
    {3, 7, {{206, "bytes 0-9/10", "10", NULL, "0123456789"}}, {PL_E_NET}, ""},
    {10, 7, {{200, NULL, "10", NULL, "0123456789"}}, {PL_OK}, ""},
    {11, 7, {{200, NULL, "10", NULL, "0123456789"}}, {PL_E_NET}, ""},
    {11, 7, {{200, NULL, NULL, NULL, "0123456789"}}, {PL_E_NET}, ""},
};

static void test_http_body__stories(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(stories); i++) {
        const struct story *story = &stories[i];
        struct pl_arena arena pl_autoarena = {0};
        struct pl_error err = PL_ERROR_INIT;
        struct pl_http_body body PL_CLEANUP(pl_http_body_release) = {.buffer =
                                                                         PL_BUF_INIT(story->max),
                                                                     .method = "GET",
                                                                     .from = story->from,
                                                                     .max_bytes = story->max,
                                                                     .whole = UINT64_MAX};
        for (size_t k = 0; k < PL_ARRAY_LEN(story->answers) && story->answers[k].status; k++) {
            assert_int_equal(feed(&body, &arena, &story->answers[k], &err), story->ends[k]);
        }
        pl_assert_str(pl_buf_str(&body.buffer), story->text);
        assert_int_equal(body.handed, strlen(story->text));
    }
}

static void test_http_body__ended_by_416(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_http_head head = {.status = 416};
    struct pl_http_body body = {.method = "GET", .handed = 10, .whole = UINT64_MAX};
    *pl_vec_push(&arena, &head.headers) =
        (struct pl_http_header){PL_STR("content-range"), PL_STR("bytes */10")};
    assert_true(pl_http_body_is_ended_by(&body, &head));
    body.handed = 9;
    assert_false(pl_http_body_is_ended_by(&body, &head));
    body.handed = 0;
    assert_false(pl_http_body_is_ended_by(&body, &head));
}

static void test_http_body__only_strong_validators_are_sent_back(void **state)
{
    static const struct {
        const char *etag;
        bool is_kept;
    } cases[] = {{"\"a\"", true},    {"\"\"", true}, {"W/\"a\"", false},
                 {"a", false},       {"\"", false},  {"\"a\rX-Other: b\"", false},
                 {"\"a b\"", false}, {"", false}};
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_error err = PL_ERROR_INIT;
        struct pl_http_body body = {.method = "GET", .whole = UINT64_MAX};
        struct answer answer = {200, NULL, NULL, cases[i].etag, ""};
        assert_int_equal(feed(&body, &arena, &answer, &err), PL_OK);
        pl_assert_str(body.etag, cases[i].is_kept ? cases[i].etag : "");
    }
}

static void test_http_body__can_resume(void **state)
{
    struct pl_http_body body = {.method = "POST"};
    assert_true(pl_http_body_can_resume(&body));
    body.handed = 1;
    assert_false(pl_http_body_can_resume(&body));
    body.method = "GET";
    assert_true(pl_http_body_can_resume(&body));
    body.has_own_range = true;
    assert_false(pl_http_body_can_resume(&body));
}

int pl_test_http_body(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_body__stories),
        cmocka_unit_test(test_http_body__ended_by_416),
        cmocka_unit_test(test_http_body__only_strong_validators_are_sent_back),
        cmocka_unit_test(test_http_body__can_resume),
    };
    return cmocka_run_group_tests_name("net/http_body", tests, NULL, NULL);
}
