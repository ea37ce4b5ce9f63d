/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDX 2.2 and 2.3: {"spdxVersion", "packages": [...], "relationships": [...],
 * "hasExtractedLicensingInfos": [{"licenseId", "extractedText"}]}.
 *
 * A package has "SPDXID", "name", "versionInfo", "supplier", "originator", "licenseDeclared",
 * "licenseConcluded", "checksums", "sourceInfo", "primaryPackagePurpose", and "externalRefs" with
 * "referenceType" purl, cpe22Type or cpe23Type. Tools add what SPDX has no field for as annotations
 * ("plimsoll:scope=installed") or as "attributionTexts" ("PkgID: bash@5.1", Trivy).
 *
 * What the document describes is its subject, unless it has a package URL or a CPE; the system is a
 * package of that purpose, or one that Trivy calls SPDXRef-OperatingSystem.
 */
#include "base/map.h"
#include "model/evidence.h"
#include "sbom/reading.h"

struct spdx {
    struct pl_sbom_reading *reading;
    struct pl_map described; /* SPDXIDs of what the document is about */
    struct pl_map extracted; /* LicenseRef-* to their JSON */
};

static pl_str reference_of(const json_t *package, const char *type)
{
    const json_t *list = pl_json_array(package, "externalRefs");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        /* Some write the type as a URL that ends in its name. */
        if (pl_str_ends_with(pl_json_str(item, "referenceType"), pl_str_from(type))) {
            return pl_str_trim(pl_json_str(item, "referenceLocator"));
        }
    }
    return PL_STR_EMPTY;
}

static void add_property(struct pl_arena *arena, struct pl_sbom_properties *list, pl_str text,
                         char separator)
{
    pl_str name = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    if (pl_str_cut(text, separator, &name, &value)) {
        *pl_vec_push(arena, list) = (struct pl_sbom_property){name, value};
    }
}

static void read_properties(struct pl_arena *arena, const json_t *package,
                            struct pl_sbom_properties *ret)
{
    const json_t *annotations = pl_json_array(package, "annotations");
    for (size_t i = 0; i < json_array_size(annotations); i++) {
        pl_str comment = pl_json_str(json_array_get(annotations, i), "comment");
        if (pl_str_starts_with(comment, PL_STR("plimsoll:"))) {
            add_property(arena, ret, comment, '=');
        }
    }
}

static void read_locations(struct pl_arena *arena, const struct pl_sbom_said *said,
                           struct pl_locations *ret)
{
    for (size_t i = 0; i < said->properties.count; i++) {
        const struct pl_sbom_property *property = &said->properties.items[i];
        pl_str layer = PL_STR_EMPTY;
        pl_str path = property->value;
        if (!pl_str_eq(property->name, PL_STR("plimsoll:location"))) {
            continue;
        }
        if (pl_str_starts_with(path, PL_STR("sha256:"))) {
            pl_str_cut(path, ' ', &layer, &path);
        }
        *pl_vec_push(arena, ret) = (struct pl_location){path, layer};
    }
    pl_str mark = PL_STR("DB: ");
    size_t at = pl_str_find(said->source_info, mark);
    if (ret->count == 0 && at != SIZE_MAX &&
        pl_str_starts_with(said->source_info, PL_STR("acquired package info from "))) {
        *pl_vec_push(arena, ret) = (struct pl_location){
            .path = pl_str_trim(pl_str_skip(said->source_info, at + mark.len))};
    }
}

static void read_checksums(struct pl_arena *arena, const json_t *package, struct pl_strs *ret)
{
    static const char *const names[][2] = {{"MD5", "md5"},
                                           {"SHA1", "sha1"},
                                           {"SHA256", "sha256"},
                                           {"SHA384", "sha384"},
                                           {"SHA512", "sha512"}};
    const json_t *list = pl_json_array(package, "checksums");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        pl_str hex = pl_json_str(item, "checksumValue");
        for (size_t j = 0; j < PL_ARRAY_LEN(names); j++) {
            if (hex.len > 0 &&
                pl_str_eq(pl_json_str(item, "algorithm"), pl_str_from(names[j][0]))) {
                *pl_vec_push(arena, ret) =
                    pl_arena_format(arena, "%s:" PL_STR_FMT, names[j][1], PL_STR_ARG(hex));
            }
        }
    }
}

