/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX 1.6 in both of its forms, https://cyclonedx.org/docs/1.6/json/ and /xml/, by one walk.
 *
 * What is an object in JSON is an element in XML. Lists differ: some are an element around those of
 * their items ("components"), others are elements that are repeated ("contact"), and some of JSON's
 * items have a wrapper that XML has not ("licenses"). A few members are attributes in XML. There
 * the order of elements counts (xs:sequence), in JSON it does not.
 */
#include "format/json_writer.h"
#include "format/xml_writer.h"
#include "sbom/write.h"

struct output {
    bool is_json;
    struct pl_json_writer json;
    struct pl_xml_writer xml;
};

static void begin(struct output *out, const char *name)
{
    if (out->is_json) {
        pl_json_writer_member_object(&out->json, name);
    } else {
        pl_xml_writer_begin(&out->xml, name);
    }
}

/* An item of a list. */
static void begin_item(struct output *out, const char *element)
{
    if (out->is_json) {
        pl_json_writer_begin_object(&out->json);
    } else {
        pl_xml_writer_begin(&out->xml, element);
    }
}

static void end(struct output *out)
{
    if (out->is_json) {
        pl_json_writer_end_object(&out->json);
    } else {
        pl_xml_writer_end(&out->xml);
    }
}

static void begin_list(struct output *out, const char *name)
{
    if (out->is_json) {
        pl_json_writer_member_array(&out->json, name);
    } else {
        pl_xml_writer_begin(&out->xml, name);
    }
}

static void end_list(struct output *out)
{
    if (out->is_json) {
        pl_json_writer_end_array(&out->json);
    } else {
        pl_xml_writer_end(&out->xml);
    }
}

/* A list that has no element around its items in XML. */
static void begin_bare_list(struct output *out, const char *key)
{
    if (out->is_json) {
        pl_json_writer_member_array(&out->json, key);
    }
}

static void end_bare_list(struct output *out)
{
    if (out->is_json) {
        pl_json_writer_end_array(&out->json);
    }
}

/* An item that has no element around its members in XML. */
static void begin_bare_item(struct output *out)
{
    if (out->is_json) {
        pl_json_writer_begin_object(&out->json);
    }
}

static void end_bare_item(struct output *out)
{
    if (out->is_json) {
        pl_json_writer_end_object(&out->json);
    }
}

/* Nothing when it is empty; so it is with attributes. */
static void text(struct output *out, const char *name, pl_str value)
{
    if (out->is_json) {
        pl_json_writer_member_text(&out->json, name, value);
    } else {
        pl_xml_writer_element(&out->xml, name, value);
    }
}

static void attribute(struct output *out, const char *name, pl_str value)
{
    if (out->is_json) {
        pl_json_writer_member_text(&out->json, name, value);
    } else if (value.len > 0) {
        pl_xml_writer_attribute(&out->xml, name, value);
    }
}

/* What the element itself holds in XML. */
static void content(struct output *out, const char *key, pl_str value)
{
    if (out->is_json) {
        pl_json_writer_member_text(&out->json, key, value);
    } else {
        pl_xml_writer_text(&out->xml, value);
    }
}

/* An item that is nothing but a reference. */
static void write_ref(struct output *out, const char *element, pl_str ref)
{
    if (out->is_json) {
        pl_json_writer_string(&out->json, ref);
    } else {
        pl_xml_writer_begin(&out->xml, element);
        pl_xml_writer_attribute(&out->xml, "ref", ref);
        pl_xml_writer_end(&out->xml);
    }
}

/* From 0 to 1. */
static void write_confidence(struct output *out, unsigned percent)
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

static void write_property(struct output *out, pl_str name, pl_str value)
{
    begin_item(out, "property");
    attribute(out, "name", name);
    content(out, "value", value);
    end(out);
}

/* And the layers that a package lies in, each once. */
static void write_properties(struct output *out, const struct pl_sbom_properties *list,
                             const struct pl_strs *layers)
{
    size_t layer_count = layers ? layers->count : 0;
    if (list->count + layer_count == 0) {
        return;
    }
    begin_list(out, "properties");
    for (size_t i = 0; i < list->count; i++) {
        write_property(out, list->items[i].name, list->items[i].value);
    }
    for (size_t i = 0; i < layer_count; i++) {
        write_property(out, PL_STR("plimsoll:layer"), layers->items[i]);
    }
    end_list(out);
}

