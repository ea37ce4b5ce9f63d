/* SPDX-License-Identifier: Apache-2.0 */
#include "format/digest.h"
#include "unit/test.h"

/* The examples of FIPS 180-2, appendices B and C, and NIST's for the empty message. */
static const struct {
    const char *message;
    const char *digest;
} examples[] = {
    {"abc", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {"", "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
         "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
};

static void test_digest__published_examples(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(examples); i++) {
        struct pl_digest wanted;
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_digest_parse(pl_str_from(examples[i].digest), &wanted, &err), PL_OK);
        struct pl_digest got = pl_digest_of(pl_str_span(pl_str_from(examples[i].message)), &wanted);
        assert_string_equal(got.text, examples[i].digest);
        assert_int_equal(pl_digest_verify("it", &got, &wanted, &err), PL_OK);
    }
}

/* FIPS 180-2, B.3: a million times the letter a, here in pieces of every length up to a thousand.
 */
static void test_digest__pieces_make_the_whole(void **state)
{
    struct pl_digest_state *hash PL_CLEANUP(pl_digest_freep) = pl_digest_new(NULL);
    uint8_t letters[1000];
    memset(letters, 'a', sizeof(letters));
    size_t left = 1000000;
    for (size_t len = 0; left > 0; len = (len + 1) % (sizeof(letters) + 1)) {
        size_t part = len < left ? len : left;
        pl_digest_update(hash, (pl_span){letters, part});
        left -= part;
    }
    struct pl_digest digest = pl_digest_finish(hash);
    assert_string_equal(digest.text,
                        "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* image-spec, descriptor.md, "Digests": lower-case hex of the algorithm's length. */
static void test_digest__what_is_no_digest_is_refused(void **state)
{
    char text[200];
    struct pl_digest digest = {.text = "before"};
    snprintf(text, sizeof(text), "%s", examples[0].digest);
    size_t whole = strlen(text);
    for (size_t len = 0; len < whole; len++) {
        assert_true(pl_digest_parse(pl_str_make(text, len), &digest, NULL) < 0);
    }
    text[20] = 'A';
    assert_int_equal(pl_digest_parse(pl_str_from(text), &digest, NULL), PL_E_PARSE);
    text[20] = 'g';
    assert_int_equal(pl_digest_parse(pl_str_from(text), &digest, NULL), PL_E_PARSE);
    text[20] = '\0';
    assert_int_equal(pl_digest_parse(pl_str_make(text, whole), &digest, NULL), PL_E_PARSE);
    text[20] = 'a';
    text[whole] = '0';
    assert_int_equal(pl_digest_parse(pl_str_make(text, whole + 1), &digest, NULL), PL_E_PARSE);
    static const char *const bad[] = {"", "sha256", "sha256:", ":", "SHA256:00", "../../etc"};
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        assert_true(pl_digest_parse(pl_str_from(bad[i]), &digest, NULL) < 0);
    }
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_digest_parse(PL_STR("md5:d41d8cd98f00b204e9800998ecf8427e"), &digest, &err),
                     PL_E_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "md5"));
    assert_string_equal(digest.text, "before");
}

static void test_digest__a_mismatch_names_both(void **state)
{
    struct pl_digest one = pl_digest_of((pl_span){NULL, 0}, NULL);
    struct pl_digest other = pl_digest_of(pl_str_span(PL_STR("abc")), NULL);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_digest_verify("the layer", &one, &other, &err), PL_E_TRUST);
    assert_non_null(strstr(err.msg, "the layer"));
    assert_non_null(strstr(err.msg, one.text));
    assert_non_null(strstr(err.msg, other.text));
}

static void test_digest__nothing_stated_is_alike_sha256(void **state)
{
    struct pl_digest none = {.text = ""};
    struct pl_digest small = {.text = "sha256:"};
    struct pl_digest large = {.text = "sha512:"};
    assert_true(pl_digest_is_alike(NULL, &none));
    assert_true(pl_digest_is_alike(&none, &small));
    assert_false(pl_digest_is_alike(&none, &large));
    assert_true(pl_digest_is_alike(&large, &large));
}

int pl_test_digest(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digest__published_examples),
        cmocka_unit_test(test_digest__pieces_make_the_whole),
        cmocka_unit_test(test_digest__what_is_no_digest_is_refused),
        cmocka_unit_test(test_digest__a_mismatch_names_both),
        cmocka_unit_test(test_digest__nothing_stated_is_alike_sha256),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
