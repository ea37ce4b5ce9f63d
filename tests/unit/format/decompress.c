/* SPDX-License-Identifier: Apache-2.0 */
/* The fixtures are made by tests/tools/make_streams.py; the digests are sha256sum's of what gzip
 * and zstd make of them. */
#include "format/decompress.h"
#include "base/io.h"
#include "format/digest.h"
#include "unit/test.h"
#include <limits.h>

#define TEXT_DIGEST "sha256:2d0512f4047faf58d9326c98efc060096c0d74c252032f6a63ad3a379d57d058"

static void read_fixture(const char *name, struct pl_buf *ret)
{
    char path[PATH_MAX];
    struct pl_error err = PL_ERROR_INIT;
    snprintf(path, sizeof(path), "%s/compressed/%s", pl_test_dir("PL_TEST_DATA"), name);
    *ret = PL_BUF_INIT(1 << 20);
    if (pl_io_read_file(path, ret, &err) < 0) {
        fail_msg("%s", err.msg);
    }
}

/* Decompresses in steps of the sizes given; *ret_complete: the data ended where it may. */
static enum pl_status decode(pl_span input, size_t in_step, size_t out_step, struct pl_buf *ret,
                             bool *ret_complete, struct pl_error *err)
{
    struct pl_decoder *decoder PL_CLEANUP(pl_decoder_freep) =
        pl_decoder_new(pl_compression_detect(input));
    *ret = PL_BUF_INIT(1 << 20);
    for (;;) {
        pl_span part = {input.ptr, input.len < in_step ? input.len : in_step};
        size_t offered = part.len;
        uint8_t into[8192];
        size_t made = 0;
        enum pl_status st = pl_decoder_step(decoder, &part, into, out_step, &made, err);
        if (st < 0) {
            return st;
        }
        assert_true(made > 0 || part.len == 0);
        assert_true(made <= out_step);
        input.ptr += offered - part.len;
        input.len -= offered - part.len;
        pl_buf_append(ret, pl_str_make((const char *)into, made));
        if (made == 0 && input.len == 0) {
            *ret_complete = pl_decoder_is_complete(decoder);
            return PL_OK;
        }
    }
}

static const char *const good[] = {"one.gz", "members.gz", "padded.gz", "one.zst", "frames.zst"};

static void test_decompress__the_same_text_in_steps_of_any_size(void **state)
{
    static const size_t steps[] = {1, 2, 3, 7, 64, 1000, 8192};
    for (size_t i = 0; i < PL_ARRAY_LEN(good); i++) {
        struct pl_buf packed pl_autobuf = {0};
        read_fixture(good[i], &packed);
        for (size_t j = 0; j < PL_ARRAY_LEN(steps) * PL_ARRAY_LEN(steps); j++) {
            struct pl_buf text pl_autobuf = {0};
            struct pl_error err = PL_ERROR_INIT;
            bool complete = false;
            enum pl_status st =
                decode(pl_str_span(pl_buf_str(&packed)), steps[j % PL_ARRAY_LEN(steps)],
                       steps[j / PL_ARRAY_LEN(steps)], &text, &complete, &err);
            if (st < 0) {
                fail_msg("%s: %s", good[i], err.msg);
            }
            assert_true(complete);
            struct pl_digest digest = pl_digest_of(pl_str_span(pl_buf_str(&text)), NULL);
            assert_string_equal(digest.text, TEXT_DIGEST);
        }
    }
}

