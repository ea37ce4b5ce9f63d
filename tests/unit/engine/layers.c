/* SPDX-License-Identifier: Apache-2.0 */
/* Layers that are fetched: real fetchers and inspectors. The layer is a tar of tests/data, whose
 * digest is what sha256sum says of it. */
#include "engine/layers.h"
#include "base/io.h"
#include "base/sandbox.h"
#include "unit/test.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#define TAR "sha256:51c64c9f58e76db2c3639e9e90ef4f3ed0b53ccb459de6f2e3432bc109236b03"
#define OTHER "sha256:2222222222222222222222222222222222222222222222222222222222222222"

enum { MOST = 6 };

/* How one layer is handed over. */
struct order {
    const struct pl_buf *tar;
    size_t bytes; /* of the tar; SIZE_MAX: all */
    size_t garbled_at; /* SIZE_MAX: nowhere */
    enum pl_status ends_with;
    bool stays;
};

struct fixture {
    struct pl_arena arena;
    struct pl_buf tar;
    struct pl_catalog_matcher *matcher;
    struct pl_layers_options options;
    struct order orders[MOST];
    struct pl_fetch fetches[MOST];
    struct pl_image image;
    const struct pl_evidence *evidence[MOST];
};

static enum pl_status hand_over(void *context, const struct pl_fetch_sink *sink,
                                struct pl_error *err)
{
    const struct order *order = context;
    pl_str whole = pl_str_sub(pl_buf_str(order->tar), 0, order->bytes);
    enum pl_status st = PL_OK;
    for (size_t at = 0; st == PL_OK && at < whole.len; at += 1000) {
        uint8_t piece[1000];
        pl_str part = pl_str_sub(whole, at, sizeof(piece));
        memcpy(piece, part.ptr, part.len);
        if (order->garbled_at >= at && order->garbled_at < at + part.len) {
            piece[order->garbled_at - at] ^= 1;
        }
        st = sink->take(sink->context, (pl_span){piece, part.len}, err);
    }
    while (st == PL_OK && order->stays) {
        struct timespec hour = {.tv_sec = 3600};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, NULL);
    }
    return st == PL_OK && order->ends_with < 0
               ? pl_error_set(err, order->ends_with, "the registry has a bad day")
               : st;
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/tar/gnu.tar", pl_test_dir("PL_TEST_DATA"));
    fixture->tar = PL_BUF_INIT(1 << 20);
    assert_int_equal(pl_io_read_file(path, &fixture->tar, NULL), PL_OK);
    fixture->matcher = pl_catalog_matcher_new();
    fixture->options.jobs = 2;
    fixture->options.matcher = fixture->matcher;
    pl_budget_limits_default(&fixture->options.limits);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    /* Nobody is left, neither running nor unburied. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    pl_catalog_matcher_free(fixture->matcher);
    pl_buf_release(&fixture->tar);
    pl_arena_release(&fixture->arena);
    free(fixture);
    return 0;
}

/* Another layer, which is handed over whole unless the order that is given back says otherwise. */
static struct order *add_layer(struct fixture *fixture)
{
    size_t at = fixture->image.layers.count;
    struct pl_image_layer *layer = pl_vec_push(&fixture->arena, &fixture->image.layers);
    assert_int_equal(pl_digest_parse(PL_STR(TAR), &layer->stored, NULL), PL_OK);
    layer->diff_id = layer->stored;
    layer->info.digest = layer->info.diff_id = PL_STR(TAR);
    fixture->orders[at] = (struct order){&fixture->tar, SIZE_MAX, SIZE_MAX, PL_OK, false};
    fixture->fetches[at] = (struct pl_fetch){.run = hand_over, .context = &fixture->orders[at]};
    layer->part =
        (struct pl_part){.fd = -1, .length = fixture->tar.len, .fetch = &fixture->fetches[at]};
    return &fixture->orders[at];
}

static enum pl_status inspect(struct fixture *fixture, struct pl_error *err)
{
    *err = PL_ERROR_INIT;
    memset(fixture->evidence, 0, sizeof(fixture->evidence));
    return pl_layers_inspect(&fixture->arena, &fixture->image, &fixture->options, fixture->evidence,
                             err);
}

static void expect_whole(const struct pl_evidence *evidence, const struct fixture *fixture)
{
    pl_assert_str(evidence->blob_digest, TAR);
    pl_assert_str(evidence->diff_id, TAR);
    assert_int_equal(evidence->blob_bytes, fixture->tar.len);
    assert_int_equal(evidence->gaps.count, 0);
}

static void test_layers__fetched_ones_are_inspected(void **state)
{
    struct fixture *fixture = *state;
    struct pl_error err;
    for (size_t i = 0; i < MOST; i++) {
        add_layer(fixture);
    }
    for (unsigned jobs = 1; jobs <= 4; jobs++) {
        fixture->options.jobs = jobs;
        if (inspect(fixture, &err) < 0) {
            fail_msg("%s", err.msg);
        }
        for (size_t i = 0; i < MOST; i++) {
            expect_whole(fixture->evidence[i], fixture);
        }
    }
}

static void test_layers__one_that_is_not_there_is_a_gap(void **state)
{
    struct fixture *fixture = *state;
    struct pl_error err;
    add_layer(fixture);
    struct order *missing = add_layer(fixture);
    missing->ends_with = PL_E_NOT_FOUND;
    missing->bytes = 0;
    assert_int_equal(inspect(fixture, &err), PL_OK);
    expect_whole(fixture->evidence[0], fixture);
    assert_int_equal(fixture->evidence[1]->gaps.count, 1);
    pl_assert_str(fixture->evidence[1]->gaps.items[0].reason, "the registry has a bad day");
    assert_int_equal(fixture->evidence[1]->files.count, 0);
}