static void write_supplier(struct output *out, const struct pl_sbom_package *package)
{
    if (package->supplier.len == 0) {
        return;
    }
    begin(out, "supplier");
    text(out, "name", package->supplier);
    if (package->supplier_email.len > 0) {
        begin_bare_list(out, "contact");
        begin_item(out, "contact");
        text(out, "email", package->supplier_email);
        end(out);
        end_bare_list(out);
    }
    end(out);
}

static void write_hashes(struct output *out, const struct pl_strs *hashes)
{
    static const char *const algorithms[][2] = {{"md5", "MD5"},        {"sha1", "SHA-1"},
                                                {"sha256", "SHA-256"}, {"sha384", "SHA-384"},
                                                {"sha512", "SHA-512"}, {NULL, NULL}};
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_sbom_properties list = pl_sbom_hashes(&scratch, hashes, algorithms);
    if (list.count == 0) {
        return;
    }
    begin_list(out, "hashes");
    for (size_t i = 0; i < list.count; i++) {
        begin_item(out, "hash");
        attribute(out, "alg", list.items[i].name);
        content(out, "content", list.items[i].value);
        end(out);
    }
    end_list(out);
}

/* One expression, or what is stated in its own words: the two do not mix. */
static void write_licenses(struct output *out, const struct pl_component *component)
{
    const struct pl_strs *stated = &component->licenses;
    if (component->license_expression.len == 0 && stated->count == 0) {
        return;
    }
    begin_list(out, "licenses");
    if (component->license_expression.len > 0) {
        begin_bare_item(out);
        text(out, "expression", component->license_expression);
        end_bare_item(out);
    }
    for (size_t i = 0; i < stated->count && component->license_expression.len == 0; i++) {
        begin_bare_item(out);
        begin(out, "license");
        text(out, "name", stated->items[i]);
        end(out);
        end_bare_item(out);
    }
    end_list(out);
}

static void write_identity(struct output *out, const struct pl_component *component)
{
    begin_bare_list(out, "identity");
    begin_item(out, "identity");
    text(out, "field", PL_STR("purl"));
    write_confidence(out, component->confidence);
    begin_list(out, "methods");
    begin_item(out, "method");
    text(out, "technique", PL_STR("binary-analysis"));
    write_confidence(out, component->confidence);
    text(out, "value", component->basis);
    end(out);
    end_list(out);
    end(out);
    end_bare_list(out);
}

static void write_evidence(struct output *out, const struct pl_component *component)
{
    if (component->locations.count == 0 && component->confidence == 0) {
        return;
    }
    begin(out, "evidence");
    if (component->confidence > 0) {
        write_identity(out, component);
    }
    if (component->locations.count > 0) {
        begin_list(out, "occurrences");
        for (size_t i = 0; i < component->locations.count; i++) {
            begin_item(out, "occurrence");
            text(out, "location", component->locations.items[i].path);
            text(out, "additionalContext", component->locations.items[i].layer);
            end(out);
        }
        end_list(out);
    }
    end(out);
}

/* What every component begins with. */
static void write_type(struct output *out, const char *type, pl_str ref)
{
    attribute(out, "type", pl_str_from(type));
    attribute(out, "bom-ref", ref);
}

/* Neither form does without a name. */
static void write_name(struct output *out, pl_str name)
{
    text(out, "name", name.len > 0 ? name : PL_STR("unnamed"));
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

static void write_package(struct output *out, const struct pl_sbom_package *package)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_component *component = package->component;
    struct pl_strs layers = layers_of(&scratch, component);
    begin_item(out, "component");
    write_type(out, package_type(component), package->ref);
    write_supplier(out, package);
    text(out, "group", package->group);
    write_name(out, package->name);
    text(out, "version", component->version);
    text(out, "scope", pl_str_from(scope(component)));
    write_hashes(out, &component->hashes);
    write_licenses(out, component);
    text(out, "cpe", package->cpe);
    text(out, "purl", package->purl);
    /* In JSON, what is plimsoll's own comes last; XML has its order. */
    if (out->is_json) {
        write_evidence(out, component);
    }
    write_properties(out, &package->properties, &layers);
    if (!out->is_json) {
        write_evidence(out, component);
    }
    end(out);
}

