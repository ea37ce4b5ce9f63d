/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_url.h"
#include "net/http.h"
#include "unit/test.h"

static void test_http_url__for_people(void **state)
{
    static const char *const cases[][2] = {
        {"https://example.org/a/b?token=s3cr3t#part", "https://example.org/a/b"},
        {"https://user:s3cr3t@example.org:8443/a", "https://example.org:8443/a"},
        {"https://s3cr3t@example.org", "https://example.org"},
        {"https://a:b@c:s3cr3t@example.org/", "https://example.org/"},
        {"https://example.org/@scope/name@1.0", "https://example.org/@scope/name@1.0"},
        {"https://[::1]:5000/v2/", "https://[::1]:5000/v2/"},
        {"https://user:s3cr3t@[::1]:5000/v2/", "https://[::1]:5000/v2/"},
        /* A slash, a question mark or a hash in a password cuts it in two. */
        {"https://user:s3/cr3t@example.org/a", "https://example.org/a"},
        {"https://user:s3?cr3t@example.org/a", "https://example.org/a"},
        {"https://user:s3#cr3t@example.org/a", "https://example.org/a"},
        {"http:///user:s3cr3t@example.org/a", "http:///example.org/a"},
        {"user:s3cr3t@example.org/a?b=http://x", "example.org/a"},
        {"/relative/path?s3cr3t", "/relative/path"},
        {"?s3cr3t", ""},
        {"", ""},
        {"://", "://"},
        {"https://", "https://"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        pl_assert_str(pl_http_url_for_people(&arena, pl_str_from(cases[i][0])), cases[i][1]);
        /* Every prefix is taken, and none shows the secret's end. */
        for (size_t len = 0; len < strlen(cases[i][0]); len++) {
            pl_str shown = pl_http_url_for_people(&arena, pl_str_make(cases[i][0], len));
            assert_true(shown.len <= len);
        }
    }
}

static void test_http_url__is_url(void **state)
{
    assert_true(pl_http_is_url(PL_STR("http://a")));
    assert_true(pl_http_is_url(PL_STR("HTTPS://a")));
    assert_false(pl_http_is_url(PL_STR("httpx://a")));
    assert_false(pl_http_is_url(PL_STR("http:/a")));
    assert_false(pl_http_is_url(PL_STR("/http://a")));
    assert_false(pl_http_is_url(PL_STR("")));
}

/* RFC 3986, section 2.3; the same as Python's urllib.parse.quote(text, safe=""). */
static void test_http_url__escaping(void **state)
{
    struct pl_buf buf pl_autobuf = PL_BUF_INIT(4096);
    pl_http_append_escaped(&buf, PL_STR("Rocky Linux:8/a~b-c_d.e\n\xc3\xa9%"));
    pl_assert_str(pl_buf_str(&buf), "Rocky%20Linux%3A8%2Fa~b-c_d.e%0A%C3%A9%25");
    struct pl_buf back pl_autobuf = PL_BUF_INIT(4096);
    pl_http_append_unescaped(&back, pl_buf_str(&buf));
    pl_assert_str(pl_buf_str(&back), "Rocky Linux:8/a~b-c_d.e\n\xc3\xa9%");
    pl_buf_clear(&back);
    pl_http_append_unescaped(&back, PL_STR("a%2fb%zz%4"));
    pl_assert_str(pl_buf_str(&back), "a/b%zz%4");
}

static void test_http_url__targets(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_curl *curl = NULL;
    struct pl_error err = PL_ERROR_INIT;
    struct pl_http_target target = {.url = NULL};
    assert_int_equal(pl_curl_get(&curl, &err), PL_OK);
    assert_int_equal(pl_http_target_parse(curl, &arena, "HTTPS://Us%40er:p%3Aw@EXAMPLE.org/a?b#c",
                                          &target, &err),
                     PL_OK);
    assert_string_equal(target.url, "https://EXAMPLE.org/a?b");
    pl_assert_str(target.origin, "https://example.org:443");
    assert_string_equal(target.user, "Us@er");
    assert_string_equal(target.password, "p:w");
    assert_true(target.is_secure);
    assert_int_equal(pl_http_target_parse(curl, &arena, "http://[::1]:5000", &target, &err), PL_OK);
    pl_assert_str(target.origin, "http://[::1]:5000");
    assert_null(target.user);
    assert_int_equal(pl_http_target_parse(curl, &arena, "http://%34.1/", &target, &err), PL_OK);
    pl_assert_str(target.origin, "http://4.0.0.1:80");
    static const char *const refused[] = {
        "http://",         "http:///a",     "ftp://a/",     "file:///a", "http://a b/",
        "http://a:99999/", "http://a:x/",   "http://[::",   "a.org",     "",
        "http://a/\n",     "https://\x01/", "http://a\x7f/"};
    for (size_t i = 0; i < PL_ARRAY_LEN(refused); i++) {
        if (pl_http_target_parse(curl, &arena, refused[i], &target, &err) != PL_E_USAGE) {
            fail_msg("%s is taken for a URL", refused[i]);
        }
    }
}

/* RFC 3986, sections 5.4.1 and 5.4.2, without the fragments, which are not sent. */
static void test_http_url__redirects(void **state)
{
    static const char *const cases[][2] = {
        {"g", "http://a/b/c/g"},          {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},        {"/g", "http://a/g"},
        {"?y", "http://a/b/c/d;p?y"},     {"g?y", "http://a/b/c/g?y"},
        {"g#s", "http://a/b/c/g"},        {";x", "http://a/b/c/;x"},
        {"g;x=1/../y", "http://a/b/c/y"}, {"../g", "http://a/b/g"},
        {"../../g", "http://a/g"},        {"../../../g", "http://a/g"},
        {"/../g", "http://a/g"},          {"//g/h", "http://g/h"},
        {"https://g/h", "https://g/h"},   {"a b", "http://a/b/c/a%20b"},
    };
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_curl *curl = NULL;
    struct pl_error err = PL_ERROR_INIT;
    struct pl_http_target base = {.url = NULL};
    struct pl_http_target next = {.url = NULL};
    assert_int_equal(pl_curl_get(&curl, &err), PL_OK);
    assert_int_equal(pl_http_target_parse(curl, &arena, "http://a/b/c/d;p?q", &base, &err), PL_OK);
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        assert_int_equal(
            pl_http_target_redirect(curl, &arena, &base, pl_str_from(cases[i][0]), &next, &err),
            PL_OK);
        assert_string_equal(next.url, cases[i][1]);
    }
    assert_int_equal(
        pl_http_target_redirect(curl, &arena, &base, PL_STR("http://u:p@a/"), &next, &err),
        PL_E_DENIED);
    assert_int_equal(
        pl_http_target_redirect(curl, &arena, &base, PL_STR("gopher://a/"), &next, &err),
        PL_E_DENIED);
    assert_int_equal(pl_http_target_redirect(curl, &arena, &base, PL_STR("/a\0b"), &next, &err),
                     PL_E_NET);
    assert_int_equal(pl_http_target_parse(curl, &arena, "https://a/", &base, &err), PL_OK);
    assert_int_equal(pl_http_target_redirect(curl, &arena, &base, PL_STR("http://a/"), &next, &err),
                     PL_E_DENIED);
    assert_non_null(strstr(err.msg, "from HTTPS to HTTP"));
}

int pl_test_http_url(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_url__for_people), cmocka_unit_test(test_http_url__is_url),
        cmocka_unit_test(test_http_url__escaping),   cmocka_unit_test(test_http_url__targets),
        cmocka_unit_test(test_http_url__redirects),
    };
    return cmocka_run_group_tests_name("net/http_url", tests, NULL, NULL);
}
