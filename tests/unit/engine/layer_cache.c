/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of engine/layer_cache.h, on a directory of the test's own. */
#include "engine/layer_cache.h"
#include "unit/test.h"
#include <stdio.h>

#define STORED "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define DIFF_ID "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define OTHER "sha256:3333333333333333333333333333333333333333333333333333333333333333"
/* Of "{}" (image-spec, manifest.md, the empty descriptor). */
#define EMPTY "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

struct fixture {
    struct pl_arena arena;
    char dir[64];
    struct pl_cache *store;
    struct pl_budget_limits limits;
    struct pl_layer_cache cache;
    struct pl_image_layer layer;
    struct pl_evidence evidence;
};

static struct pl_digest digest_of(const char *text)
{
    struct pl_digest digest = {.text = ""};
    if (*text) {
        assert_int_equal(pl_digest_parse(pl_str_from(text), &digest, NULL), PL_OK);
    }
    return digest;
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    snprintf(fixture->dir, sizeof(fixture->dir), "/tmp/pl-layer-cache-XXXXXX");
    assert_non_null(mkdtemp(fixture->dir));
    assert_int_equal(pl_cache_open(fixture->dir, 1 << 20, &fixture->store, NULL), PL_OK);
    pl_budget_limits_default(&fixture->limits);
    fixture->cache = (struct pl_layer_cache){fixture->store, &fixture->limits, 0};
    fixture->layer = (struct pl_image_layer){.stored = digest_of(STORED),
                                             .diff_id = digest_of(DIFF_ID),
                                             .info = {.digest = PL_STR(STORED)},
                                             .part = {.fd = -1, .length = 100}};
    fixture->evidence = (struct pl_evidence){.blob_digest = PL_STR(STORED),
                                             .diff_id = PL_STR(DIFF_ID),
                                             .blob_bytes = 100,
                                             .tar_bytes = 2048,
                                             .entries = 7};
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", fixture->dir);
    assert_int_equal(system(command), 0);
    pl_cache_close(fixture->store);
    pl_arena_release(&fixture->arena);
    free(fixture);
    return 0;
}

static const struct pl_evidence *find(struct fixture *fixture)
{
    const struct pl_evidence *found = NULL;
    struct pl_error err = PL_ERROR_INIT;
    if (pl_layer_cache_find(&fixture->cache, &fixture->arena, &fixture->layer, &found, &err) < 0) {
        fail_msg("%s", err.msg);
    }
    return found;
}

static void keep(struct fixture *fixture)
{
    pl_layer_cache_keep(&fixture->cache, &fixture->layer, &fixture->evidence);
}

static void test_layer_cache__a_layer_is_found_again(void **state)
{
    struct fixture *fixture = *state;
    assert_null(find(fixture));
    keep(fixture);
    const struct pl_evidence *found = find(fixture);
    assert_non_null(found);
    pl_assert_str(found->diff_id, DIFF_ID);
    pl_assert_str(found->blob_digest, STORED);
    assert_int_equal(found->blob_bytes, 100);
    assert_int_equal(found->entries, 7);
    /* An engine's layer is known by its diff_id alone. */
    fixture->layer.stored = digest_of("");
    fixture->layer.info.digest = PL_STR_EMPTY;
    assert_non_null(find(fixture));
}

static void test_layer_cache__not_under_other_limits(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture);
    fixture->limits.file_bytes++;
    assert_null(find(fixture));
    fixture->limits.file_bytes--;
    assert_non_null(find(fixture));
}

/* The content is known, but that this blob holds it is only what an image says. */
static void test_layer_cache__another_blob_is_not_taken_at_its_word(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture);
    fixture->layer.stored = digest_of(OTHER);
    assert_null(find(fixture));
    fixture->layer.stored = digest_of(STORED);
    fixture->layer.part.length = 99;
    assert_null(find(fixture));
}

static void test_layer_cache__a_blob_that_holds_another_layer_is_refused(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture);
    fixture->layer.diff_id = digest_of(OTHER);
    const struct pl_evidence *found = NULL;
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(
        pl_layer_cache_find(&fixture->cache, &fixture->arena, &fixture->layer, &found, &err),
        PL_E_TRUST);
    assert_null(found);
    assert_non_null(strstr(err.msg, OTHER));
}

