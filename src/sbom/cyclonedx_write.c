/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX 1.6 in both of its forms, https://cyclonedx.org/docs/1.6/json/ and /xml/, by one walk.
 */
#include "sbom/cyclonedx_output.h"
#include "sbom/write.h"

/* From 0 to 1. */
static void write_confidence(struct pl_cyclonedx *out, unsigned percent)
{
    if (out->is_json) {
        pl_json_writer_key(&out->json, "confidence");
        pl_json_writer_double(&out->json, percent / 100.0);
    } else {
        struct pl_arena scratch pl_autoarena = {0};
        pl_xml_writer_element(&out->xml, "confidence",
                              pl_arena_format(&scratch, "%u.%02u", percent / 100, percent % 100));
    }
}

/* And the layers that a package lies in, each once. */
static void write_properties(struct pl_cyclonedx *out, const struct pl_sbom_properties *list,
                             const struct pl_strs *layers)
{
    size_t layer_count = layers ? layers->count : 0;
    if (list->count + layer_count == 0) {
        return;
    }
    pl_cyclonedx_begin_list(out, "properties");
    for (size_t i = 0; i < list->count; i++) {
        pl_cyclonedx_property(out, list->items[i].name, list->items[i].value);
    }
    for (size_t i = 0; i < layer_count; i++) {
        pl_cyclonedx_property(out, PL_STR("plimsoll:layer"), layers->items[i]);
    }
    pl_cyclonedx_end_list(out);
}

static void write_supplier(struct pl_cyclonedx *out, const struct pl_sbom_package *package)
{
    if (package->supplier.len == 0) {
        return;
    }
    pl_cyclonedx_begin(out, "supplier");
    pl_cyclonedx_text(out, "name", package->supplier);
    if (package->supplier_email.len > 0) {
        pl_cyclonedx_begin_bare_list(out, "contact");
        pl_cyclonedx_begin_item(out, "contact");
        pl_cyclonedx_text(out, "email", package->supplier_email);
        pl_cyclonedx_end(out);
        pl_cyclonedx_end_bare_list(out);
    }
    pl_cyclonedx_end(out);
}

static void write_hashes(struct pl_cyclonedx *out, const struct pl_strs *hashes)
{
    static const char *const algorithms[][2] = {{"md5", "MD5"},        {"sha1", "SHA-1"},
                                                {"sha256", "SHA-256"}, {"sha384", "SHA-384"},
                                                {"sha512", "SHA-512"}, {NULL, NULL}};
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_sbom_properties list = pl_sbom_hashes(&scratch, hashes, algorithms);
    if (list.count == 0) {
        return;
    }
    pl_cyclonedx_begin_list(out, "hashes");
    for (size_t i = 0; i < list.count; i++) {
        pl_cyclonedx_begin_item(out, "hash");
        pl_cyclonedx_attribute(out, "alg", list.items[i].name);
        pl_cyclonedx_content(out, "content", list.items[i].value);
        pl_cyclonedx_end(out);
    }
    pl_cyclonedx_end_list(out);
}

/* One expression, or what is stated in its own words: the two do not mix. */
static void write_licenses(struct pl_cyclonedx *out, const struct pl_component *component)
{
    const struct pl_strs *stated = &component->licenses;
    if (component->license_expression.len == 0 && stated->count == 0) {
        return;
    }
    pl_cyclonedx_begin_list(out, "licenses");
    if (component->license_expression.len > 0) {
        pl_cyclonedx_begin_bare_item(out);
        pl_cyclonedx_text(out, "expression", component->license_expression);
        pl_cyclonedx_end_bare_item(out);
    }
    for (size_t i = 0; i < stated->count && component->license_expression.len == 0; i++) {
        pl_cyclonedx_begin_bare_item(out);
        pl_cyclonedx_begin(out, "license");
        pl_cyclonedx_text(out, "name", stated->items[i]);
        pl_cyclonedx_end(out);
        pl_cyclonedx_end_bare_item(out);
    }
    pl_cyclonedx_end_list(out);
}

static void write_identity(struct pl_cyclonedx *out, const struct pl_component *component)
{
    pl_cyclonedx_begin_bare_list(out, "identity");
    pl_cyclonedx_begin_item(out, "identity");
    pl_cyclonedx_text(out, "field", PL_STR("purl"));
    write_confidence(out, component->confidence);
    pl_cyclonedx_begin_list(out, "methods");
    pl_cyclonedx_begin_item(out, "method");
    pl_cyclonedx_text(out, "technique", PL_STR("binary-analysis"));
    write_confidence(out, component->confidence);
    pl_cyclonedx_text(out, "value", component->basis);
    pl_cyclonedx_end(out);
    pl_cyclonedx_end_list(out);
    pl_cyclonedx_end(out);
    pl_cyclonedx_end_bare_list(out);
}

