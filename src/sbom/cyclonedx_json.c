/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX 1.6 as JSON: https://cyclonedx.org/docs/1.6/json/. */
#include "format/json_writer.h"
#include "sbom/cyclonedx.h"
#include "sbom/write.h"

static void write_property(struct pl_json_writer *json, pl_str name, pl_str value)
{
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "name", name);
    pl_json_writer_member_text(json, "value", value);
    pl_json_writer_end_object(json);
}

static void write_properties(struct pl_json_writer *json, const struct pl_sbom_properties *list,
                             const struct pl_strs *layers)
{
    size_t layer_count = layers ? layers->count : 0;
    if (list->count + layer_count == 0) {
        return;
    }
    pl_json_writer_member_array(json, "properties");
    for (size_t i = 0; i < list->count; i++) {
        write_property(json, list->items[i].name, list->items[i].value);
    }
    for (size_t i = 0; i < layer_count; i++) {
        write_property(json, PL_STR("plimsoll:layer"), layers->items[i]);
    }
    pl_json_writer_end_array(json);
}

static void write_supplier(struct pl_json_writer *json, const struct pl_sbom_package *package)
{
    if (package->supplier.len == 0) {
        return;
    }
    pl_json_writer_member_object(json, "supplier");
    pl_json_writer_member_text(json, "name", package->supplier);
    if (package->supplier_email.len > 0) {
        pl_json_writer_member_array(json, "contact");
        pl_json_writer_begin_object(json);
        pl_json_writer_member_text(json, "email", package->supplier_email);
        pl_json_writer_end_object(json);
        pl_json_writer_end_array(json);
    }
    pl_json_writer_end_object(json);
}

static void write_hashes(struct pl_json_writer *json, const struct pl_strs *hashes)
{
    bool has_any = false;
    for (size_t i = 0; i < hashes->count; i++) {
        pl_str algorithm = PL_STR_EMPTY;
        pl_str hex = PL_STR_EMPTY;
        const char *name = pl_sbom_split_hash(hashes->items[i], &algorithm, &hex)
                               ? pl_cyclonedx_hash_name(algorithm)
                               : NULL;
        if (!name) {
            continue;
        }
        if (!has_any) {
            pl_json_writer_member_array(json, "hashes");
            has_any = true;
        }
        pl_json_writer_begin_object(json);
        pl_json_writer_member_text(json, "alg", pl_str_from(name));
        pl_json_writer_member_text(json, "content", hex);
        pl_json_writer_end_object(json);
    }
    if (has_any) {
        pl_json_writer_end_array(json);
    }
}

/* One expression, or what is stated in its own words: the two do not mix. */
static void write_licenses(struct pl_json_writer *json, const struct pl_component *component)
{
    const struct pl_strs *stated = &component->licenses;
    if (component->license_expression.len == 0 && stated->count == 0) {
        return;
    }
    pl_json_writer_member_array(json, "licenses");
    if (component->license_expression.len > 0) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member_text(json, "expression", component->license_expression);
        pl_json_writer_end_object(json);
    }
    for (size_t i = 0; i < stated->count && component->license_expression.len == 0; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member_object(json, "license");
        pl_json_writer_member_text(json, "name", stated->items[i]);
        pl_json_writer_end_object(json);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void write_identity(struct pl_json_writer *json, const struct pl_component *component)
{
    pl_json_writer_member_array(json, "identity");
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "field", PL_STR("purl"));
    pl_json_writer_key(json, "confidence");
    pl_json_writer_double(json, component->confidence / 100.0);
    pl_json_writer_member_array(json, "methods");
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "technique", PL_STR("binary-analysis"));
    pl_json_writer_key(json, "confidence");
    pl_json_writer_double(json, component->confidence / 100.0);
    pl_json_writer_member_text(json, "value", component->basis);
    pl_json_writer_end_object(json);
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
    pl_json_writer_end_array(json);
}

static void write_evidence(struct pl_json_writer *json, const struct pl_component *component)
{
    if (component->locations.count == 0 && component->confidence == 0) {
        return;
    }
    pl_json_writer_member_object(json, "evidence");
    if (component->confidence > 0) {
        write_identity(json, component);
    }
    pl_json_writer_member_array(json, "occurrences");
    for (size_t i = 0; i < component->locations.count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_key(json, "location");
        pl_json_writer_string(json, component->locations.items[i].path);
        pl_json_writer_member_text(json, "additionalContext", component->locations.items[i].layer);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
}

static void write_package(struct pl_json_writer *json, const struct pl_sbom_package *package)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_component *component = package->component;
    struct pl_strs layers = pl_cyclonedx_layers(&scratch, component);
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "type", pl_str_from(pl_cyclonedx_package_type(package)));
    pl_json_writer_member_text(json, "bom-ref", package->ref);
    write_supplier(json, package);
    pl_json_writer_member_text(json, "group", package->group);
    pl_json_writer_key(json, "name");
    pl_json_writer_string(json, package->name);
    pl_json_writer_member_text(json, "version", component->version);
    pl_json_writer_member_text(json, "scope", pl_str_from(pl_cyclonedx_scope(component)));
    write_hashes(json, &component->hashes);
    write_licenses(json, component);
    pl_json_writer_member_text(json, "cpe", package->cpe);
    pl_json_writer_member_text(json, "purl", package->purl);
    write_evidence(json, component);
    write_properties(json, &package->properties, &layers);
    pl_json_writer_end_object(json);
}

