/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of Docker 20.10 and Podman 4.3 about one image, held to the config that `docker save`
 * wrote of it: the same layers, platform, and steps of the build. */
#include "image/docker/answer.h"
#include "image/docker/image.h"
#include "unit/image/engine_fixture.h"

#define SOME_ID "sha256:c6f988f4874bb0add23a778f753c65efe992244e148a1d2ec2a8b664fb66bbd1"

static struct pl_image image_of_config(struct pl_arena *arena)
{
    struct pl_image image = {.digest = PL_STR_EMPTY};
    pl_str config = engine_text(arena, "config.json");
    assert_int_equal(pl_image_read_config(arena, config, &image, NULL), PL_OK);
    struct pl_digest digest = pl_digest_of(pl_str_span(config), NULL);
    image.digest = pl_arena_dup(arena, pl_digest_str(&digest));
    return image;
}

static struct pl_docker_image image_of_answer(struct pl_arena *arena, const char *name)
{
    struct pl_docker_image image = {0};
    json_t *answer pl_autojson = engine_json(arena, name);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_docker_read_image(arena, answer, &image, &err), PL_OK);
    return image;
}

static void test_answer__says_what_the_config_says(void **state)
{
    static const char *const names[] = {"docker-image.json", "podman-image.json"};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_image wanted = image_of_config(&arena);
        struct pl_docker_image got = image_of_answer(&arena, names[i]);
        assert_true(pl_str_eq(got.image.digest, wanted.digest));
        assert_true(pl_platform_matches(&got.image.platform, &wanted.platform));
        assert_int_equal(got.image.layers.count, wanted.layers.count);
        for (size_t layer = 0; layer < wanted.layers.count; layer++) {
            const struct pl_image_layer *left = &got.image.layers.items[layer];
            const struct pl_image_layer *right = &wanted.layers.items[layer];
            assert_string_equal(left->diff_id.text, right->diff_id.text);
            assert_true(pl_str_eq(left->info.diff_id, right->info.diff_id));
        }
    }
}

static void test_answer__names(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_docker_image docker = image_of_answer(&arena, "docker-image.json");
    assert_int_equal(docker.tags.count, 1);
    pl_assert_str(docker.tags.items[0], "local/app:2");
    pl_assert_str(docker.driver, "overlay2");
    assert_true(
        pl_str_ends_with(docker.top_dir, PL_STR("a40e440e15c35def38140fde7b800f7b779/diff")));
    assert_int_equal(docker.digests.count, 0);
    struct pl_docker_image podman = image_of_answer(&arena, "podman-image.json");
    pl_assert_str(podman.tags.items[0], "localhost/local/app:2");
    pl_assert_str(podman.driver, "vfs");
    assert_int_equal(podman.top_dir.len, 0);
    assert_int_equal(podman.digests.count, 1);
}

/* Podman gives each layer's size as that of its tar, which is never 0: every step can be told. */
static void test_history__of_podman_is_that_of_the_config(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_image wanted = image_of_config(&arena);
    struct pl_docker_image got = image_of_answer(&arena, "podman-image.json");
    json_t *history pl_autojson = engine_json(&arena, "podman-history.json");
    pl_docker_read_history(&arena, history, &got.image);
    for (size_t i = 0; i < wanted.layers.count; i++) {
        assert_true(pl_str_eq(got.image.layers.items[i].info.created_by,
                              wanted.layers.items[i].info.created_by));
    }
}

/* Docker gives the size of the files in a layer: of this image's three last steps, one touched a
 * file, one made a directory, and one found its directory made. What is said is as the config says
 * it; of the two layers that cannot be told nothing is. */
static void test_history__of_docker_never_blames_the_wrong_step(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_image wanted = image_of_config(&arena);
    struct pl_docker_image got = image_of_answer(&arena, "docker-image.json");
    json_t *history pl_autojson = engine_json(&arena, "docker-history.json");
    pl_docker_read_history(&arena, history, &got.image);
    assert_int_equal(got.image.layers.count, 4);
    for (size_t i = 0; i < 4; i++) {
        pl_str said = got.image.layers.items[i].info.created_by;
        assert_true(i < 2 ? pl_str_eq(said, wanted.layers.items[i].info.created_by)
                          : said.len == 0);
    }
    assert_true(got.image.layers.items[1].info.created_by.len > 0);
}

static void check_history(const char *text, size_t layers, const char *wanted)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_image image = {.digest = PL_STR_EMPTY};
    json_t *history pl_autojson = NULL;
    char got[200] = "";
    for (size_t i = 0; i < layers; i++) {
        *pl_vec_push(&arena, &image.layers) = (struct pl_image_layer){.gap = PL_STR_EMPTY};
    }
    assert_int_equal(pl_json_parse(pl_str_from(text), "history", &history, NULL), PL_OK);
    pl_docker_read_history(&arena, history, &image);
    for (size_t i = 0; i < layers; i++) {
        size_t used = strlen(got);
        snprintf(got + used, sizeof(got) - used, PL_STR_FMT "|",
                 PL_STR_ARG(image.layers.items[i].info.created_by));
    }
    assert_string_equal(got, wanted);
}

