/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms as image-spec's image-index.md and config.md write them; the config is made after the
 * example of config.md. */
#include "image/image.h"
#include "unit/test.h"

#define DIFF_A "sha256:c6f988f4874bb0add23a778f753c65efe992244e148a1d2ec2a8b664fb66bbd1"
#define DIFF_B "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

static const pl_str example = PL_STR_INIT(
    "{\"created\": \"2015-10-31T22:22:56.015925234Z\", \"architecture\": \"arm64\", "
    "\"os\": \"linux\", \"variant\": \"v8\", \"config\": {\"User\": \"alice\"}, "
    "\"rootfs\": {\"diff_ids\": [\"" DIFF_A "\", \"" DIFF_B "\"], \"type\": \"layers\"}, "
    "\"history\": [{\"created_by\": \"/bin/sh -c #(nop) ADD file\"}, "
    "{\"created_by\": \"/bin/sh -c #(nop) CMD\", \"empty_layer\": true}, "
    "{\"created_by\": \"/bin/sh -c apk add curl\"}]}");

static enum pl_status read_config(struct pl_arena *arena, pl_str text, size_t layers,
                                  struct pl_image *ret, struct pl_error *err)
{
    *ret = (struct pl_image){.digest = PL_STR_EMPTY};
    for (size_t i = 0; i < layers; i++) {
        pl_vec_push(arena, &ret->layers)->info.size_bytes = i + 1;
    }
    return pl_image_read_config(arena, text, ret, err);
}

/* The history's steps without "empty_layer" made the layers, in order. */
static void test_config__layers_and_what_made_them(void **state)
{
    for (size_t layers = 0; layers <= 2; layers += 2) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_image image;
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(read_config(&arena, example, layers, &image, &err), PL_OK);
        assert_int_equal(image.layers.count, 2);
        pl_assert_str(pl_platform_format(&arena, &image.platform), "linux/arm64/v8");
        assert_string_equal(image.layers.items[0].diff_id.text, DIFF_A);
        pl_assert_str(image.layers.items[1].info.diff_id, DIFF_B);
        pl_assert_str(image.layers.items[0].info.created_by, "/bin/sh -c #(nop) ADD file");
        pl_assert_str(image.layers.items[1].info.created_by, "/bin/sh -c apk add curl");
        assert_int_equal(image.layers.items[1].info.size_bytes, layers);
    }
}

static void test_config__every_prefix_is_refused(void **state)
{
    for (size_t len = 0; len < example.len; len++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_image image;
        assert_int_equal(read_config(&arena, pl_str_sub(example, 0, len), 0, &image, NULL),
                         PL_E_PARSE);
    }
}

static void test_config__what_does_not_fit_is_refused(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_image image;
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(read_config(&arena, example, 1, &image, &err), PL_E_PARSE);
    assert_non_null(strstr(err.msg, "2 layers, its manifest 1"));
    static const char *const bad[] = {"[]", "1", "{\"rootfs\":{\"diff_ids\":[\"sha256:00\"]}}",
                                      "{\"rootfs\":{\"diff_ids\":[null]}}"};
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        assert_int_equal(read_config(&arena, pl_str_from(bad[i]), 0, &image, &err), PL_E_PARSE);
    }
    struct pl_buf many pl_autobuf = PL_BUF_INIT(100000);
    pl_buf_append(&many, PL_STR("{\"rootfs\":{\"diff_ids\":["));
    for (int i = 0; i <= 512; i++) {
        pl_buf_append_format(&many, "%s\"" DIFF_A "\"", i ? "," : "");
    }
    pl_buf_append(&many, PL_STR("]}}"));
    assert_int_equal(read_config(&arena, pl_buf_str(&many), 0, &image, &err), PL_E_LIMIT);
}

static void test_config__more_history_than_layers_is_ignored(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_image image;
    assert_int_equal(read_config(&arena,
                                 PL_STR("{\"rootfs\":{\"diff_ids\":[\"" DIFF_A "\"]},"
                                        "\"history\":[{},{\"created_by\":\"b\"},7,null]}"),
                                 0, &image, NULL),
                     PL_OK);
    pl_assert_str(image.layers.items[0].info.created_by, "");
}

static void test_config__platforms_are_parsed(void **state)
{
    static const char *const good[] = {"linux/amd64", "linux/arm/v7", "windows/amd64"};
    static const char *const bad[] = {"", "linux", "linux/", "/amd64", "/", "linux/arm/v7/x", "//"};
    struct pl_arena arena pl_autoarena = {0};
    struct pl_platform platform;
    for (size_t i = 0; i < PL_ARRAY_LEN(good); i++) {
        assert_int_equal(pl_platform_parse(pl_str_from(good[i]), &platform, NULL), PL_OK);
        assert_true(platform.is_stated);
        pl_assert_str(pl_platform_format(&arena, &platform), good[i]);
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        assert_int_equal(pl_platform_parse(pl_str_from(bad[i]), &platform, NULL), PL_E_USAGE);
    }
}

static void test_config__platforms_match(void **state)
{
    static const struct {
        const char *wanted;
        const char *offered;
        bool matches;
    } cases[] = {
        {"linux/amd64", "linux/amd64", true},    {"linux/amd64", "linux/arm64", false},
        {"linux/amd64", "windows/amd64", false}, {"linux/arm64", "linux/arm64/v8", true},
        {"linux/arm64/v8", "linux/arm64", true}, {"linux/arm/v7", "linux/arm/v6", false},
        {"linux/arm", "linux/arm/v6", true},     {"linux/arm/v7", "linux/arm/v7", true},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_platform wanted;
        struct pl_platform offered;
        assert_int_equal(pl_platform_parse(pl_str_from(cases[i].wanted), &wanted, NULL), PL_OK);
        assert_int_equal(pl_platform_parse(pl_str_from(cases[i].offered), &offered, NULL), PL_OK);
        assert_int_equal(pl_platform_matches(&wanted, &offered), cases[i].matches);
    }
    struct pl_platform host = pl_platform_host();
    assert_true(pl_platform_matches(&host, &host));
    assert_false(host.is_stated);
}

int pl_test_config(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config__layers_and_what_made_them),
        cmocka_unit_test(test_config__every_prefix_is_refused),
        cmocka_unit_test(test_config__what_does_not_fit_is_refused),
        cmocka_unit_test(test_config__more_history_than_layers_is_ignored),
        cmocka_unit_test(test_config__platforms_are_parsed),
        cmocka_unit_test(test_config__platforms_match),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
