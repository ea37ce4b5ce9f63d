/* SPDX-License-Identifier: Apache-2.0 */
/* The index is made after the example of the distribution specification, "Listing Referrers"; what
 * tests/e2e/registry_command.py holds to registries is how it is had. */
#include "image/registry/referrers.h"
#include "unit/test.h"

#define A "sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
#define B "sha256:a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2"
#define TYPE "application/vnd.oci.image."

static const pl_str example = PL_STR_INIT(
    "{\"schemaVersion\":2,\"mediaType\":\"" TYPE "index.v1+json\",\"manifests\":["
    "{\"mediaType\":\"" TYPE "manifest.v1+json\",\"size\":1234,\"digest\":\"" A "\","
    "\"artifactType\":\"application/vnd.example.sbom.v1\",\"annotations\":{"
    "\"org.opencontainers.image.created\":\"2022-01-01T14:42:55Z\"},\"unknown\":[1,2.50]},"
    "{\"mediaType\":\"" TYPE "manifest.v1+json\",\"size\":1234,\"digest\":\"" B "\"},"
    "{\"mediaType\":\"" TYPE "manifest.v1+json\",\"size\":1234,\"digest\":\"" B "\"}]}");

static void test_referrers__each_once(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_referrers list = {.count = 0};
    assert_int_equal(pl_referrers_read(&arena, example, &list, NULL), PL_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].descriptor.digest.text, A);
    pl_assert_str(list.items[0].descriptor.artifact_type, "application/vnd.example.sbom.v1");
    assert_int_equal(list.items[0].annotations.count, 1);
    for (size_t len = 0; len < example.len; len++) {
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_referrers_read(&arena, pl_str_sub(example, 0, len), &list, &err),
                         PL_E_PARSE);
    }
}

/* "the tag is the subject's digest, its colon replaced by a hyphen"; tags end after 128 bytes. */
static void test_referrers__tag(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_digest digest;
    char text[8 + 128];
    assert_int_equal(pl_digest_parse(PL_STR(A), &digest, NULL), PL_OK);
    pl_assert_str(pl_referrers_tag(&arena, &digest),
                  "sha256-a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1");
    memset(text, 'b', sizeof(text));
    memcpy(text, "sha512:", 7);
    assert_int_equal(pl_digest_parse(pl_str_make(text, 7 + 128), &digest, NULL), PL_OK);
    assert_int_equal(pl_referrers_tag(&arena, &digest).len, 128);
}

static pl_str append(struct pl_arena *arena, pl_str index, enum pl_status wanted)
{
    pl_str manifest = PL_STR("{\"schemaVersion\":2,\"artifactType\":\"a/b\",\"config\":{"
                             "\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\"" A
                             "\",\"size\":2},\"layers\":[],\"annotations\":{\"k\":\"v\"}}");
    struct pl_registry_manifest pushed = {.bytes = manifest,
                                          .digest = pl_digest_of(pl_str_span(manifest), NULL)};
    struct pl_document document = {.kind = PL_DOCUMENT_IMAGE};
    pl_str grown = PL_STR_EMPTY;
    assert_int_equal(pl_document_read(arena, manifest, PL_STR_EMPTY, &document, NULL), PL_OK);
    assert_int_equal(pl_referrers_append(arena, index, &pushed, &document, &grown, NULL), wanted);
    return grown;
}

static void test_referrers__what_others_have_stays(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_referrers list = {.count = 0};
    pl_str grown = append(&arena, example, PL_OK);
    /* Byte for byte up to where the new entry begins, since the example is compact. */
    assert_true(
        pl_str_starts_with(grown, pl_str_sub(example, 0, pl_str_find(example, PL_STR(",2.50")))));
    assert_int_equal(pl_referrers_read(&arena, grown, &list, NULL), PL_OK);
    assert_int_equal(list.count, 3);
    pl_assert_str(list.items[2].descriptor.artifact_type, "a/b");
    pl_assert_str(pl_annotations_find(&list.items[2].annotations, PL_STR("k")), "v");
    assert_int_equal(append(&arena, grown, PL_OK).len, 0);
}

static void test_referrers__a_new_list(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_referrers list = {.count = 0};
    pl_str made = append(&arena, PL_STR_EMPTY, PL_OK);
    assert_int_equal(pl_referrers_read(&arena, made, &list, NULL), PL_OK);
    assert_int_equal(list.count, 1);
    append(&arena, PL_STR("{\"config\":{},\"layers\":[]}"), PL_E_PARSE);
    append(&arena, PL_STR("{\"manifests\":{}}"), PL_E_PARSE);
    append(&arena, PL_STR("x"), PL_E_PARSE);
}

int pl_test_referrers(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_referrers__each_once),
        cmocka_unit_test(test_referrers__tag),
        cmocka_unit_test(test_referrers__what_others_have_stays),
        cmocka_unit_test(test_referrers__a_new_list),
    };
    return cmocka_run_group_tests_name("referrers", tests, NULL, NULL);
}