/* Newest first; BuildKit writes instructions without "#(nop)". */
static void test_history__aligned_with_layers(void **state)
{
    check_history("[{\"CreatedBy\":\"CMD x\",\"Size\":0},{\"CreatedBy\":\"RUN b\",\"Size\":5},"
                  "{\"CreatedBy\":\"ENV a=b\",\"Size\":0},{\"CreatedBy\":\"ADD a\",\"Size\":9}]",
                  2, "ADD a|RUN b|");
    check_history("[{\"CreatedBy\":\"RUN c\",\"Size\":1},{\"CreatedBy\":\"RUN b\",\"Size\":0},"
                  "{\"CreatedBy\":\"WORKDIR /\",\"Size\":0},{\"CreatedBy\":\"ADD a\",\"Size\":9}]",
                  3, "ADD a||RUN c|");
    check_history("[{\"CreatedBy\":\"RUN c\",\"Size\":1},{\"CreatedBy\":\"WORKDIR /\",\"Size\":0},"
                  "{\"CreatedBy\":\"ADD a\",\"Size\":9}]",
                  2, "ADD a|RUN c|");
    /* Another image's: too few steps, or too many. */
    check_history("[{\"CreatedBy\":\"ADD a\",\"Size\":9}]", 2, "||");
    check_history("[{\"CreatedBy\":\"RUN b\",\"Size\":9},{\"CreatedBy\":\"ADD a\",\"Size\":9}]", 1,
                  "|");
    check_history("[7,null,{\"CreatedBy\":[],\"Size\":\"x\"}]", 3, "|||");
    check_history("{}", 1, "|");
}

static void test_answer__what_is_wrong_is_refused(void **state)
{
    static const char *const bad[] = {
        "[]",         "null",
        "{}",         "{\"Id\":\"sha256:12\"}",
        "{\"Id\":7}", "{\"Id\":\"" SOME_ID "\",\"RootFS\":{\"Layers\":[\"x\"]}}",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_docker_image image;
        json_t *answer pl_autojson = json_loads(bad[i], JSON_DECODE_ANY, NULL);
        assert_non_null(answer);
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_docker_read_image(&arena, answer, &image, &err), PL_E_PARSE);
        assert_true(err.msg[0] != '\0');
    }
}

static void test_answer__every_prefix(void **state)
{
    static const char *const names[] = {"docker-image.json", "docker-history.json",
                                        "docker-images.json", "docker-containers.json"};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        struct pl_arena arena pl_autoarena = {0};
        pl_str text = pl_str_trim(engine_text(&arena, names[i]));
        for (size_t len = 0; len < text.len; len++) {
            json_t *answer pl_autojson = NULL;
            enum pl_status st = pl_json_parse(pl_str_sub(text, 0, len), names[i], &answer, NULL);
            assert_int_equal(st, PL_E_PARSE);
        }
    }
}

static void test_answer__lists_of_names(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_strs images = {0};
    struct pl_strs containers = {0};
    json_t *answer pl_autojson = engine_json(&arena, "docker-images.json");
    json_t *others pl_autojson = engine_json(&arena, "docker-containers.json");
    pl_docker_read_tags(&arena, answer, &images);
    assert_int_equal(images.count, 2);
    assert_true(pl_strs_contain(&images, PL_STR("local/app:2")));
    assert_true(pl_strs_contain(&images, PL_STR("local/base:1")));
    pl_docker_read_container_names(&arena, others, &containers);
    assert_int_equal(containers.count, 3);
    assert_true(pl_strs_contain(&containers, PL_STR("web")));
    struct pl_strs none = {0};
    json_t *nameless pl_autojson =
        json_loads("[{\"RepoTags\":[\"<none>:<none>\"]},{\"RepoTags\":null},7]", 0, NULL);
    pl_docker_read_tags(&arena, nameless, &none);
    assert_int_equal(none.count, 0);
}

static void check_near(const char *name, const char *wanted)
{
    static const char *const known[] = {"nginx:1.25", "nginx:latest", "ghcr.io/acme/web:3",
                                        "redis:7",    "nginx:1.26",   "nginx:1.27"};
    struct pl_arena arena pl_autoarena = {0};
    struct pl_strs list = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(known); i++) {
        *pl_vec_push(&arena, &list) = pl_str_from(known[i]);
    }
    pl_assert_str(pl_docker_near_names(&arena, pl_str_from(name), &list), wanted);
}

static void test_near__another_tag_then_another_letter(void **state)
{
    check_near("nginx:2", "; near it are nginx:1.25, nginx:latest and nginx:1.26");
    check_near("rediss:7", "; near it is redis:7");
    check_near("web:4", "; near it is ghcr.io/acme/web:3");
    check_near("postgres:16", "");
    check_near("", "");
}

int pl_test_docker_answer(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer__says_what_the_config_says),
        cmocka_unit_test(test_answer__names),
        cmocka_unit_test(test_history__of_podman_is_that_of_the_config),
        cmocka_unit_test(test_history__of_docker_never_blames_the_wrong_step),
        cmocka_unit_test(test_history__aligned_with_layers),
        cmocka_unit_test(test_answer__what_is_wrong_is_refused),
        cmocka_unit_test(test_answer__every_prefix),
        cmocka_unit_test(test_answer__lists_of_names),
        cmocka_unit_test(test_near__another_tag_then_another_letter),
    };
    return cmocka_run_group_tests_name("image/docker_answer", tests, NULL, NULL);
}
