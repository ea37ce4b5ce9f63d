/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors: RFC 6979, A.2.5 (P-256, SHA-256, "sample"), and RFC 8032, 7.1, TEST 2 (Ed25519); the
 * keys and signatures in the forms that openssl 3.0 gives them. */
#include "trust/signature.h"
#include "base/io.h"
#include "format/base64.h"
#include "trust/simple_signing.h"
#include "unit/test.h"

#define P256                                                                                       \
    "-----BEGIN PUBLIC KEY-----\n"                                                                 \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7\n"                           \
    "Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"                               \
    "-----END PUBLIC KEY-----\n"
#define ED25519                                                                                    \
    "-----BEGIN PUBLIC KEY-----\n"                                                                 \
    "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"                               \
    "-----END PUBLIC KEY-----\n"

static const struct {
    const char *pem;
    const char *id; /* by openssl pkey -pubin -outform DER | sha256sum */
    const char *message;
    const char *signature;
} vectors[] = {
    {P256, "sha256:5a7a78cca4a0f420", "sample",
     "MEYCIQDv1IsqrLao/RFA3ZzUXoHWnSyHe1aq+ZHDTQ6oTq83FgIhAPfLHJQtZXxB1DbHobbin2Xz6QDbua/0Bk3Eqy+"
     "EOs2o"},
    {ED25519, "sha256:deb2ded39dc26fce", "r",
     "kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA=="},
};

static void test_signature__published_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_LEN(vectors); i++) {
        struct pl_error err = PL_ERROR_INIT;
        struct pl_arena arena pl_autoarena = {0};
        struct pl_key *key PL_CLEANUP(pl_key_freep) = NULL;
        pl_str message = pl_str_from(vectors[i].message);
        pl_str signature = PL_STR_EMPTY;
        assert_int_equal(pl_key_parse_public(pl_str_from(vectors[i].pem), "key", &key, &err),
                         PL_OK);
        pl_assert_str(pl_key_id(&arena, key), vectors[i].id);
        assert_true(pl_base64_decode(&arena, pl_str_from(vectors[i].signature), &signature));
        assert_int_equal(pl_key_verify(key, message, signature, &err), PL_OK);
        assert_int_equal(pl_key_verify(key, PL_STR("other"), signature, &err), PL_E_TRUST);
        assert_int_equal(pl_key_verify(key, PL_STR_EMPTY, signature, &err), PL_E_TRUST);
        for (size_t len = 0; len < signature.len; len++) {
            assert_int_equal(pl_key_verify(key, message, pl_str_sub(signature, 0, len), &err),
                             PL_E_TRUST);
        }
        pl_str longer = pl_arena_format(&arena, PL_STR_FMT "x", PL_STR_ARG(message));
        assert_int_equal(pl_key_verify(key, longer, signature, &err), PL_E_TRUST);
    }
}

static void test_signature__what_is_no_key_is_refused(void **state)
{
    (void)state;
    struct pl_error err = PL_ERROR_INIT;
    struct pl_key *key = NULL;
    static const char *const texts[] = {
        "", "-----BEGIN PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"};
    for (size_t i = 0; i < PL_ARRAY_LEN(texts); i++) {
        assert_int_equal(pl_key_parse_public(pl_str_from(texts[i]), "key", &key, &err), PL_E_USAGE);
    }
    /* Cut off anywhere before its last line. */
    for (size_t len = 0; len < strlen(P256) - 26; len++) {
        assert_true(pl_key_parse_public(pl_str_make(P256, len), "key", &key, &err) < 0);
    }
    assert_null(key);
}

static void test_simple_signing__what_is_written_is_understood(void **state)
{
    (void)state;
    struct pl_error err = PL_ERROR_INIT;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_digest digest = pl_digest_of((pl_span){(const uint8_t *)"a", 1}, NULL);
    struct pl_digest other = pl_digest_of((pl_span){(const uint8_t *)"b", 1}, NULL);
    pl_str payload = PL_STR_EMPTY;
    assert_int_equal(
        pl_simple_signing_write(&arena, PL_STR("ghcr.io/org/app"), &digest, &payload, &err), PL_OK);
    assert_int_equal(pl_simple_signing_check(payload, &digest, &err), PL_OK);
    assert_int_equal(pl_simple_signing_check(payload, &other, &err), PL_E_TRUST);
    for (size_t len = 0; len + 2 < payload.len; len++) {
        assert_int_equal(pl_simple_signing_check(pl_str_sub(payload, 0, len), &digest, &err),
                         PL_E_PARSE);
    }
}

static void test_simple_signing__as_cosign_writes_it(void **state)
{
    (void)state;
    struct pl_error err = PL_ERROR_INIT;
    struct pl_digest digest = {.text = ""};
    /* In the shape of cosign's specs/SIGNATURE_SPEC.md, on one line and without a name. */
    static const char start[] =
        "{\"critical\":{\"identity\":{\"docker-reference\":\"\"},\"image\":{"
        "\"docker-manifest-digest\":\"";
    struct pl_arena arena pl_autoarena = {0};
    digest = pl_digest_of((pl_span){(const uint8_t *)"a", 1}, NULL);
    static const struct {
        const char *type;
        enum pl_status wanted;
    } types[] = {{"cosign container image signature", PL_OK},
                 {"atomic container signature", PL_E_PARSE},
                 {"", PL_E_PARSE}};
    for (size_t i = 0; i < PL_ARRAY_LEN(types); i++) {
        pl_str text = pl_arena_format(&arena, "%s%s\"},\"type\":\"%s\"},\"optional\":null}", start,
                                      digest.text, types[i].type);
        assert_int_equal(pl_simple_signing_check(text, &digest, &err), types[i].wanted);
    }
}

int pl_test_signature(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signature__published_vectors),
        cmocka_unit_test(test_signature__what_is_no_key_is_refused),
        cmocka_unit_test(test_simple_signing__what_is_written_is_understood),
        cmocka_unit_test(test_simple_signing__as_cosign_writes_it),
    };
    return cmocka_run_group_tests_name("trust/signature", tests, NULL, NULL);
}
