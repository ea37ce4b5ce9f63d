/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDX 2.2 and 2.3 as tag-value: lines of "Tag: value", comments after '#', values over several
 * lines between <text> and </text>. A "PackageName" begins a package, "FileName" and
 * "SnippetSPDXID" something else, "LicenseID" a licence; the tags that follow belong to it.
 * "Relationship: A TYPE B" and annotations (which name their subject by "SPDXREF") stand anywhere.
 *
 * The result has the shape of SPDX's JSON, as far as pl_sbom_read_spdx looks at it.
 */
#include "base/limits.h"
#include "base/map.h"
#include "sbom/reading.h"

struct tags {
    json_t *document;
    json_t *packages;
    json_t *relationships;
    json_t *licenses;
    json_t *section; /* what the tags at hand belong to: a package or a licence; NULL: others */
    json_t *annotation; /* the one at hand */
    struct pl_map packages_by_id; /* keys lie in the text */
    const char *ends_at; /* of the text; for what does not end */
    bool is_cut; /* a <text> without its end */
};

static json_t *text_of(pl_str value)
{
    return json_stringn_nocheck(value.ptr ? value.ptr : "", value.len);
}

static void set(json_t *object, const char *key, pl_str value)
{
    if (object) {
        json_object_set_new_nocheck(object, key, text_of(value));
    }
}

static json_t *push_object(json_t *array)
{
    json_t *object = json_object();
    json_array_append_new(array, object);
    return object;
}

static json_t *list_of(json_t *object, const char *key)
{
    json_t *list = json_object_get(object, key);
    if (!list) {
        list = json_array();
        json_object_set_new_nocheck(object, key, list);
    }
    return list;
}

/* "CATEGORY TYPE LOCATOR" */
static void add_reference(json_t *package, pl_str value)
{
    pl_str category = PL_STR_EMPTY;
    pl_str type = PL_STR_EMPTY;
    if (package && pl_str_next_word(&value, &category) && pl_str_next_word(&value, &type)) {
        json_t *reference = push_object(list_of(package, "externalRefs"));
        set(reference, "referenceType", type);
        set(reference, "referenceLocator", pl_str_trim(value));
    }
}

/* "SHA256: HEX" */
static void add_checksum(json_t *package, pl_str value)
{
    pl_str algorithm = PL_STR_EMPTY;
    pl_str hex = PL_STR_EMPTY;
    if (package && pl_str_cut(value, ':', &algorithm, &hex)) {
        json_t *checksum = push_object(list_of(package, "checksums"));
        set(checksum, "algorithm", algorithm);
        set(checksum, "checksumValue", pl_str_trim(hex));
    }
}

static void add_relationship(struct tags *tags, pl_str value)
{
    pl_str from = PL_STR_EMPTY;
    pl_str type = PL_STR_EMPTY;
    pl_str to = PL_STR_EMPTY;
    if (pl_str_next_word(&value, &from) && pl_str_next_word(&value, &type) &&
        pl_str_next_word(&value, &to)) {
        json_t *relationship = push_object(tags->relationships);
        set(relationship, "spdxElementId", from);
        set(relationship, "relationshipType", type);
        set(relationship, "relatedSpdxElement", to);
    }
}

static void take_id(struct tags *tags, pl_str value)
{
    if (tags->section && json_object_get(tags->section, "name")) {
        set(tags->section, "SPDXID", value);
        *pl_map_at(&tags->packages_by_id, value) = tags->section;
    }
}

static void take_annotation(struct tags *tags, pl_str tag, pl_str value)
{
    if (pl_str_eq(tag, PL_STR("Annotator"))) {
        tags->annotation = NULL;
    } else if (pl_str_eq(tag, PL_STR("SPDXREF"))) {
        json_t *about = pl_map_find(&tags->packages_by_id, value);
        about = about                                          ? about
                : pl_str_eq(value, PL_STR("SPDXRef-DOCUMENT")) ? tags->document
                                                               : NULL;
        tags->annotation = about ? push_object(list_of(about, "annotations")) : NULL;
    } else if (tags->annotation) {
        set(tags->annotation, "comment", value);
    }
}

