/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/spdx.h"

const char *pl_spdx_hash_name(pl_str algorithm)
{
    static const char *const names[][2] = {{"md5", "MD5"},
                                           {"sha1", "SHA1"},
                                           {"sha256", "SHA256"},
                                           {"sha384", "SHA384"},
                                           {"sha512", "SHA512"}};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        if (pl_str_eq(algorithm, pl_str_from(names[i][0]))) {
            return names[i][1];
        }
    }
    return NULL;
}

pl_str pl_spdx_line(struct pl_arena *arena, pl_str text)
{
    text = pl_str_trim(text);
    bool is_line = true;
    for (size_t i = 0; i < text.len; i++) {
        is_line = is_line && (unsigned char)text.ptr[i] >= ' ';
    }
    if (is_line) {
        return text;
    }
    char *copy = pl_arena_alloc(arena, text.len, 1);
    for (size_t i = 0; i < text.len; i++) {
        copy[i] = (unsigned char)text.ptr[i] >= ' ' ? text.ptr[i] : ' ';
    }
    return pl_str_make(copy, text.len);
}

pl_str pl_spdx_supplier(struct pl_arena *arena, const struct pl_sbom_package *package)
{
    pl_str name = pl_spdx_line(arena, package->supplier);
    if (name.len == 0) {
        return PL_STR("NOASSERTION");
    }
    return package->supplier_email.len == 0
               ? pl_arena_format(arena, "Organization: " PL_STR_FMT, PL_STR_ARG(name))
               : pl_arena_format(arena, "Organization: " PL_STR_FMT " (" PL_STR_FMT ")",
                                 PL_STR_ARG(name), PL_STR_ARG(package->supplier_email));
}

pl_str pl_spdx_source_info(struct pl_arena *arena, const struct pl_component *component)
{
    pl_str source = PL_STR_EMPTY;
    if (component->source_name.len > 0) {
        source = pl_arena_format(arena, "built package from: " PL_STR_FMT "%s" PL_STR_FMT,
                                 PL_STR_ARG(component->source_name),
                                 component->source_version.len > 0 ? " " : "",
                                 PL_STR_ARG(component->source_version));
    }
    if (component->locations.count == 0) {
        return source;
    }
    return pl_spdx_line(arena, pl_arena_format(arena, PL_STR_FMT "%sfound in: " PL_STR_FMT,
                                               PL_STR_ARG(source), source.len > 0 ? "; " : "",
                                               PL_STR_ARG(component->locations.items[0].path)));
}

const char *pl_spdx_subject_purpose(const struct pl_sbom *sbom)
{
    pl_str kind = sbom->report->subject.kind;
    bool is_container = pl_str_eq(kind, PL_STR("image")) || pl_str_eq(kind, PL_STR("container"));
    return is_container ? "CONTAINER" : "APPLICATION";
}

const char *pl_spdx_package_purpose(const struct pl_sbom_package *package)
{
    pl_str type = package->component->type;
    bool is_program = pl_str_eq(type, PL_STR("binary")) || pl_str_eq(type, PL_STR("kernel"));
    return is_program ? "APPLICATION" : "LIBRARY";
}

pl_str pl_spdx_annotation(struct pl_arena *arena, const struct pl_sbom_property *property)
{
    return pl_arena_format(arena, PL_STR_FMT "=" PL_STR_FMT, PL_STR_ARG(property->name),
                           PL_STR_ARG(property->value));
}

struct pl_sbom_properties pl_spdx_properties(struct pl_arena *arena,
                                             const struct pl_sbom_package *package)
{
    struct pl_sbom_properties list = {0};
    for (size_t i = 0; i < package->properties.count; i++) {
        *pl_vec_push(arena, &list) = package->properties.items[i];
    }
    for (size_t i = 0; i < package->component->locations.count; i++) {
        *pl_vec_push(arena, &list) = (struct pl_sbom_property){
            PL_STR("plimsoll:location"),
            pl_sbom_location(arena, &package->component->locations.items[i])};
    }
    return list;
}

pl_str pl_spdx_extracted_text(const struct pl_sbom_extracted *extracted)
{
    return extracted->text.len > 0 ? extracted->text
                                   : PL_STR("A package states this reference without its text.");
}

pl_str pl_spdx_document_name(struct pl_arena *arena, const struct pl_sbom *sbom)
{
    pl_str name = pl_spdx_line(arena, sbom->report->subject.name);
    return name.len > 0 ? name : PL_STR("unnamed");
}
