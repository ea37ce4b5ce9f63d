/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as image-spec (image-index.md, manifest.md) and Docker's schema 2 have them, in a table
 * in memory. Digests are taken by format/digest, whose own tests hold it to published vectors. */
#include "image/manifest.h"
#include "base/limits.h"
#include "unit/test.h"
#include <stdio.h>

#define INDEX "application/vnd.oci.image.index.v1+json"
#define MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define CONFIG "application/vnd.oci.image.config.v1+json"
#define LAYER "application/vnd.oci.image.layer.v1.tar+gzip"

enum { MOST = 64 };

struct table {
    struct pl_arena arena;
    pl_str documents[MOST];
    struct pl_digest digests[MOST];
    size_t count;
    size_t reads;
    pl_str lie; /* given in place of every document; or empty */
    enum pl_status missing; /* of layers: what `locate` fails with */
    uint64_t located_bytes; /* of layers in a file; 0: to be fetched */
};

static void release(struct table *table)
{
    pl_arena_release(&table->arena);
}

#define TABLE(name) struct table name PL_CLEANUP(release) = {.count = 0}

static enum pl_status read_table(void *context, const struct pl_descriptor *descriptor,
                                 bool is_manifest, size_t ceiling_bytes, pl_str *ret,
                                 struct pl_error *err)
{
    struct table *table = context;
    table->reads++;
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->digests[i].text, descriptor->digest.text) == 0) {
            if (table->documents[i].len > ceiling_bytes) {
                return pl_error_set(err, PL_E_LIMIT, "too large");
            }
            *ret = table->lie.len > 0 ? table->lie : table->documents[i];
            return PL_OK;
        }
    }
    return pl_error_set(err, PL_E_NOT_FOUND, "is not there");
}

static enum pl_status locate(void *context, const struct pl_descriptor *descriptor,
                             struct pl_part *ret, struct pl_error *err)
{
    const struct table *table = context;
    if (table->missing < 0) {
        return pl_error_set(err, table->missing, "of no use");
    }
    ret->fd = table->located_bytes ? 100 : -1;
    ret->length = table->located_bytes ? table->located_bytes : descriptor->size_bytes;
    return PL_OK;
}

/* Its digest as text. */
static const char *put(struct table *table, pl_str document)
{
    size_t at = table->count++;
    assert_true(at < MOST);
    table->documents[at] = document;
    table->digests[at] = pl_digest_of(pl_str_span(document), NULL);
    return table->digests[at].text;
}

#define FORMAT(table, ...) pl_arena_format(&(table)->arena, __VA_ARGS__)

/* A manifest of one layer, of this architecture. */
static pl_str image_of(struct table *table, const char *architecture)
{
    static const char diff_id[] =
        "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    static const char layer[] =
        "sha256:2222222222222222222222222222222222222222222222222222222222222222";
    pl_str config = FORMAT(table,
                           "{\"os\":\"linux\",\"architecture\":\"%s\",\"rootfs\":{\"type\":"
                           "\"layers\",\"diff_ids\":[\"%s\"]}}",
                           architecture, diff_id);
    return FORMAT(table,
                  "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"" CONFIG
                  "\",\"digest\":\"%s\",\"size\":%zu},\"layers\":[{\"mediaType\":\"" LAYER
                  "\",\"digest\":\"%s\",\"size\":7}]}",
                  put(table, config), config.len, layer);
}

/* A descriptor of a document; `more` is further members, beginning with a comma. */
static pl_str entry(struct table *table, const char *type, pl_str document, const char *more)
{
    return FORMAT(table, "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu%s}", type,
                  put(table, document), document.len, more);
}

static pl_str index_of(struct table *table, const pl_str *entries, size_t count)
{
    pl_str text = PL_STR("{\"schemaVersion\":2,\"mediaType\":\"" INDEX "\",\"manifests\":[");
    for (size_t i = 0; i < count; i++) {
        text = FORMAT(table, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(text), i ? "," : "",
                      PL_STR_ARG(entries[i]));
    }
    return FORMAT(table, PL_STR_FMT "]}", PL_STR_ARG(text));
}

#define PLATFORM(architecture)                                                                     \
    ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" architecture "\"}"