static void write_evidence(struct pl_cyclonedx *out, const struct pl_component *component)
{
    if (component->locations.count == 0 && component->confidence == 0) {
        return;
    }
    pl_cyclonedx_begin(out, "evidence");
    if (component->confidence > 0) {
        write_identity(out, component);
    }
    if (component->locations.count > 0) {
        pl_cyclonedx_begin_list(out, "occurrences");
        for (size_t i = 0; i < component->locations.count; i++) {
            pl_cyclonedx_begin_item(out, "occurrence");
            pl_cyclonedx_text(out, "location", component->locations.items[i].path);
            pl_cyclonedx_text(out, "additionalContext", component->locations.items[i].layer);
            pl_cyclonedx_end(out);
        }
        pl_cyclonedx_end_list(out);
    }
    pl_cyclonedx_end(out);
}

/* What every component begins with. */
static void write_type(struct pl_cyclonedx *out, const char *type, pl_str ref)
{
    pl_cyclonedx_attribute(out, "type", pl_str_from(type));
    pl_cyclonedx_attribute(out, "bom-ref", ref);
}

/* Neither form does without a name. */
static void write_name(struct pl_cyclonedx *out, pl_str name)
{
    pl_cyclonedx_text(out, "name", name.len > 0 ? name : PL_STR("unnamed"));
}

/* "library", or another for what is none of a package manager. */
static const char *package_type(const struct pl_component *component)
{
    pl_str type = component->type;
    bool is_program = pl_str_eq(type, PL_STR("binary")) || pl_str_eq(type, PL_STR("kernel")) ||
                      pl_str_eq(type, PL_STR("generic"));
    return pl_str_eq(type, PL_STR("oci")) ? "container" : is_program ? "application" : "library";
}

/* "Excluded" is the word for what is used in development and tests alone. What is required has
 * none. */
static const char *scope(const struct pl_component *component)
{
    return component->is_dev ? "excluded" : component->is_optional ? "optional" : NULL;
}

static struct pl_strs layers_of(struct pl_arena *arena, const struct pl_component *component)
{
    struct pl_strs layers = {0};
    for (size_t i = 0; i < component->locations.count; i++) {
        if (component->locations.items[i].layer.len > 0) {
            pl_strs_add_unique(arena, &layers, component->locations.items[i].layer);
        }
    }
    return layers;
}

static void write_package(struct pl_cyclonedx *out, const struct pl_sbom_package *package)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_component *component = package->component;
    struct pl_strs layers = layers_of(&scratch, component);
    pl_cyclonedx_begin_item(out, "component");
    write_type(out, package_type(component), package->ref);
    write_supplier(out, package);
    pl_cyclonedx_text(out, "group", package->group);
    write_name(out, package->name);
    pl_cyclonedx_text(out, "version", component->version);
    pl_cyclonedx_text(out, "scope", pl_str_from(scope(component)));
    write_hashes(out, &component->hashes);
    write_licenses(out, component);
    pl_cyclonedx_text(out, "cpe", package->cpe);
    pl_cyclonedx_text(out, "purl", package->purl);
    /* In JSON, what is plimsoll's own comes last; XML has its order. */
    if (out->is_json) {
        write_evidence(out, component);
    }
    write_properties(out, &package->properties, &layers);
    if (!out->is_json) {
        write_evidence(out, component);
    }
    pl_cyclonedx_end(out);
}

static void write_os(struct pl_cyclonedx *out, const struct pl_sbom *sbom)
{
    const struct pl_os *os = &sbom->report->subject.os;
    pl_cyclonedx_begin_item(out, "component");
    write_type(out, "operating-system", sbom->os_ref);
    pl_cyclonedx_text(out, "name", os->id);
    pl_cyclonedx_text(out, "version", os->version_id);
    pl_cyclonedx_text(out, "description", os->pretty_name);
    write_properties(out, &sbom->os_properties, NULL);
    pl_cyclonedx_end(out);
}

static void write_tool(struct pl_cyclonedx *out)
{
    pl_cyclonedx_begin(out, "tools");
    pl_cyclonedx_begin_list(out, "components");
    pl_cyclonedx_begin_item(out, "component");
    write_type(out, "application", PL_STR_EMPTY);
    pl_cyclonedx_text(out, "name", PL_STR("plimsoll"));
    pl_cyclonedx_text(out, "version", PL_STR(PL_VERSION));
    pl_cyclonedx_end(out);
    pl_cyclonedx_end_list(out);
    pl_cyclonedx_end(out);
}

static void write_metadata(struct pl_cyclonedx *out, const struct pl_sbom *sbom)
{
    const struct pl_subject *subject = &sbom->report->subject;
    bool is_container =
        pl_str_eq(subject->kind, PL_STR("image")) || pl_str_eq(subject->kind, PL_STR("container"));
    pl_cyclonedx_begin(out, "metadata");
    pl_cyclonedx_text(out, "timestamp", sbom->created);
    write_tool(out);
    pl_cyclonedx_begin(out, "component");
    write_type(out, is_container ? "container" : "application", sbom->subject_ref);
    write_name(out, subject->name);
    pl_cyclonedx_text(out, "version", subject->digest);
    pl_cyclonedx_text(out, "purl", sbom->subject_purl);
    write_properties(out, &sbom->subject_properties, NULL);
    pl_cyclonedx_end(out);
    if (sbom->gaps.count > 0) {
        pl_cyclonedx_begin_list(out, "properties");
        for (size_t i = 0; i < sbom->gaps.count; i++) {
            pl_cyclonedx_property(out, PL_STR("plimsoll:gap"), sbom->gaps.items[i]);
        }
        pl_cyclonedx_end_list(out);
    }
    pl_cyclonedx_end(out);
}

