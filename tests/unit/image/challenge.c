/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of RFC 9110 (sections 11.2 to 11.6.1), of Docker's token authentication, and of RFC 8288
 * for the Link header. */
#include "image/registry/challenge.h"
#include "image/registry/link.h"
#include "unit/test.h"
#include <time.h>

static struct pl_challenge challenge_of(struct pl_arena *arena, const char *header)
{
    struct pl_challenge challenge = {0};
    pl_challenge_read(arena, pl_str_from(header), &challenge);
    return challenge;
}

static void expect(const char *header, bool basic, bool bearer, const char *realm,
                   const char *service, const char *scope)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_challenge got = challenge_of(&arena, header);
    if (got.has_basic != basic || got.has_bearer != bearer) {
        fail_msg("%s: basic %d, bearer %d", header, got.has_basic, got.has_bearer);
    }
    pl_assert_str(got.realm, realm);
    pl_assert_str(got.service, service);
    pl_assert_str(got.scope, scope);
}

static void test_challenge__one_of_each_scheme(void **state)
{
    expect("Basic realm=\"WallyWorld\"", true, false, "", "", ""); /* RFC 7617, section 2 */
    expect("Basic", true, false, "", "", "");
    expect("Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
           "scope=\"repository:samalba/my-app:pull,push\"",
           false, true, "https://auth.docker.io/token", "registry.docker.io",
           "repository:samalba/my-app:pull,push");
    expect("bEaReR ReAlM=\"https://a/\"", false, true, "https://a/", "", "");
    expect("BASIC REALM=x", true, false, "", "", "");
    expect("Negotiate dG9rZW4=", false, false, "", "", "");
    expect("", false, false, "", "", "");
}

/* RFC 9110, section 11.6.1, whose second challenge has a token in place of a quoted string. */
static void test_challenge__several_in_one_header(void **state)
{
    expect(
        "Basic realm=\"simple\", Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\"",
        true, false, "", "", "");
    expect("Basic realm=\"b\", Bearer realm=\"https://t/\", service=s", true, true, "https://t/",
           "s", "");
    expect("Bearer realm=\"https://t/\", service=s, Basic realm=\"b\"", true, true, "https://t/",
           "s", "");
    /* What follows a token68 is a challenge of its own. */
    expect("Negotiate YWJj==, Bearer realm=\"https://t/\"", false, true, "https://t/", "", "");
    expect("Negotiate, Basic realm=\"b\"", true, false, "", "", "");
    expect("Digest realm=\"https://not.this/\", nonce=\"x\", Bearer realm=\"https://t/\"", false,
           true, "https://t/", "", "");
    /* Of two servers the first one counts. */
    expect("Bearer realm=\"https://first/\", Bearer realm=\"https://second/\"", false, true,
           "https://first/", "", "");
}

/* Section 5.6.1: empty elements of a list are to be passed over. */
static void test_challenge__blanks_and_empty_elements(void **state)
{
    expect(" , ,Bearer  realm = \"https://t/\" ,, service\t=\ts,", false, true, "https://t/", "s",
           "");
    expect("Bearer realm=https,service=s", false, true, "https", "s", "");
}

static void test_challenge__odd_quoting(void **state)
{
    expect("Bearer realm=\"a\\\"b\\\\c\\d\"", false, true, "a\"b\\cd", "", "");
    expect("Bearer realm=\"a, Basic realm=b\"", false, true, "a, Basic realm=b", "", "");
    expect("Bearer realm=\"never closed, service=s", false, true, "never closed, service=s", "",
           "");
    expect("Bearer realm=\"ends in\\", false, true, "ends in\\", "", "");
    expect("Bearer realm=\"\",realm=\"https://t/\"", false, true, "https://t/", "", "");
    expect("Bearer realm=", false, true, "", "", "");
}

static void test_challenge__every_prefix_and_all_bytes(void **state)
{
    static const char header[] = "Newauth realm=\"apps\", type=1, title=\"a \\\"b\\\"\", Negotiate "
                                 "YQ==, Bearer realm=\"https://t/\", service=s";
    for (size_t len = 0; len < sizeof(header); len++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_challenge challenge = {0};
        char *exact = malloc(len ? len : 1);
        memcpy(exact, header, len);
        pl_challenge_read(&arena, pl_str_make(exact, len), &challenge);
        (void)pl_link_next(pl_str_make(exact, len));
        free(exact);
    }
}