static void write_os(struct pl_json_writer *json, const struct pl_sbom *sbom)
{
    const struct pl_os *os = &sbom->report->subject.os;
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "type", PL_STR("operating-system"));
    pl_json_writer_member_text(json, "bom-ref", sbom->os_ref);
    pl_json_writer_member_text(json, "name", os->id);
    pl_json_writer_member_text(json, "version", os->version_id);
    pl_json_writer_member_text(json, "description", os->pretty_name);
    write_properties(json, &sbom->os_properties, NULL);
    pl_json_writer_end_object(json);
}

static void write_tool(struct pl_json_writer *json)
{
    pl_json_writer_member_object(json, "tools");
    pl_json_writer_member_array(json, "components");
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "type", PL_STR("application"));
    pl_json_writer_member_text(json, "name", PL_STR("plimsoll"));
    pl_json_writer_member_text(json, "version", PL_STR(PL_VERSION));
    pl_json_writer_end_object(json);
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
}

static void write_metadata(struct pl_json_writer *json, const struct pl_sbom *sbom)
{
    const struct pl_subject *subject = &sbom->report->subject;
    pl_json_writer_member_object(json, "metadata");
    pl_json_writer_member_text(json, "timestamp", sbom->created);
    write_tool(json);
    pl_json_writer_member_object(json, "component");
    pl_json_writer_member_text(json, "type", pl_str_from(pl_cyclonedx_subject_type(sbom)));
    pl_json_writer_member_text(json, "bom-ref", sbom->subject_ref);
    pl_json_writer_key(json, "name");
    pl_json_writer_string(json, subject->name);
    pl_json_writer_member_text(json, "version", subject->digest);
    pl_json_writer_member_text(json, "purl", sbom->subject_purl);
    write_properties(json, &sbom->subject_properties, NULL);
    pl_json_writer_end_object(json);
    if (sbom->gaps.count > 0) {
        pl_json_writer_member_array(json, "properties");
        for (size_t i = 0; i < sbom->gaps.count; i++) {
            write_property(json, PL_STR("plimsoll:gap"), sbom->gaps.items[i]);
        }
        pl_json_writer_end_array(json);
    }
    pl_json_writer_end_object(json);
}

static void begin_dependency(struct pl_json_writer *json, pl_str ref)
{
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "ref", ref);
    pl_json_writer_member_array(json, "dependsOn");
}

static void end_dependency(struct pl_json_writer *json, const struct pl_sbom *sbom,
                           const struct pl_sbom_places *places)
{
    for (size_t i = 0; i < places->count; i++) {
        pl_json_writer_string(json, sbom->packages.items[places->items[i]].ref);
    }
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
}

static void write_dependencies(struct pl_json_writer *json, const struct pl_sbom *sbom)
{
    pl_json_writer_member_array(json, "dependencies");
    begin_dependency(json, sbom->subject_ref);
    if (sbom->os_ref.len > 0) {
        pl_json_writer_string(json, sbom->os_ref);
    }
    end_dependency(json, sbom, &sbom->roots);
    for (size_t i = 0; i < sbom->packages.count; i++) {
        const struct pl_sbom_package *package = &sbom->packages.items[i];
        if (package->needs.count > 0) {
            begin_dependency(json, package->ref);
            end_dependency(json, sbom, &package->needs);
        }
    }
    pl_json_writer_end_array(json);
}

/* A list with gaps is told to be one. */
static void write_compositions(struct pl_json_writer *json, const struct pl_sbom *sbom)
{
    pl_json_writer_member_array(json, "compositions");
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "aggregate",
                               sbom->gaps.count > 0 ? PL_STR("incomplete") : PL_STR("unknown"));
    pl_json_writer_member_array(json, "assemblies");
    pl_json_writer_string(json, sbom->subject_ref);
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
    pl_json_writer_end_array(json);
}

void pl_sbom_write_cyclonedx_json(const struct pl_sbom *sbom, struct pl_writer *writer)
{
    struct pl_json_writer json;
    pl_json_writer_init(&json, writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member_text(&json, "$schema",
                               PL_STR("http://cyclonedx.org/schema/bom-1.6.schema.json"));
    pl_json_writer_member_text(&json, "bomFormat", PL_STR("CycloneDX"));
    pl_json_writer_member_text(&json, "specVersion", PL_STR("1.6"));
    pl_json_writer_key(&json, "serialNumber");
    struct pl_arena scratch pl_autoarena = {0};
    pl_json_writer_string(
        &json, pl_arena_format(&scratch, "urn:uuid:" PL_STR_FMT, PL_STR_ARG(sbom->uuid)));
    pl_json_writer_member_uint(&json, "version", 1);
    write_metadata(&json, sbom);
    pl_json_writer_member_array(&json, "components");
    if (sbom->os_ref.len > 0) {
        write_os(&json, sbom);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        write_package(&json, &sbom->packages.items[i]);
    }
    pl_json_writer_end_array(&json);
    write_dependencies(&json, sbom);
    write_compositions(&json, sbom);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
}
