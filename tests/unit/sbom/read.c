/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers on documents in the shapes that the formats' specifications and the tools' own output
 * show; whole documents of others are compared in tests/e2e/sbom.py.
 */
#include "base/buf.h"
#include "reading.h"

static const char cyclonedx[] =
    "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"metadata\":{\"component\":{\"name\":"
    "\"app\","
    "\"version\":\"1\"}},\"components\":["
    "{\"type\":\"operating-system\",\"name\":\"redhat\",\"version\":\"9.2\"},"
    "{\"type\":\"library\",\"bom-ref\":\"a\",\"name\":\"bash\",\"version\":\"5.1.8-6.el9\","
    "\"purl\":\"pkg:rpm/redhat/bash@5.1.8-6.el9?arch=x86_64&epoch=2&distro=redhat-9.2\","
    "\"hashes\":[{\"alg\":\"SHA-1\",\"content\":\"00\"}],\"licenses\":[{\"license\":{\"name\":"
    "\"GPLv3+\"}}],"
    "\"properties\":[{\"name\":\"aquasecurity:trivy:SrcName\",\"value\":\"bash\"},"
    "{\"name\":\"aquasecurity:trivy:SrcVersion\",\"value\":\"5.1.8\"},"
    "{\"name\":\"aquasecurity:trivy:SrcRelease\",\"value\":\"6.el9\"},"
    "{\"name\":\"aquasecurity:trivy:SrcEpoch\",\"value\":\"2\"}]},"
    "{\"type\":\"library\",\"bom-ref\":\"b\",\"group\":\"org.a\",\"name\":\"b\",\"version\":\"1\","
    "\"scope\":\"optional\",\"purl\":\"pkg:maven/org.a/b@1\",\"components\":["
    "{\"type\":\"library\",\"name\":\"inner\",\"version\":\"2\",\"purl\":\"pkg:npm/%40s/"
    "inner@2\"}]},"
    "{\"type\":\"library\",\"bom-ref\":\"c\",\"name\":\"c\",\"version\":\"3\",\"purl\":\"pkg:maven/"
    "org.a/c@3\"},"
    "{\"type\":\"file\",\"name\":\"x\"}],"
    "\"dependencies\":[{\"ref\":\"b\",\"dependsOn\":[\"c\",\"a\",\"none\"]}]}";

static const char tag_value[] =
    "# a comment\nSPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n"
    "Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-image\n\n"
    "PackageName: image\nSPDXID: SPDXRef-image\nPackageVersion: 7\n\n"
    "PackageName: libssl3\nSPDXID: SPDXRef-ssl\nPackageVersion: 3.0.10-1+b2\r\n"
    "PackageSupplier: Person: Jo (jo@example.org)\n"
    "PackageSourceInfo: <text>built package from: openssl 3.0.10-1; found in:\n somewhere</text>\n"
    "PackageLicenseDeclared: LicenseRef-1\nPackageLicenseConcluded: NONE\n"
    "PackageChecksum: SHA256: 00ff\n"
    "ExternalRef: PACKAGE-MANAGER purl "
    "pkg:deb/debian/libssl3@3.0.10-1%2Bb2?arch=amd64&distro=debian-12\n"
    "Annotator: Tool: x\nAnnotationDate: 2026-01-01T00:00:00Z\nAnnotationType: OTHER\n"
    "SPDXREF: SPDXRef-ssl\nAnnotationComment: <text>plimsoll:scope=declared</text>\n\n"
    "FileName: ./x\nSPDXID: SPDXRef-file\nPackageVersion: not of a package\n\n"
    "LicenseID: LicenseRef-1\nExtractedText: <text>Odd terms</text>\n";

static const char xml[] =
    "<?xml version=\"1.0\"?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components>"
    "<component type=\"library\" bom-ref=\"a\"><group>@s</group><name>n</name><version>1</version>"
    "<licenses><expression>MIT OR ISC</expression></licenses><purl>pkg:npm/%40s/n@1</purl>"
    "<evidence><occurrences><occurrence><location>/srv/n</location></occurrence></occurrences>"
    "</evidence></component></components></bom>";

