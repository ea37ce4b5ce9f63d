/* SPDX-License-Identifier: Apache-2.0 */
/* The digests are what sha256sum and sha512sum say of the fixtures (tests/tools/make_streams.py)
 * and of what gzip and zstd make of them. */
#include "image/blob.h"
#include "base/io.h"
#include "base/tempfile.h"
#include "unit/test.h"
#include <limits.h>

#define TEXT "sha256:2d0512f4047faf58d9326c98efc060096c0d74c252032f6a63ad3a379d57d058"
#define GZIP "sha256:1ea85dc243d4a41d0a6e20ac9ab2a3737f527506eee8d32c2f07afe87e1e1177"
#define ZSTD "sha256:555b48d6d2d8f83e9f716ea47ab328cdf4c4000d8293ed5acbdda32f434771d4"
#define TAR "sha256:51c64c9f58e76db2c3639e9e90ef4f3ed0b53ccb459de6f2e3432bc109236b03"
#define TAR_SHA512                                                                                 \
    "sha512:cfc046789e6ecb1a22ec351ff3c5fe87de12ed0dfc85539f79e8b6a4e847826f"                      \
    "10f37c273aa9ebffc12a9828b44eed9d5a426b23840cbdf327f84d4f5d02d2e1"

static const struct {
    const char *file;
    enum pl_compression compression;
    const char *stored;
    const char *diff_id;
} blobs[] = {
    {"compressed/one.gz", PL_COMPRESSION_GZIP, GZIP, TEXT},
    {"compressed/one.zst", PL_COMPRESSION_ZSTD, ZSTD, TEXT},
    {"tar/gnu.tar", PL_COMPRESSION_NONE, TAR, TAR},
};

/* Gives at most `step` bytes a call, and fails at one of them. */
struct source {
    pl_str rest;
    size_t step;
    size_t calls;
    size_t fails_at;
};

static enum pl_status read_source(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                  struct pl_error *err)
{
    struct source *source = context;
    if (++source->calls == source->fails_at) {
        return pl_error_set(err, PL_E_NET, "the line is dead");
    }
    pl_str part = pl_str_sub(source->rest, 0, source->step < size ? source->step : size);
    memcpy(into, part.ptr, part.len);
    source->rest = pl_str_skip(source->rest, part.len);
    *ret_got = part.len;
    return PL_OK;
}

static void read_fixture(const char *name, struct pl_buf *ret)
{
    char path[PATH_MAX];
    struct pl_error err = PL_ERROR_INIT;
    snprintf(path, sizeof(path), "%s/%s", pl_test_dir("PL_TEST_DATA"), name);
    *ret = PL_BUF_INIT(1 << 20);
    if (pl_io_read_file(path, ret, &err) < 0) {
        fail_msg("%s", err.msg);
    }
}

static struct pl_budget roomy(void)
{
    struct pl_budget_limits limits;
    struct pl_budget budget;
    pl_budget_limits_default(&limits);
    pl_budget_start(&budget, &limits);
    return budget;
}

/* Reads the stream to its end; on failure `drains` what is left. */
static enum pl_status pass(struct source *source, bool beside, const char *like, bool drains,
                           struct pl_blob_result *ret, struct pl_error *err)
{
    struct pl_budget budget = roomy();
    struct pl_digest alike = {.text = ""};
    if (like) {
        snprintf(alike.text, sizeof(alike.text), "%s", like);
    }
    struct pl_blob_options options = {.reader = {read_source, source},
                                      .budget = &budget,
                                      .stored_like = &alike,
                                      .hash_beside = beside};
    struct pl_blob_stream *stream PL_CLEANUP(pl_blob_closep) = NULL;
    enum pl_status st = pl_blob_open(&options, &stream, err);
    pl_span block = {NULL, 1};
    while (st == PL_OK && block.len > 0) {
        st = pl_blob_next(stream, &block, err);
    }
    if (stream && st < 0 && drains) {
        assert_int_equal(pl_blob_drain_stored(stream, NULL), PL_OK);
    }
    if (stream && (st == PL_OK || drains)) {
        *ret = pl_blob_finish(stream);
    }
    return st;
}

static void test_blob__digests_and_sizes(void **state)
{
    static const size_t steps[] = {1, 100, 1 << 20};
    for (size_t i = 0; i < PL_ARRAY_LEN(blobs) * PL_ARRAY_LEN(steps) * 2; i++) {
        struct pl_buf bytes pl_autobuf = {0};
        size_t at = i / 2 / PL_ARRAY_LEN(steps);
        read_fixture(blobs[at].file, &bytes);
        struct source source = {.rest = pl_buf_str(&bytes),
                                .step = steps[i / 2 % PL_ARRAY_LEN(steps)]};
        struct pl_blob_result result = {.stored_bytes = 0};
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pass(&source, i % 2, NULL, false, &result, &err), PL_OK);
        assert_string_equal(result.stored.text, blobs[at].stored);
        assert_string_equal(result.diff_id.text, blobs[at].diff_id);
        assert_int_equal(result.stored_bytes, bytes.len);
        assert_int_equal(result.tar_bytes, at < 2 ? 8290 : bytes.len);
        assert_int_equal(result.compression, blobs[at].compression);
    }
}

/* A layer addressed by SHA-512 still has the SHA-256 of its tar where the config states nothing. */
static void test_blob__two_algorithms_at_once(void **state)
{
    for (int beside = 0; beside < 2; beside++) {
        struct pl_buf bytes pl_autobuf = {0};
        read_fixture("tar/gnu.tar", &bytes);
        struct source source = {.rest = pl_buf_str(&bytes), .step = 700};
        struct pl_blob_result result = {.stored_bytes = 0};
        assert_int_equal(pass(&source, beside, "sha512:", false, &result, NULL), PL_OK);
        assert_string_equal(result.stored.text, TAR_SHA512);
        assert_string_equal(result.diff_id.text, TAR);
    }
}