static bool is_stated(pl_str license)
{
    return license.len > 0 && !pl_str_eq(license, PL_STR("NOASSERTION")) &&
           !pl_str_eq(license, PL_STR("NONE"));
}

/* A reference alone is given as the text that it stands for. */
static void read_license(const struct spdx *spdx, struct pl_arena *arena, const json_t *package,
                         struct pl_strs *ret)
{
    pl_str license = pl_json_str(package, "licenseDeclared");
    if (!is_stated(license)) {
        license = pl_json_str(package, "licenseConcluded");
    }
    if (!is_stated(license)) {
        return;
    }
    const json_t *extracted = pl_map_find(&spdx->extracted, license);
    pl_str text = pl_json_str(extracted, "extractedText");
    pl_str name = pl_json_str(extracted, "name");
    bool is_short = text.len > 0 && text.len < 200 && pl_str_find_char(text, '\n') == SIZE_MAX;
    *pl_vec_push(arena, ret) = is_short ? text : extracted && is_stated(name) ? name : license;
}

/* "Organization: NAME (EMAIL)", "Person: NAME". */
static pl_str actor_of(struct pl_arena *arena, pl_str text)
{
    pl_str kind = PL_STR_EMPTY;
    pl_str actor = PL_STR_EMPTY;
    if (!pl_str_cut(text, ':', &kind, &actor) ||
        (!pl_str_eq(kind, PL_STR("Organization")) && !pl_str_eq(kind, PL_STR("Person")))) {
        return PL_STR_EMPTY;
    }
    actor = pl_str_trim(actor);
    size_t open = pl_str_find_last_char(actor, '(');
    if (open == SIZE_MAX || !pl_str_ends_with(actor, PL_STR(")"))) {
        return actor;
    }
    pl_str email = pl_str_sub(actor, open + 1, actor.len - open - 2);
    pl_str name = pl_str_trim(pl_str_sub(actor, 0, open));
    return pl_str_find_char(email, '@') == SIZE_MAX
               ? (email.len == 0 ? name : actor)
               : pl_arena_format(arena, PL_STR_FMT " <" PL_STR_FMT ">", PL_STR_ARG(name),
                                 PL_STR_ARG(email));
}

static bool is_os(const json_t *package)
{
    pl_str purpose = pl_json_str(package, "primaryPackagePurpose");
    return pl_str_eq(purpose, PL_STR("OPERATING_SYSTEM")) ||
           pl_str_eq(purpose, PL_STR("OPERATING-SYSTEM")) ||
           pl_str_starts_with(pl_json_str(package, "SPDXID"), PL_STR("SPDXRef-OperatingSystem"));
}

/* What has a name that advisories know is software that may be affected, described or not. */
static bool is_subject(const struct spdx *spdx, const json_t *package, pl_str purl, pl_str cpe)
{
    pl_str id = pl_json_str(package, "SPDXID");
    bool is_image = pl_str_eq(pl_json_str(package, "primaryPackagePurpose"), PL_STR("CONTAINER")) ||
                    pl_str_starts_with(id, PL_STR("SPDXRef-ContainerImage")) ||
                    pl_str_starts_with(purl, PL_STR("pkg:oci/"));
    return is_image || (purl.len == 0 && cpe.len == 0 && pl_map_find(&spdx->described, id));
}

