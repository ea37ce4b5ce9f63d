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

static void write_annotation(struct output *out, const struct pl_sbom_property *property)
{
    struct pl_json_writer *json = &out->json;
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "annotationDate", pl_spdx_time(out->sbom));
    pl_json_writer_member_text(json, "annotationType", PL_STR("OTHER"));
    pl_json_writer_member_text(json, "annotator", PL_STR(PL_SPDX_TOOL));
    pl_json_writer_member_text(json, "comment", pl_spdx_annotation(out->scratch, property));
    pl_json_writer_end_object(json);
}

static void write_annotations(struct output *out, const struct pl_sbom_properties *list)
{
    if (list->count == 0) {
        return;
    }
    pl_json_writer_member_array(&out->json, "annotations");
    for (size_t i = 0; i < list->count; i++) {
        write_annotation(out, &list->items[i]);
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

static void write_checksums(struct pl_json_writer *json, const struct pl_sbom_properties *list)
{
    if (list->count == 0) {
        return;
    }
    pl_json_writer_member_array(json, "checksums");
    for (size_t i = 0; i < list->count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member_text(json, "algorithm", list->items[i].name);
        pl_json_writer_member_text(json, "checksumValue", list->items[i].value);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void write_package(void *output, const struct pl_spdx_package *package)
{
    struct output *out = output;
    struct pl_json_writer *json = &out->json;
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "SPDXID", pl_spdx_id(out->scratch, package->ref));
    pl_json_writer_member_text(json, "name", package->name);
    pl_json_writer_member_text(json, "versionInfo", package->version);
    pl_json_writer_member_text(json, "supplier", package->supplier);
    pl_json_writer_member_text(json, "downloadLocation", PL_STR("NOASSERTION"));
    pl_json_writer_member_bool(json, "filesAnalyzed", false);
    write_checksums(json, &package->checksums);
    pl_json_writer_member_text(json, "sourceInfo", package->source_info);
    pl_json_writer_member_text(json, "licenseConcluded", PL_STR("NOASSERTION"));
    pl_json_writer_member_text(json, "licenseDeclared", package->declared);
    pl_json_writer_member_text(json, "copyrightText", PL_STR("NOASSERTION"));
    pl_json_writer_member_text(json, "description", package->description);
    write_references(json, package->purl, package->cpe);
    pl_json_writer_member_text(json, "primaryPackagePurpose", pl_str_from(package->purpose));
    write_annotations(out, &package->properties);
    pl_json_writer_end_object(json);
}

static void write_relationship(void *output, pl_str from, const char *type, pl_str to)
{
    struct output *out = output;
    struct pl_json_writer *json = &out->json;
    pl_json_writer_begin_object(json);
    pl_json_writer_member_text(json, "spdxElementId", pl_spdx_id(out->scratch, from));
    pl_json_writer_member_text(json, "relationshipType", pl_str_from(type));
    pl_json_writer_member_text(json, "relatedSpdxElement", pl_spdx_id(out->scratch, to));
    pl_json_writer_end_object(json);
    pl_arena_clear(out->scratch);
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
    pl_json_writer_member_text(json, "created", pl_spdx_time(out->sbom));
    pl_json_writer_member_array(json, "creators");
    pl_json_writer_string(json, PL_STR(PL_SPDX_TOOL));
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
        struct pl_sbom_property gap = pl_spdx_gap(out->sbom->gaps.items[i]);
        write_annotation(out, &gap);
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
    pl_spdx_packages(&scratch, sbom, write_package, &out);
    pl_json_writer_end_array(&out.json);
    pl_json_writer_member_array(&out.json, "relationships");
    pl_spdx_relationships(sbom, write_relationship, &out);
    pl_json_writer_end_array(&out.json);
    write_extracted(&out);
    pl_json_writer_end_object(&out.json);
    pl_json_writer_finish(&out.json);
}
