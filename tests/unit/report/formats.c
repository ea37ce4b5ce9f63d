/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats on reports made by hand, against the texts in tests/golden/report/, which were
 * checked by reading; the JSON ones are read by tests/check_report.py as well, against the schema
 * and in Python.
 */
#include "report/format.h"
#include "unit/report/golden.h"

static void add_strs(struct pl_arena *arena, struct pl_strs *list, const char *words)
{
    pl_str cursor = pl_str_from(words);
    pl_str word = PL_STR_EMPTY;
    while (pl_str_next_piece(&cursor, '|', &word)) {
        *pl_vec_push(arena, list) = word;
    }
}

static void add_component(struct pl_arena *arena, struct pl_report *report, const char *name,
                          const char *version, const char *source)
{
    struct pl_component *component = pl_vec_push(arena, &report->components);
    component->type = PL_STR("deb");
    component->vendor_id = PL_STR("debian");
    component->name = pl_str_from(name);
    component->version = pl_str_from(version);
    component->arch = PL_STR("amd64");
    component->source_name = pl_str_from(source);
    component->source_version = pl_str_from(version);
    struct pl_location *location = pl_vec_push(arena, &component->locations);
    location->path = PL_STR("var/lib/dpkg/status");
    location->layer = PL_STR("sha256:2222");
}

static struct pl_finding *add_finding(struct pl_arena *arena, struct pl_report *report,
                                      size_t component, const char *id, enum pl_severity severity,
                                      const char *fixes)
{
    struct pl_finding *finding = pl_vec_push(arena, &report->findings);
    finding->id = pl_str_from(id);
    finding->component = &report->components.items[component];
    finding->severity = severity;
    finding->cvss = -1;
    finding->fix_state = fixes[0] ? PL_FIX_FIXED : PL_FIX_NOT_FIXED;
    add_strs(arena, &finding->fix_versions, fixes);
    finding->match_ecosystem = PL_STR("Debian:12");
    finding->match_via = PL_STR("source-package");
    finding->match_range = PL_STR("<9");
    return finding;
}

static void add_subject(struct pl_arena *arena, struct pl_report *report)
{
    struct pl_subject *subject = &report->subject;
    subject->kind = PL_STR("image");
    subject->name = PL_STR("registry.example/app:1.0");
    subject->source = PL_STR("registry");
    subject->digest = PL_STR("sha256:aaaa");
    subject->platform = PL_STR("linux/amd64");
    subject->os.id = PL_STR("debian");
    subject->os.version_id = PL_STR("12");
    subject->os.name = PL_STR("Debian GNU/Linux");
    subject->os.version = PL_STR("12 (bookworm)");
    subject->os.pretty_name = PL_STR("Debian GNU/Linux 12 (bookworm)");
    subject->os.version_codename = PL_STR("bookworm");
    subject->end_of_life = PL_STR("2026-06-10");
    add_strs(arena, &subject->ecosystems, "Debian:12");
    struct pl_layer_info *layer = pl_vec_push(arena, &subject->layers);
    layer->digest = PL_STR("sha256:1111");
    layer->diff_id = PL_STR("sha256:2222");
    layer->media_type = PL_STR("application/vnd.oci.image.layer.v1.tar+gzip");
    layer->size_bytes = 29124181;
    layer->created_by = PL_STR("/bin/sh -c #(nop) ADD file:1 in / ");
}

static void add_database(struct pl_arena *arena, struct pl_report *report)
{
    report->database_generation = PL_STR("0123abcd");
    struct pl_feed_info *feed = pl_vec_push(arena, &report->feeds);
    feed->name = PL_STR("Debian");
    feed->modified = PL_STR("2026-11-20T08:00:00Z");
    feed->records = 8313;
}

static void add_findings(struct pl_arena *arena, struct pl_report *report)
{
    const char *ssl_fix = "3.0.13-1~deb12u1";
    for (size_t binary = 1; binary <= 2; binary++) {
        struct pl_finding *finding =
            add_finding(arena, report, binary, "CVE-2024-0001", PL_SEVERITY_CRITICAL, ssl_fix);
        finding->cvss = 9.8;
        add_strs(arena, &finding->aliases, "DSA-1-1|GHSA-xxxx");
        add_strs(arena, &finding->references, "https://example.org/1");
        finding->title = PL_STR("A \"quoted\" title \\ with\ttab");
        struct pl_finding_source *source = pl_vec_push(arena, &finding->sources);
        *source = (struct pl_finding_source){.id = PL_STR("DEBIAN-CVE-2024-0001"),
                                             .slice = PL_STR("osv/Debian"),
                                             .severity = PL_SEVERITY_CRITICAL,
                                             .cvss = 9.8,
                                             .range = PL_STR("<3.0.13-1~deb12u1")};
        add_strs(arena, &source->fixed, ssl_fix);
        finding->exploitation = (struct pl_exploitation){.id = PL_STR("CVE-2024-0001"),
                                                         .kev_catalogue = PL_STR("CISA"),
                                                         .kev_added = PL_STR("2024-01-02"),
                                                         .epss = 0.94,
                                                         .epss_percentile = 0.999,
                                                         .epss_date = PL_STR("2026-08-16")};
        add_finding(arena, report, binary, "CVE-2024-0002", PL_SEVERITY_HIGH, ssl_fix);
        add_finding(arena, report, binary, "CVE-2024-0003", PL_SEVERITY_HIGH, ssl_fix);
        add_finding(arena, report, binary, "CVE-2024-0004", PL_SEVERITY_LOW, "");
    }
    struct pl_finding *answered =
        add_finding(arena, report, 1, "CVE-2024-0005", PL_SEVERITY_HIGH, "");
    answered->status = PL_FINDING_NOT_AFFECTED;
    struct pl_finding *hostile =
        add_finding(arena, report, 0, "CVE-2024-0006", PL_SEVERITY_MEDIUM, "");
    hostile->fix_state = PL_FIX_WONT_FIX;
    hostile->cvss = 5;
}

