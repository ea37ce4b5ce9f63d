/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The findings of a report as CycloneDX 1.6 has them (https://cyclonedx.org/docs/1.6/json/, section
 * "vulnerabilities"), one entry for each vulnerability of each package:
 *
 *   id, references   the row's name, and the advisories that speak of it with their feeds
 *   ratings          score and severity; "negligible" is "info" there, "malicious" "critical"
 *   description, recommendation, advisories   title, fixed versions, URLs
 *   analysis         of what somebody answered: state, justification, response, and all reasons in
 *                    words; of what the vendor is looking at "in_triage"
 *   affects          the package's reference
 *   properties       "plimsoll:disputed"
 */
#include "base/buf.h"
#include "base/compiler.h"
#include "base/limits.h"
#include "sbom/cyclonedx_output.h"

/* Texts of others: XML would have their tabs as they are. */
static void write_words(struct pl_cyclonedx *out, const char *name, pl_str words)
{
    struct pl_arena scratch pl_autoarena = {0};
    char *line = pl_arena_alloc(&scratch, words.len, 1);
    for (size_t i = 0; i < words.len; i++) {
        line[i] = words.ptr[i] == '\t' || words.ptr[i] == '\r' ? ' ' : words.ptr[i];
    }
    pl_cyclonedx_text(out, name, pl_str_make(line, words.len));
}

static void write_references(struct pl_cyclonedx *out, const struct pl_finding *finding)
{
    size_t written = 0;
    for (size_t i = 0; i < finding->sources.count; i++) {
        const struct pl_finding_source *source = &finding->sources.items[i];
        if (pl_str_eq(source->id, finding->id)) {
            continue;
        }
        if (written++ == 0) {
            pl_cyclonedx_begin_list(out, "references");
        }
        pl_cyclonedx_begin_item(out, "reference");
        pl_cyclonedx_text(out, "id", source->id);
        pl_cyclonedx_begin(out, "source");
        pl_cyclonedx_text(out, "name", source->slice);
        pl_cyclonedx_end(out);
        pl_cyclonedx_end(out);
    }
    if (written > 0) {
        pl_cyclonedx_end_list(out);
    }
}

static void write_rating(struct pl_cyclonedx *out, const struct pl_finding *finding)
{
    static const char *const words[PL_SEVERITY_COUNT_] = {
        [PL_SEVERITY_MALICIOUS] = "critical",
        [PL_SEVERITY_CRITICAL] = "critical",
        [PL_SEVERITY_HIGH] = "high",
        [PL_SEVERITY_MEDIUM] = "medium",
        [PL_SEVERITY_LOW] = "low",
        [PL_SEVERITY_NEGLIGIBLE] = "info",
        [PL_SEVERITY_UNKNOWN] = "unknown",
    };
    pl_cyclonedx_begin_list(out, "ratings");
    pl_cyclonedx_begin_item(out, "rating");
    if (finding->cvss >= 0 && out->is_json) {
        pl_json_writer_key(&out->json, "score");
        pl_json_writer_double(&out->json, finding->cvss);
    } else if (finding->cvss >= 0) {
        struct pl_arena scratch pl_autoarena = {0};
        pl_cyclonedx_text(out, "score", pl_arena_format(&scratch, "%.1f", finding->cvss));
    }
    pl_cyclonedx_text(out, "severity", pl_str_from(words[finding->severity]));
    pl_cyclonedx_end(out);
    pl_cyclonedx_end_list(out);
}

static void write_recommendation(struct pl_cyclonedx *out, const struct pl_finding *finding)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    for (size_t i = 0; i < finding->fix_versions.count; i++) {
        pl_buf_append_format(&text, "%s" PL_STR_FMT, i == 0 ? "Upgrade to " : " or ",
                             PL_STR_ARG(finding->fix_versions.items[i]));
    }
    pl_cyclonedx_text(out, "recommendation", pl_buf_str(&text));
}

static void write_advisories(struct pl_cyclonedx *out, const struct pl_strs *urls)
{
    if (urls->count == 0) {
        return;
    }
    pl_cyclonedx_begin_list(out, "advisories");
    for (size_t i = 0; i < urls->count; i++) {
        pl_cyclonedx_begin_item(out, "advisory");
        pl_cyclonedx_text(out, "url", urls->items[i]);
        pl_cyclonedx_end(out);
    }
    pl_cyclonedx_end_list(out);
}

/* CycloneDX's words for a reason; NULL where it has none. Who accepts a risk says that it is there.
 */
static const struct {
    const char *state;
    const char *justification;
    const char *response;
} analyses[] = {
    [PL_SUPPRESSION_COMPONENT_ABSENT] = {"not_affected", "code_not_present", NULL},
    [PL_SUPPRESSION_CODE_ABSENT] = {"not_affected", "code_not_present", NULL},
    [PL_SUPPRESSION_CODE_UNUSED] = {"not_affected", "code_not_reachable", NULL},
    [PL_SUPPRESSION_CODE_UNREACHABLE] = {"not_affected", "code_not_reachable", NULL},
    [PL_SUPPRESSION_MITIGATED] = {"not_affected", "protected_by_mitigating_control", NULL},
    [PL_SUPPRESSION_NOT_AFFECTED] = {"not_affected", NULL, NULL},
    [PL_SUPPRESSION_FIXED] = {"resolved", NULL, NULL},
    [PL_SUPPRESSION_FALSE_POSITIVE] = {"false_positive", NULL, NULL},
    [PL_SUPPRESSION_ACCEPTED] = {"exploitable", NULL, "will_not_fix"},
    [PL_SUPPRESSION_DEFERRED] = {"exploitable", NULL, "update"},
    [PL_SUPPRESSION_AFFECTED] = {"exploitable", NULL, NULL},
    [PL_SUPPRESSION_INVESTIGATED] = {"in_triage", NULL, NULL},
    [PL_SUPPRESSION_UNSTATED] = {"exploitable", NULL, "will_not_fix"},
};