static enum pl_status open_as(struct table *table, pl_str document, const char *wanted,
                              const char *tag, struct pl_image *image, struct pl_error *err)
{
    struct pl_platform platform = {0};
    assert_int_equal(pl_platform_parse(pl_str_from(wanted), &platform, NULL), PL_OK);
    platform.is_stated = true;
    struct pl_blob_getter blobs = {read_table, locate, table};
    struct pl_manifest_query query = {&table->arena, &blobs, &platform, pl_str_from(tag)};
    struct pl_digest digest = pl_digest_of(pl_str_span(document), NULL);
    *err = PL_ERROR_INIT;
    return pl_manifest_open(&query, document, &digest, image, err);
}

static void expect_image(struct table *table, pl_str document, const char *wanted, pl_str manifest)
{
    struct pl_image image = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_digest digest = pl_digest_of(pl_str_span(manifest), NULL);
    if (open_as(table, document, wanted, "", &image, &err) < 0) {
        fail_msg("%s", err.msg);
    }
    pl_assert_str(image.digest, digest.text);
    assert_int_equal(image.layers.count, 1);
    pl_assert_str(pl_platform_format(&table->arena, &image.platform), wanted);
}

static void expect_refused(struct table *table, pl_str document, enum pl_status wanted,
                           const char *words)
{
    struct pl_image image = {.digest = PL_STR("untouched")};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(open_as(table, document, "linux/amd64", "", &image, &err), wanted);
    if (!strstr(err.msg, words)) {
        fail_msg("\"%s\" is not in \"%s\"", words, err.msg);
    }
    pl_assert_str(image.digest, "untouched");
}

static void test_manifest__a_manifest_of_its_own(void **state)
{
    TABLE(table);
    pl_str manifest = image_of(&table, "amd64");
    expect_image(&table, manifest, "linux/amd64", manifest);
    expect_refused(&table, image_of(&table, "s390x"), PL_E_NOT_FOUND, "linux/s390x");
}

static void test_manifest__an_index_leads_to_the_platform(void **state)
{
    TABLE(table);
    pl_str amd64 = image_of(&table, "amd64");
    pl_str arm64 = image_of(&table, "arm64");
    pl_str riscv = image_of(&table, "riscv64");
    const pl_str entries[] = {
        entry(&table, MANIFEST, arm64, PLATFORM("arm64")),
        entry(&table, MANIFEST, amd64, PLATFORM("amd64")),
        entry(&table, MANIFEST, riscv, PLATFORM("riscv64")),
        /* What BuildKit puts beside them. */
        entry(&table, MANIFEST, PL_STR("{\"never\":\"read\"}"),
              PLATFORM("unknown") ",\"annotations\":{\"vnd.docker.reference.type\":"
                                  "\"attestation-manifest\"}"),
    };
    pl_str index = index_of(&table, entries, PL_ARRAY_LEN(entries));
    expect_image(&table, index, "linux/amd64", amd64);
    expect_image(&table, index, "linux/arm64", arm64);
    expect_image(&table, index, "linux/riscv64", riscv);
    struct pl_image image = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(open_as(&table, index, "linux/ppc64le", "", &image, &err), PL_E_NOT_FOUND);
    assert_non_null(strstr(err.msg, "linux/arm64, linux/amd64, linux/riscv64"));
    assert_null(strstr(err.msg, "unknown"));
}

static void test_manifest__indexes_may_nest(void **state)
{
    TABLE(table);
    pl_str amd64 = image_of(&table, "amd64");
    pl_str arm64 = image_of(&table, "arm64");
    const pl_str first[] = {entry(&table, MANIFEST, arm64, PLATFORM("arm64"))};
    const pl_str second[] = {entry(&table, MANIFEST, amd64, PLATFORM("amd64"))};
    const pl_str outer[] = {
        entry(&table, INDEX, index_of(&table, first, 1), ""),
        entry(&table, INDEX, index_of(&table, second, 1), ""),
    };
    pl_str index = index_of(&table, outer, 2);
    expect_image(&table, index, "linux/amd64", amd64);
    expect_image(&table, index, "linux/arm64", arm64);
    expect_refused(&table, index_of(&table, outer, 1), PL_E_NOT_FOUND, "linux/arm64");
}