static void read_package(struct spdx *spdx, const json_t *package)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_sbom_said said = {.ref = pl_json_str(package, "SPDXID"),
                                .purl = reference_of(package, "purl"),
                                .name = pl_json_str(package, "name"),
                                .version = pl_json_str(package, "versionInfo"),
                                .supplier = actor_of(&scratch, pl_json_str(package, "supplier")),
                                .source_info = pl_json_str(package, "sourceInfo")};
    read_properties(&scratch, package, &said.properties);
    if (is_os(package)) {
        pl_sbom_reading_os(spdx->reading, said.name, said.version, &said.properties);
        return;
    }
    pl_str cpe = reference_of(package, "cpe23Type");
    pl_str purpose = pl_json_str(package, "primaryPackagePurpose");
    bool is_file = said.purl.len == 0 && pl_str_eq(purpose, PL_STR("FILE"));
    bool is_about = is_subject(spdx, package, said.purl, cpe);
    if (is_about) {
        pl_sbom_reading_subject(spdx->reading, said.name, said.version, said.purl);
    }
    if (is_file || is_about) {
        return;
    }
    if (said.supplier.len == 0) {
        said.supplier = actor_of(&scratch, pl_json_str(package, "originator"));
    }
    if (cpe.len > 0) {
        *pl_vec_push(&scratch, &said.cpes) = cpe;
    }
    read_license(spdx, &scratch, package, &said.licenses);
    read_checksums(&scratch, package, &said.hashes);
    read_locations(&scratch, &said, &said.locations);
    pl_sbom_reading_package(spdx->reading, &said);
}

static void read_relationships(struct spdx *spdx, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        pl_str from = pl_json_str(item, "spdxElementId");
        pl_str to = pl_json_str(item, "relatedSpdxElement");
        pl_str type = pl_json_str(item, "relationshipType");
        if (pl_str_eq(type, PL_STR("DEPENDS_ON"))) {
            pl_sbom_reading_edge(spdx->reading, from, to);
        } else if (pl_str_ends_with(type, PL_STR("DEPENDENCY_OF"))) {
            pl_sbom_reading_edge(spdx->reading, to, from);
        } else if (pl_str_eq(type, PL_STR("DESCRIBES"))) {
            *pl_map_at(&spdx->described, to) = spdx;
        } else if (pl_str_eq(type, PL_STR("DESCRIBED_BY"))) {
            *pl_map_at(&spdx->described, from) = spdx;
        }
    }
}

static void read_lists(struct spdx *spdx, const json_t *document)
{
    const json_t *described = pl_json_array(document, "documentDescribes");
    for (size_t i = 0; i < json_array_size(described); i++) {
        *pl_map_at(&spdx->described, pl_json_text(json_array_get(described, i))) = spdx;
    }
    const json_t *extracted = pl_json_array(document, "hasExtractedLicensingInfos");
    for (size_t i = 0; i < json_array_size(extracted); i++) {
        json_t *item = json_array_get(extracted, i);
        *pl_map_at(&spdx->extracted, pl_json_str(item, "licenseId")) = item;
    }
    const json_t *annotations = pl_json_array(document, "annotations");
    for (size_t i = 0; i < json_array_size(annotations); i++) {
        pl_str comment = pl_json_str(json_array_get(annotations, i), "comment");
        pl_str mark = PL_STR("plimsoll:gap=");
        if (pl_str_starts_with(comment, mark)) {
            pl_sink_gap(spdx->reading->sink, PL_STR_FMT,
                        PL_STR_ARG(pl_str_skip(comment, mark.len)));
        }
    }
}

void pl_sbom_read_spdx(struct pl_sbom_reading *reading, const json_t *document)
{
    struct spdx spdx = {.reading = reading};
    const json_t *packages = pl_json_array(document, "packages");
    read_lists(&spdx, document);
    read_relationships(&spdx, pl_json_array(document, "relationships"));
    for (size_t i = 0; i < json_array_size(packages); i++) {
        read_package(&spdx, json_array_get(packages, i));
    }
    pl_map_release(&spdx.described);
    pl_map_release(&spdx.extracted);
}