static void take_package_field(struct tags *tags, pl_str tag, pl_str value)
{
    static const char *const fields[][2] = {
        {"PackageVersion", "versionInfo"},
        {"PackageSupplier", "supplier"},
        {"PackageOriginator", "originator"},
        {"PackageSourceInfo", "sourceInfo"},
        {"PackageLicenseConcluded", "licenseConcluded"},
        {"PackageLicenseDeclared", "licenseDeclared"},
        {"PrimaryPackagePurpose", "primaryPackagePurpose"},
        {"ExtractedText", "extractedText"},
        {"LicenseName", "name"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
        if (pl_str_eq(tag, pl_str_from(fields[i][0]))) {
            set(tags->section, fields[i][1], value);
            return;
        }
    }
}

static void take(struct tags *tags, pl_str tag, pl_str value)
{
    if (pl_str_eq(tag, PL_STR("PackageName"))) {
        tags->section = push_object(tags->packages);
        set(tags->section, "name", value);
    } else if (pl_str_eq(tag, PL_STR("LicenseID"))) {
        tags->section = push_object(tags->licenses);
        set(tags->section, "licenseId", value);
    } else if (pl_str_eq(tag, PL_STR("FileName")) || pl_str_eq(tag, PL_STR("SnippetSPDXID"))) {
        tags->section = NULL;
    } else if (pl_str_eq(tag, PL_STR("SPDXID"))) {
        take_id(tags, value);
    } else if (pl_str_eq(tag, PL_STR("SPDXVersion"))) {
        set(tags->document, "spdxVersion", value);
    } else if (pl_str_eq(tag, PL_STR("Relationship"))) {
        add_relationship(tags, value);
    } else if (pl_str_eq(tag, PL_STR("ExternalRef"))) {
        add_reference(tags->section, value);
    } else if (pl_str_eq(tag, PL_STR("PackageChecksum"))) {
        add_checksum(tags->section, value);
    } else if (pl_str_eq(tag, PL_STR("Annotator")) || pl_str_eq(tag, PL_STR("SPDXREF")) ||
               pl_str_eq(tag, PL_STR("AnnotationComment"))) {
        take_annotation(tags, tag, value);
    } else {
        take_package_field(tags, tag, value);
    }
}

/* A value that begins with <text> goes on to </text>, over lines. */
static pl_str whole_value(struct tags *tags, pl_str value, pl_str *cursor)
{
    pl_str begin = PL_STR("<text>");
    pl_str end = PL_STR("</text>");
    if (!pl_str_starts_with(value, begin)) {
        return value;
    }
    value = pl_str_skip(value, begin.len);
    pl_str all = pl_str_make(value.ptr, (size_t)(tags->ends_at - value.ptr));
    size_t at = pl_str_find(all, end);
    if (at == SIZE_MAX) {
        tags->is_cut = true;
        *cursor = PL_STR_EMPTY;
        return all;
    }
    if (at > value.len) {
        *cursor = pl_str_skip(all, at + end.len);
    }
    return pl_str_sub(all, 0, at);
}

static void read_lines(struct tags *tags, pl_str text)
{
    pl_str line = PL_STR_EMPTY;
    tags->ends_at = text.ptr + text.len;
    while (pl_str_next_line(&text, &line)) {
        pl_str tag = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        line = pl_str_trim(line);
        if (line.len > 0 && line.ptr[0] != '#' && pl_str_cut(line, ':', &tag, &value)) {
            take(tags, pl_str_trim(tag), whole_value(tags, pl_str_trim(value), &text));
        }
    }
}

enum pl_status pl_sbom_tag_value_to_json(pl_str text, json_t **ret, struct pl_error *err)
{
    if (text.len > PL_LIMIT_JSON_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "the document has %zu bytes; no more than %d are read",
                            text.len, PL_LIMIT_JSON_BYTES);
    }
    struct tags tags = {.document = json_object()};
    tags.packages = list_of(tags.document, "packages");
    tags.relationships = list_of(tags.document, "relationships");
    tags.licenses = list_of(tags.document, "hasExtractedLicensingInfos");
    read_lines(&tags, text);
    pl_map_release(&tags.packages_by_id);
    if (tags.is_cut) {
        json_decref(tags.document);
        return pl_error_set(err, PL_E_PARSE, "a <text> has no end");
    }
    *ret = tags.document;
    return PL_OK;
}
