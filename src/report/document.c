/* SPDX-License-Identifier: Apache-2.0 */
#include "report/document.h"

static void write_os(struct pl_json_writer *json, const struct pl_subject *subject)
{
    const struct pl_os *os = &subject->os;
    pl_json_writer_member_object(json, "os");
    pl_json_writer_member(json, "id", os->id);
    pl_json_writer_member(json, "version_id", os->version_id);
    pl_json_writer_member(json, "name", os->name);
    pl_json_writer_member(json, "version", os->version);
    pl_json_writer_member(json, "pretty_name", os->pretty_name);
    pl_json_writer_member(json, "version_codename", os->version_codename);
    pl_json_writer_member(json, "id_like", os->id_like);
    pl_json_writer_member(json, "cpe_name", os->cpe_name);
    pl_json_writer_member(json, "variant_id", os->variant_id);
    pl_json_writer_member(json, "build_id", os->build_id);
    pl_json_writer_member(json, "end_of_life", subject->end_of_life);
    pl_json_writer_end_object(json);
}

void pl_document_subject(struct pl_json_writer *json, const struct pl_subject *subject)
{
    pl_json_writer_member_object(json, "subject");
    pl_json_writer_member(json, "kind", subject->kind);
    pl_json_writer_member(json, "name", subject->name);
    pl_json_writer_member(json, "source", subject->source);
    pl_json_writer_member(json, "digest", subject->digest);
    pl_json_writer_member(json, "platform", subject->platform);
    write_os(json, subject);
    pl_json_writer_member_strings(json, "ecosystems", &subject->ecosystems);
    pl_json_writer_member_array(json, "layers");
    for (size_t i = 0; i < subject->layers.count; i++) {
        const struct pl_layer_info *layer = &subject->layers.items[i];
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "digest", layer->digest);
        pl_json_writer_member(json, "diff_id", layer->diff_id);
        pl_json_writer_member(json, "media_type", layer->media_type);
        pl_json_writer_member_uint(json, "size", layer->size_bytes);
        pl_json_writer_member(json, "created_by", layer->created_by);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
    if (subject->container) {
        pl_document_container(json, subject);
    }
    pl_json_writer_end_object(json);
}

/* Most components have none of these. */
static void write_strings_if_any(struct pl_json_writer *json, const char *key,
                                 const struct pl_strs *list)
{
    if (list->count > 0) {
        pl_json_writer_member_strings(json, key, list);
    }
}

/* How it came to be needed, as far as a place says. */
static void write_dependency(struct pl_json_writer *json, const struct pl_component *component)
{
    if (component->relation != PL_RELATION_UNKNOWN) {
        pl_json_writer_member(json, "relation",
                              pl_str_from(pl_relation_to_string(component->relation)));
    }
    if (component->is_dev) {
        pl_json_writer_member_bool(json, "dev", true);
    }
    if (component->is_optional) {
        pl_json_writer_member_bool(json, "optional", true);
    }
}

static void write_component(struct pl_json_writer *json, const struct pl_component *component,
                            pl_str purl)
{
    pl_json_writer_begin_object(json);
    pl_json_writer_member(json, "purl", purl);
    pl_json_writer_member(json, "name", component->name);
    pl_json_writer_member(json, "version", component->version);
    pl_json_writer_member(json, "type", component->type);
    pl_json_writer_member(json, "arch", component->arch);
    pl_json_writer_member(json, "scope", pl_str_from(pl_scope_to_string(component->scope)));
    if (component->since_image != PL_SINCE_IMAGE_UNKNOWN) {
        pl_json_writer_member(json, "since_image",
                              pl_str_from(pl_since_image_to_string(component->since_image)));
    }
    pl_json_writer_key(json, "source");
    if (component->source_name.len > 0) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "name", component->source_name);
        pl_json_writer_member(json, "version", component->source_version);
        pl_json_writer_end_object(json);
    } else {
        pl_json_writer_null(json);
    }
    if (component->third_party.len > 0) {
        pl_json_writer_member(json, "third_party", component->third_party);
    }
    write_dependency(json, component);
    pl_json_writer_member_strings(json, "licenses", &component->licenses);
    pl_json_writer_member(json, "license_expression", component->license_expression);
    write_strings_if_any(json, "hashes", &component->hashes);
    write_strings_if_any(json, "depends", &component->depends);
    write_strings_if_any(json, "contains", &component->contains);
    write_strings_if_any(json, "cpes", &component->cpes);
    if (component->confidence > 0) {
        pl_json_writer_member(json, "basis", component->basis);
        pl_json_writer_member_uint(json, "confidence", component->confidence);
    }
    pl_json_writer_member_array(json, "locations");
    for (size_t i = 0; i < component->locations.count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "path", component->locations.items[i].path);
        pl_json_writer_member(json, "layer", component->locations.items[i].layer);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
}

