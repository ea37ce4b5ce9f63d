/* SPDX-License-Identifier: Apache-2.0 */
/* The documents are made after the examples of image-spec's image-index.md, manifest.md and
 * config.md, and hold the same digests and sizes. */
#include "image/document.h"
#include "unit/test.h"

#define PPC "sha256:e692418e4cbaf90ca69d05a66403747baa33ee08806650b51fab815ad7fc331f"
#define AMD "sha256:5b0bcabd1ed22e9fb1310cf6c2dec7cdef19f0ad69efa1f392e94a4333501270"
#define CONFIG "sha256:b5b2b2c507a0944348e0303114d8d93aaaa081732b86451d9bce1f432a537bc7"
#define LAYER "sha256:9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0"
#define TYPE "application/vnd.oci.image."

static const pl_str index_example = PL_STR_INIT(
    "{\"schemaVersion\": 2, \"mediaType\": \"" TYPE "index.v1+json\", \"manifests\": ["
    "{\"mediaType\": \"" TYPE "manifest.v1+json\", \"size\": 7143, \"digest\": \"" PPC "\", "
    "\"platform\": {\"architecture\": \"ppc64le\", \"os\": \"linux\"}}, "
    "{\"mediaType\": \"" TYPE "manifest.v1+json\", \"size\": 7682, \"digest\": \"" AMD "\", "
    "\"platform\": {\"architecture\": \"amd64\", \"os\": \"linux\"}, "
    "\"annotations\": {\"vnd.docker.reference.type\": \"attestation-manifest\"}}], "
    "\"annotations\": {\"com.example.key1\": \"value1\", \"com.example.key2\": \"value2\"}}");

static const pl_str manifest_example = PL_STR_INIT(
    "{\"schemaVersion\": 2, \"config\": {\"mediaType\": \"" TYPE "config.v1+json\", "
    "\"digest\": \"" CONFIG "\", \"size\": 7023}, \"layers\": [{\"mediaType\": \"" TYPE
    "layer.v1.tar+gzip\", \"digest\": \"" LAYER "\", \"size\": 32654, \"urls\": [\"x\"]}], "
    "\"subject\": {\"mediaType\": \"" TYPE "manifest.v1+json\", \"digest\": \"" AMD "\", "
    "\"size\": 7682}}");

static const pl_str artifact_example = PL_STR_INIT(
    "{\"schemaVersion\": 2, \"mediaType\": \"" TYPE "manifest.v1+json\", \"artifactType\": "
    "\"application/vnd.example+type\", \"config\": {\"mediaType\": "
    "\"application/vnd.oci.empty.v1+json\", \"digest\": \"" CONFIG "\", \"size\": 2}, "
    "\"layers\": []}");

static enum pl_status read_document(struct pl_arena *arena, pl_str text, const char *media_type,
                                    struct pl_document *ret)
{
    struct pl_error err = PL_ERROR_INIT;
    *ret = (struct pl_document){.kind = PL_DOCUMENT_IMAGE};
    return pl_document_read(arena, text, pl_str_from(media_type), ret, &err);
}

static void test_document__an_index(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_document document;
    assert_int_equal(read_document(&arena, index_example, "text/plain", &document), PL_OK);
    assert_int_equal(document.kind, PL_DOCUMENT_INDEX);
    pl_assert_str(document.media_type, TYPE "index.v1+json");
    assert_int_equal(document.parts.count, 2);
    const struct pl_document_part *parts = document.parts.items;
    assert_string_equal(parts[0].descriptor.digest.text, PPC);
    assert_int_equal(parts[0].descriptor.size_bytes, 7143);
    pl_assert_str(parts[0].platform.architecture, "ppc64le");
    assert_false(parts[0].is_attestation);
    assert_true(parts[1].is_attestation);
    pl_assert_str(pl_annotations_find(&document.annotations, PL_STR("com.example.key2")), "value2");
    pl_assert_str(pl_annotations_find(&document.annotations, PL_STR("absent")), "");
}