/* Findings of several severities, a hostile name, a gap and a verdict. */
static struct pl_report sample_debian(struct pl_arena *arena)
{
    struct pl_report report = {.has_findings = true};
    add_subject(arena, &report);
    /* An escape sequence, a right-to-left override, a byte that is not UTF-8, a wide character. */
    add_component(arena, &report, "evil\x1b[31m\xe2\x80\xae\xff\xe4\xb8\xad", "1.0", "");
    add_component(arena, &report, "libssl3", "3.0.11-1~deb12u1", "openssl");
    add_component(arena, &report, "openssl", "3.0.11-1~deb12u1", "openssl");
    add_strs(arena, &report.components.items[1].licenses, "Apache-2.0|OpenSSL");
    add_findings(arena, &report);
    struct pl_gap *gap = pl_vec_push(arena, &report.gaps);
    gap->path = PL_STR("var/lib/rpm/Packages");
    gap->layer = PL_STR("sha256:2222");
    gap->reason = PL_STR("not a Berkeley DB file");
    report.verdict_pass = false;
    add_strs(arena, &report.verdict_reasons, "2 critical findings, and the limit is high");
    add_database(arena, &report);
    return report;
}

static void add_rule(struct pl_arena *arena, struct pl_report *report, const char *id,
                     enum pl_suppression_use use, size_t findings)
{
    struct pl_suppression_record *record = pl_vec_push(arena, &report->suppressions);
    *record = (struct pl_suppression_record){
        .rule = {.reason = PL_SUPPRESSION_ACCEPTED, .origin = PL_STR("team.yaml")},
        .use = use,
        .findings = findings};
    *pl_vec_push(arena, &record->rule.names) = pl_str_from(id);
    if (use == PL_SUPPRESSION_EXPIRED) {
        record->rule.until = PL_STR("2026-01-31");
    }
}

/* As above, with a finding that is disputed, two that are suppressed and sources that differ. */
static struct pl_report sample_suppressed(struct pl_arena *arena)
{
    struct pl_report report = sample_debian(arena);
    report.findings.count = 1;
    struct pl_finding *finding = &report.findings.items[0];
    finding->is_disputed = true;
    *pl_vec_push(arena, &finding->sources) =
        (struct pl_finding_source){.id = PL_STR("CVE-2024-0001"),
                                   .slice = PL_STR("nvd"),
                                   .severity = PL_SEVERITY_LOW,
                                   .cvss = -1,
                                   .range = PL_STR("<3.0.13")};
    add_strs(arena, &finding->sources.items[1].fixed, "3.0.13");
    for (size_t i = 0; i < 2; i++) {
        struct pl_finding *answered = pl_vec_push(arena, &report.suppressed);
        *answered = *finding;
        answered->component = &report.components.items[i];
        answered->id = i == 0 ? PL_STR("CVE-2024-0007") : PL_STR("CVE-2024-0008");
        answered->is_disputed = false;
        answered->suppressions = (struct pl_suppression_marks){0};
        *pl_vec_push(arena, &answered->suppressions) =
            (struct pl_suppression_mark){PL_SUPPRESSION_ACCEPTED, PL_STR("a\x1b[31mrisk"),
                                         PL_STR("Jane"), PL_STR("2026-12-31"), PL_STR("team.yaml")};
    }
    *pl_vec_push(arena, &report.suppressed.items[1].suppressions) = (struct pl_suppression_mark){
        .reason = PL_SUPPRESSION_CODE_ABSENT, .origin = PL_STR("openvex")};
    report.suppressed.items[1].status = PL_FINDING_NOT_AFFECTED;
    add_rule(arena, &report, "CVE-2024-0007", PL_SUPPRESSION_USED, 2);
    add_rule(arena, &report, "CVE-2024-0001", PL_SUPPRESSION_EXPIRED, 1);
    add_rule(arena, &report, "CVE-1999-1", PL_SUPPRESSION_UNUSED, 0);
    return report;
}