void pl_document_components(struct pl_json_writer *json, const struct pl_components *components)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_json_writer_member_array(json, "components");
    for (size_t i = 0; i < components->count; i++) {
        pl_arena_clear(&scratch);
        const struct pl_component *component = &components->items[i];
        write_component(json, component, pl_component_purl(&scratch, component));
    }
    pl_json_writer_end_array(json);
}

static void write_fix_and_match(struct pl_json_writer *json, const struct pl_finding *finding)
{
    pl_json_writer_member_object(json, "fix");
    pl_json_writer_member(json, "state", pl_str_from(pl_fix_state_to_string(finding->fix_state)));
    pl_json_writer_member_strings(json, "versions", &finding->fix_versions);
    pl_json_writer_end_object(json);
    pl_json_writer_member_object(json, "match");
    pl_json_writer_member(json, "ecosystem", finding->match_ecosystem);
    pl_json_writer_member(json, "via", finding->match_via);
    pl_json_writer_member(json, "range", finding->match_range);
    pl_json_writer_end_object(json);
}

static void write_score(struct pl_json_writer *json, const char *key, double score)
{
    pl_json_writer_key(json, key);
    if (score >= 0) {
        pl_json_writer_double(json, score);
    } else {
        pl_json_writer_null(json);
    }
}

