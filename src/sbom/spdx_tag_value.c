/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDX 2.3 as tag-value: a "Tag: value" on each line, texts over several lines between <text> and
 * </text>. Annotations and relationships name what they are about, so they stand in any place; here
 * those of a package follow it, because some readers take the nearest package for what is meant.
 */
#include "base/utf8.h"
#include "sbom/spdx.h"
#include "sbom/write.h"

struct output {
    struct pl_writer *writer;
    const struct pl_sbom *sbom;
    struct pl_arena *scratch; /* of one package */
};

/* The format has no escapes: what may steer a terminal or an editor is replaced. */
static void write_clean(struct output *out, pl_str value)
{
    while (value.len > 0) {
        pl_str start = value;
        bool ok = true;
        uint32_t character = pl_utf8_take(&value, &ok);
        bool is_blank = character == '\n' || character == '\t';
        pl_str itself = pl_str_sub(start, 0, start.len - value.len);
        pl_writer_str(out->writer, ok && (is_blank || !pl_utf8_is_unsafe(character))
                                       ? itself
                                       : PL_STR("\xef\xbf\xbd"));
    }
}

static void tag(struct output *out, const char *name, pl_str value)
{
    if (value.len > 0) {
        pl_writer_str(out->writer, pl_str_from(name));
        pl_writer_str(out->writer, PL_STR(": "));
        write_clean(out, pl_spdx_line(out->scratch, value));
        pl_writer_char(out->writer, '\n');
    }
}

/* The end mark has no escape: a text that holds it is broken in its middle. */
static void text(struct output *out, const char *name, pl_str value)
{
    pl_str end = PL_STR("</text>");
    pl_writer_format(out->writer, "%s: <text>", name);
    for (size_t at = pl_str_find(value, end); at != SIZE_MAX; at = pl_str_find(value, end)) {
        write_clean(out, pl_str_sub(value, 0, at));
        pl_writer_str(out->writer, PL_STR("</ text>"));
        value = pl_str_skip(value, at + end.len);
    }
    write_clean(out, value);
    pl_writer_str(out->writer, PL_STR("</text>\n"));
}

static pl_str spdx_id(struct output *out, pl_str ref)
{
    return pl_arena_format(out->scratch, "SPDXRef-" PL_STR_FMT, PL_STR_ARG(ref));
}

static pl_str time_of(const struct output *out)
{
    return out->sbom->created.len > 0 ? out->sbom->created : PL_STR(PL_SPDX_NO_TIME);
}

static void write_annotation(struct output *out, pl_str ref,
                             const struct pl_sbom_property *property)
{
    pl_writer_char(out->writer, '\n');
    tag(out, "Annotator", PL_STR("Tool: plimsoll-" PL_VERSION));
    tag(out, "AnnotationDate", time_of(out));
    tag(out, "AnnotationType", PL_STR("OTHER"));
    tag(out, "SPDXREF", spdx_id(out, ref));
    text(out, "AnnotationComment", pl_spdx_annotation(out->scratch, property));
}

static void write_reference(struct output *out, const char *kind, pl_str locator)
{
    if (locator.len > 0) {
        pl_writer_format(out->writer, "ExternalRef: %s ", kind);
        write_clean(out, pl_spdx_line(out->scratch, locator));
        pl_writer_char(out->writer, '\n');
    }
}

static void write_checksums(struct output *out, const struct pl_strs *hashes)
{
    for (size_t i = 0; i < hashes->count; i++) {
        pl_str algorithm = PL_STR_EMPTY;
        pl_str hex = PL_STR_EMPTY;
        const char *name = pl_sbom_split_hash(hashes->items[i], &algorithm, &hex)
                               ? pl_spdx_hash_name(algorithm)
                               : NULL;
        if (name) {
            tag(out, "PackageChecksum",
                pl_arena_format(out->scratch, "%s: " PL_STR_FMT, name, PL_STR_ARG(hex)));
        }
    }
}

static void begin_package(struct output *out, pl_str ref, pl_str name, pl_str version)
{
    name = pl_spdx_line(out->scratch, name);
    pl_writer_char(out->writer, '\n');
    tag(out, "PackageName", name.len > 0 ? name : PL_STR("unnamed"));
    tag(out, "SPDXID", spdx_id(out, ref));
    tag(out, "PackageVersion", version);
}

static void write_licenses(struct output *out, pl_str declared)
{
    tag(out, "PackageLicenseConcluded", PL_STR("NOASSERTION"));
    tag(out, "PackageLicenseDeclared", declared.len > 0 ? declared : PL_STR("NOASSERTION"));
    tag(out, "PackageCopyrightText", PL_STR("NOASSERTION"));
}