/* Also when all the bytes came before: whoever fetched them says that it failed. */
static void test_layers__one_that_could_not_be_fetched_fails_it_all(void **state)
{
    static const enum pl_status ends[] = {PL_E_NET, PL_E_DENIED, PL_E_TRUST, PL_E_LIMIT};
    static const size_t bytes[] = {0, 100, 5000, SIZE_MAX};
    for (size_t i = 0; i < PL_ARRAY_LEN(ends); i++) {
        void *own = NULL;
        setup(&own);
        struct fixture *fixture = own;
        struct pl_error err;
        add_layer(fixture);
        struct order *failing = add_layer(fixture);
        failing->ends_with = ends[i];
        failing->bytes = bytes[i];
        add_layer(fixture)->stays = true; /* is ended, whatever it does */
        fixture->options.jobs = 3;
        assert_int_equal(inspect(fixture, &err), ends[i]);
        assert_non_null(strstr(err.msg, "layer 1 (" TAR "): the registry has a bad day"));
        teardown(&own);
    }
}

static void test_layers__wrong_bytes_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct pl_error err;
    struct order *wrong = add_layer(fixture);
    const size_t ends[] = {0, 1, 511, 513, fixture->tar.len - 1};
    for (size_t i = 0; i < PL_ARRAY_LEN(ends); i++) {
        *wrong = (struct order){&fixture->tar, SIZE_MAX, ends[i], PL_OK, false};
        assert_int_equal(inspect(fixture, &err), PL_E_TRUST);
        assert_non_null(strstr(err.msg, "layer 0 (" TAR ")"));
        *wrong = (struct order){&fixture->tar, ends[i], SIZE_MAX, PL_OK, false};
        assert_int_equal(inspect(fixture, &err), PL_E_TRUST);
    }
}

/* Whoever drips, or stops in the middle, is given up in the layer's own time. */
static void test_layers__bytes_that_do_not_come_are_not_waited_for(void **state)
{
    struct fixture *fixture = *state;
    struct pl_error err;
    struct order *slow = add_layer(fixture);
    fixture->options.limits.layer_seconds = 1;
    for (size_t bytes = 0; bytes <= 1500; bytes += 750) {
        struct timespec before = {0};
        struct timespec after = {0};
        slow->bytes = bytes;
        slow->stays = true;
        clock_gettime(CLOCK_MONOTONIC, &before);
        assert_int_equal(inspect(fixture, &err), PL_E_LIMIT);
        clock_gettime(CLOCK_MONOTONIC, &after);
        assert_non_null(strstr(err.msg, "layer-seconds"));
        assert_true(after.tv_sec - before.tv_sec < 8);
    }
}

/* With the cache, a layer that was read once is not fetched again; one that failed is. */
static void test_layers__what_was_verified_is_kept_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    struct pl_error err;
    char dir[] = "/tmp/pl-test-layers-XXXXXX";
    assert_non_null(mkdtemp(dir));
    struct pl_cache *cache PL_CLEANUP(pl_cache_closep) = NULL;
    assert_int_equal(pl_cache_open(dir, 1 << 20, &cache, NULL), PL_OK);
    fixture->options.cache = (struct pl_layer_cache){cache, &fixture->options.limits, 0};
    struct order *order = add_layer(fixture);
    const struct order refused[] = {
        {&fixture->tar, SIZE_MAX, 700, PL_OK, false},
        {&fixture->tar, SIZE_MAX, SIZE_MAX, PL_E_NET, false},
        {&fixture->tar, 0, SIZE_MAX, PL_E_NOT_FOUND, false},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(refused); i++) {
        *order = refused[i];
        (void)inspect(fixture, &err);
        struct pl_cache_entries entries = {0};
        assert_int_equal(pl_cache_list(cache, &fixture->arena, &entries, NULL), PL_OK);
        assert_int_equal(entries.count, 0);
    }
    *order = (struct order){&fixture->tar, SIZE_MAX, SIZE_MAX, PL_OK, false};
    assert_int_equal(inspect(fixture, &err), PL_OK);
    order->ends_with = PL_E_NET;
    order->bytes = 0;
    assert_int_equal(inspect(fixture, &err), PL_OK);
    expect_whole(fixture->evidence[0], fixture);
    /* The blob is known to hold another layer than this image says. */
    struct pl_image_layer *layer = &fixture->image.layers.items[0];
    assert_int_equal(pl_digest_parse(PL_STR(OTHER), &layer->diff_id, NULL), PL_OK);
    assert_int_equal(inspect(fixture, &err), PL_E_TRUST);
    struct pl_cache_removed removed;
    assert_int_equal(pl_cache_prune(cache, UINT64_MAX, 0, &removed, NULL), PL_OK);
    char command[64];
    snprintf(command, sizeof(command), "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

int pl_test_layers(void)
{
    const struct CMUnitTest tests[] = {
#define LAYERS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        LAYERS_TEST(test_layers__fetched_ones_are_inspected),
        LAYERS_TEST(test_layers__one_that_is_not_there_is_a_gap),
        cmocka_unit_test(test_layers__one_that_could_not_be_fetched_fails_it_all),
        LAYERS_TEST(test_layers__wrong_bytes_are_refused),
        LAYERS_TEST(test_layers__bytes_that_do_not_come_are_not_waited_for),
        LAYERS_TEST(test_layers__what_was_verified_is_kept_and_nothing_else),
    };
    return cmocka_run_group_tests_name("layers", tests, NULL, NULL);
}
