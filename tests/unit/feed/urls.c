/* SPDX-License-Identifier: Apache-2.0 */
/* What a line stands for; the expectations are those of a shell's brace expansion. */
#include "feed/urls.h"
#include "feed/feeds.h"
#include "net/http.h"
#include "unit/test.h"

static struct pl_feed_urls expand(struct pl_arena *arena, const char *line)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_feed_urls urls = {0};
    assert_int_equal(pl_feed_urls_expand(arena, pl_str_from(line), 2004, &urls, &err), PL_OK);
    return urls;
}

static void expect(const struct pl_feed_url *url, const char *name, const char *text)
{
    assert_true(pl_str_eq(url->name, pl_str_from(name)));
    assert_true(pl_str_eq(url->url, pl_str_from(text)));
}

static void test_urls__choices(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_feed_urls urls = expand(&arena, "https://x.org/{8,9}/{a,b}.json");
    assert_int_equal(urls.count, 4);
    expect(&urls.items[0], "8/a", "https://x.org/8/a.json");
    expect(&urls.items[1], "8/b", "https://x.org/8/b.json");
    expect(&urls.items[2], "9/a", "https://x.org/9/a.json");
    expect(&urls.items[3], "9/b", "https://x.org/9/b.json");
}

static void test_urls__years_and_names(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_feed_urls urls = expand(&arena, "n=https://x.org/{2002..now} https://x.org/?a=b");
    assert_int_equal(urls.count, 4);
    expect(&urls.items[0], "n/2002", "https://x.org/2002");
    expect(&urls.items[2], "n/2004", "https://x.org/2004");
    expect(&urls.items[3], "", "https://x.org/?a=b");
}

static void test_urls__broken_lines(void **state)
{
    static const char *const broken[] = {"https://x.org/{a", "https://x.org/a}",
                                         "https://x.org/}a{", "https://x.org/{x..now}",
                                         "https://x.org/{2005..now}"};
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(broken); i++) {
        struct pl_error err = PL_ERROR_INIT;
        struct pl_feed_urls urls = {0};
        assert_int_equal(pl_feed_urls_expand(&arena, pl_str_from(broken[i]), 2004, &urls, &err),
                         PL_E_PARSE);
    }
}

/* Those of the feeds themselves: well formed, encrypted, and each with a name of its own. */
static void test_urls__of_all_feeds(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    size_t count = 0;
    const struct pl_feed *const *feeds = pl_feeds(&count);
    for (size_t i = 0; i < count; i++) {
        struct pl_feed_urls urls = {0};
        if (feeds[i]->url) {
            urls = expand(&arena, feeds[i]->url);
        }
        for (size_t k = 0; k < urls.count; k++) {
            assert_true(pl_str_starts_with(urls.items[k].url, PL_STR("https://")));
            for (size_t m = 0; m < k; m++) {
                assert_false(pl_str_eq(urls.items[m].url, urls.items[k].url));
                assert_false(pl_str_eq(urls.items[m].name, urls.items[k].name));
            }
        }
    }
}

int pl_test_urls(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls__choices),
        cmocka_unit_test(test_urls__years_and_names),
        cmocka_unit_test(test_urls__broken_lines),
        cmocka_unit_test(test_urls__of_all_feeds),
    };
    return cmocka_run_group_tests_name("feed/urls", tests, NULL, NULL);
}
