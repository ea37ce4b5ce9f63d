/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX 2.3 as JSON: https://spdx.github.io/spdx-spec/v2.3/, the schema beside it. */
#include "format/json_writer.h"
#include "sbom/spdx.h"
#include "sbom/write.h"

struct output {
    struct pl_json_writer json;
    const struct pl_sbom *sbom;
    struct pl_arena *scratch; /* of one package */
};

static pl_str spdx_id(struct output *out, pl_str ref)
{
    return pl_arena_format(out->scratch, "SPDXRef-" PL_STR_FMT, PL_STR_ARG(ref));
}

static pl_str time_of(const struct output *out)
{
    return out->sbom->created.len > 0 ? out->sbom->created : PL_STR(PL_SPDX_NO_TIME);
}

static void write_annotation(struct output *out, pl_str comment)
{
    struct pl_json_writer *json = &out->json;
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "annotationDate", time_of(out));
    pl_json_writer_member_text(json, "annotationType", PL_STR("OTHER"));
    pl_json_writer_member_text(json, "annotator", PL_STR("Tool: plimsoll-" PL_VERSION));
    pl_json_writer_member_text(json, "comment", comment);
    pl_json_writer_end_object(json);
}

static void write_properties(struct output *out, const struct pl_sbom_properties *list)
{
    if (list->count == 0) {
        return;
    }
    pl_json_writer_member_array(&out->json, "annotations");
    for (size_t i = 0; i < list->count; i++) {
        write_annotation(out, pl_spdx_annotation(out->scratch, &list->items[i]));
    }
    pl_json_writer_end_array(&out->json);
}

static void write_reference(struct pl_json_writer *json, const char *category, const char *type,
                            pl_str locator)
{
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "referenceCategory", pl_str_from(category));
    pl_json_writer_member_text(json, "referenceType", pl_str_from(type));
    pl_json_writer_member_text(json, "referenceLocator", locator);
    pl_json_writer_end_object(json);
}

static void write_references(struct pl_json_writer *json, pl_str purl, pl_str cpe)
{
    if (purl.len == 0 && cpe.len == 0) {
        return;
    }
    pl_json_writer_member_array(json, "externalRefs");
    if (purl.len > 0) {
        write_reference(json, "PACKAGE-MANAGER", "purl", purl);
    }
    if (cpe.len > 0) {
        write_reference(json, "SECURITY", "cpe23Type", cpe);
    }
    pl_json_writer_end_array(json);
}

static void write_checksums(struct pl_json_writer *json, const struct pl_strs *hashes)
{
    bool has_any = false;
    for (size_t i = 0; i < hashes->count; i++) {
        pl_str algorithm = PL_STR_EMPTY;
        pl_str hex = PL_STR_EMPTY;
        const char *name = pl_sbom_split_hash(hashes->items[i], &algorithm, &hex)
                               ? pl_spdx_hash_name(algorithm)
                               : NULL;
        if (!name) {
            continue;
        }
        if (!has_any) {
            pl_json_writer_member_array(json, "checksums");
            has_any = true;
        }
        pl_json_writer_begin_object(json);
        pl_json_writer_member_text(json, "algorithm", pl_str_from(name));
        pl_json_writer_member_text(json, "checksumValue", hex);
        pl_json_writer_end_object(json);
    }
    if (has_any) {
        pl_json_writer_end_array(json);
    }
}

/* What every package has, in the order in which it is written. */
struct fields {
    pl_str ref;
    pl_str name;
    pl_str version;
    pl_str supplier;
    pl_str declared;
    pl_str source_info;
    pl_str description;
    const char *purpose;
    pl_str purl;
    pl_str cpe;
    const struct pl_strs *hashes;
    const struct pl_sbom_properties *properties;
};

static void write_fields(struct output *out, const struct fields *fields)
{
    struct pl_json_writer *json = &out->json;
    pl_str name = pl_spdx_line(out->scratch, fields->name);
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "SPDXID", spdx_id(out, fields->ref));
    pl_json_writer_member_text(json, "name", name.len > 0 ? name : PL_STR("unnamed"));
    pl_json_writer_member_text(json, "versionInfo", fields->version);
    pl_json_writer_member_text(json, "supplier", fields->supplier);
    pl_json_writer_member_text(json, "downloadLocation", PL_STR("NOASSERTION"));
    pl_json_writer_member_bool(json, "filesAnalyzed", false);
    if (fields->hashes) {
        write_checksums(json, fields->hashes);
    }
    pl_json_writer_member_text(json, "sourceInfo", fields->source_info);
    pl_json_writer_member_text(json, "licenseConcluded", PL_STR("NOASSERTION"));
    pl_json_writer_member_text(json, "licenseDeclared",
                               fields->declared.len > 0 ? fields->declared : PL_STR("NOASSERTION"));
    pl_json_writer_member_text(json, "copyrightText", PL_STR("NOASSERTION"));
    pl_json_writer_member_text(json, "description", fields->description);
    write_references(json, fields->purl, fields->cpe);
    pl_json_writer_member_text(json, "primaryPackagePurpose", pl_str_from(fields->purpose));
    write_properties(out, fields->properties);
    pl_json_writer_end_object(json);
    pl_arena_clear(out->scratch);
}

static void write_subject(struct output *out)
{
    const struct pl_sbom *sbom = out->sbom;
    write_fields(out, &(struct fields){.ref = sbom->subject_ref,
                                       .name = sbom->report->subject.name,
                                       .version = sbom->report->subject.digest,
                                       .supplier = PL_STR("NOASSERTION"),
                                       .purpose = pl_spdx_subject_purpose(sbom),
                                       .purl = sbom->subject_purl,
                                       .properties = &sbom->subject_properties});
}