/* "mediaType" may be missing; then what came with it counts, unless that is no manifest's type. */
static void test_document__a_manifest(void **state)
{
    static const char *const types[][2] = {
        {"", TYPE "manifest.v1+json"},
        {"application/json", TYPE "manifest.v1+json"},
        {"application/vnd.docker.distribution.manifest.v2+json; charset=utf-8",
         "application/vnd.docker.distribution.manifest.v2+json"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(types); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_document document;
        assert_int_equal(read_document(&arena, manifest_example, types[i][0], &document), PL_OK);
        assert_int_equal(document.kind, PL_DOCUMENT_IMAGE);
        pl_assert_str(document.media_type, types[i][1]);
        pl_assert_str(document.artifact_type, "");
        assert_string_equal(document.config.descriptor.digest.text, CONFIG);
        assert_int_equal(document.parts.count, 1);
        assert_int_equal(document.parts.items[0].descriptor.size_bytes, 32654);
        assert_true(document.parts.items[0].descriptor.has_urls);
        assert_string_equal(document.subject.text, AMD);
    }
}

static void test_document__artifacts(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_document document;
    assert_int_equal(read_document(&arena, artifact_example, "", &document), PL_OK);
    assert_int_equal(document.kind, PL_DOCUMENT_ARTIFACT);
    pl_assert_str(document.artifact_type, "application/vnd.example+type");
    pl_str chart = PL_STR("{\"config\":{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\","
                          "\"digest\":\"" CONFIG "\",\"size\":2},\"layers\":[]}");
    assert_int_equal(read_document(&arena, chart, "", &document), PL_OK);
    assert_int_equal(document.kind, PL_DOCUMENT_ARTIFACT);
    pl_assert_str(document.artifact_type, "application/vnd.cncf.helm.config.v1+json");
}

static void test_document__what_is_none_is_refused(void **state)
{
    static const struct {
        const char *text;
        enum pl_status status;
    } cases[] = {
        {"{}", PL_E_PARSE},
        {"[]", PL_E_PARSE},
        {"5", PL_E_PARSE},
        {"{\"layers\":[]}", PL_E_PARSE},
        {"{\"manifests\":[5]}", PL_E_PARSE},
        {"{\"manifests\":[{\"digest\":\"sha256:0\"}]}", PL_E_PARSE},
        {"{\"manifests\":[],\"subject\":{}}", PL_E_PARSE},
        {"{\"schemaVersion\":1,\"fsLayers\":[]}", PL_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_document document;
        assert_int_equal(read_document(&arena, pl_str_from(cases[i].text), "", &document),
                         cases[i].status);
    }
}

static void test_document__every_prefix_is_refused(void **state)
{
    const pl_str examples[] = {index_example, manifest_example, artifact_example};
    for (size_t i = 0; i < PL_ARRAY_LEN(examples); i++) {
        for (size_t len = 0; len < examples[i].len; len++) {
            struct pl_arena arena pl_autoarena = {0};
            struct pl_document document;
            assert_int_equal(read_document(&arena, pl_str_sub(examples[i], 0, len), "", &document),
                             PL_E_PARSE);
        }
    }
}

static void test_document__facts_of_a_config(void **state)
{
    static const pl_str config = PL_STR_INIT(
        "{\"created\": \"2015-10-31T22:22:56.015925234Z\", \"architecture\": \"amd64\", "
        "\"os\": \"linux\", \"config\": {\"Labels\": {\"com.example.project.git.url\": "
        "\"https://example.com/project.git\", \"com.example.project.git.commit\": "
        "\"45a939b2999782a3f005621a8d0f29aa387e1d6b\", \"number\": 5}}, \"history\": [{}, {}]}");
    struct pl_arena arena pl_autoarena = {0};
    struct pl_config_facts facts = {.history_count = 0};
    assert_int_equal(pl_config_facts_read(&arena, config, &facts, NULL), PL_OK);
    pl_assert_str(facts.created, "2015-10-31T22:22:56.015925234Z");
    pl_assert_str(pl_platform_format(&arena, &facts.platform), "linux/amd64");
    assert_int_equal(facts.history_count, 2);
    assert_int_equal(facts.labels.count, 2);
    pl_assert_str(facts.labels.items[0].name, "com.example.project.git.commit");
    for (size_t len = 0; len < config.len; len++) {
        assert_int_equal(pl_config_facts_read(&arena, pl_str_sub(config, 0, len), &facts, NULL),
                         PL_E_PARSE);
    }
}

int pl_test_document(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document__an_index),
        cmocka_unit_test(test_document__a_manifest),
        cmocka_unit_test(test_document__artifacts),
        cmocka_unit_test(test_document__what_is_none_is_refused),
        cmocka_unit_test(test_document__every_prefix_is_refused),
        cmocka_unit_test(test_document__facts_of_a_config),
    };
    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