/* Many blocks of the ring, so that hashing beside has blocks to wait for: 16 MiB of zeros, whose
 * digest `head -c 16777216 /dev/zero | sha256sum` gives. */
static void test_blob__a_large_one_through_the_ring(void **state)
{
    enum { LARGE = 16 << 20 };
    char *zeros pl_autofree = pl_mem_alloc(LARGE, 1);
    for (int beside = 0; beside < 2; beside++) {
        struct source source = {.rest = pl_str_make(zeros, LARGE), .step = 100000};
        struct pl_blob_result result = {.stored_bytes = 0};
        assert_int_equal(pass(&source, beside, NULL, false, &result, NULL), PL_OK);
        assert_string_equal(
            result.stored.text,
            "sha256:080acf35a507ac9849cfcba47dc2ad83e01b75663a516279c8b9d243b719643e");
    }
}

static void test_blob__a_failing_reader_keeps_its_reason(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(blobs) * 2; i++) {
        struct pl_buf bytes pl_autobuf = {0};
        read_fixture(blobs[i / 2].file, &bytes);
        for (size_t at = 1;; at++) {
            struct source source = {.rest = pl_buf_str(&bytes), .step = 200, .fails_at = at};
            struct pl_blob_result result = {.stored_bytes = 0};
            struct pl_error err = PL_ERROR_INIT;
            enum pl_status st = pass(&source, i % 2, NULL, false, &result, &err);
            if (source.calls < at) {
                assert_int_equal(st, PL_OK);
                break;
            }
            assert_int_equal(st, PL_E_NET);
            assert_string_equal(err.msg, "the line is dead");
        }
    }
}

/* A damaged layer still has the digest of its stored bytes, and no diff_id. */
static void test_blob__draining_tells_what_was_stored(void **state)
{
    static const char *const files[] = {"compressed/checksum.gz", "compressed/garbage-after.gz",
                                        "compressed/checksum.zst", "compressed/one.gz"};
    for (size_t i = 0; i < PL_ARRAY_LEN(files) * 2; i++) {
        struct pl_buf bytes pl_autobuf = {0};
        read_fixture(files[i / 2], &bytes);
        bytes.len -= i / 2 == 3 ? 1 : 0; /* the last one is cut */
        struct source source = {.rest = pl_buf_str(&bytes), .step = 64};
        struct pl_blob_result result = {.stored_bytes = 0};
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pass(&source, i % 2, NULL, true, &result, &err), PL_E_PARSE);
        struct pl_digest wanted = pl_digest_of(pl_str_span(pl_buf_str(&bytes)), NULL);
        assert_string_equal(result.stored.text, wanted.text);
        assert_string_equal(result.diff_id.text, "");
        assert_int_equal(result.stored_bytes, bytes.len);
    }
}

static void test_blob__a_range_of_a_file(void **state)
{
    int fd pl_autoclose = -1;
    assert_int_equal(pl_tempfile_open(NULL, &fd, NULL), PL_OK);
    assert_int_equal(pl_io_write(fd, PL_STR("0123456789"), NULL), PL_OK);
    struct pl_blob_range range = {.fd = fd, .offset = 3, .left_bytes = 5};
    uint8_t into[4];
    size_t got = 0;
    assert_int_equal(pl_blob_range_read(&range, into, 4, &got, NULL), PL_OK);
    assert_int_equal(got, 4);
    assert_memory_equal(into, "3456", 4);
    assert_int_equal(pl_blob_range_read(&range, into, 4, &got, NULL), PL_OK);
    assert_int_equal(got, 1);
    assert_int_equal(into[0], '7');
    assert_int_equal(pl_blob_range_read(&range, into, 4, &got, NULL), PL_OK);
    assert_int_equal(got, 0);
}

static void test_blob__a_range_of_a_ring(void **state)
{
    struct pl_ring_writer writer;
    struct pl_ring_reader reader;
    _Atomic uint64_t read_bytes = 0;
    assert_int_equal(pl_ring_make(&writer, &reader, NULL), PL_OK);
    assert_int_equal(pl_ring_put(&writer, pl_str_span(PL_STR("0123456789")), NULL), PL_OK);
    assert_int_equal(pl_ring_flush(&writer, NULL), PL_OK);
    struct pl_blob_range range = {
        .fd = -1, .left_bytes = 7, .read_bytes = &read_bytes, .ring = &reader};
    uint8_t into[6];
    size_t got = 0;
    assert_int_equal(pl_blob_range_read(&range, into, 6, &got, NULL), PL_OK);
    assert_int_equal(got, 6);
    assert_memory_equal(into, "012345", 6);
    assert_int_equal(pl_blob_range_read(&range, into, 6, &got, NULL), PL_OK);
    assert_int_equal(got, 1);
    assert_int_equal(into[0], '6');
    assert_int_equal(read_bytes, 7);
    pl_ring_writer_release(&writer);
    pl_ring_reader_release(&reader);
}

int pl_test_blob(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blob__digests_and_sizes),
        cmocka_unit_test(test_blob__two_algorithms_at_once),
        cmocka_unit_test(test_blob__a_large_one_through_the_ring),
        cmocka_unit_test(test_blob__a_failing_reader_keeps_its_reason),
        cmocka_unit_test(test_blob__draining_tells_what_was_stored),
        cmocka_unit_test(test_blob__a_range_of_a_file),
        cmocka_unit_test(test_blob__a_range_of_a_ring),
    };
    return cmocka_run_group_tests_name("blob", tests, NULL, NULL);
}