/* A package that is none of a package manager: the subject, the system. */
static void write_plain(struct output *out, pl_str ref, pl_str name, pl_str version, pl_str purl,
                        pl_str description, const char *purpose,
                        const struct pl_sbom_properties *properties)
{
    begin_package(out, ref, name, version);
    tag(out, "PackageSupplier", PL_STR("NOASSERTION"));
    tag(out, "PackageDownloadLocation", PL_STR("NOASSERTION"));
    tag(out, "FilesAnalyzed", PL_STR("false"));
    write_licenses(out, PL_STR_EMPTY);
    if (description.len > 0) {
        text(out, "PackageDescription", description);
    }
    write_reference(out, "PACKAGE-MANAGER purl", purl);
    tag(out, "PrimaryPackagePurpose", pl_str_from(purpose));
    for (size_t i = 0; i < properties->count; i++) {
        write_annotation(out, ref, &properties->items[i]);
    }
    pl_arena_clear(out->scratch);
}

static void write_package(struct output *out, const struct pl_sbom_package *package)
{
    const struct pl_component *component = package->component;
    struct pl_sbom_properties properties = pl_spdx_properties(out->scratch, package);
    begin_package(out, package->ref, component->name, component->version);
    tag(out, "PackageSupplier", pl_spdx_supplier(out->scratch, package));
    tag(out, "PackageDownloadLocation", PL_STR("NOASSERTION"));
    tag(out, "FilesAnalyzed", PL_STR("false"));
    write_checksums(out, &component->hashes);
    pl_str info = pl_spdx_source_info(out->scratch, component);
    if (info.len > 0) {
        text(out, "PackageSourceInfo", info);
    }
    write_licenses(out, package->declared);
    write_reference(out, "PACKAGE-MANAGER purl", package->purl);
    write_reference(out, "SECURITY cpe23Type", package->cpe);
    tag(out, "PrimaryPackagePurpose", pl_str_from(pl_spdx_package_purpose(package)));
    for (size_t i = 0; i < properties.count; i++) {
        write_annotation(out, package->ref, &properties.items[i]);
    }
    pl_arena_clear(out->scratch);
}

static void write_relationship(struct output *out, pl_str from, const char *type, pl_str to)
{
    pl_writer_str(out->writer, PL_STR("Relationship: SPDXRef-"));
    pl_writer_str(out->writer, from);
    pl_writer_format(out->writer, " %s SPDXRef-", type);
    pl_writer_str(out->writer, to);
    pl_writer_char(out->writer, '\n');
}

static void write_relationships(struct output *out)
{
    const struct pl_sbom *sbom = out->sbom;
    pl_writer_char(out->writer, '\n');
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
}

static void write_head(struct output *out)
{
    const struct pl_sbom *sbom = out->sbom;
    tag(out, "SPDXVersion", PL_STR("SPDX-2.3"));
    tag(out, "DataLicense", PL_STR("CC0-1.0"));
    tag(out, "SPDXID", PL_STR("SPDXRef-DOCUMENT"));
    tag(out, "DocumentName", pl_spdx_document_name(out->scratch, sbom));
    tag(out, "DocumentNamespace",
        pl_arena_format(out->scratch, "urn:uuid:" PL_STR_FMT, PL_STR_ARG(sbom->uuid)));
    pl_writer_char(out->writer, '\n');
    tag(out, "Creator", PL_STR("Tool: plimsoll-" PL_VERSION));
    tag(out, "Created", time_of(out));
    for (size_t i = 0; i < sbom->gaps.count; i++) {
        struct pl_sbom_property gap = {PL_STR("plimsoll:gap"), sbom->gaps.items[i]};
        write_annotation(out, PL_STR("DOCUMENT"), &gap);
    }
}

void pl_sbom_write_spdx_tag_value(const struct pl_sbom *sbom, struct pl_writer *writer)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct output out = {writer, sbom, &scratch};
    const struct pl_subject *subject = &sbom->report->subject;
    write_head(&out);
    write_plain(&out, sbom->subject_ref, subject->name, subject->digest, sbom->subject_purl,
                PL_STR_EMPTY, pl_spdx_subject_purpose(sbom), &sbom->subject_properties);
    if (sbom->os_ref.len > 0) {
        write_plain(&out, sbom->os_ref, subject->os.id, subject->os.version_id, PL_STR_EMPTY,
                    subject->os.pretty_name, "OPERATING-SYSTEM", &sbom->os_properties);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        write_package(&out, &sbom->packages.items[i]);
    }
    write_relationships(&out);
    for (size_t i = 0; i < sbom->extracted.count; i++) {
        pl_writer_char(writer, '\n');
        tag(&out, "LicenseID", sbom->extracted.items[i].id);
        text(&out, "ExtractedText", pl_spdx_extracted_text(&sbom->extracted.items[i]));
    }
}