static void test_layer_cache__what_has_gaps_is_not_kept(void **state)
{
    struct fixture *fixture = *state;
    pl_vec_push(&fixture->arena, &fixture->evidence.gaps)->reason = PL_STR("cut off");
    keep(fixture);
    assert_null(find(fixture));
    fixture->evidence.gaps.count = 0;
    fixture->evidence.diff_id = PL_STR_EMPTY;
    keep(fixture);
    assert_null(find(fixture));
}

/* Each file of the cache, at each of its bytes. */
static void test_layer_cache__damage_is_never_believed(void **state)
{
    struct fixture *fixture = *state;
    keep(fixture);
    struct pl_cache_entries entries = {0};
    assert_int_equal(pl_cache_list(fixture->store, &fixture->arena, &entries, NULL), PL_OK);
    assert_int_equal(entries.count, 2);
    for (size_t i = 0; i < entries.count; i++) {
        for (uint64_t at = 0; at < entries.items[i].stored_bytes; at++) {
            char path[256];
            snprintf(path, sizeof(path), "%s/" PL_STR_FMT, fixture->dir,
                     PL_STR_ARG(entries.items[i].file));
            FILE *file = fopen(path, "r+b");
            assert_non_null(file);
            assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
            int byte = fgetc(file);
            assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
            fputc(byte ^ 0x10, file);
            fclose(file);
            const struct pl_evidence *found = find(fixture);
            if (found) {
                /* A bit of the frame's header that means nothing: the content is whole. */
                pl_assert_str(found->diff_id, DIFF_ID);
                assert_int_equal(found->entries, 7);
                assert_int_equal(found->tar_bytes, 2048);
            }
            keep(fixture);
            assert_non_null(find(fixture));
        }
    }
}

static void test_layer_cache__documents_are_checked(void **state)
{
    struct fixture *fixture = *state;
    struct pl_image_documents documents = pl_layer_cache_documents(fixture->store);
    struct pl_digest digest = digest_of(EMPTY);
    pl_str got = PL_STR("untouched");
    assert_false(documents.find(documents.context, &fixture->arena, &digest, &got));
    documents.put(documents.context, &digest, PL_STR("{}"));
    assert_true(documents.find(documents.context, &fixture->arena, &digest, &got));
    pl_assert_str(got, "{}");
    /* Whoever wrote something else there is not believed, and what it wrote is gone. */
    pl_cache_put(fixture->store, "document", PL_STR(EMPTY), PL_STR("[]"));
    got = PL_STR("untouched");
    assert_false(documents.find(documents.context, &fixture->arena, &digest, &got));
    pl_assert_str(got, "untouched");
    struct pl_cache_entries entries = {0};
    assert_int_equal(pl_cache_list(fixture->store, &fixture->arena, &entries, NULL), PL_OK);
    assert_int_equal(entries.count, 0);
}

static void test_layer_cache__without_a_cache_nothing_is_known(void **state)
{
    struct fixture *fixture = *state;
    fixture->cache.cache = NULL;
    keep(fixture);
    assert_null(find(fixture));
    struct pl_image_documents documents = pl_layer_cache_documents(NULL);
    struct pl_digest digest = digest_of(EMPTY);
    pl_str got = PL_STR_EMPTY;
    documents.put(documents.context, &digest, PL_STR("{}"));
    assert_false(documents.find(documents.context, &fixture->arena, &digest, &got));
}

int pl_test_layer_cache(void)
{
    const struct CMUnitTest tests[] = {
#define CACHE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CACHE_TEST(test_layer_cache__a_layer_is_found_again),
        CACHE_TEST(test_layer_cache__not_under_other_limits),
        CACHE_TEST(test_layer_cache__another_blob_is_not_taken_at_its_word),
        CACHE_TEST(test_layer_cache__a_blob_that_holds_another_layer_is_refused),
        CACHE_TEST(test_layer_cache__what_has_gaps_is_not_kept),
        CACHE_TEST(test_layer_cache__damage_is_never_believed),
        CACHE_TEST(test_layer_cache__documents_are_checked),
        CACHE_TEST(test_layer_cache__without_a_cache_nothing_is_known),
    };
    return cmocka_run_group_tests_name("layer_cache", tests, NULL, NULL);
}