static void write_os(struct output *out)
{
    const struct pl_sbom *sbom = out->sbom;
    write_fields(out, &(struct fields){.ref = sbom->os_ref,
                                       .name = sbom->report->subject.os.id,
                                       .version = sbom->report->subject.os.version_id,
                                       .supplier = PL_STR("NOASSERTION"),
                                       .description = sbom->report->subject.os.pretty_name,
                                       .purpose = "OPERATING_SYSTEM",
                                       .properties = &sbom->os_properties});
}

static void write_package(struct output *out, const struct pl_sbom_package *package)
{
    const struct pl_component *component = package->component;
    struct pl_sbom_properties properties = pl_spdx_properties(out->scratch, package);
    write_fields(out, &(struct fields){.ref = package->ref,
                                       .name = component->name,
                                       .version = component->version,
                                       .supplier = pl_spdx_supplier(out->scratch, package),
                                       .declared = package->declared,
                                       .source_info = pl_spdx_source_info(out->scratch, component),
                                       .purpose = pl_spdx_package_purpose(package),
                                       .purl = package->purl,
                                       .cpe = package->cpe,
                                       .hashes = &component->hashes,
                                       .properties = &properties});
}

static void write_relationship(struct output *out, pl_str from, const char *type, pl_str to)
{
    struct pl_json_writer *json = &out->json;
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "spdxElementId", spdx_id(out, from));
    pl_json_writer_member_text(json, "relationshipType", pl_str_from(type));
    pl_json_writer_member_text(json, "relatedSpdxElement", spdx_id(out, to));
    pl_json_writer_end_object(json);
    pl_arena_clear(out->scratch);
}

static void write_relationships(struct output *out)
{
    const struct pl_sbom *sbom = out->sbom;
    pl_json_writer_member_array(&out->json, "relationships");
    write_relationship(out, PL_STR("DOCUMENT"), "DESCRIBES", sbom->subject_ref);
    if (sbom->os_ref.len > 0) {
        write_relationship(out, sbom->subject_ref, "CONTAINS", sbom->os_ref);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        write_relationship(out, sbom->subject_ref, "CONTAINS", sbom->packages.items[i].ref);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        const struct pl_sbom_package *package = &sbom->packages.items[i];
        for (size_t j = 0; j < package->needs.count; j++) {
            write_relationship(out, package->ref, "DEPENDS_ON",
                               sbom->packages.items[package->needs.items[j]].ref);
        }
    }
    pl_json_writer_end_array(&out->json);
}

static void write_extracted(struct output *out)
{
    const struct pl_sbom_extracted_list *list = &out->sbom->extracted;
    if (list->count == 0) {
        return;
    }
    pl_json_writer_member_array(&out->json, "hasExtractedLicensingInfos");
    for (size_t i = 0; i < list->count; i++) {
        pl_json_writer_begin_object(&out->json);
        pl_json_writer_member_text(&out->json, "licenseId", list->items[i].id);
        pl_json_writer_member_text(&out->json, "extractedText",
                                   pl_spdx_extracted_text(&list->items[i]));
        pl_json_writer_end_object(&out->json);
    }
    pl_json_writer_end_array(&out->json);
}

static void write_creation(struct output *out)
{
    struct pl_json_writer *json = &out->json;
    pl_json_writer_member_object(json, "creationInfo");
    pl_json_writer_member_text(json, "created", time_of(out));
    pl_json_writer_member_array(json, "creators");
    pl_json_writer_string(json, PL_STR("Tool: plimsoll-" PL_VERSION));
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
}

static void write_gaps(struct output *out)
{
    if (out->sbom->gaps.count == 0) {
        return;
    }
    pl_json_writer_member_array(&out->json, "annotations");
    for (size_t i = 0; i < out->sbom->gaps.count; i++) {
        struct pl_sbom_property gap = {PL_STR("plimsoll:gap"), out->sbom->gaps.items[i]};
        write_annotation(out, pl_spdx_annotation(out->scratch, &gap));
    }
    pl_json_writer_end_array(&out->json);
}

void pl_sbom_write_spdx_json(const struct pl_sbom *sbom, struct pl_writer *writer)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct output out = {.sbom = sbom, .scratch = &scratch};
    pl_json_writer_init(&out.json, writer);
    pl_json_writer_begin_object(&out.json);
    pl_json_writer_member_text(&out.json, "spdxVersion", PL_STR("SPDX-2.3"));
    pl_json_writer_member_text(&out.json, "dataLicense", PL_STR("CC0-1.0"));
    pl_json_writer_member_text(&out.json, "SPDXID", PL_STR("SPDXRef-DOCUMENT"));
    pl_json_writer_member_text(&out.json, "name", pl_spdx_document_name(&scratch, sbom));
    pl_json_writer_member_text(
        &out.json, "documentNamespace",
        pl_arena_format(&scratch, "urn:uuid:" PL_STR_FMT, PL_STR_ARG(sbom->uuid)));
    write_creation(&out);
    write_gaps(&out);
    pl_json_writer_member_array(&out.json, "packages");
    write_subject(&out);
    if (sbom->os_ref.len > 0) {
        write_os(&out);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        write_package(&out, &sbom->packages.items[i]);
    }
    pl_json_writer_end_array(&out.json);
    write_relationships(&out);
    write_extracted(&out);
    pl_json_writer_end_object(&out.json);
    pl_json_writer_finish(&out.json);
}