static void write_dependency(struct pl_cyclonedx *out, const struct pl_sbom *sbom, pl_str ref,
                             pl_str first, const struct pl_sbom_places *places)
{
    pl_cyclonedx_begin_item(out, "dependency");
    pl_cyclonedx_attribute(out, "ref", ref);
    pl_cyclonedx_begin_bare_list(out, "dependsOn");
    if (first.len > 0) {
        pl_cyclonedx_ref(out, "dependency", first);
    }
    for (size_t i = 0; i < places->count; i++) {
        pl_cyclonedx_ref(out, "dependency", sbom->packages.items[places->items[i]].ref);
    }
    pl_cyclonedx_end_bare_list(out);
    pl_cyclonedx_end(out);
}

static void write_dependencies(struct pl_cyclonedx *out, const struct pl_sbom *sbom)
{
    pl_cyclonedx_begin_list(out, "dependencies");
    write_dependency(out, sbom, sbom->subject_ref, sbom->os_ref, &sbom->roots);
    for (size_t i = 0; i < sbom->packages.count; i++) {
        const struct pl_sbom_package *package = &sbom->packages.items[i];
        if (package->needs.count > 0) {
            write_dependency(out, sbom, package->ref, PL_STR_EMPTY, &package->needs);
        }
    }
    pl_cyclonedx_end_list(out);
}

/* A list with gaps is told to be one. */
static void write_compositions(struct pl_cyclonedx *out, const struct pl_sbom *sbom)
{
    pl_cyclonedx_begin_list(out, "compositions");
    pl_cyclonedx_begin_item(out, "composition");
    pl_cyclonedx_text(out, "aggregate",
                      sbom->gaps.count > 0 ? PL_STR("incomplete") : PL_STR("unknown"));
    pl_cyclonedx_begin_list(out, "assemblies");
    pl_cyclonedx_ref(out, "assembly", sbom->subject_ref);
    pl_cyclonedx_end_list(out);
    pl_cyclonedx_end(out);
    pl_cyclonedx_end_list(out);
}

/* What the document holds, after its head. */
static void write_body(struct pl_cyclonedx *out, const struct pl_sbom *sbom)
{
    write_metadata(out, sbom);
    pl_cyclonedx_begin_list(out, "components");
    if (sbom->os_ref.len > 0) {
        write_os(out, sbom);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        write_package(out, &sbom->packages.items[i]);
    }
    pl_cyclonedx_end_list(out);
    write_dependencies(out, sbom);
    write_compositions(out, sbom);
    pl_cyclonedx_vulnerabilities(out, sbom);
}

static pl_str serial_number(struct pl_arena *arena, const struct pl_sbom *sbom)
{
    return pl_arena_format(arena, "urn:uuid:" PL_STR_FMT, PL_STR_ARG(sbom->uuid));
}

void pl_sbom_write_cyclonedx_json(const struct pl_sbom *sbom, struct pl_writer *writer)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_cyclonedx out = {.is_json = true};
    struct pl_json_writer *json = &out.json;
    pl_json_writer_init(json, writer);
    pl_json_writer_begin_object(json);
    pl_json_writer_member(json, "$schema",
                          PL_STR("http://cyclonedx.org/schema/bom-1.6.schema.json"));
    pl_json_writer_member(json, "bomFormat", PL_STR("CycloneDX"));
    pl_json_writer_member(json, "specVersion", PL_STR("1.6"));
    pl_json_writer_member(json, "serialNumber", serial_number(&scratch, sbom));
    pl_json_writer_member_uint(json, "version", 1);
    write_body(&out, sbom);
    pl_json_writer_end_object(json);
    pl_json_writer_finish(json);
}

void pl_sbom_write_cyclonedx_xml(const struct pl_sbom *sbom, struct pl_writer *writer)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_cyclonedx out = {.is_json = false};
    struct pl_xml_writer *xml = &out.xml;
    pl_xml_writer_init(xml, writer);
    pl_xml_writer_begin(xml, "bom");
    pl_xml_writer_attribute(xml, "xmlns", PL_STR("http://cyclonedx.org/schema/bom/1.6"));
    pl_xml_writer_attribute(xml, "serialNumber", serial_number(&scratch, sbom));
    pl_xml_writer_attribute(xml, "version", PL_STR("1"));
    write_body(&out, sbom);
    pl_xml_writer_end(xml);
    pl_xml_writer_finish(xml);
}
