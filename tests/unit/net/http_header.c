/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_header.h"
#include "base/limits.h"
#include "unit/test.h"
#include <time.h>

/* The examples of RFC 9110, section 5.6.7, and what is near them. */
static void test_http_header__dates(void **state)
{
    int64_t seconds = 0;
    assert_true(pl_http_date_parse(PL_STR("Sun, 06 Nov 1994 08:49:37 GMT"), &seconds));
    assert_int_equal(seconds, 784111777);
    seconds = 0;
    assert_true(pl_http_date_parse(PL_STR("Sunday, 06-Nov-94 08:49:37 GMT"), &seconds));
    assert_int_equal(seconds, 784111777);
    seconds = 0;
    assert_true(pl_http_date_parse(PL_STR("Sun Nov  6 08:49:37 1994"), &seconds));
    assert_int_equal(seconds, 784111777);
    static const char *const refused[] = {"",
                                          "soon",
                                          "Sun, 06 Nov 1994",
                                          "Sun, 06 Nov 1994 08:49 GMT",
                                          "Sun, 06 Nov 1994 24:49:37 GMT",
                                          "Sun, 32 Nov 1994 08:49:37 GMT",
                                          "Sun, 06 Nob 1994 08:49:37 GMT",
                                          "Sun, 06 Nov 19940 08:49:37 GMT",
                                          "Sun, 06 Nov Nov 1994 08:49:37 GMT",
                                          "Sun, 06 Nov 1994 08:49:37 08:49:37 GMT",
                                          "Sun, 06 Nov 1994 08:49:37 +0100",
                                          "Sun, 00 Nov 1994 08:49:37 GMT"};
    for (size_t i = 0; i < PL_ARRAY_LEN(refused); i++) {
        assert_false(pl_http_date_parse(pl_str_from(refused[i]), &seconds));
    }
}

static void assert_date(const char *text, int64_t then)
{
    int64_t seconds = 0;
    for (size_t len = 0; len < strlen(text); len++) {
        pl_http_date_parse(pl_str_make(text, len), &seconds);
    }
    assert_true(pl_http_date_parse(pl_str_from(text), &seconds));
    assert_int_equal(seconds, then);
}

/* What the C library writes in these forms is read back as the second it was made from. */
static void test_http_header__dates_of_the_c_library(void **state)
{
    for (time_t then = 1; then < 3000000000; then += 98765432) {
        struct tm parts;
        char text[64];
        gmtime_r(&then, &parts);
        strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        assert_date(text, then);
        strftime(text, sizeof(text), "%A, %d-%b-%Y %H:%M:%S GMT", &parts);
        assert_date(text, then);
        strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &parts);
        assert_date(text, then);
    }
}

/* RFC 9110, section 10.2.3. */
static void test_http_header__retry_after(void **state)
{
    uint64_t seconds = 7;
    pl_str date = PL_STR("Fri, 31 Dec 1999 23:58:59 GMT");
    assert_true(pl_http_retry_after_parse(PL_STR("120"), PL_STR_EMPTY, &seconds));
    assert_int_equal(seconds, 120);
    assert_true(pl_http_retry_after_parse(PL_STR("Fri, 31 Dec 1999 23:59:59 GMT"), date, &seconds));
    assert_int_equal(seconds, 60);
    /* Long ago by our own clock, and by the server's. */
    assert_true(
        pl_http_retry_after_parse(PL_STR("Fri, 31 Dec 1999 23:59:59 GMT"), PL_STR_EMPTY, &seconds));
    assert_int_equal(seconds, 0);
    assert_true(pl_http_retry_after_parse(PL_STR("Fri, 31 Dec 1999 23:00:00 GMT"), date, &seconds));
    assert_int_equal(seconds, 0);
    assert_true(pl_http_retry_after_parse(PL_STR("99999999999999999999999"), date, &seconds));
    assert_int_equal(seconds, UINT32_MAX);
    assert_false(pl_http_retry_after_parse(PL_STR(""), date, &seconds));
    assert_false(pl_http_retry_after_parse(PL_STR("-1"), date, &seconds));
    assert_false(pl_http_retry_after_parse(PL_STR("1.5"), date, &seconds));
    assert_false(pl_http_retry_after_parse(PL_STR("later"), date, &seconds));
}