/* Every reason, a line each. */
static void write_detail(struct pl_cyclonedx *out, const struct pl_suppression_marks *marks)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES);
    for (size_t i = 0; i < marks->count; i++) {
        const struct pl_suppression_mark *mark = &marks->items[i];
        const struct {
            const char *before;
            pl_str text;
        } parts[] = {{": ", mark->text},
                     {", by ", mark->by},
                     {", until ", mark->until},
                     {", says ", mark->origin}};
        pl_buf_append_format(&text, "%s%s", i > 0 ? "\n" : "",
                             pl_suppression_reason_to_string(mark->reason));
        for (size_t k = 0; k < PL_ARRAY_LEN(parts); k++) {
            if (parts[k].text.len > 0) {
                pl_buf_append_format(&text, "%s" PL_STR_FMT, parts[k].before,
                                     PL_STR_ARG(parts[k].text));
            }
        }
    }
    write_words(out, "detail", pl_buf_str(&text));
}

static void write_response(struct pl_cyclonedx *out, const char *word)
{
    if (!word) {
        return;
    }
    if (out->is_json) {
        pl_json_writer_member_array(&out->json, "response");
        pl_json_writer_string(&out->json, pl_str_from(word));
        pl_json_writer_end_array(&out->json);
    } else {
        pl_xml_writer_begin(&out->xml, "responses");
        pl_xml_writer_element(&out->xml, "response", pl_str_from(word));
        pl_xml_writer_end(&out->xml);
    }
}

static void write_analysis(struct pl_cyclonedx *out, const struct pl_finding *finding)
{
    if (finding->suppressions.count + finding->assessments.count > 0) {
        const struct pl_suppression_marks *marks =
            finding->suppressions.count > 0 ? &finding->suppressions : &finding->assessments;
        enum pl_suppression_reason reason = marks == &finding->suppressions ? marks->items[0].reason
                                            : finding->status == PL_FINDING_UNDER_INVESTIGATION
                                                ? PL_SUPPRESSION_INVESTIGATED
                                                : PL_SUPPRESSION_AFFECTED;
        pl_cyclonedx_begin(out, "analysis");
        pl_cyclonedx_text(out, "state", pl_str_from(analyses[reason].state));
        pl_cyclonedx_text(out, "justification", pl_str_from(analyses[reason].justification));
        write_response(out, analyses[reason].response);
        write_detail(out, marks);
        pl_cyclonedx_end(out);
    } else if (finding->status == PL_FINDING_UNDER_INVESTIGATION) {
        pl_cyclonedx_begin(out, "analysis");
        pl_cyclonedx_text(out, "state", PL_STR("in_triage"));
        pl_cyclonedx_end(out);
    }
}

static void write_vulnerability(struct pl_cyclonedx *out, const struct pl_finding *finding,
                                pl_str ref)
{
    pl_cyclonedx_begin_item(out, "vulnerability");
    pl_cyclonedx_text(out, "id", finding->id);
    write_references(out, finding);
    write_rating(out, finding);
    write_words(out, "description", finding->title);
    write_recommendation(out, finding);
    write_advisories(out, &finding->references);
    write_analysis(out, finding);
    pl_cyclonedx_begin_list(out, "affects");
    pl_cyclonedx_begin_item(out, "target");
    pl_cyclonedx_text(out, "ref", ref);
    pl_cyclonedx_end(out);
    pl_cyclonedx_end_list(out);
    if (finding->is_disputed) {
        pl_cyclonedx_begin_list(out, "properties");
        pl_cyclonedx_property(out, PL_STR("plimsoll:disputed"), PL_STR("true"));
        pl_cyclonedx_end_list(out);
    }
    pl_cyclonedx_end(out);
}

void pl_cyclonedx_vulnerabilities(struct pl_cyclonedx *out, const struct pl_sbom *sbom)
{
    const struct pl_report *report = sbom->report;
    const struct pl_findings *lists[] = {&report->findings, &report->suppressed};
    if (!report->has_findings) {
        return;
    }
    struct pl_arena scratch pl_autoarena = {0};
    pl_str *refs = PL_ARENA_ARRAY(&scratch, pl_str, report->components.count);
    for (size_t i = 0; i < sbom->packages.count; i++) {
        refs[sbom->packages.items[i].component - report->components.items] =
            sbom->packages.items[i].ref;
    }
    pl_cyclonedx_begin_list(out, "vulnerabilities");
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        for (size_t k = 0; k < lists[i]->count; k++) {
            const struct pl_finding *finding = &lists[i]->items[k];
            write_vulnerability(out, finding, refs[finding->component - report->components.items]);
        }
    }
    pl_cyclonedx_end_list(out);
}
