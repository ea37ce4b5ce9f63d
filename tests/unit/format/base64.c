/* SPDX-License-Identifier: Apache-2.0 */
#include "format/base64.h"
#include "unit/test.h"

/* The vectors of RFC 4648, section 10, and of OpenSSL's `base64`. */
static void test_base64__vectors(void **state)
{
    static const struct {
        const char *bytes;
        const char *text;
    } vectors[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xff\xfe\xfb\xef", "//777w=="},
        {"alice:s3cret", "YWxpY2U6czNjcmV0"},
    };
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(vectors); i++) {
        pl_str decoded = PL_STR_EMPTY;
        pl_assert_str(pl_base64_encode(&arena, pl_str_from(vectors[i].bytes)), vectors[i].text);
        assert_true(pl_base64_decode(&arena, pl_str_from(vectors[i].text), &decoded));
        pl_assert_str(decoded, vectors[i].bytes);
    }
}

static void test_base64__every_length_comes_back(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    char bytes[300];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (char)(i * 7 + 3);
    }
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        pl_str decoded = PL_STR_EMPTY;
        pl_str text = pl_base64_encode(&arena, pl_str_make(bytes, len));
        assert_true(pl_base64_decode(&arena, text, &decoded));
        assert_true(pl_str_eq(decoded, pl_str_make(bytes, len)));
    }
}

static void test_base64__whatever_is_not_canonical_is_refused(void **state)
{
    static const char *const refused[] = {
        "Zg",   "Zg=",    "Zg===", "Z===", "====",     "=",        "==",      "Zh==",
        "Zm9=", "Zm8=\n", "Zm 8=", "Zm-_", "Zg==Zg==", "Zm8=Zm9v", "Z\xc3==", "Zm9vZ",
    };
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(refused); i++) {
        pl_str decoded = PL_STR("untouched");
        assert_false(pl_base64_decode(&arena, pl_str_from(refused[i]), &decoded));
        pl_assert_str(decoded, "untouched");
    }
}

int pl_test_base64(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64__vectors),
        cmocka_unit_test(test_base64__every_length_comes_back),
        cmocka_unit_test(test_base64__whatever_is_not_canonical_is_refused),
    };
    return cmocka_run_group_tests_name("format/base64", tests, NULL, NULL);
}
