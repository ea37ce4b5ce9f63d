/* SPDX-License-Identifier: Apache-2.0 */
/* What formats need is worked out once; expectations are those of the formats' specifications. */
#include "sbom/document.h"
#include "base/buf.h"
#include "reading.h"
#include "sbom/write.h"

static struct pl_component *add(struct pl_arena *arena, struct pl_report *report, const char *type,
                                const char *name, const char *version)
{
    struct pl_component *component = pl_vec_push(arena, &report->components);
    component->type = pl_str_from(type);
    component->name = pl_str_from(name);
    component->version = pl_str_from(version);
    return component;
}

static void set_system(struct pl_report *report)
{
    report->subject.name = PL_STR("image");
    report->subject.os.id = PL_STR("rocky");
    report->subject.os.version_id = PL_STR("9.3");
}

static void test_document__package_urls_carry_what_matching_needs(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = {.has_findings = false};
    struct pl_sbom sbom = {0};
    set_system(&report);
    struct pl_component *rpm = add(&arena, &report, "rpm", "bash-libs", "1:5.1-6.el9");
    rpm->vendor_id = PL_STR("rocky");
    rpm->arch = PL_STR("x86_64");
    rpm->source_name = PL_STR("bash");
    rpm->source_version = PL_STR("5.1-6.el9");
    add(&arena, &report, "npm", "@a/b", "1");
    pl_sbom_prepare(&arena, &report, PL_STR_EMPTY, &sbom);
    pl_assert_str(sbom.packages.items[0].purl,
                  "pkg:rpm/rocky/bash-libs@5.1-6.el9?arch=x86_64&distro=rocky-9.3&epoch=1&"
                  "upstream=bash-5.1-6.el9.src.rpm");
    pl_assert_str(sbom.packages.items[1].purl, "pkg:npm/%40a/b@1");
    pl_assert_str(sbom.packages.items[1].group, "@a");
    pl_assert_str(sbom.packages.items[1].name, "b");
}

static void test_document__dependencies_are_resolved(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = {.has_findings = false};
    struct pl_sbom sbom = {0};
    struct pl_component *top = add(&arena, &report, "npm", "top", "1");
    *pl_vec_push(&arena, &top->depends) = PL_STR("@s/one@1");
    *pl_vec_push(&arena, &top->depends) = PL_STR("two@2");
    *pl_vec_push(&arena, &top->depends) = PL_STR("two");
    *pl_vec_push(&arena, &top->depends) = PL_STR("@s/one");
    *pl_vec_push(&arena, &top->depends) = PL_STR("top");
    *pl_vec_push(&arena, &top->depends) = PL_STR("absent@1");
    add(&arena, &report, "npm", "@s/one", "1");
    add(&arena, &report, "npm", "two", "1");
    add(&arena, &report, "npm", "two", "2");
    add(&arena, &report, "pypi", "absent", "1");
    pl_sbom_prepare(&arena, &report, PL_STR_EMPTY, &sbom);
    const struct pl_sbom_package *package = &sbom.packages.items[0];
    assert_int_equal(package->needs.count, 2);
    assert_int_equal(package->needs.items[0], 1);
    assert_int_equal(package->needs.items[1], 3);
    size_t unresolved = 0; /* "two", of which there are two, and what is of another kind */
    for (size_t i = 0; i < package->properties.count; i++) {
        unresolved += pl_str_eq(package->properties.items[i].name, PL_STR("plimsoll:depends"));
    }
    assert_int_equal(unresolved, 2);
    assert_int_equal(sbom.roots.count, 3);
}

static void test_document__references_are_unique(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = {.has_findings = false};
    struct pl_sbom sbom = {0};
    for (int i = 0; i < 3; i++) {
        add(&arena, &report, "binary", "a name/with \"odd\" parts", "1");
    }
    pl_sbom_prepare(&arena, &report, PL_STR_EMPTY, &sbom);
    for (size_t i = 0; i < 3; i++) {
        pl_str ref = sbom.packages.items[i].ref;
        for (size_t at = 0; at < ref.len; at++) {
            char c = ref.ptr[at];
            assert_true(pl_char_is_alpha(c) || pl_char_is_digit(c) || c == '.' || c == '-');
        }
        for (size_t j = 0; j < i; j++) {
            assert_false(pl_str_eq(ref, sbom.packages.items[j].ref));
        }
    }
}