static double seconds(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What a header may hold at most, of what would cost most if anything were looked at twice. */
static void test_challenge__long_headers_take_no_time(void **state)
{
    enum { LEN = 256 << 10 };
    static const char *const pieces[] = {"\"",   "a=\"", ",", "=", "\\", "Bearer ", "a=b,", "<",
                                         "<a>;", "rel",  ";", " ", "a",  "\"\\",    "<a>,"};
    char *header = malloc(LEN);
    for (size_t i = 0; i < PL_ARRAY_LEN(pieces); i++) {
        size_t len = strlen(pieces[i]);
        for (size_t at = 0; at < LEN; at++) {
            header[at] = pieces[i][at % len];
        }
        struct pl_arena arena pl_autoarena = {0};
        struct pl_challenge challenge = {0};
        double started = seconds();
        pl_challenge_read(&arena, pl_str_make(header, LEN), &challenge);
        (void)pl_link_next(pl_str_make(header, LEN));
        if (seconds() - started > 1) {
            fail_msg("%s: %.1f s", pieces[i], seconds() - started);
        }
    }
    free(header);
}

static void test_link__examples_of_the_standard(void **state)
{
    /* RFC 8288, section 3.5. */
    pl_assert_str(pl_link_next(PL_STR("<http://example.com/TheBook/chapter2>; rel=\"previous\"; "
                                      "title=\"previous chapter\"")),
                  "");
    pl_assert_str(pl_link_next(PL_STR("</>; rel=\"http://example.net/foo\"")), "");
    pl_assert_str(pl_link_next(PL_STR("</terms>; rel=\"copyright\"; anchor=\"#foo\"")), "");
    pl_assert_str(pl_link_next(PL_STR("</TheBook/chapter2>; rel=\"previous\"; "
                                      "title*=UTF-8'de'letztes%20Kapitel, </TheBook/chapter4>; "
                                      "rel=\"next\"; title*=UTF-8'de'n%c3%a4chstes%20Kapitel")),
                  "/TheBook/chapter4");
    pl_assert_str(pl_link_next(PL_STR("<http://example.org/>; rel=\"start http://example.net/"
                                      "relation/other\"")),
                  "");
    pl_assert_str(pl_link_next(PL_STR("<https://example.org/>; rel=\"start\", "
                                      "<https://example.org/index>; rel=\"index\"")),
                  "");
    /* Distribution specification, "Listing Tags". */
    pl_assert_str(pl_link_next(PL_STR("</v2/a/tags/list?n=100&last=x>; rel=\"next\"")),
                  "/v2/a/tags/list?n=100&last=x");
}

static void test_link__what_says_next(void **state)
{
    pl_assert_str(pl_link_next(PL_STR("</a>;rel=next")), "/a");
    pl_assert_str(pl_link_next(PL_STR("</a> ; REL = \"Prev NEXT\"")), "/a");
    pl_assert_str(pl_link_next(PL_STR("</a>; title=\"x, y; <z>\"; rel=next")), "/a");
    pl_assert_str(pl_link_next(PL_STR("</a,b>; rel=prev, ,</c;d>; rel=\"next\",")), "/c;d");
    pl_assert_str(pl_link_next(PL_STR("</first>; rel=next, </second>; rel=next")), "/first");
    pl_assert_str(pl_link_next(PL_STR("<?last=b>; rel=next")), "?last=b");
}

static void test_link__what_does_not(void **state)
{
    /* Section 3.3: a second "rel" does not count. */
    pl_assert_str(pl_link_next(PL_STR("</a>; rel=prev; rel=next")), "");
    pl_assert_str(pl_link_next(PL_STR("</a>; rel=nextpage")), "");
    pl_assert_str(pl_link_next(PL_STR("</a>; title=\"rel=next\"")), "");
    pl_assert_str(pl_link_next(PL_STR("</a>; title=\"; rel=next\"; rel=prev")), "");
    /* Section 3.2: it leads on from another page. */
    pl_assert_str(pl_link_next(PL_STR("</a>; rel=next; anchor=\"/other\"")), "");
    pl_assert_str(pl_link_next(PL_STR("<>; rel=next")), "");
    pl_assert_str(pl_link_next(PL_STR("/a; rel=next")), "");
    pl_assert_str(pl_link_next(PL_STR("</a")), "");
    pl_assert_str(pl_link_next(PL_STR("")), "");
}

int pl_test_challenge(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_challenge__one_of_each_scheme),
        cmocka_unit_test(test_challenge__several_in_one_header),
        cmocka_unit_test(test_challenge__blanks_and_empty_elements),
        cmocka_unit_test(test_challenge__odd_quoting),
        cmocka_unit_test(test_challenge__every_prefix_and_all_bytes),
        cmocka_unit_test(test_challenge__long_headers_take_no_time),
        cmocka_unit_test(test_link__examples_of_the_standard),
        cmocka_unit_test(test_link__what_says_next),
        cmocka_unit_test(test_link__what_does_not),
    };
    return cmocka_run_group_tests_name("challenge", tests, NULL, NULL);
}
