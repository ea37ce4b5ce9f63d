/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_bun_lock;
extern const struct pl_cataloger pl_cataloger_deno_lock;

static void test_bun_lock__packages(void **state)
{
    expect_listing(
        &pl_cataloger_bun_lock, "app/bun.lock",
        "// a comment\n{ \"lockfileVersion\": 1,\n\"workspaces\": {\n"
        "\"\": { \"name\": \"x\", \"dependencies\": { \"a\": \"^1\", \"other\": \"npm:@s/real@1\", "
        "},\n"
        "\"devDependencies\": { \"d\": \"1\", }, \"optionalDependencies\": { \"o\": \"1\", }, },\n"
        "\"packages/m\": { \"name\": \"m\", \"dependencies\": { \"b\": \"3\" } },\n},\n"
        "\"packages\": { /* all */\n"
        "\"a\": [\"a@1.0.0\", \"\", { \"dependencies\": { \"b\": \"2\" } }, "
        "\"sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=\"],\n"
        "\"b\": [\"b@1.0.0\", \"\", {}, \"\"],\n"
        "\"d\": [\"d@1.0.0\", \"\", { \"dependencies\": { \"b\": \"1\" } }, \"\"],\n"
        "\"m\": [\"m@workspace:packages/m\"],\n"
        "\"o\": [\"o@1.0.0\", \"\", {}, \"\"],\n"
        "\"other\": [\"@s/real@1.0.0\", \"\", {}, \"\"],\n"
        "\"g\": [\"g@github:o/g#abc\", {}, \"o-g-abc\"],\n"
        "\"a/b\": [\"b@2.0.0\", \"\", {}, \"\"],\n"
        "\"m/b\": [\"b@3.0.0\", \"\", {}, \"\"], \"odd\": 3, \"empty\": [],\n} }\n",
        "a@1.0.0 direct {sha1:da39a3ee} > b@2.0.0\n"
        "b@1.0.0 dev transitive\n"
        "d@1.0.0 dev direct > b@1.0.0\n"
        "o@1.0.0 optional direct\n"
        "@s/real@1.0.0 direct\n"
        "b@2.0.0 transitive\n"
        "b@3.0.0 direct\n");
    expect_reader("app/bun.lock", &pl_cataloger_bun_lock);
}

static void test_bun_lock__broken(void **state)
{
    expect_listing(&pl_cataloger_bun_lock, "bun.lock", "{ \"packages\": { \"a\": [,], } }",
                   "gap: the file is not JSON: line 1, column 23: unexpected token near ','\n");
    expect_listing(&pl_cataloger_bun_lock, "bun.lock", "{}", "");
    expect_listing(&pl_cataloger_bun_lock, "a/node_modules/b/bun.lock",
                   "{\"packages\":{\"a\":[\"a@1.0.0\"]}}", "");
}

static void test_bun_lock__deno(void **state)
{
    expect_listing(
        &pl_cataloger_deno_lock, "deno.lock",
        "{\"version\":\"5\",\"specifiers\":{\"jsr:@s/b@1\":\"1.0.2\",\"npm:a@5\":\"5.3.0_p@1\","
        "\"npm:c@*\":\"2.0.0\"},"
        "\"jsr\":{\"@s/b@1.0.2\":{\"integrity\":"
        "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
        "\"dependencies\":[\"npm:a@5\",\"jsr:@s/gone\"]}},"
        "\"npm\":{\"a@5.3.0_p@1\":{\"integrity\":\"sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=\","
        "\"dependencies\":[\"c\",\"p@1.0.0_x@1\"]},\"c@2.0.0\":{},\"p@1.0.0\":{}},"
        "\"workspace\":{\"dependencies\":[\"jsr:@s/b@1\"],"
        "\"packageJson\":{\"dependencies\":[\"npm:a@5\"]}}}",
        "a@5.3.0 direct {sha1:da39a3ee} > c > p@1.0.0\n"
        "c@2.0.0 transitive\n"
        "p@1.0.0 transitive\n"
        "@s/b@1.0.2 direct {sha256:e3b0c442} > a@5.3.0 > @s/gone\n");
    expect_listing(&pl_cataloger_deno_lock, "deno.lock",
                   "{\"version\":\"3\",\"packages\":{\"specifiers\":{\"npm:a@5\":\"npm:a@5.3.0\"},"
                   "\"npm\":{\"a@5.3.0\":{\"dependencies\":{\"b\":\"b@1.0.0\"}}}},"
                   "\"workspace\":{\"dependencies\":[\"npm:a@5\"]}}",
                   "a@5.3.0 direct > b@1.0.0\n");
    expect_listing(
        &pl_cataloger_deno_lock, "deno.lock",
        "{\"version\":\"2\",\"npm\":{\"specifiers\":{},\"packages\":{\"a@1.0.0\":{},\"x\":{}}}}",
        "a@1.0.0\ngap: 'x' is no package with a version\n");
    expect_listing(&pl_cataloger_deno_lock, "deno.lock", "{\"version\":\"4\",\"remote\":{}}", "");
    expect_reader("x/deno.lock", &pl_cataloger_deno_lock);
}

int pl_test_bun_lock(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bun_lock__packages),
        cmocka_unit_test(test_bun_lock__broken),
        cmocka_unit_test(test_bun_lock__deno),
    };
    return cmocka_run_group_tests_name("catalog/bun_lock", tests, NULL, NULL);
}
