/* SPDX-License-Identifier: Apache-2.0 */
/* Several reports as one document: one within policy, one outside of it, one source that failed. */
#include "report/set.h"
#include "unit/report/golden.h"

static struct pl_report make_report(struct pl_arena *arena, const char *name, bool has_findings)
{
    struct pl_report report = {.has_findings = has_findings, .verdict_pass = true};
    report.subject.kind = PL_STR("image");
    report.subject.name = pl_str_from(name);
    report.subject.source = PL_STR("registry");
    struct pl_component *component = pl_vec_push(arena, &report.components);
    component->type = PL_STR("apk");
    component->vendor_id = PL_STR("alpine");
    component->name = PL_STR("musl");
    component->version = PL_STR("1.2.4-r2");
    return report;
}

static void add_finding(struct pl_arena *arena, struct pl_report *report, const char *id,
                        enum pl_severity severity, enum pl_finding_status status)
{
    struct pl_finding *finding = pl_vec_push(arena, &report->findings);
    finding->id = pl_str_from(id);
    finding->component = &report->components.items[0];
    finding->severity = severity;
    finding->status = status;
    finding->fix_state = PL_FIX_NOT_FIXED;
    finding->cvss = -1;
}

/* A document as the commands make it: each report, then the summary. */
struct document {
    struct pl_arena arena;
    struct pl_buf text;
    struct pl_writer writer;
    const struct pl_report_format *format;
    struct pl_report_options options;
    struct pl_summary summary;
    size_t reports;
};

static void begin(struct document *document, const char *format)
{
    *document = (struct document){.text = PL_BUF_INIT(1 << 20),
                                  .format = pl_report_format_find(pl_str_from(format)),
                                  .options = {.width_columns = 100}};
    assert_non_null(document->format);
    pl_writer_init_buf(&document->writer, &document->text);
    document->format->set->begin(&document->writer);
}

static void add(struct document *document, const char *source, const struct pl_report *report)
{
    struct pl_error err = PL_ERROR_INIT;
    if (document->reports++ > 0) {
        document->format->set->between(&document->writer);
    }
    assert_int_equal(document->format->write(report, &document->options, &document->writer, &err),
                     PL_OK);
    pl_summary_add(&document->summary, &document->arena, pl_str_from(source), report);
}

static void add_failure(struct document *document, const char *source, const char *why)
{
    struct pl_error err = PL_ERROR_INIT;
    pl_error_set(&err, PL_E_NET, "%s", why);
    pl_summary_fail(&document->summary, &document->arena, pl_str_from(source), &err);
}

static void end(struct document *document, const char *golden)
{
    struct pl_error err = PL_ERROR_INIT;
    document->format->set->end(&document->summary, &document->options, &document->writer);
    assert_int_equal(pl_writer_finish(&document->writer, &err), PL_OK);
    check_harmless(pl_buf_str(&document->text));
    check_golden(pl_buf_str(&document->text), golden);
    pl_buf_release(&document->text);
    pl_arena_release(&document->arena);
}

static void add_all(struct document *document, bool has_findings)
{
    struct pl_report within = make_report(&document->arena, "registry.example/app:1", has_findings);
    struct pl_report outside =
        make_report(&document->arena, "registry.example/app:2", has_findings);
    if (has_findings) {
        add_finding(&document->arena, &within, "CVE-2024-1", PL_SEVERITY_HIGH,
                    PL_FINDING_NOT_AFFECTED);
        add_finding(&document->arena, &outside, "CVE-2024-2", PL_SEVERITY_CRITICAL,
                    PL_FINDING_AFFECTED);
        add_finding(&document->arena, &outside, "CVE-2024-3", PL_SEVERITY_LOW,
                    PL_FINDING_UNDER_INVESTIGATION);
        outside.verdict_pass = false;
    }
    pl_vec_push(&document->arena, &outside.gaps)->reason = PL_STR("a layer is not here");
    add(document, "registry.example/app:1", &within);
    add_failure(document, "registry.example/evil\x1b[31m\xe2\x80\xae:9",
                "evil: nobody \x1b[31m there");
    add(document, "registry.example/app:2", &outside);
}

static void test_set__findings(void **state)
{
    static const struct {
        const char *format;
        const char *golden;
    } rows[] = {{"json", "set.json"}, {"table", "set-100.txt"}};
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        struct document document;
        begin(&document, rows[i].format);
        add_all(&document, true);
        end(&document, rows[i].golden);
    }
}

static void test_set__inventories(void **state)
{
    struct document document;
    begin(&document, "plimsoll-json");
    add_all(&document, false);
    end(&document, "set-inventory.json");
    begin(&document, "table");
    add_all(&document, false);
    end(&document, "set-inventory-100.txt");
}

static void test_set__nothing_but_failures(void **state)
{
    struct document document;
    begin(&document, "json");
    add_failure(&document, "a", "a: no such file or directory");
    end(&document, "set-failed.json");
    begin(&document, "table");
    add_failure(&document, "a", "a: no such file or directory");
    end(&document, "set-failed.txt");
}

/* A format that forgot how several of its reports are printed would end in a NULL. */
/* A bill of materials has one subject; the others can hold several reports. */
static void test_set__every_format_has_one(void **state)
{
    size_t count = 0;
    const struct pl_report_format *const *formats = pl_report_formats(&count);
    for (size_t i = 0; i < count; i++) {
        bool has_one_subject =
            strstr(formats[i]->name, "cyclonedx") || strstr(formats[i]->name, "spdx");
        assert_int_equal(formats[i]->set == NULL, has_one_subject);
        if (has_one_subject) {
            continue;
        }
        assert_non_null(formats[i]->set->begin);
        assert_non_null(formats[i]->set->between);
        assert_non_null(formats[i]->set->end);
    }
}

int pl_test_set(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set__findings),
        cmocka_unit_test(test_set__inventories),
        cmocka_unit_test(test_set__nothing_but_failures),
        cmocka_unit_test(test_set__every_format_has_one),
    };
    return cmocka_run_group_tests_name("report/set", tests, NULL, NULL);
}