static void test_read__cyclonedx(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file file;
    assert_int_equal(read_text(&arena, PL_STR(cyclonedx), &file), PL_OK);
    assert_int_equal(file.components.count, 4);
    const struct pl_component *bash = &file.components.items[0];
    pl_assert_str(bash->type, "rpm");
    pl_assert_str(bash->version, "2:5.1.8-6.el9");
    pl_assert_str(bash->arch, "x86_64");
    pl_assert_str(bash->source_version, "5.1.8-6.el9");
    pl_assert_str(bash->hashes.items[0], "sha1:00");
    pl_assert_str(bash->licenses.items[0], "GPLv3+");
    const struct pl_component *b = &file.components.items[1];
    pl_assert_str(b->name, "org.a:b");
    assert_true(b->is_optional);
    assert_int_equal(b->depends.count, 1); /* what is of another kind, or not there, is left out */
    pl_assert_str(b->depends.items[0], "org.a:c@3");
    pl_assert_str(file.components.items[2].name, "@s/inner");
    assert_true(file.has_os);
    pl_assert_str(file.os.id, "rhel");
    pl_assert_str(file.os.version_id, "9.2");
    pl_assert_str(file.subject.name, "app");
    assert_int_equal(file.gaps.count, 0);
}

static void test_read__tag_value(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file file;
    assert_int_equal(read_text(&arena, PL_STR(tag_value), &file), PL_OK);
    assert_int_equal(file.components.count, 1);
    const struct pl_component *ssl = &file.components.items[0];
    pl_assert_str(ssl->version, "3.0.10-1+b2");
    pl_assert_str(ssl->source_name, "openssl");
    pl_assert_str(ssl->source_version, "3.0.10-1");
    pl_assert_str(ssl->vendor, "Jo <jo@example.org>");
    pl_assert_str(ssl->licenses.items[0], "Odd terms");
    pl_assert_str(ssl->hashes.items[0], "sha256:00ff");
    assert_int_equal(ssl->scope, PL_SCOPE_DECLARED);
    pl_assert_str(file.os.id, "debian"); /* the packages say it */
    pl_assert_str(file.subject.name, "image");
}

static void test_read__xml(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file file;
    assert_int_equal(read_text(&arena, PL_STR(xml), &file), PL_OK);
    assert_int_equal(file.components.count, 1);
    pl_assert_str(file.components.items[0].name, "@s/n");
    pl_assert_str(file.components.items[0].licenses.items[0], "MIT OR ISC");
    pl_assert_str(file.components.items[0].locations.items[0].path, "srv/n");
}

static void test_read__package_urls(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file file;
    pl_str text =
        PL_STR("# list\n\npkg:golang/github.com/a/b@v1.2.3\n"
               "pkg:rpm/rocky/bash@5?upstream=bash-5-1.el9.src.rpm&distro=rocky-9.1\n"
               "pkg:rpm/rocky/tar@1?distro=rocky-9.1\npkg:rpm/fedora/odd@1?distro=fedora-40\n"
               "not a purl\npkg:npm/noversion\n");
    assert_int_equal(read_text(&arena, text, &file), PL_OK);
    assert_int_equal(file.components.count, 4);
    pl_assert_str(file.components.items[0].name, "github.com/a/b");
    pl_assert_str(file.components.items[1].source_name, "bash");
    pl_assert_str(file.components.items[1].source_version, "5-1.el9");
    pl_assert_str(file.components.items[3].qualifiers.items[0], "distro=fedora-40");
    pl_assert_str(file.os.id, "rocky");
    pl_assert_str(file.os.version_id, "9.1");
    assert_true(file.gaps.count >= 3);
}

static void test_read__what_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"spdxVersion\":\"SPDX-3.0\"}",
        "<a/>",
        "<bom/>",
        "<?x",
        "plain text",
        "\xff",
        "{\"bomFormat\":\"other\"}",
        "SPDXVersion: x\nA: <text>no end",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(texts); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_evidence_file file;
        assert_true(read_text(&arena, pl_str_from(texts[i]), &file) < 0);
    }
}

