/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX 1.6 as XML: https://cyclonedx.org/docs/1.6/xml/. The order of elements counts. */
#include "format/xml_writer.h"
#include "sbom/cyclonedx.h"
#include "sbom/write.h"

static void write_property(struct pl_xml_writer *xml, pl_str name, pl_str value)
{
    pl_xml_writer_begin(xml, "property");
    pl_xml_writer_attribute(xml, "name", name);
    pl_xml_writer_text(xml, value);
    pl_xml_writer_end(xml);
}

static void write_properties(struct pl_xml_writer *xml, const struct pl_sbom_properties *list,
                             const struct pl_strs *layers)
{
    size_t layer_count = layers ? layers->count : 0;
    if (list->count + layer_count == 0) {
        return;
    }
    pl_xml_writer_begin(xml, "properties");
    for (size_t i = 0; i < list->count; i++) {
        write_property(xml, list->items[i].name, list->items[i].value);
    }
    for (size_t i = 0; i < layer_count; i++) {
        write_property(xml, PL_STR("plimsoll:layer"), layers->items[i]);
    }
    pl_xml_writer_end(xml);
}

static void begin_component(struct pl_xml_writer *xml, const char *type, pl_str ref)
{
    pl_xml_writer_begin(xml, "component");
    pl_xml_writer_attribute(xml, "type", pl_str_from(type));
    if (ref.len > 0) {
        pl_xml_writer_attribute(xml, "bom-ref", ref);
    }
}

static void write_supplier(struct pl_xml_writer *xml, const struct pl_sbom_package *package)
{
    if (package->supplier.len == 0) {
        return;
    }
    pl_xml_writer_begin(xml, "supplier");
    pl_xml_writer_element(xml, "name", package->supplier);
    if (package->supplier_email.len > 0) {
        pl_xml_writer_begin(xml, "contact");
        pl_xml_writer_element(xml, "email", package->supplier_email);
        pl_xml_writer_end(xml);
    }
    pl_xml_writer_end(xml);
}

static void write_hashes(struct pl_xml_writer *xml, const struct pl_strs *hashes)
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
            pl_xml_writer_begin(xml, "hashes");
            has_any = true;
        }
        pl_xml_writer_begin(xml, "hash");
        pl_xml_writer_attribute(xml, "alg", pl_str_from(name));
        pl_xml_writer_text(xml, hex);
        pl_xml_writer_end(xml);
    }
    if (has_any) {
        pl_xml_writer_end(xml);
    }
}

static void write_licenses(struct pl_xml_writer *xml, const struct pl_component *component)
{
    const struct pl_strs *stated = &component->licenses;
    if (component->license_expression.len == 0 && stated->count == 0) {
        return;
    }
    pl_xml_writer_begin(xml, "licenses");
    pl_xml_writer_element(xml, "expression", component->license_expression);
    for (size_t i = 0; i < stated->count && component->license_expression.len == 0; i++) {
        pl_xml_writer_begin(xml, "license");
        pl_xml_writer_element(xml, "name", stated->items[i]);
        pl_xml_writer_end(xml);
    }
    pl_xml_writer_end(xml);
}

static pl_str confidence_of(struct pl_arena *arena, const struct pl_component *component)
{
    return pl_arena_format(arena, "%u.%02u", component->confidence / 100,
                           component->confidence % 100);
}

static void write_evidence(struct pl_xml_writer *xml, struct pl_arena *scratch,
                           const struct pl_component *component)
{
    if (component->locations.count == 0 && component->confidence == 0) {
        return;
    }
    pl_xml_writer_begin(xml, "evidence");
    if (component->confidence > 0) {
        pl_xml_writer_begin(xml, "identity");
        pl_xml_writer_element(xml, "field", PL_STR("purl"));
        pl_xml_writer_element(xml, "confidence", confidence_of(scratch, component));
        pl_xml_writer_begin(xml, "methods");
        pl_xml_writer_begin(xml, "method");
        pl_xml_writer_element(xml, "technique", PL_STR("binary-analysis"));
        pl_xml_writer_element(xml, "confidence", confidence_of(scratch, component));
        pl_xml_writer_element(xml, "value", component->basis);
        pl_xml_writer_end(xml);
        pl_xml_writer_end(xml);
        pl_xml_writer_end(xml);
    }
    if (component->locations.count > 0) {
        pl_xml_writer_begin(xml, "occurrences");
        for (size_t i = 0; i < component->locations.count; i++) {
            pl_xml_writer_begin(xml, "occurrence");
            pl_xml_writer_element(xml, "location", component->locations.items[i].path);
            pl_xml_writer_element(xml, "additionalContext", component->locations.items[i].layer);
            pl_xml_writer_end(xml);
        }
        pl_xml_writer_end(xml);
    }
    pl_xml_writer_end(xml);
}

static void write_package(struct pl_xml_writer *xml, const struct pl_sbom_package *package)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_component *component = package->component;
    struct pl_strs layers = pl_cyclonedx_layers(&scratch, component);
    begin_component(xml, pl_cyclonedx_package_type(package), package->ref);
    write_supplier(xml, package);
    pl_xml_writer_element(xml, "group", package->group);
    pl_xml_writer_element(xml, "name", package->name);
    pl_xml_writer_element(xml, "version", component->version);
    pl_xml_writer_element(xml, "scope", pl_str_from(pl_cyclonedx_scope(component)));
    write_hashes(xml, &component->hashes);
    write_licenses(xml, component);
    pl_xml_writer_element(xml, "cpe", package->cpe);
    pl_xml_writer_element(xml, "purl", package->purl);
    write_properties(xml, &package->properties, &layers);
    write_evidence(xml, &scratch, component);
    pl_xml_writer_end(xml);
}