static void write_os(struct output *out, const struct pl_sbom *sbom)
{
    const struct pl_os *os = &sbom->report->subject.os;
    begin_item(out, "component");
    write_type(out, "operating-system", sbom->os_ref);
    text(out, "name", os->id);
    text(out, "version", os->version_id);
    text(out, "description", os->pretty_name);
    write_properties(out, &sbom->os_properties, NULL);
    end(out);
}

static void write_tool(struct output *out)
{
    begin(out, "tools");
    begin_list(out, "components");
    begin_item(out, "component");
    write_type(out, "application", PL_STR_EMPTY);
    text(out, "name", PL_STR("plimsoll"));
    text(out, "version", PL_STR(PL_VERSION));
    end(out);
    end_list(out);
    end(out);
}

static void write_metadata(struct output *out, const struct pl_sbom *sbom)
{
    const struct pl_subject *subject = &sbom->report->subject;
    bool is_container =
        pl_str_eq(subject->kind, PL_STR("image")) || pl_str_eq(subject->kind, PL_STR("container"));
    begin(out, "metadata");
    text(out, "timestamp", sbom->created);
    write_tool(out);
    begin(out, "component");
    write_type(out, is_container ? "container" : "application", sbom->subject_ref);
    write_name(out, subject->name);
    text(out, "version", subject->digest);
    text(out, "purl", sbom->subject_purl);
    write_properties(out, &sbom->subject_properties, NULL);
    end(out);
    if (sbom->gaps.count > 0) {
        begin_list(out, "properties");
        for (size_t i = 0; i < sbom->gaps.count; i++) {
            write_property(out, PL_STR("plimsoll:gap"), sbom->gaps.items[i]);
        }
        end_list(out);
    }
    end(out);
}

static void write_dependency(struct output *out, const struct pl_sbom *sbom, pl_str ref,
                             pl_str first, const struct pl_sbom_places *places)
{
    begin_item(out, "dependency");
    attribute(out, "ref", ref);
    begin_bare_list(out, "dependsOn");
    if (first.len > 0) {
        write_ref(out, "dependency", first);
    }
    for (size_t i = 0; i < places->count; i++) {
        write_ref(out, "dependency", sbom->packages.items[places->items[i]].ref);
    }
    end_bare_list(out);
    end(out);
}

static void write_dependencies(struct output *out, const struct pl_sbom *sbom)
{
    begin_list(out, "dependencies");
    write_dependency(out, sbom, sbom->subject_ref, sbom->os_ref, &sbom->roots);
    for (size_t i = 0; i < sbom->packages.count; i++) {
        const struct pl_sbom_package *package = &sbom->packages.items[i];
        if (package->needs.count > 0) {
            write_dependency(out, sbom, package->ref, PL_STR_EMPTY, &package->needs);
        }
    }
    end_list(out);
}

/* A list with gaps is told to be one. */
static void write_compositions(struct output *out, const struct pl_sbom *sbom)
{
    begin_list(out, "compositions");
    begin_item(out, "composition");
    text(out, "aggregate", sbom->gaps.count > 0 ? PL_STR("incomplete") : PL_STR("unknown"));
    begin_list(out, "assemblies");
    write_ref(out, "assembly", sbom->subject_ref);
    end_list(out);
    end(out);
    end_list(out);
}

/* What the document holds, after its head. */
static void write_body(struct output *out, const struct pl_sbom *sbom)
{
    write_metadata(out, sbom);
    begin_list(out, "components");
    if (sbom->os_ref.len > 0) {
        write_os(out, sbom);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        write_package(out, &sbom->packages.items[i]);
    }
    end_list(out);
    write_dependencies(out, sbom);
    write_compositions(out, sbom);
}

static pl_str serial_number(struct pl_arena *arena, const struct pl_sbom *sbom)
{
    return pl_arena_format(arena, "urn:uuid:" PL_STR_FMT, PL_STR_ARG(sbom->uuid));
}

void pl_sbom_write_cyclonedx_json(const struct pl_sbom *sbom, struct pl_writer *writer)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct output out = {.is_json = true};
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
    struct output out = {.is_json = false};
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