/* Odd documents are read for what they say. */
static void test_read__odd_forms(void **state)
{
    static const struct {
        const char *text;
        size_t components;
        size_t gaps;
    } cases[] = {
        {"\xef\xbb\xbf{\"bomFormat\":\"CycloneDX\"}", 0, 0},
        {"{\"bomFormat\":\"CycloneDX\",\"components\":[1,null,[],\"x\",{}]}", 0, 1},
        {"{\"bomFormat\":\"CycloneDX\",\"components\":[{\"name\":\"a\",\"version\":1}]}", 0, 2},
        {"{\"bomFormat\":\"CycloneDX\",\"components\":[{\"name\":\"a\",\"version\":\"1\"}]}", 1, 1},
        {"{\"bomFormat\":\"CycloneDX\",\"components\":[{\"name\":\"a\",\"version\":\"1\",\"purl\":"
         "\"pkg:\"}]}",
         1, 2},
        {"{\"spdxVersion\":\"SPDX-2.2\",\"packages\":{}}", 0, 0},
        {"{\"SchemaVersion\":2,\"Results\":[]}", 0, 1},
        {"{\"predicate\":{\"Data\":{\"bomFormat\":\"CycloneDX\"}}}", 0, 0},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_evidence_file file;
        assert_int_equal(read_text(&arena, pl_str_from(cases[i].text), &file), PL_OK);
        assert_int_equal(file.components.count, cases[i].components);
        assert_true(file.gaps.count >= (cases[i].gaps > 0 ? 1 : 0));
    }
}

/* References that all packages share, and a package that needs all of them: linear in the text. */
static void test_read__crowds(void **state)
{
    enum { MANY = 20000 };
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file file;
    struct pl_buf text pl_autobuf = PL_BUF_INIT(32 << 20);
    pl_buf_append(&text, PL_STR("{\"bomFormat\":\"CycloneDX\",\"components\":["));
    for (int i = 0; i < MANY; i++) {
        pl_buf_append_format(&text,
                             "%s{\"bom-ref\":\"%s\",\"name\":\"a\",\"version\":\"%d\",\"purl\":"
                             "\"pkg:npm/a@%d\"}",
                             i > 0 ? "," : "", i % 2 ? "same" : "other", i, i);
    }
    pl_buf_append(&text, PL_STR("],\"dependencies\":[{\"ref\":\"same\",\"dependsOn\":["));
    for (int i = 0; i < MANY; i++) {
        pl_buf_append_format(&text, "%s\"other\"", i > 0 ? "," : "");
    }
    pl_buf_append(&text, PL_STR("]}]}"));
    assert_int_equal(read_text(&arena, pl_buf_str(&text), &file), PL_OK);
    assert_int_equal(file.components.count, MANY);
}

static void test_read__prefixes(void **state)
{
    read_prefixes(PL_STR(cyclonedx));
    read_prefixes(PL_STR(tag_value));
    read_prefixes(PL_STR(xml));
}

static void test_read__what_it_looks_like(void **state)
{
    char tar[512] = "{a file";
    memcpy(tar + 257, "ustar", 5);
    assert_true(pl_sbom_looks_like_one(pl_str_span(PL_STR(" \n{\"a\""))));
    assert_true(pl_sbom_looks_like_one(pl_str_span(PL_STR("\xef\xbb\xbf<bom"))));
    assert_true(pl_sbom_looks_like_one(pl_str_span(PL_STR("# x\nSPDXVersion: SPDX-2.3"))));
    assert_true(pl_sbom_looks_like_one(pl_str_span(PL_STR("pkg:npm/a@1"))));
    assert_false(pl_sbom_looks_like_one(pl_str_span(PL_STR(""))));
    assert_false(pl_sbom_looks_like_one(pl_str_span(PL_STR("\x1f\x8b\x08"))));
    assert_false(pl_sbom_looks_like_one((pl_span){(const uint8_t *)tar, sizeof(tar)}));
}

int pl_test_read(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read__cyclonedx),
        cmocka_unit_test(test_read__tag_value),
        cmocka_unit_test(test_read__xml),
        cmocka_unit_test(test_read__package_urls),
        cmocka_unit_test(test_read__what_is_none),
        cmocka_unit_test(test_read__odd_forms),
        cmocka_unit_test(test_read__crowds),
        cmocka_unit_test(test_read__prefixes),
        cmocka_unit_test(test_read__what_it_looks_like),
    };
    return cmocka_run_group_tests_name("sbom/read", tests, NULL, NULL);
}