static void test_decompress__damage_is_told(void **state)
{
    static const char *const bad[][2] = {
        {"checksum.gz", "checksum"},        {"length.gz", "gzip data is damaged"},
        {"header-checksum.gz", "checksum"}, {"garbage-after.gz", "member header"},
        {"checksum.zst", "checksum"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        for (size_t step = 1; step < 2000; step = step * 5 + 1) {
            struct pl_buf packed pl_autobuf = {0};
            struct pl_buf text pl_autobuf = {0};
            struct pl_error err = PL_ERROR_INIT;
            bool complete = false;
            read_fixture(bad[i][0], &packed);
            enum pl_status st =
                decode(pl_str_span(pl_buf_str(&packed)), step, 8192, &text, &complete, &err);
            if (st != PL_E_PARSE || !strstr(err.msg, bad[i][1])) {
                fail_msg("%s in steps of %zu: %d, %s", bad[i][0], step, st, err.msg);
            }
        }
    }
}

/* Where the input may end: at the end of each member or frame, and within the padding. */
static void test_decompress__every_truncation_is_seen(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(good); i++) {
        struct pl_buf packed pl_autobuf = {0};
        read_fixture(good[i], &packed);
        size_t ends = 0;
        for (size_t len = 1; len < packed.len; len++) {
            struct pl_buf text pl_autobuf = {0};
            bool complete = false;
            pl_span cut = {(const uint8_t *)packed.ptr, len};
            if (pl_compression_detect(cut) == PL_COMPRESSION_NONE) {
                continue;
            }
            assert_int_equal(decode(cut, 100, 1000, &text, &complete, NULL), PL_OK);
            ends += complete;
        }
        /* members.gz: after two of three; padded.gz: 700 zeros; frames.zst: after four of five. */
        static const size_t wanted[] = {0, 2, 700, 0, 4};
        assert_int_equal(ends, wanted[i]);
    }
}

/* A flipped bit may pass unseen only where no checksum covers it: in a gzip header. */
static void test_decompress__a_flipped_bit_never_gives_another_text(void **state)
{
    static const char *const names[] = {"one.gz", "one.zst"};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        struct pl_buf packed pl_autobuf = {0};
        read_fixture(names[i], &packed);
        for (size_t bit = 0; bit < packed.len * 8; bit++) {
            struct pl_buf text pl_autobuf = {0};
            bool complete = false;
            packed.ptr[bit / 8] ^= (char)(1 << bit % 8);
            pl_span input = pl_str_span(pl_buf_str(&packed));
            if (pl_compression_detect(input) != PL_COMPRESSION_NONE &&
                decode(input, 8192, 8192, &text, &complete, NULL) == PL_OK && complete) {
                struct pl_digest digest = pl_digest_of(pl_str_span(pl_buf_str(&text)), NULL);
                assert_string_equal(digest.text, TEXT_DIGEST);
            }
            packed.ptr[bit / 8] ^= (char)(1 << bit % 8);
        }
    }
}

static void test_decompress__magic_numbers(void **state)
{
    static const struct {
        const char *head;
        size_t len;
        enum pl_compression wanted;
    } heads[] = {
        {"\x1f\x8b", 2, PL_COMPRESSION_GZIP},
        {"\x1f", 1, PL_COMPRESSION_NONE},
        {"\x28\xb5\x2f\xfd", 4, PL_COMPRESSION_ZSTD},
        {"\x28\xb5\x2f", 3, PL_COMPRESSION_NONE},
        {"\x50\x2a\x4d\x18", 4, PL_COMPRESSION_ZSTD},
        {"\x5f\x2a\x4d\x18", 4, PL_COMPRESSION_ZSTD},
        {"\x60\x2a\x4d\x18", 4, PL_COMPRESSION_NONE},
        {"etc/", 4, PL_COMPRESSION_NONE},
        {"", 0, PL_COMPRESSION_NONE},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(heads); i++) {
        pl_span head = {(const uint8_t *)heads[i].head, heads[i].len};
        assert_int_equal(pl_compression_detect(head), heads[i].wanted);
    }
}

int pl_test_decompress(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decompress__the_same_text_in_steps_of_any_size),
        cmocka_unit_test(test_decompress__damage_is_told),
        cmocka_unit_test(test_decompress__every_truncation_is_seen),
        cmocka_unit_test(test_decompress__a_flipped_bit_never_gives_another_text),
        cmocka_unit_test(test_decompress__magic_numbers),
    };
    return cmocka_run_group_tests_name("decompress", tests, NULL, NULL);
}
