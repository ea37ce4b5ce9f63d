/* SPDX-License-Identifier: Apache-2.0 */
/* Frames as PROTOCOL-HTTP2.md of gRPC has them ("Length-Prefixed-Message"), status codes as
 * statuscodes.md numbers them. Whole calls are made to containerd in tests/e2e/containerd.py. */
#include "net/grpc.h"
#include "base/limits.h"
#include "unit/test.h"

struct seen {
    char text[100];
    size_t count;
    enum pl_status answer;
};

static enum pl_status take(void *context, pl_str message, struct pl_error *err)
{
    struct seen *seen = context;
    seen->count++;
    size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof(seen->text) - used, "[" PL_STR_FMT "]", PL_STR_ARG(message));
    return seen->answer < 0 ? pl_error_set(err, seen->answer, "enough") : PL_OK;
}

static const char two_messages[] = "\0\0\0\0\5hello\0\0\0\0\0\0\0\0\0\1x";

static void test_grpc__messages_in_any_pieces(void **state)
{
    size_t size = sizeof(two_messages) - 1;
    for (size_t step = 1; step <= size; step++) {
        struct seen seen = {.text = ""};
        struct pl_grpc_frames frames = pl_grpc_frames_start(take, &seen);
        struct pl_error err = PL_ERROR_INIT;
        for (size_t at = 0; at < size; at += step) {
            size_t length = size - at < step ? size - at : step;
            pl_span piece = {(const uint8_t *)two_messages + at, length};
            assert_int_equal(pl_grpc_frames_take(&frames, piece, &err), PL_OK);
        }
        assert_string_equal(seen.text, "[hello][][x]");
        assert_true(pl_grpc_frames_is_between(&frames));
        pl_grpc_frames_release(&frames);
    }
}

static void test_grpc__every_prefix_but_whole_messages_is_within_one(void **state)
{
    size_t size = sizeof(two_messages) - 1;
    for (size_t length = 0; length <= size; length++) {
        struct seen seen = {.text = ""};
        struct pl_grpc_frames frames = pl_grpc_frames_start(take, &seen);
        pl_span piece = {(const uint8_t *)two_messages, length};
        assert_int_equal(pl_grpc_frames_take(&frames, piece, NULL), PL_OK);
        bool is_whole = length == 0 || length == 10 || length == 15 || length == 21;
        assert_int_equal(pl_grpc_frames_is_between(&frames), is_whole);
        pl_grpc_frames_release(&frames);
    }
}

static enum pl_status feed(const char *bytes, size_t length, enum pl_status answer)
{
    struct seen seen = {.text = "", .answer = answer};
    struct pl_grpc_frames frames PL_CLEANUP(pl_grpc_frames_release) =
        pl_grpc_frames_start(take, &seen);
    struct pl_error err = PL_ERROR_INIT;
    return pl_grpc_frames_take(&frames, (pl_span){(const uint8_t *)bytes, length}, &err);
}

static void test_grpc__what_is_refused(void **state)
{
    assert_int_equal(feed("\1\0\0\0\1x", 6, PL_OK), PL_E_PARSE);
    assert_int_equal(feed("\0\1\0\0\1x", 6, PL_OK), PL_E_LIMIT);
    assert_int_equal(feed("\0\377\377\377\377", 5, PL_OK), PL_E_LIMIT);
    assert_int_equal(feed("\0\0\0\0\1x", 6, PL_E_TRUST), PL_E_TRUST);
}

static void test_grpc__status_codes(void **state)
{
    assert_int_equal(pl_grpc_status_class(0), PL_OK);
    assert_int_equal(pl_grpc_status_class(3), PL_E_USAGE); /* INVALID_ARGUMENT */
    assert_int_equal(pl_grpc_status_class(5), PL_E_NOT_FOUND);
    assert_int_equal(pl_grpc_status_class(7), PL_E_DENIED); /* PERMISSION_DENIED */
    assert_int_equal(pl_grpc_status_class(8), PL_E_LIMIT); /* RESOURCE_EXHAUSTED */
    assert_int_equal(pl_grpc_status_class(12), PL_E_UNSUPPORTED); /* UNIMPLEMENTED */
    assert_int_equal(pl_grpc_status_class(14), PL_E_NET); /* UNAVAILABLE */
    assert_int_equal(pl_grpc_status_class(16), PL_E_DENIED); /* UNAUTHENTICATED */
    assert_int_equal(pl_grpc_status_class(UINT64_MAX), PL_E_NET);
}

int pl_test_grpc(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grpc__messages_in_any_pieces),
        cmocka_unit_test(test_grpc__every_prefix_but_whole_messages_is_within_one),
        cmocka_unit_test(test_grpc__what_is_refused),
        cmocka_unit_test(test_grpc__status_codes),
    };
    return cmocka_run_group_tests_name("net/grpc", tests, NULL, NULL);
}