static void write_sources(struct pl_json_writer *json, const struct pl_finding_sources *sources)
{
    pl_json_writer_member_array(json, "sources");
    for (size_t i = 0; i < sources->count; i++) {
        const struct pl_finding_source *source = &sources->items[i];
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "id", source->id);
        pl_json_writer_member(json, "feed", source->slice);
        pl_json_writer_member(json, "severity",
                              pl_str_from(pl_severity_to_string(source->severity)));
        write_score(json, "cvss", source->cvss);
        pl_json_writer_member(json, "state", pl_str_from(pl_affect_to_string(source->state)));
        pl_json_writer_member(json, "range", source->range);
        pl_json_writer_member_strings(json, "fixed", &source->fixed);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void write_exploitation(struct pl_json_writer *json, const struct pl_exploitation *entry)
{
    if (entry->kev_catalogue.len > 0) {
        pl_json_writer_member_object(json, "kev");
        pl_json_writer_member(json, "catalogue", entry->kev_catalogue);
        pl_json_writer_member(json, "added", entry->kev_added);
        pl_json_writer_member(json, "due", entry->kev_due);
        pl_json_writer_member_bool(json, "ransomware", entry->kev_ransomware);
        pl_json_writer_end_object(json);
    }
    if (entry->id.len > 0 && entry->epss >= 0) {
        pl_json_writer_member_object(json, "epss");
        write_score(json, "score", entry->epss);
        write_score(json, "percentile", entry->epss_percentile);
        pl_json_writer_member(json, "date", entry->epss_date);
        pl_json_writer_end_object(json);
    }
}

/* The members of an open object. */
static void write_mark(struct pl_json_writer *json, const struct pl_suppression_mark *mark)
{
    pl_json_writer_member(json, "reason",
                          pl_str_from(pl_suppression_reason_to_string(mark->reason)));
    pl_json_writer_member(json, "text", mark->text);
    pl_json_writer_member(json, "by", mark->by);
    pl_json_writer_member(json, "until", mark->until);
    pl_json_writer_member(json, "origin", mark->origin);
}

static void write_marks(struct pl_json_writer *json, const struct pl_suppression_marks *marks)
{
    if (marks->count == 0) {
        return;
    }
    pl_json_writer_member_array(json, "suppressions");
    for (size_t i = 0; i < marks->count; i++) {
        pl_json_writer_begin_object(json);
        write_mark(json, &marks->items[i]);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

/* Of what is not suppressed. */
static void write_assessments(struct pl_json_writer *json, const struct pl_suppression_marks *marks)
{
    if (marks->count == 0) {
        return;
    }
    pl_json_writer_member_array(json, "assessments");
    for (size_t i = 0; i < marks->count; i++) {
        const struct pl_suppression_mark *mark = &marks->items[i];
        pl_json_writer_begin_object(json);
        pl_json_writer_member(
            json, "status",
            pl_str_from(pl_finding_status_to_string(pl_finding_status_for(mark->reason))));
        pl_json_writer_member(json, "text", mark->text);
        pl_json_writer_member(json, "by", mark->by);
        pl_json_writer_member(json, "origin", mark->origin);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void write_finding(struct pl_json_writer *json, const struct pl_finding *finding,
                          pl_str purl)
{
    pl_json_writer_begin_object(json);
    pl_json_writer_member(json, "kind", pl_str_from(pl_finding_kind_to_string(finding->kind)));
    pl_json_writer_member(json, "id", finding->id);
    pl_json_writer_member_strings(json, "aliases", &finding->aliases);
    pl_json_writer_member(json, "component", purl);
    pl_json_writer_member(json, "severity", pl_str_from(pl_severity_to_string(finding->severity)));
    write_score(json, "cvss", finding->cvss);
    pl_json_writer_member(json, "status",
                          pl_str_from(pl_finding_status_to_string(finding->status)));
    if (finding->apart != PL_APART_NOT) {
        pl_json_writer_member(json, "apart", pl_str_from(pl_apart_to_string(finding->apart)));
    }
    if (finding->is_disputed) {
        pl_json_writer_member_bool(json, "disputed", true);
    }
    write_exploitation(json, &finding->exploitation);
    write_fix_and_match(json, finding);
    write_sources(json, &finding->sources);
    pl_json_writer_member(json, "title", finding->title);
    pl_json_writer_member_strings(json, "references", &finding->references);
    write_marks(json, &finding->suppressions);
    write_assessments(json, &finding->assessments);
    pl_json_writer_end_object(json);
}

static void write_findings(struct pl_json_writer *json, const char *key,
                           const struct pl_findings *findings)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_json_writer_member_array(json, key);
    for (size_t i = 0; i < findings->count; i++) {
        pl_arena_clear(&scratch);
        const struct pl_finding *finding = &findings->items[i];
        write_finding(json, finding, pl_component_purl(&scratch, finding->component));
    }
    pl_json_writer_end_array(json);
}

void pl_document_findings(struct pl_json_writer *json, const struct pl_findings *findings)
{
    write_findings(json, "findings", findings);
}

static void write_rule(struct pl_json_writer *json, const struct pl_suppression_record *record)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_suppression *rule = &record->rule;
    struct pl_strs packages = {0};
    for (size_t i = 0; i < rule->packages.count; i++) {
        *pl_vec_push(&scratch, &packages) = pl_purl_format(&scratch, &rule->packages.items[i]);
    }
    for (size_t i = 0; i < rule->claims.count; i++) {
        *pl_vec_push(&scratch, &packages) = pl_arena_format(
            &scratch, PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(rule->claims.items[i].ecosystem),
            PL_STR_ARG(rule->claims.items[i].name));
    }
    pl_json_writer_begin_object(json);
    pl_json_writer_member_strings(json, "ids", &rule->names);
    pl_json_writer_member_strings(json, "packages", &packages);
    const struct pl_suppression_mark mark = pl_suppression_mark_of(rule);
    write_mark(json, &mark);
    pl_json_writer_member(json, "use", pl_str_from(pl_suppression_use_to_string(record->use)));
    pl_json_writer_member_uint(json, "findings", record->findings);
    pl_json_writer_end_object(json);
}

void pl_document_suppressed(struct pl_json_writer *json, const struct pl_report *report)
{
    write_findings(json, "suppressed", &report->suppressed);
    pl_json_writer_member_array(json, "suppressions");
    for (size_t i = 0; i < report->suppressions.count; i++) {
        write_rule(json, &report->suppressions.items[i]);
    }
    pl_json_writer_end_array(json);
}

void pl_document_gaps(struct pl_json_writer *json, const struct pl_gaps *gaps)
{
    pl_json_writer_member_array(json, "gaps");
    for (size_t i = 0; i < gaps->count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "path", gaps->items[i].path);
        pl_json_writer_member(json, "layer", gaps->items[i].layer);
        pl_json_writer_member(json, "reason", gaps->items[i].reason);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

void pl_document_sandbox(struct pl_json_writer *json, const struct pl_report *report)
{
    if (report->sandbox.len > 0) {
        pl_json_writer_member(json, "sandbox", report->sandbox);
    }
}

void pl_document_verdict(struct pl_json_writer *json, const struct pl_report *report)
{
    pl_json_writer_member_object(json, "verdict");
    pl_json_writer_member_bool(json, "pass", report->verdict_pass);
    pl_json_writer_member_strings(json, "reasons", &report->verdict_reasons);
    pl_json_writer_end_object(json);
}

void pl_document_database(struct pl_json_writer *json, const struct pl_report *report)
{
    pl_json_writer_member_object(json, "database");
    pl_json_writer_member(json, "generation", report->database_generation);
    pl_json_writer_member_array(json, "feeds");
    for (size_t i = 0; i < report->feeds.count; i++) {
        const struct pl_feed_info *feed = &report->feeds.items[i];
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "name", feed->name);
        pl_json_writer_member(json, "modified", feed->modified);
        pl_json_writer_member_uint(json, "records", feed->records);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
}
