/* SPDX-License-Identifier: Apache-2.0 */
/* References of RFC 3986, section 5.4.1, but for those with dot segments; links of RFC 8288,
 * section 3.5, and of the distribution specification, "Listing Tags". */
#include "image/registry/location.h"
#include "image/registry/link.h"
#include "unit/test.h"

static void resolves(const char *base, const char *reference, const char *wanted)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    pl_str got = PL_STR_EMPTY;
    assert_int_equal(
        pl_registry_location(&arena, pl_str_from(base), pl_str_from(reference), &got, &err), PL_OK);
    pl_assert_str(got, wanted);
}

static void test_location__as_the_rfc_resolves_them(void **state)
{
    static const char *const pairs[][2] = {
        {"g", "http://a/b/c/g"},        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},           {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},   {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},   {"g#s", "http://a/b/c/g"},
        {"g?y#s", "http://a/b/c/g?y"},  {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},    {"g;x?y#s", "http://a/b/c/g;x?y"},
        {"http://g/h", "http://g/h"},   {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g#s/../x", "http://a/b/c/g"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(pairs); i++) {
        resolves("http://a/b/c/d;p?q", pairs[i][0], pairs[i][1]);
    }
}

/* RFC 3986, section 6.2.2.1 and 6.2.3: the host's case and the scheme's own port say nothing. */
static void test_location__hosts_can_be_compared(void **state)
{
    resolves("https://R.Example:443/v2/", "/v2/x", "https://r.example/v2/x");
    resolves("https://r.example/v2/", "HTTPS://R.EXAMPLE:443/Up?A=B", "https://r.example/Up?A=B");
    resolves("http://r.example/v2/", "http://r.example:80", "http://r.example/");
    resolves("http://r.example/v2/", "https://other.example:8443/x",
             "https://other.example:8443/x");
    resolves("http://[::1]:5000/v2/", "//[::1]:5000/x?y", "http://[::1]:5000/x?y");
}

static void test_location__what_leads_astray_is_refused(void **state)
{
    static const struct {
        const char *base;
        const char *reference;
        enum pl_status status;
    } cases[] = {
        {"http://a/", "", PL_E_PARSE},
        {"http://a/", "http:///x", PL_E_PARSE},
        {"http://a/", "//", PL_E_PARSE},
        {"http://a/", "http://:80/x", PL_E_PARSE},
        {"http://a/", "http:x", PL_E_PARSE},
        {"http://a/", "/a b", PL_E_PARSE},
        {"http://a/", "/a\r\nX: y", PL_E_PARSE},
        {"http://a/", "\\\\b\\c", PL_E_PARSE},
        {"http://a/", "/\x7f", PL_E_PARSE},
        {"http://a/", "g:h", PL_E_DENIED},
        {"http://a/", "file:///etc/passwd", PL_E_DENIED},
        {"http://a/", "http://user:secret@a/x", PL_E_DENIED},
        {"http://a/", "//user@a/x", PL_E_DENIED},
        {"https://a/", "http://a/x", PL_E_DENIED},
        {"ftp://a/", "/x", PL_E_DENIED},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_error err = PL_ERROR_INIT;
        pl_str got = PL_STR_EMPTY;
        assert_int_equal(pl_registry_location(&arena, pl_str_from(cases[i].base),
                                              pl_str_from(cases[i].reference), &got, &err),
                         cases[i].status);
        assert_int_equal(got.len, 0);
        assert_null(strstr(err.msg, "secret"));
    }
}

static void test_location__one_more_parameter(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str digest = PL_STR("sha256:ab");
    pl_assert_str(pl_registry_location_add(&arena, PL_STR("http://a/u"), "digest", digest),
                  "http://a/u?digest=sha256%3Aab");
    pl_assert_str(pl_registry_location_add(&arena, PL_STR("http://a/u?s=%2F="), "digest", digest),
                  "http://a/u?s=%2F=&digest=sha256%3Aab");
    pl_assert_str(pl_registry_location_add(&arena, PL_STR("http://a/u?"), "digest", digest),
                  "http://a/u?digest=sha256%3Aab");
}

static void test_location__next_links(void **state)
{
    static const char *const pairs[][2] = {
        {"<http://example.com/TheBook/chapter2>; rel=\"previous\"; title=\"previous chapter\"", ""},
        {"</>; rel=\"http://example.net/foo\"", ""},
        {"</TheBook/chapter2>; rel=\"previous\"; title*=UTF-8'de'letztes%20Kapitel, "
         "</TheBook/chapter4>; rel=\"next\"; title*=UTF-8'de'n%c3%a4chstes%20Kapitel",
         "/TheBook/chapter4"},
        {"<http://example.org/>; rel=\"start http://example.net/relation/other\"", ""},
        {"<https://example.org/>; rel=\"start\", <https://example.org/index>; rel=\"index\"", ""},
        {"</v2/a/tags/list?n=2&last=b>; rel=\"next\"", "/v2/a/tags/list?n=2&last=b"},
        {"</v2/a>;rel=next", "/v2/a"},
        {"</v2/a> ; REL = \"prev Next\"", "/v2/a"},
        {"</v2/a>; rel=\"nextish\"", ""},
        {"</v2/a>; title=\"rel=next\"", ""},
        {"", ""},
        {"<", ""},
        {"</v2/a", ""},
        {"</v2/a>", ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(pairs); i++) {
        pl_assert_str(pl_link_next(pl_str_from(pairs[i][0])), pairs[i][1]);
    }
}

int pl_test_location(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_location__as_the_rfc_resolves_them),
        cmocka_unit_test(test_location__hosts_can_be_compared),
        cmocka_unit_test(test_location__what_leads_astray_is_refused),
        cmocka_unit_test(test_location__one_more_parameter),
        cmocka_unit_test(test_location__next_links),
    };
    return cmocka_run_group_tests_name("location", tests, NULL, NULL);
}
