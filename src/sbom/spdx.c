/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/spdx.h"

#define NO_ASSERTION PL_STR("NOASSERTION")

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

static pl_str name_of(struct pl_arena *arena, pl_str name)
{
    name = pl_spdx_line(arena, name);
    return name.len > 0 ? name : PL_STR("unnamed");
}

pl_str pl_spdx_document_name(struct pl_arena *arena, const struct pl_sbom *sbom)
{
    return name_of(arena, sbom->report->subject.name);
}

pl_str pl_spdx_id(struct pl_arena *arena, pl_str ref)
{
    return pl_arena_format(arena, "SPDXRef-" PL_STR_FMT, PL_STR_ARG(ref));
}

pl_str pl_spdx_time(const struct pl_sbom *sbom)
{
    return sbom->created.len > 0 ? sbom->created : PL_STR("1970-01-01T00:00:00Z");
}

pl_str pl_spdx_annotation(struct pl_arena *arena, const struct pl_sbom_property *property)
{
    return pl_arena_format(arena, PL_STR_FMT "=" PL_STR_FMT, PL_STR_ARG(property->name),
                           PL_STR_ARG(property->value));
}

struct pl_sbom_property pl_spdx_gap(pl_str gap)
{
    return (struct pl_sbom_property){PL_STR("plimsoll:gap"), gap};
}

pl_str pl_spdx_extracted_text(const struct pl_sbom_extracted *extracted)
{
    return extracted->text.len > 0 ? extracted->text
                                   : PL_STR("A package states this reference without its text.");
}

static struct pl_spdx_package subject_of(struct pl_arena *arena, const struct pl_sbom *sbom)
{
    const struct pl_subject *subject = &sbom->report->subject;
    bool is_container =
        pl_str_eq(subject->kind, PL_STR("image")) || pl_str_eq(subject->kind, PL_STR("container"));
    return (struct pl_spdx_package){.ref = sbom->subject_ref,
                                    .name = name_of(arena, subject->name),
                                    .version = subject->digest,
                                    .supplier = NO_ASSERTION,
                                    .declared = NO_ASSERTION,
                                    .purpose = is_container ? "CONTAINER" : "APPLICATION",
                                    .purl = sbom->subject_purl,
                                    .properties = sbom->subject_properties};
}

static struct pl_spdx_package system_of(struct pl_arena *arena, const struct pl_sbom *sbom)
{
    const struct pl_os *os = &sbom->report->subject.os;
    return (struct pl_spdx_package){.ref = sbom->os_ref,
                                    .name = name_of(arena, os->id),
                                    .version = os->version_id,
                                    .supplier = NO_ASSERTION,
                                    .declared = NO_ASSERTION,
                                    .description = os->pretty_name,
                                    .purpose = "OPERATING_SYSTEM",
                                    .properties = sbom->os_properties};
}

static pl_str supplier_of(struct pl_arena *arena, const struct pl_sbom_package *package)
{
    pl_str name = pl_spdx_line(arena, package->supplier);
    if (name.len == 0) {
        return NO_ASSERTION;
    }
    return package->supplier_email.len == 0
               ? pl_arena_format(arena, "Organization: " PL_STR_FMT, PL_STR_ARG(name))
               : pl_arena_format(arena, "Organization: " PL_STR_FMT " (" PL_STR_FMT ")",
                                 PL_STR_ARG(name), PL_STR_ARG(package->supplier_email));
}

static pl_str source_info_of(struct pl_arena *arena, const struct pl_component *component)
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

static struct pl_sbom_properties properties_of(struct pl_arena *arena,
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

static struct pl_spdx_package package_of(struct pl_arena *arena,
                                         const struct pl_sbom_package *package)
{
    static const char *const algorithms[][2] = {{"md5", "MD5"},       {"sha1", "SHA1"},
                                                {"sha256", "SHA256"}, {"sha384", "SHA384"},
                                                {"sha512", "SHA512"}, {NULL, NULL}};
    const struct pl_component *component = package->component;
    bool is_program = pl_str_eq(component->type, PL_STR("binary")) ||
                      pl_str_eq(component->type, PL_STR("kernel"));
    return (struct pl_spdx_package){
        .ref = package->ref,
        .name = name_of(arena, component->name),
        .version = component->version,
        .supplier = supplier_of(arena, package),
        .declared = package->declared.len > 0 ? package->declared : NO_ASSERTION,
        .source_info = source_info_of(arena, component),
        .purpose = is_program ? "APPLICATION" : "LIBRARY",
        .purl = package->purl,
        .cpe = package->cpe,
        .checksums = pl_sbom_hashes(arena, &component->hashes, algorithms),
        .properties = properties_of(arena, package)};
}

void pl_spdx_packages(struct pl_arena *arena, const struct pl_sbom *sbom,
                      void (*write)(void *out, const struct pl_spdx_package *package), void *out)
{
    struct pl_spdx_package package = subject_of(arena, sbom);
    write(out, &package);
    if (sbom->os_ref.len > 0) {
        package = system_of(arena, sbom);
        write(out, &package);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        pl_arena_clear(arena);
        package = package_of(arena, &sbom->packages.items[i]);
        write(out, &package);
    }
    pl_arena_clear(arena);
}

void pl_spdx_relationships(const struct pl_sbom *sbom,
                           void (*write)(void *out, pl_str from, const char *type, pl_str to),
                           void *out)
{
    const struct pl_sbom_packages *packages = &sbom->packages;
    write(out, PL_STR("DOCUMENT"), "DESCRIBES", sbom->subject_ref);
    if (sbom->os_ref.len > 0) {
        write(out, sbom->subject_ref, "CONTAINS", sbom->os_ref);
    }
    for (size_t i = 0; i < packages->count; i++) {
        write(out, sbom->subject_ref, "CONTAINS", packages->items[i].ref);
    }
    for (size_t i = 0; i < packages->count; i++) {
        const struct pl_sbom_places *needs = &packages->items[i].needs;
        for (size_t j = 0; j < needs->count; j++) {
            write(out, packages->items[i].ref, "DEPENDS_ON", packages->items[needs->items[j]].ref);
        }
    }
}
