/* SPDX-License-Identifier: Apache-2.0 */
/* The relations are those of "npm ls --all" for such a lock file. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_npm_lock;

static void expect(const char *text, const char *wanted)
{
    expect_listing(&pl_cataloger_npm_lock, "app/package-lock.json", text, wanted);
}

static void test_npm_lock__paths(void **state)
{
    expect(
        "{\"lockfileVersion\":3,\"packages\":{"
        "\"\":{\"name\":\"own\",\"version\":\"9.9.9\",\"dependencies\":{\"a\":\"^1\"},"
        "\"devDependencies\":{\"d\":\"1\"},\"workspaces\":[\"packages/*\"]},"
        "\"node_modules/a\":{\"version\":\"1.0.0\",\"license\":\"MIT\","
        "\"dependencies\":{\"b\":\"^2\",\"c\":\"^1\",\"gone\":\"1\"}},"
        "\"node_modules/a/node_modules/b\":{\"version\":\"2.0.0\",\"dependencies\":{\"c\":\"1\"}},"
        "\"node_modules/b\":{\"version\":\"1.0.0\",\"dev\":true},"
        "\"node_modules/c\":{\"name\":\"@real/c\",\"version\":\"1.5.0\",\"optional\":true},"
        "\"node_modules/d\":{\"version\":\"1.0.0\",\"dev\":true,\"dependencies\":{\"b\":\"1\"}},"
        "\"node_modules/e\":{\"version\":\"1.0.0\",\"devOptional\":true},"
        "\"node_modules/member\":{\"resolved\":\"packages/member\",\"link\":true},"
        "\"packages/member\":{\"version\":\"0.1.0\",\"dependencies\":{\"b\":\"3\"}},"
        "\"packages/member/node_modules/b\":{\"version\":\"3.0.0\"}}}",
        "a@1.0.0 direct [MIT] > b@2.0.0 > @real/c@1.5.0 > gone\n"
        "b@2.0.0 transitive > @real/c@1.5.0\n"
        "b@1.0.0 dev transitive\n"
        "@real/c@1.5.0 optional transitive\n"
        "d@1.0.0 dev direct > b@1.0.0\n"
        "e@1.0.0 optional transitive\n"
        "b@3.0.0 direct\n");
}

static void test_npm_lock__version_1_nests(void **state)
{
    expect(
        "{\"lockfileVersion\":1,\"dependencies\":{"
        "\"a\":{\"version\":\"1.0.0\",\"requires\":{\"b\":\"^2\",\"c\":\"^1\"},\"dependencies\":{"
        "\"b\":{\"version\":\"2.0.0\",\"requires\":{\"c\":\"1\"}}}},"
        "\"b\":{\"version\":\"1.0.0\",\"dev\":true},"
        "\"c\":{\"version\":\"npm:@real/c@1.5.0\",\"optional\":true},"
        "\"own\":{\"version\":\"file:../own\"}}}",
        "a@1.0.0 > b@2.0.0 > @real/c@1.5.0\n"
        "b@2.0.0 > @real/c@1.5.0\n"
        "b@1.0.0 dev\n"
        "@real/c@1.5.0 optional\n");
}

static void test_npm_lock__the_same_twice_is_one(void **state)
{
    expect("{\"packages\":{\"node_modules/a\":{\"version\":\"1\",\"dev\":true,\"optional\":true},"
           "\"node_modules/b/node_modules/a\":{\"version\":\"1\",\"optional\":true}}}",
           "a@1 optional\n");
}

static void test_npm_lock__which_files(void **state)
{
    static const char text[] = "{\"packages\":{\"node_modules/a\":{\"version\":\"1\"}}}";
    expect_reader("package-lock.json", &pl_cataloger_npm_lock);
    expect_reader("a/npm-shrinkwrap.json", &pl_cataloger_npm_lock);
    expect_reader("a/node_modules/.package-lock.json", &pl_cataloger_npm_lock);
    /* What an installed package has for its own development. */
    expect_listing(&pl_cataloger_npm_lock, "a/node_modules/b/package-lock.json", text, "");

    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *hidden = inspect_content(
        &arena, &pl_cataloger_npm_lock, "a/node_modules/.package-lock.json", PL_STR(text), NULL);
    assert_int_equal(hidden->components.count, 1);
    assert_int_equal(hidden->components.items[0].scope, PL_SCOPE_INSTALLED);
}

static void test_npm_lock__odd(void **state)
{
    expect("{\"packages\":{\"node_modules/a\":{},\"node_modules/b\":{\"version\":\"1\"}}}",
           "b@1\ngap: package 'a' lacks its version\n");
    expect("{}", "");
    expect("{\"packages\":[],\"dependencies\":3}", "");
    expect("{\"packages\":{\"node_modules/\":{\"version\":\"1\"},\"x\":3}}", "");
    expect("{\"packages\":", "gap: the file is not JSON: line 1, column 12: unexpected token near "
                             "end of file\n");
}

/* A dependency is looked for on the way up, but not for ever. */
static void test_npm_lock__deep_paths_take_no_time(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf text pl_autobuf = PL_BUF_INIT(64 << 20);
    pl_buf_append(&text, PL_STR("{\"packages\":{\""));
    for (int i = 0; i < 200; i++) {
        pl_buf_append(&text, PL_STR("node_modules/a/"));
    }
    pl_buf_append(&text,
                  PL_STR("node_modules/a\":{\"version\":\"1\",\"dependencies\":{\"x\":\"\""));
    for (int i = 0; i < 100000; i++) {
        pl_buf_append_format(&text, ",\"d%d\":\"\"", i);
    }
    pl_buf_append(&text, PL_STR("}}}}"));
    const struct pl_evidence_file *found = inspect_content(
        &arena, &pl_cataloger_npm_lock, "package-lock.json", pl_buf_str(&text), NULL);
    assert_int_equal(found->components.items[0].depends.count, 100001);
}

int pl_test_npm_lock(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_npm_lock__paths),
        cmocka_unit_test(test_npm_lock__version_1_nests),
        cmocka_unit_test(test_npm_lock__the_same_twice_is_one),
        cmocka_unit_test(test_npm_lock__which_files),
        cmocka_unit_test(test_npm_lock__odd),
        cmocka_unit_test(test_npm_lock__deep_paths_take_no_time),
    };
    return cmocka_run_group_tests_name("catalog/npm_lock", tests, NULL, NULL);
}