static void test_manifest__nesting_and_reading_are_bounded(void **state)
{
    TABLE(table);
    pl_str inner = image_of(&table, "amd64");
    for (int i = 0; i < 6; i++) {
        const pl_str one[] = {entry(&table, i == 0 ? MANIFEST : INDEX, inner, "")};
        inner = index_of(&table, one, 1);
    }
    expect_refused(&table, inner, PL_E_LIMIT, "nest");

    TABLE(wide);
    pl_str arm64 = image_of(&wide, "arm64");
    pl_str entries[50];
    for (size_t i = 0; i < PL_ARRAY_LEN(entries); i++) {
        const pl_str one[] = {FORMAT(&wide, "{\"digest\":\"%s\",\"n\":%zu" PLATFORM("arm64") "}",
                                     pl_digest_of(pl_str_span(arm64), NULL).text, i)};
        entries[i] = entry(&wide, INDEX, index_of(&wide, one, 1), "");
    }
    expect_refused(&wide, index_of(&wide, entries, PL_ARRAY_LEN(entries)), PL_E_LIMIT, "32");
    assert_true(wide.reads <= 32);
}

static void test_manifest__several_images_have_to_be_chosen_from(void **state)
{
    TABLE(table);
    pl_str first = image_of(&table, "amd64");
    pl_str second = FORMAT(&table, PL_STR_FMT " ", PL_STR_ARG(first));
    const pl_str entries[] = {
        entry(&table, MANIFEST, first,
              ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"one\"}"),
        entry(&table, MANIFEST, second,
              ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"two\"}"),
    };
    pl_str index = index_of(&table, entries, 2);
    expect_refused(&table, index, PL_E_USAGE, "one, two");
    struct pl_image image = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(open_as(&table, index, "linux/amd64", "two", &image, &err), PL_OK);
    pl_assert_str(image.digest, pl_digest_of(pl_str_span(second), NULL).text);
    assert_int_equal(open_as(&table, index, "linux/amd64", "three", &image, &err), PL_E_NOT_FOUND);
    assert_non_null(strstr(err.msg, "one, two"));
}

static void test_manifest__what_is_no_image_is_refused_by_name(void **state)
{
    TABLE(table);
    expect_refused(&table,
                   PL_STR("{\"schemaVersion\":1,\"name\":\"a\",\"fsLayers\":[{\"blobSum\":\"x\"}],"
                          "\"history\":[]}"),
                   PL_E_UNSUPPORTED, "schema 1");
    /* image-spec, manifest.md, "Guidelines for Artifact Usage". */
    expect_refused(&table,
                   PL_STR("{\"schemaVersion\":2,\"artifactType\":\"application/vnd.example+type\","
                          "\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\","
                          "\"digest\":\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c0"
                          "60f61caaff8a\",\"size\":2},\"layers\":[]}"),
                   PL_E_UNSUPPORTED, "application/vnd.example+type");
    expect_refused(&table,
                   PL_STR("{\"config\":{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\""
                          ",\"digest\":\"x\",\"size\":2},\"layers\":[]}"),
                   PL_E_UNSUPPORTED, "helm");
    expect_refused(&table, PL_STR("{}"), PL_E_PARSE, "no config");
    expect_refused(&table, PL_STR("[]"), PL_E_PARSE, "no config");
    expect_refused(&table, PL_STR("{\"config\":{}}"), PL_E_PARSE, "no layers");
    expect_refused(&table, PL_STR("{\"config\":{\"digest\":\"md5:x\"},\"layers\":[]}"),
                   PL_E_UNSUPPORTED, "config");
    expect_refused(&table, PL_STR("<html>"), PL_E_PARSE, "manifest");
    expect_refused(&table, PL_STR(""), PL_E_PARSE, "manifest");
    assert_int_equal(table.reads, 0);
}

static void test_manifest__bytes_under_another_digest_are_refused(void **state)
{
    TABLE(table);
    pl_str amd64 = image_of(&table, "amd64");
    const pl_str entries[] = {entry(&table, MANIFEST, amd64, PLATFORM("amd64"))};
    pl_str index = index_of(&table, entries, 1);
    table.lie = PL_STR("{\"os\":\"linux\"}");
    expect_refused(&table, amd64, PL_E_TRUST, "config");
    expect_refused(&table, index, PL_E_TRUST, "manifest");
    table.lie = PL_STR_EMPTY;
    table.missing = PL_E_NET;
    expect_refused(&table, amd64, PL_E_NET, "of no use");
}