static void write_os(struct pl_xml_writer *xml, const struct pl_sbom *sbom)
{
    const struct pl_os *os = &sbom->report->subject.os;
    begin_component(xml, "operating-system", sbom->os_ref);
    pl_xml_writer_element(xml, "name", os->id);
    pl_xml_writer_element(xml, "version", os->version_id);
    pl_xml_writer_element(xml, "description", os->pretty_name);
    write_properties(xml, &sbom->os_properties, NULL);
    pl_xml_writer_end(xml);
}

static void write_metadata(struct pl_xml_writer *xml, const struct pl_sbom *sbom)
{
    const struct pl_subject *subject = &sbom->report->subject;
    pl_xml_writer_begin(xml, "metadata");
    pl_xml_writer_element(xml, "timestamp", sbom->created);
    pl_xml_writer_begin(xml, "tools");
    pl_xml_writer_begin(xml, "components");
    begin_component(xml, "application", PL_STR_EMPTY);
    pl_xml_writer_element(xml, "name", PL_STR("plimsoll"));
    pl_xml_writer_element(xml, "version", PL_STR(PL_VERSION));
    pl_xml_writer_end(xml);
    pl_xml_writer_end(xml);
    pl_xml_writer_end(xml);
    begin_component(xml, pl_cyclonedx_subject_type(sbom), sbom->subject_ref);
    pl_xml_writer_element(xml, "name", subject->name.len > 0 ? subject->name : PL_STR("unnamed"));
    pl_xml_writer_element(xml, "version", subject->digest);
    pl_xml_writer_element(xml, "purl", sbom->subject_purl);
    write_properties(xml, &sbom->subject_properties, NULL);
    pl_xml_writer_end(xml);
    if (sbom->gaps.count > 0) {
        pl_xml_writer_begin(xml, "properties");
        for (size_t i = 0; i < sbom->gaps.count; i++) {
            write_property(xml, PL_STR("plimsoll:gap"), sbom->gaps.items[i]);
        }
        pl_xml_writer_end(xml);
    }
    pl_xml_writer_end(xml);
}

static void write_ref(struct pl_xml_writer *xml, const char *element, pl_str ref)
{
    pl_xml_writer_begin(xml, element);
    pl_xml_writer_attribute(xml, "ref", ref);
}

static void end_dependency(struct pl_xml_writer *xml, const struct pl_sbom *sbom,
                           const struct pl_sbom_places *places)
{
    for (size_t i = 0; i < places->count; i++) {
        write_ref(xml, "dependency", sbom->packages.items[places->items[i]].ref);
        pl_xml_writer_end(xml);
    }
    pl_xml_writer_end(xml);
}

static void write_dependencies(struct pl_xml_writer *xml, const struct pl_sbom *sbom)
{
    pl_xml_writer_begin(xml, "dependencies");
    write_ref(xml, "dependency", sbom->subject_ref);
    if (sbom->os_ref.len > 0) {
        write_ref(xml, "dependency", sbom->os_ref);
        pl_xml_writer_end(xml);
    }
    end_dependency(xml, sbom, &sbom->roots);
    for (size_t i = 0; i < sbom->packages.count; i++) {
        const struct pl_sbom_package *package = &sbom->packages.items[i];
        if (package->needs.count > 0) {
            write_ref(xml, "dependency", package->ref);
            end_dependency(xml, sbom, &package->needs);
        }
    }
    pl_xml_writer_end(xml);
}

static void write_compositions(struct pl_xml_writer *xml, const struct pl_sbom *sbom)
{
    pl_xml_writer_begin(xml, "compositions");
    pl_xml_writer_begin(xml, "composition");
    pl_xml_writer_element(xml, "aggregate",
                          sbom->gaps.count > 0 ? PL_STR("incomplete") : PL_STR("unknown"));
    pl_xml_writer_begin(xml, "assemblies");
    write_ref(xml, "assembly", sbom->subject_ref);
    pl_xml_writer_end(xml);
    pl_xml_writer_end(xml);
    pl_xml_writer_end(xml);
    pl_xml_writer_end(xml);
}

void pl_sbom_write_cyclonedx_xml(const struct pl_sbom *sbom, struct pl_writer *writer)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_xml_writer xml;
    pl_xml_writer_init(&xml, writer);
    pl_xml_writer_begin(&xml, "bom");
    pl_xml_writer_attribute(&xml, "xmlns", PL_STR("http://cyclonedx.org/schema/bom/1.6"));
    pl_xml_writer_attribute(
        &xml, "serialNumber",
        pl_arena_format(&scratch, "urn:uuid:" PL_STR_FMT, PL_STR_ARG(sbom->uuid)));
    pl_xml_writer_attribute(&xml, "version", PL_STR("1"));
    write_metadata(&xml, sbom);
    pl_xml_writer_begin(&xml, "components");
    if (sbom->os_ref.len > 0) {
        write_os(&xml, sbom);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        write_package(&xml, &sbom->packages.items[i]);
    }
    pl_xml_writer_end(&xml);
    write_dependencies(&xml, sbom);
    write_compositions(&xml, sbom);
    pl_xml_writer_end(&xml);
    pl_xml_writer_finish(&xml);
}
