/* SPDX-License-Identifier: Apache-2.0 */
/* tests/data/containerd holds answers of containerd 1.6.20 to its clients' questions, as they came
 * over the wire without gRPC's prefix; `protoc --decode_raw` says what is in them. */
#include "base/io.h"
#include "format/digest.h"
#include "image/containerd/message.h"
#include "unit/test.h"
#include <limits.h>
#include <stdio.h>

static const char manifest_digest[] =
    "sha256:20775e725862784c388b391225b14dd6f8963679d224d5be8294c55de6e2e10e";

static void read_fixture(const char *name, struct pl_buf *ret)
{
    char path[PATH_MAX];
    const char *folder = pl_test_dir("PL_TEST_DATA");
    assert_non_null(folder);
    snprintf(path, sizeof(path), "%s/containerd/%s.bin", folder, name);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_io_read_file(path, ret, &err), PL_OK);
}

static void test_containerd_message__images(void **state)
{
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(10000);
    read_fixture("list", &bytes);
    pl_str left = pl_buf_str(&bytes);
    struct pl_containerd_image image;
    assert_int_equal(pl_containerd_next_image(&left, &image, NULL), PL_OK);
    pl_assert_str(image.name, "docker.io/library/app:v1");
    pl_assert_str(image.media_type, "application/vnd.oci.image.manifest.v1+json");
    pl_assert_str(image.digest, manifest_digest);
    assert_int_equal(image.size_bytes, 584);
    assert_int_equal(pl_containerd_next_image(&left, &image, NULL), PL_OK);
    assert_int_equal(image.name.len, 0);
    /* The answer to Get has its one image in the same place. */
    assert_int_equal(pl_containerd_parse_image(pl_buf_str(&bytes), &image, NULL), PL_OK);
    pl_assert_str(image.digest, manifest_digest);
    assert_int_equal(pl_containerd_parse_image(PL_STR_EMPTY, &image, NULL), PL_E_PARSE);
}

static void test_containerd_message__content(void **state)
{
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(10000);
    read_fixture("info", &bytes);
    uint64_t size = 0;
    assert_int_equal(pl_containerd_parse_size(pl_buf_str(&bytes), &size, NULL), PL_OK);
    assert_int_equal(size, 584);
    assert_int_equal(pl_containerd_parse_size(PL_STR_EMPTY, &size, NULL), PL_E_PARSE);

    pl_buf_clear(&bytes);
    read_fixture("read", &bytes);
    pl_str data = PL_STR_EMPTY;
    assert_int_equal(pl_containerd_parse_data(pl_buf_str(&bytes), &data, NULL), PL_OK);
    assert_int_equal(data.len, 584);
    struct pl_error err = PL_ERROR_INIT;
    struct pl_digest wanted;
    assert_int_equal(pl_digest_parse(pl_str_from(manifest_digest), &wanted, &err), PL_OK);
    struct pl_digest got = pl_digest_of(pl_str_span(data), NULL);
    assert_int_equal(pl_digest_verify("it", &got, &wanted, &err), PL_OK);
}

static void test_containerd_message__root(void **state)
{
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(10000);
    read_fixture("plugins", &bytes);
    pl_str root = PL_STR_EMPTY;
    assert_int_equal(pl_containerd_parse_root(pl_buf_str(&bytes), &root, NULL), PL_OK);
    pl_assert_str(root, "/tmp/ctrd/root/io.containerd.content.v1.content");
    assert_int_equal(pl_containerd_parse_root(PL_STR_EMPTY, &root, NULL), PL_OK);
    assert_int_equal(root.len, 0);
}

static void test_containerd_message__every_prefix(void **state)
{
    static const char *const names[] = {"list", "info", "read", "plugins"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct pl_buf bytes pl_autobuf = PL_BUF_INIT(10000);
        read_fixture(names[i], &bytes);
        for (size_t len = 0; len < bytes.len; len++) {
            char *copy = malloc(len + 1);
            assert_non_null(copy);
            memcpy(copy, bytes.ptr, len);
            pl_str message = pl_str_make(copy, len);
            struct pl_containerd_image image;
            uint64_t size = 0;
            pl_str text = PL_STR_EMPTY;
            /* Each fixture is one field, so that no prefix but the empty one is a message. */
            enum pl_status broken = len == 0 ? PL_OK : PL_E_PARSE;
            if (i != 2) {
                assert_int_equal(pl_containerd_next_image(&message, &image, NULL), broken);
                assert_int_equal(pl_containerd_parse_size(message, &size, NULL), PL_E_PARSE);
            }
            assert_int_equal(pl_containerd_parse_data(message, &text, NULL), broken);
            assert_int_equal(pl_containerd_parse_root(message, &text, NULL), broken);
            free(copy);
        }
    }
}

int pl_test_containerd_message(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_containerd_message__images),
        cmocka_unit_test(test_containerd_message__content),
        cmocka_unit_test(test_containerd_message__root),
        cmocka_unit_test(test_containerd_message__every_prefix),
    };
    return cmocka_run_group_tests_name("image/containerd_message", tests, NULL, NULL);
}