/* RFC 9110, section 14.4. */
static void test_http_header__content_range(void **state)
{
    struct pl_http_content_range range = {0};
    assert_true(pl_http_content_range_parse(PL_STR("bytes 42-1233/1234"), &range));
    assert_true(range.has_bytes && range.first == 42 && range.last == 1233 && range.length == 1234);
    assert_true(pl_http_content_range_parse(PL_STR("bytes 42-1233/*"), &range));
    assert_true(range.has_bytes && range.first == 42 && range.length == UINT64_MAX);
    assert_true(pl_http_content_range_parse(PL_STR("bytes */1234"), &range));
    assert_true(!range.has_bytes && range.length == 1234);
    static const char *const refused[] = {
        "",
        "bytes",
        "bytes 5",
        "bytes 5-4/10",
        "bytes 5-10/10",
        "items 0-1/2",
        "bytes 0-1",
        "bytes 0-1/",
        "bytes -1/2",
        "bytes 0-1/2x",
        "bytes 0-1/2, 3-4",
        "bytes=0-1/2",
        "bytes 0 - 1/2",
        "bytes **/2",
        "bytes 99999999999999999999-99999999999999999999/99999999999999999999"};
    for (size_t i = 0; i < PL_ARRAY_LEN(refused); i++) {
        assert_false(pl_http_content_range_parse(pl_str_from(refused[i]), &range));
    }
}

static enum pl_status take_lines(struct pl_http_head *head, struct pl_arena *arena,
                                 const char *const *lines)
{
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = PL_OK;
    for (size_t i = 0; lines[i] && st == PL_OK; i++) {
        st = pl_http_head_take(head, arena, pl_str_from(lines[i]), &err);
    }
    return st;
}

static void test_http_header__head(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_http_head head = {0};
    const char *const lines[] = {"HTTP/1.1 103 Early Hints\r\n",
                                 "Link: </a>\r\n",
                                 "\r\n",
                                 "HTTP/1.1 200\r\n",
                                 "Content-TYPE:text/plain \r\n",
                                 "X-Folded: one\r\n",
                                 "\ttwo\r\n",
                                 "X-Twice: 1\r\n",
                                 "x-twice: 2\r\n",
                                 "X-Empty:\r\n",
                                 "\r\n",
                                 "X-Trailer: end\r\n",
                                 "HTTP/9: no status line any more\r\n",
                                 "\r\n",
                                 NULL};
    assert_int_equal(take_lines(&head, &arena, lines), PL_OK);
    assert_true(head.is_complete && head.status == 200);
    pl_assert_str(pl_http_headers_find(&head.headers, "content-type"), "text/plain");
    pl_assert_str(pl_http_headers_find(&head.headers, "x-twice"), "1");
    pl_assert_str(pl_http_headers_find(&head.headers, "x-empty"), "");
    pl_assert_str(pl_http_headers_find(&head.headers, "x-trailer"), "end");
    pl_assert_str(pl_http_headers_find(&head.headers, "link"), "");
    assert_int_equal(head.headers.count, 7);
}

static void test_http_header__bad_heads(void **state)
{
    static const char *const cases[][3] = {
        {"HTTP/1.1\r\n", NULL},         {"HTTP/1.1 20 x\r\n", NULL},
        {"HTTP/1.1 2000\r\n", NULL},    {"HTTP/1.1 099 x\r\n", NULL},
        {"HTTP/1.1 abc\r\n", NULL},     {"X-Early: before any status\r\n", NULL},
        {"HTTP/2 200\r\n", "none\r\n"}, {"HTTP/2 200\r\n", ": no name\r\n"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_http_head head = {0};
        assert_int_equal(take_lines(&head, &arena, cases[i]), PL_E_PARSE);
    }
}

static void test_http_header__head_limits(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_http_head head = {0};
    assert_int_equal(pl_http_head_take(&head, &arena, PL_STR("HTTP/1.1 200 OK"), &err), PL_OK);
    for (size_t i = 0; i < PL_LIMIT_HTTP_HEADERS; i++) {
        assert_int_equal(pl_http_head_take(&head, &arena, PL_STR("A: b"), &err), PL_OK);
    }
    assert_int_equal(pl_http_head_take(&head, &arena, PL_STR("A: b"), &err), PL_E_LIMIT);
    /* Blocks before the final one count together. */
    struct pl_http_head hints = {0};
    enum pl_status st = PL_OK;
    size_t blocks = 0;
    for (; st == PL_OK && blocks < PL_LIMIT_HTTP_HEADER_BYTES; blocks++) {
        st = pl_http_head_take(&hints, &arena, PL_STR("HTTP/1.1 103 Early Hints\r\n"), &err);
    }
    assert_int_equal(st, PL_E_LIMIT);
    assert_int_equal(blocks, PL_LIMIT_HTTP_HEADER_BYTES / 26 + 1);
}

int pl_test_http_header(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_header__dates),
        cmocka_unit_test(test_http_header__dates_of_the_c_library),
        cmocka_unit_test(test_http_header__retry_after),
        cmocka_unit_test(test_http_header__content_range),
        cmocka_unit_test(test_http_header__head),
        cmocka_unit_test(test_http_header__bad_heads),
        cmocka_unit_test(test_http_header__head_limits),
    };
    return cmocka_run_group_tests_name("net/http_header", tests, NULL, NULL);
}