static void test_document__licences(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = {.has_findings = false};
    struct pl_sbom sbom = {0};
    struct pl_component *known = add(&arena, &report, "npm", "a", "1");
    known->license_expression = PL_STR("MIT OR LicenseRef-own");
    struct pl_component *odd = add(&arena, &report, "npm", "b", "1");
    *pl_vec_push(&arena, &odd->licenses) = PL_STR("MIT OR Apache-2.0");
    *pl_vec_push(&arena, &odd->licenses) = PL_STR("ask (the) author");
    pl_sbom_prepare(&arena, &report, PL_STR_EMPTY, &sbom);
    pl_assert_str(sbom.packages.items[0].declared, "MIT OR LicenseRef-own");
    /* The SHA-256 of the text begins so, as sha256sum says. */
    pl_assert_str(sbom.packages.items[1].declared,
                  "(MIT OR Apache-2.0) AND LicenseRef-0d97803b6ee574d5");
    assert_int_equal(sbom.extracted.count, 2);
    pl_assert_str(sbom.extracted.items[0].text, "ask (the) author");
    pl_assert_str(sbom.extracted.items[1].id, "LicenseRef-own");
}

static void test_document__times(void **state)
{
    static const char *const times[][2] = {
        {"2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z"},
        {"2024-05-06T07:08:09.123456789Z", "2024-05-06T07:08:09Z"},
        {"2024-05-06T07:08:09+02:00", ""},
        {"2024-05-06", ""},
        {"2024-05-06T07:08:09.1.2Z", ""},
        {"", ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(times); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_report report = {.has_findings = false};
        struct pl_sbom sbom = {0};
        report.subject.created = pl_str_from(times[i][0]);
        pl_sbom_prepare(&arena, &report, PL_STR_EMPTY, &sbom);
        pl_assert_str(sbom.created, times[i][1]);
        pl_sbom_prepare(&arena, &report, PL_STR("2025-01-01T00:00:00Z"), &sbom);
        pl_assert_str(sbom.created, "2025-01-01T00:00:00Z");
    }
}

/* Hostile names come through every form and back as they were, where the form has a way. */
static void test_document__hostile_names(void **state)
{
    static void (*const writers[])(const struct pl_sbom *sbom, struct pl_writer *writer) = {
        pl_sbom_write_cyclonedx_json, pl_sbom_write_cyclonedx_xml, pl_sbom_write_spdx_json,
        pl_sbom_write_spdx_tag_value};
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = {.has_findings = false};
    struct pl_sbom sbom = {0};
    set_system(&report);
    const char *name = "a</text>\nPackageName: b <![CDATA[&]]> \"'\\";
    struct pl_component *component = add(&arena, &report, "npm", name, "1");
    component->vendor = PL_STR("x <y@z>\nPackageName: c");
    *pl_vec_push(&arena, &component->licenses) = PL_STR("</text>\nLicenseID: LicenseRef-x");
    pl_sbom_prepare(&arena, &report, PL_STR_EMPTY, &sbom);
    for (size_t i = 0; i < PL_ARRAY_LEN(writers); i++) {
        struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 20);
        struct pl_writer writer;
        struct pl_evidence_file file;
        pl_writer_init_buf(&writer, &text);
        writers[i](&sbom, &writer);
        assert_int_equal(pl_writer_finish(&writer, NULL), PL_OK);
        assert_int_equal(read_text(&arena, pl_buf_str(&text), &file), PL_OK);
        assert_int_equal(file.components.count, 1);
        if (writers[i] != pl_sbom_write_spdx_tag_value) {
            pl_assert_str(file.components.items[0].name, name);
        }
    }
}

int pl_test_document(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document__package_urls_carry_what_matching_needs),
        cmocka_unit_test(test_document__dependencies_are_resolved),
        cmocka_unit_test(test_document__references_are_unique),
        cmocka_unit_test(test_document__licences),
        cmocka_unit_test(test_document__times),
        cmocka_unit_test(test_document__hostile_names),
    };
    return cmocka_run_group_tests_name("sbom/document", tests, NULL, NULL);
}