static void test_manifest__a_layer_of_another_length_is_refused(void **state)
{
    TABLE(table);
    pl_str amd64 = image_of(&table, "amd64");
    table.located_bytes = 8;
    expect_refused(&table, amd64, PL_E_TRUST, "8 bytes, but its descriptor says 7");
    table.located_bytes = 7;
    expect_image(&table, amd64, "linux/amd64", amd64);
}

static void test_manifest__a_layer_that_is_missing_is_a_gap(void **state)
{
    TABLE(table);
    pl_str amd64 = image_of(&table, "amd64");
    table.missing = PL_E_NOT_FOUND;
    struct pl_image image = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(open_as(&table, amd64, "linux/amd64", "", &image, &err), PL_OK);
    assert_int_equal(image.layers.count, 1);
    assert_true(image.layers.items[0].gap.len > 0);
    assert_int_equal(image.layers.items[0].part.fd, -1);
}

/* Layers that the manifest does not name have no bytes, and are not made up from the config. */
static void test_manifest__config_and_manifest_have_as_many_layers(void **state)
{
    TABLE(table);
    static const char diff_id[] =
        "\"sha256:1111111111111111111111111111111111111111111111111111111111111111\"";
    pl_str config = FORMAT(&table,
                           "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{"
                           "\"diff_ids\":[%s,%s]}}",
                           diff_id, diff_id);
    const char *digest = put(&table, config);
    static const char layer[] =
        "{\"digest\":\"sha256:2222222222222222222222222222222222222222222222222222222222222222\","
        "\"size\":1}";
    expect_refused(&table, FORMAT(&table, "{\"config\":{\"digest\":\"%s\"},\"layers\":[]}", digest),
                   PL_E_PARSE, "2 layers");
    expect_refused(
        &table, FORMAT(&table, "{\"config\":{\"digest\":\"%s\"},\"layers\":[%s]}", digest, layer),
        PL_E_PARSE, "2 layers");
}

static void test_manifest__too_many_layers_are_refused_before_one_is_read(void **state)
{
    TABLE(table);
    enum { COUNT = 100000 };
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_MANIFEST_BYTES);
    pl_buf_append(&text, PL_STR("{\"config\":{},\"layers\":[{}"));
    for (int i = 1; i < COUNT; i++) {
        pl_buf_append(&text, PL_STR(",{}"));
    }
    pl_buf_append(&text, PL_STR("]}"));
    expect_refused(&table, pl_buf_str(&text), PL_E_LIMIT, "100000 layers");
    assert_int_equal(table.reads, 0);
}

static void test_manifest__every_prefix(void **state)
{
    TABLE(table);
    pl_str amd64 = image_of(&table, "amd64");
    const pl_str entries[] = {entry(&table, MANIFEST, amd64, PLATFORM("amd64"))};
    const pl_str documents[] = {amd64, index_of(&table, entries, 1)};
    for (size_t d = 0; d < PL_ARRAY_LEN(documents); d++) {
        for (size_t len = 0; len < documents[d].len; len++) {
            char *exact = malloc(len ? len : 1);
            memcpy(exact, documents[d].ptr, len);
            struct pl_image image = {0};
            struct pl_error err = PL_ERROR_INIT;
            assert_true(open_as(&table, pl_str_make(exact, len), "linux/amd64", "", &image, &err) <
                        0);
            free(exact);
        }
    }
}

int pl_test_manifest(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_manifest__a_manifest_of_its_own),
        cmocka_unit_test(test_manifest__an_index_leads_to_the_platform),
        cmocka_unit_test(test_manifest__indexes_may_nest),
        cmocka_unit_test(test_manifest__nesting_and_reading_are_bounded),
        cmocka_unit_test(test_manifest__several_images_have_to_be_chosen_from),
        cmocka_unit_test(test_manifest__what_is_no_image_is_refused_by_name),
        cmocka_unit_test(test_manifest__bytes_under_another_digest_are_refused),
        cmocka_unit_test(test_manifest__a_layer_of_another_length_is_refused),
        cmocka_unit_test(test_manifest__a_layer_that_is_missing_is_a_gap),
        cmocka_unit_test(test_manifest__config_and_manifest_have_as_many_layers),
        cmocka_unit_test(test_manifest__too_many_layers_are_refused_before_one_is_read),
        cmocka_unit_test(test_manifest__every_prefix),
    };
    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
