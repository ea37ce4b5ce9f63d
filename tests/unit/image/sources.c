/* SPDX-License-Identifier: Apache-2.0 */
/* The table of image sources: each row is whole, and the engines stand in the order that
 * docs/engines.md promises. */
#include "image/image.h"
#include "unit/test.h"

static void test_sources__rows_are_whole(void **state)
{
    size_t count = 0;
    const struct pl_image_source *const *sources = pl_image_sources(&count);
    for (size_t i = 0; i < count; i++) {
        const struct pl_image_source *source = sources[i];
        assert_true(i == 0 || strcmp(sources[i - 1]->name, source->name) < 0);
        assert_ptr_equal(pl_image_source_find(pl_str_from(source->name)), source);
        /* Help prints the summary, which ends in how the source is written. */
        char spelling[64];
        snprintf(spelling, sizeof(spelling), " %s:", source->name);
        assert_non_null(strstr(source->summary, spelling));
        /* Reached, or lying in a store: one of the two. */
        assert_true((source->reach == NULL) != (source->open == NULL));
        assert_true((source->open == NULL) == (source->marker == NULL));
        assert_true(source->reach || source->engine_rank == 0);
    }
    assert_null(pl_image_source_find(PL_STR("nonsense")));
    assert_null(pl_image_source_find(PL_STR_EMPTY));
}

static void test_sources__engines_in_order(void **state)
{
    static const char *const order[] = {"docker", "podman", "containerd"};
    size_t count = 0;
    size_t engines = 0;
    const struct pl_image_source *const *sources = pl_image_sources(&count);
    for (size_t i = 0; i < count; i++) {
        engines += sources[i]->engine_rank > 0;
    }
    assert_int_equal(engines, PL_ARRAY_LEN(order));
    for (size_t i = 0; i < PL_ARRAY_LEN(order); i++) {
        const struct pl_image_source *engine = pl_image_source_find(pl_str_from(order[i]));
        assert_true(engine && engine->engine_rank == i + 1);
    }
}

int pl_test_sources(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources__rows_are_whole),
        cmocka_unit_test(test_sources__engines_in_order),
    };
    return cmocka_run_group_tests_name("image/sources", tests, NULL, NULL);
}
