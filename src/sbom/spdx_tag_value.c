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

/* May take several lines. The end mark has no escape: a text that holds it is broken in its middle.
 */
static void text(struct output *out, const char *name, pl_str value)
{
    if (value.len == 0) {
        return;
    }
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

static void write_annotation(struct output *out, pl_str ref,
                             const struct pl_sbom_property *property)
{
    pl_writer_char(out->writer, '\n');
    tag(out, "Annotator", PL_STR(PL_SPDX_TOOL));
    tag(out, "AnnotationDate", pl_spdx_time(out->sbom));
    tag(out, "AnnotationType", PL_STR("OTHER"));
    tag(out, "SPDXREF", pl_spdx_id(out->scratch, ref));
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

static void write_purpose(struct output *out, const char *purpose)
{
    pl_writer_str(out->writer, PL_STR("PrimaryPackagePurpose: "));
    for (const char *c = purpose; *c; c++) {
        pl_writer_char(out->writer, *c == '_' ? '-' : *c);
    }
    pl_writer_char(out->writer, '\n');
}

static void write_package(void *output, const struct pl_spdx_package *package)
{
    struct output *out = output;
    pl_writer_char(out->writer, '\n');
    tag(out, "PackageName", package->name);
    tag(out, "SPDXID", pl_spdx_id(out->scratch, package->ref));
    tag(out, "PackageVersion", package->version);
    tag(out, "PackageSupplier", package->supplier);
    tag(out, "PackageDownloadLocation", PL_STR("NOASSERTION"));
    tag(out, "FilesAnalyzed", PL_STR("false"));
    for (size_t i = 0; i < package->checksums.count; i++) {
        const struct pl_sbom_property *checksum = &package->checksums.items[i];
        tag(out, "PackageChecksum",
            pl_arena_format(out->scratch, PL_STR_FMT ": " PL_STR_FMT, PL_STR_ARG(checksum->name),
                            PL_STR_ARG(checksum->value)));
    }
    text(out, "PackageSourceInfo", package->source_info);
    tag(out, "PackageLicenseConcluded", PL_STR("NOASSERTION"));
    tag(out, "PackageLicenseDeclared", package->declared);
    tag(out, "PackageCopyrightText", PL_STR("NOASSERTION"));
    text(out, "PackageDescription", package->description);
    write_reference(out, "PACKAGE-MANAGER purl", package->purl);
    write_reference(out, "SECURITY cpe23Type", package->cpe);
    write_purpose(out, package->purpose);
    for (size_t i = 0; i < package->properties.count; i++) {
        write_annotation(out, package->ref, &package->properties.items[i]);
    }
}

static void write_relationship(void *output, pl_str from, const char *type, pl_str to)
{
    struct output *out = output;
    pl_writer_str(out->writer, PL_STR("Relationship: SPDXRef-"));
    pl_writer_str(out->writer, from);
    pl_writer_format(out->writer, " %s SPDXRef-", type);
    pl_writer_str(out->writer, to);
    pl_writer_char(out->writer, '\n');
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
    tag(out, "Creator", PL_STR(PL_SPDX_TOOL));
    tag(out, "Created", pl_spdx_time(out->sbom));
    for (size_t i = 0; i < sbom->gaps.count; i++) {
        struct pl_sbom_property gap = pl_spdx_gap(sbom->gaps.items[i]);
        write_annotation(out, PL_STR("DOCUMENT"), &gap);
    }
}

void pl_sbom_write_spdx_tag_value(const struct pl_sbom *sbom, struct pl_writer *writer)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct output out = {writer, sbom, &scratch};
    write_head(&out);
    pl_spdx_packages(&scratch, sbom, write_package, &out);
    pl_writer_char(writer, '\n');
    pl_spdx_relationships(sbom, write_relationship, &out);
    for (size_t i = 0; i < sbom->extracted.count; i++) {
        pl_writer_char(writer, '\n');
        tag(&out, "LicenseID", sbom->extracted.items[i].id);
        text(&out, "ExtractedText", pl_spdx_extracted_text(&sbom->extracted.items[i]));
    }
}