static struct pl_report sample_clean(struct pl_arena *arena)
{
    struct pl_report report = {.has_findings = true, .verdict_pass = true};
    add_subject(arena, &report);
    report.subject.end_of_life = PL_STR("2028-06-30");
    add_component(arena, &report, "base-files", "12.4", "base-files");
    add_database(arena, &report);
    return report;
}

static struct pl_report sample_inventory(struct pl_arena *arena)
{
    struct pl_report report = sample_debian(arena);
    report.has_findings = false;
    report.findings = (struct pl_findings){0};
    return report;
}

static void check_with(const struct pl_report *report, const char *format, unsigned width,
                       bool color, bool with_details, const char *golden)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 20);
    struct pl_writer writer;
    pl_writer_init_buf(&writer, &text);
    const struct pl_report_format *row = pl_report_format_find(pl_str_from(format));
    assert_non_null(row);
    const struct pl_report_options options = {.width_columns = width,
                                              .color = color,
                                              .with_differences = with_details,
                                              .with_suppressed = with_details};
    assert_int_equal(row->write(report, &options, &writer, &err), PL_OK);
    assert_int_equal(pl_writer_finish(&writer, &err), PL_OK);
    check_golden(pl_buf_str(&text), golden);
}

static void check(const struct pl_report *report, const char *format, unsigned width, bool color,
                  const char *golden)
{
    check_with(report, format, width, color, false, golden);
}

static void test_formats__suppressed(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = sample_suppressed(&arena);
    check(&report, "json", 0, false, "suppressed.json");
    check(&report, "table", 100, false, "suppressed-100.txt");
    check_with(&report, "table", 100, false, true, "suppressed-details-100.txt");
}

static void test_formats__findings(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = sample_debian(&arena);
    check(&report, "table", 100, false, "debian-100.txt");
    check(&report, "table", 60, false, "debian-60.txt");
    check(&report, "table", 0, true, "debian-color.txt");
    check(&report, "json", 0, false, "debian.json");
    check(&report, "plimsoll-json", 0, false, "inventory.json");
}

static void test_formats__nothing_wrong(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = sample_clean(&arena);
    check(&report, "table", 80, false, "clean-80.txt");
    check(&report, "json", 0, false, "clean.json");
}

static void test_formats__inventory(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = sample_inventory(&arena);
    check(&report, "table", 100, false, "inventory-100.txt");
    check(&report, "json", 0, false, "inventory.json");
}

static void test_formats__empty_report(void **state)
{
    struct pl_report report = {.has_findings = true, .verdict_pass = true};
    check(&report, "table", 80, false, "empty.txt");
    check(&report, "json", 0, false, "empty.json");
}

/* No byte below 0x20 but line ends, and none that is no UTF-8, comes out of any format. */
static void test_formats__nothing_steers_the_terminal(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = sample_debian(&arena);
    size_t count = 0;
    const struct pl_report_format *const *formats = pl_report_formats(&count);
    for (size_t i = 0; i < count; i++) {
        struct pl_error err = PL_ERROR_INIT;
        struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 20);
        struct pl_writer writer;
        pl_writer_init_buf(&writer, &text);
        const struct pl_report_options options = {0};
        assert_int_equal(formats[i]->write(&report, &options, &writer, &err), PL_OK);
        assert_int_equal(pl_writer_finish(&writer, &err), PL_OK);
        check_harmless(pl_buf_str(&text));
    }
}

static void test_formats__rows_are_sorted_and_complete(void **state)
{
    size_t count = 0;
    const struct pl_report_format *const *formats = pl_report_formats(&count);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || strcmp(formats[i - 1]->name, formats[i]->name) < 0);
        assert_int_not_equal(formats[i]->summary[0], '\0');
        assert_non_null(strchr(formats[i]->media_type, '/'));
        assert_ptr_equal(pl_report_format_find(pl_str_from(formats[i]->name)), formats[i]);
    }
    assert_null(pl_report_format_find(PL_STR("nonsense")));
}

static void test_formats__a_full_disk_is_told(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = sample_debian(&arena);
    struct pl_error err = PL_ERROR_INIT;
    struct pl_buf text pl_autobuf = PL_BUF_INIT(64);
    struct pl_writer writer;
    pl_writer_init_buf(&writer, &text);
    const struct pl_report_options options = {0};
    pl_report_format_find(PL_STR("json"))->write(&report, &options, &writer, &err);
    assert_int_equal(pl_writer_finish(&writer, &err), PL_E_LIMIT);
}

int pl_test_formats(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats__findings),
        cmocka_unit_test(test_formats__suppressed),
        cmocka_unit_test(test_formats__nothing_wrong),
        cmocka_unit_test(test_formats__inventory),
        cmocka_unit_test(test_formats__empty_report),
        cmocka_unit_test(test_formats__nothing_steers_the_terminal),
        cmocka_unit_test(test_formats__rows_are_sorted_and_complete),
        cmocka_unit_test(test_formats__a_full_disk_is_told),
    };
    return cmocka_run_group_tests_name("report/formats", tests, NULL, NULL);
}
