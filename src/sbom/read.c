/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/read.h"
#include "sbom/reading.h"

/* The first bytes of text, without a byte order mark and blanks. */
static pl_str beginning(pl_str text)
{
    if (pl_str_starts_with(text, PL_STR("\xef\xbb\xbf"))) {
        text = pl_str_skip(text, 3);
    }
    pl_str_take_while(&text, pl_char_is_blank);
    return text;
}

/* Its first tag that is no comment. */
static bool is_tag_value(pl_str text)
{
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        line = pl_str_trim(line);
        if (line.len > 0 && line.ptr[0] != '#') {
            return pl_str_starts_with(line, PL_STR("SPDXVersion:"));
        }
    }
    return false;
}

static bool is_purl_list(pl_str text)
{
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        line = pl_str_trim(line);
        if (line.len > 0 && line.ptr[0] != '#') {
            return pl_str_starts_with(line, PL_STR("pkg:"));
        }
    }
    return false;
}

bool pl_sbom_looks_like_one(pl_span head)
{
    enum { TAR_MAGIC_AT = 257 };
    pl_str text = pl_span_str(head);
    bool is_tar = pl_str_starts_with(pl_str_skip(text, TAR_MAGIC_AT), PL_STR("ustar"));
    pl_str start = beginning(text);
    return !is_tar && start.len > 0 &&
           (start.ptr[0] == '{' || start.ptr[0] == '<' || is_tag_value(start) ||
            is_purl_list(start));
}

typedef void read_document(struct pl_sbom_reading *reading, const json_t *document);

static read_document *recognise(const json_t *document)
{
    if (pl_str_eq(pl_json_str(document, "bomFormat"), PL_STR("CycloneDX")) ||
        pl_str_contains(pl_json_str(document, "$schema"), PL_STR("cyclonedx"))) {
        return pl_sbom_read_cyclonedx;
    }
    if (pl_str_starts_with(pl_json_str(document, "spdxVersion"), PL_STR("SPDX-2."))) {
        return pl_sbom_read_spdx;
    }
    if (pl_json_array(document, "artifacts") && pl_json_object(document, "schema")) {
        return pl_sbom_read_syft;
    }
    if (pl_json_uint(document, "SchemaVersion") > 0 &&
        (pl_json_array(document, "Results") || pl_json_str(document, "ArtifactName").len > 0)) {
        return pl_sbom_read_trivy;
    }
    bool has_reports = pl_json_array(document, "reports") != NULL;
    bool has_components =
        pl_json_array(document, "components") && pl_json_object(document, "subject");
    return pl_json_str(document, "schema_version").len > 0 && (has_reports || has_components)
               ? pl_sbom_read_plimsoll
               : NULL;
}

/* An attestation (in-toto Statement) holds the document as its predicate; cosign once put it one
 * level deeper, in "Data". */
static const json_t *unwrap(const json_t *document)
{
    const json_t *predicate = pl_json_object(document, "predicate");
    const json_t *data = pl_json_object(predicate, "Data");
    return data ? data : predicate ? predicate : document;
}

static enum pl_status read_json(struct pl_sbom_reading *reading, pl_str text, struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(text, "the document", &document, err);
    if (st < 0) {
        return st;
    }
    const json_t *inner = unwrap(document);
    read_document *read = recognise(inner);
    if (!read) {
        pl_str version = pl_json_str(inner, "spdxVersion");
        return pl_error_set(err, PL_E_PARSE,
                            "this JSON is no bill of materials that is known here (CycloneDX, SPDX "
                            "2, Syft, Trivy, plimsoll)%s" PL_STR_FMT,
                            version.len > 0 ? ": " : "", PL_STR_ARG(pl_str_sub(version, 0, 40)));
    }
    /* Before the document goes: what was said are views into it. */
    read(reading, inner);
    pl_sbom_reading_finish(reading);
    return PL_OK;
}

static enum pl_status read_tag_value(struct pl_sbom_reading *reading, pl_str text,
                                     struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_sbom_tag_value_to_json(text, &document, err);
    if (st == PL_OK) {
        pl_sbom_read_spdx(reading, document);
        pl_sbom_reading_finish(reading);
    }
    return st;
}

static enum pl_status read_xml(struct pl_sbom_reading *reading, pl_str text, struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_sbom_xml_to_json(text, &document, err);
    if (st == PL_OK) {
        pl_sbom_read_cyclonedx(reading, document);
        pl_sbom_reading_finish(reading);
    }
    return st;
}

static enum pl_status read_text(struct pl_sbom_reading *reading, pl_str text, struct pl_error *err)
{
    pl_str start = beginning(text);
    if (start.len > 0 && start.ptr[0] == '{') {
        return read_json(reading, text, err);
    }
    if (start.len > 0 && start.ptr[0] == '<') {
        return read_xml(reading, text, err);
    }
    if (is_tag_value(start)) {
        return read_tag_value(reading, start, err);
    }
    if (is_purl_list(start)) {
        pl_sbom_read_purls(reading, start);
        pl_sbom_reading_finish(reading);
        return PL_OK;
    }
    return pl_error_set(err, PL_E_PARSE,
                        "this is no bill of materials: neither JSON nor XML, nor SPDX's tags, nor "
                        "a list of package URLs");
}

enum pl_status pl_sbom_read(struct pl_sink *sink, pl_span content, struct pl_error *err)
{
    struct pl_sbom_reading reading pl_autoreading;
    pl_sbom_reading_init(&reading, sink);
    return read_text(&reading, pl_span_str(content), err);
}
