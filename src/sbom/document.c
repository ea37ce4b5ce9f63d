/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/document.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "format/digest.h"
#include "model/license.h"
#include "model/package_type.h"
#include "sbom/refs.h"
#include <assert.h>

struct preparation {
    struct pl_arena *arena;
    struct pl_sbom *sbom;
    struct pl_licenses *licenses;
    struct pl_map extracted; /* ids that are listed */
    pl_str distro; /* "debian-12"; empty: no system is known */
};

pl_str pl_sbom_location(struct pl_arena *arena, const struct pl_location *location)
{
    return location->layer.len == 0
               ? location->path
               : pl_arena_format(arena, PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(location->layer),
                                 PL_STR_ARG(location->path));
}

static void add_property(struct pl_arena *arena, struct pl_sbom_properties *list, const char *name,
                         pl_str value)
{
    if (value.len > 0) {
        *pl_vec_push(arena, list) = (struct pl_sbom_property){pl_str_from(name), value};
    }
}

struct pl_sbom_properties pl_sbom_hashes(struct pl_arena *arena, const struct pl_strs *hashes,
                                         const char *const names[][2])
{
    struct pl_sbom_properties list = {0};
    for (size_t i = 0; i < hashes->count; i++) {
        pl_str algorithm = PL_STR_EMPTY;
        pl_str hex = PL_STR_EMPTY;
        pl_str_cut(hashes->items[i], ':', &algorithm, &hex);
        for (size_t n = 0; hex.len > 0 && names[n][0]; n++) {
            if (pl_str_eq(algorithm, pl_str_from(names[n][0]))) {
                add_property(arena, &list, names[n][1], hex);
            }
        }
    }
    return list;
}

static void add_each(struct pl_arena *arena, struct pl_sbom_properties *list, const char *name,
                     const struct pl_strs *values)
{
    for (size_t i = 0; i < values->count; i++) {
        add_property(arena, list, name, values->items[i]);
    }
}

/* ID-VERSION_ID, as others write it too; a rolling release is its name alone. */
static pl_str distro_of(struct pl_arena *arena, const struct pl_os *os)
{
    pl_str version = os->version_id.len > 0 ? os->version_id : os->build_id;
    return os->id.len == 0 || version.len == 0
               ? os->id
               : pl_arena_format(arena, PL_STR_FMT "-" PL_STR_FMT, PL_STR_ARG(os->id),
                                 PL_STR_ARG(version));
}

/* The qualifier "upstream": NAME or NAME@VERSION; for rpm the file name of the source package,
 * which is what rpm states and others expect. */
static pl_str upstream_of(struct pl_arena *arena, const struct pl_component *component)
{
    pl_str name = component->source_name;
    pl_str version = component->source_version;
    bool is_same_version = version.len == 0 || pl_str_eq(version, component->version);
    if (name.len == 0) {
        return PL_STR_EMPTY;
    }
    if (pl_str_eq(component->type, PL_STR("rpm"))) {
        return version.len == 0 ? PL_STR_EMPTY
                                : pl_arena_format(arena, PL_STR_FMT "-" PL_STR_FMT ".src.rpm",
                                                  PL_STR_ARG(name), PL_STR_ARG(version));
    }
    if (is_same_version) {
        return pl_str_eq(name, component->name) ? PL_STR_EMPTY : name;
    }
    return pl_arena_format(arena, PL_STR_FMT "@" PL_STR_FMT, PL_STR_ARG(name), PL_STR_ARG(version));
}

static void add_qualifier(struct pl_arena *arena, struct pl_strs *list, const char *key,
                          pl_str value)
{
    pl_str prefix = pl_arena_format(arena, "%s=", key);
    for (size_t i = 0; i < list->count; i++) {
        if (pl_str_starts_with(list->items[i], prefix)) {
            return;
        }
    }
    if (value.len > 0) {
        *pl_vec_push(arena, list) =
            pl_arena_format(arena, PL_STR_FMT PL_STR_FMT, PL_STR_ARG(prefix), PL_STR_ARG(value));
    }
}

static pl_str purl_of(struct preparation *preparation, const struct pl_component *component)
{
    struct pl_component full = *component;
    if (pl_component_is_system_package(component)) {
        full.qualifiers = (struct pl_strs){0};
        for (size_t i = 0; i < component->qualifiers.count; i++) {
            *pl_vec_push(preparation->arena, &full.qualifiers) = component->qualifiers.items[i];
        }
        add_qualifier(preparation->arena, &full.qualifiers, "upstream",
                      upstream_of(preparation->arena, component));
        add_qualifier(preparation->arena, &full.qualifiers, "distro", preparation->distro);
    }
    return pl_component_purl(preparation->arena, &full);
}

/* "Name <address>" in two; more than one address is no address. */
static void split_vendor(pl_str vendor, struct pl_sbom_package *package)
{
    pl_str head = PL_STR_EMPTY;
    pl_str tail = PL_STR_EMPTY;
    package->supplier = vendor;
    if (!pl_str_cut(vendor, '<', &head, &tail) || !pl_str_ends_with(tail, PL_STR(">"))) {
        return;
    }
    tail = pl_str_sub(tail, 0, tail.len - 1);
    head = pl_str_trim(head);
    bool is_plain = head.len > 0 && tail.len > 0 && pl_str_find_char(tail, '@') != SIZE_MAX;
    for (size_t i = 0; i < tail.len; i++) {
        is_plain =
            is_plain && tail.ptr[i] > ' ' && tail.ptr[i] < 0x7f && !strchr("<>()", tail.ptr[i]);
    }
    if (is_plain) {
        package->supplier = head;
        package->supplier_email = tail;
    }
}

/* CPE 2.3 as a formatted string: thirteen parts, each a star, a hyphen, or letters with what has to
 * be escaped escaped (NISTIR 7695, section 6.2.3). The language may hold letters and hyphens alone.
 */
static bool is_cpe(pl_str text)
{
    enum { PARTS = 13, LANGUAGE = 7 };
    size_t parts = 1;
    size_t in_part = 0;
    if (!pl_str_starts_with(text, PL_STR("cpe:2.3:")) || text.len < 10 ||
        !strchr("aho*-", text.ptr[8]) || text.ptr[9] != ':') {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ':') {
            if (in_part == 0) {
                return false;
            }
            parts++;
            in_part = 0;
            continue;
        }
        in_part++;
        bool is_star_alone =
            (c == '*') && (i + 1 == text.len || text.ptr[i + 1] == ':') && text.ptr[i - 1] == ':';
        if (c == '\\' && i + 1 < text.len && parts != LANGUAGE + 1) {
            if (!strchr("\\*?!\"#$%&'()+,/:;<=>@[]^`{|}~", text.ptr[++i])) {
                return false;
            }
        } else if (!pl_char_is_alnum(c) && c != '-' && c != '.' && c != '_' && !is_star_alone) {
            return false;
        }
        bool is_language = parts == LANGUAGE + 1;
        if (is_language && !is_star_alone && c != '-' && (!pl_char_is_alpha(c) || in_part > 3)) {
            return false;
        }
    }
    return parts == PARTS && in_part > 0;
}

static void add_extracted(struct preparation *preparation, pl_str id, pl_str text)
{
    void **known = pl_map_at(&preparation->extracted, id);
    if (!*known) {
        *known = preparation;
        *pl_vec_push(preparation->arena, &preparation->sbom->extracted) =
            (struct pl_sbom_extracted){id, text};
    }
}

/* References that packages themselves use: a document may name none that it does not list. */
static void list_references(struct preparation *preparation, pl_str expression)
{
    pl_str own = PL_STR("LicenseRef-");
    for (size_t at = pl_str_find(expression, own); at != SIZE_MAX;
         at = pl_str_find(expression, own)) {
        expression = pl_str_skip(expression, at);
        size_t len = own.len;
        while (len < expression.len && expression.ptr[len] != ' ' && expression.ptr[len] != ')') {
            len++;
        }
        add_extracted(preparation, pl_str_sub(expression, 0, len), PL_STR_EMPTY);
        expression = pl_str_skip(expression, len);
    }
}

/* An expression that holds all that is stated: where a statement has no identifier, a reference to
 * its text. */
static pl_str declare_license(struct preparation *preparation, const struct pl_component *component)
{
    pl_str expression = component->license_expression;
    if (expression.len > 0) {
        list_references(preparation, expression);
        return expression;
    }
    struct pl_buf joined pl_autobuf = PL_BUF_INIT(16 * PL_LIMIT_FIELD_BYTES);
    for (size_t i = 0; i < component->licenses.count; i++) {
        pl_str stated = component->licenses.items[i];
        pl_str part = pl_licenses_expression(preparation->licenses, stated);
        if (part.len > 0) {
            part = pl_arena_dup(preparation->arena, part);
            list_references(preparation, part);
        } else {
            struct pl_digest digest = pl_digest_of(pl_str_span(stated), NULL);
            part = pl_arena_format(preparation->arena, "LicenseRef-%.16s",
                                   digest.text + strlen("sha256:"));
            add_extracted(preparation, part, stated);
        }
        bool has_or = pl_str_contains(part, PL_STR(" OR "));
        pl_buf_append_format(&joined, "%s%s" PL_STR_FMT "%s", i > 0 ? " AND " : "",
                             has_or ? "(" : "", PL_STR_ARG(part), has_or ? ")" : "");
    }
    return joined.overflowed ? PL_STR_EMPTY : pl_arena_dup(preparation->arena, pl_buf_str(&joined));
}

/* What a package URL does not give back as it was. */
static void add_identity_properties(struct preparation *preparation,
                                    const struct pl_component *component,
                                    struct pl_sbom_package *package)
{
    struct pl_arena *arena = preparation->arena;
    struct pl_sbom_properties *list = &package->properties;
    struct pl_purl purl = {0};
    bool has_purl = pl_purl_parse(arena, package->purl, &purl, NULL) == PL_OK;
    const struct pl_package_type *type = has_purl ? pl_package_type_of_purl(purl.type) : NULL;
    if (!type || !pl_str_eq(pl_str_from(type->name), component->type)) {
        add_property(arena, list, "plimsoll:type", component->type);
    }
    if (!type || !pl_str_eq(pl_package_type_join(type, arena, &purl), component->name)) {
        add_property(arena, list, "plimsoll:name", component->name);
    }
    if (!has_purl) {
        add_property(arena, list, "plimsoll:arch", component->arch);
    }
    add_property(arena, list, "plimsoll:source:name", component->source_name);
    add_property(arena, list, "plimsoll:source:version", component->source_version);
}

static void add_properties(struct preparation *preparation, const struct pl_component *component,
                           struct pl_sbom_package *package)
{
    struct pl_arena *arena = preparation->arena;
    struct pl_sbom_properties *list = &package->properties;
    add_identity_properties(preparation, component, package);
    add_property(arena, list, "plimsoll:scope", pl_str_from(pl_scope_to_string(component->scope)));
    if (component->relation != PL_RELATION_UNKNOWN) {
        add_property(arena, list, "plimsoll:relation",
                     pl_str_from(pl_relation_to_string(component->relation)));
    }
    if (component->since_image != PL_SINCE_IMAGE_UNKNOWN) {
        add_property(arena, list, "plimsoll:since_image",
                     pl_str_from(pl_since_image_to_string(component->since_image)));
    }
    static const char *const yes = "true";
    add_property(arena, list, "plimsoll:dev", pl_str_from(component->is_dev ? yes : NULL));
    add_property(arena, list, "plimsoll:optional",
                 pl_str_from(component->is_optional ? yes : NULL));
    add_property(arena, list, "plimsoll:pseudo", pl_str_from(component->is_pseudo ? yes : NULL));
    add_property(arena, list, "plimsoll:third-party", component->third_party);
    bool says_it_all = component->licenses.count == 1 &&
                       pl_str_eq(component->licenses.items[0], component->license_expression);
    if (!says_it_all) {
        add_each(arena, list, "plimsoll:license", &component->licenses);
    }
    for (size_t i = 0; i < component->cpes.count; i++) {
        if (!pl_str_eq(component->cpes.items[i], package->cpe)) {
            add_property(arena, list, "plimsoll:cpe", component->cpes.items[i]);
        }
    }
    if (component->confidence > 0) {
        add_property(arena, list, "plimsoll:basis", component->basis);
        add_property(arena, list, "plimsoll:confidence",
                     pl_arena_format(arena, "%u", component->confidence));
    }
    add_each(arena, list, "plimsoll:contains", &component->contains);
}

static void prepare_package(struct preparation *preparation, const struct pl_component *component)
{
    struct pl_sbom_package *package = pl_vec_push(preparation->arena, &preparation->sbom->packages);
    const struct pl_package_type *type = pl_package_type_find(component->type);
    package->component = component;
    package->purl = purl_of(preparation, component);
    package->name = component->name;
    if (type && type->naming != PL_PACKAGE_NAMING_TAIL) {
        struct pl_purl parts = {0};
        pl_package_type_split(type, component->name, &parts);
        package->group = parts.namespace;
        package->name = parts.name;
    }
    split_vendor(component->vendor, package);
    for (size_t i = 0; i < component->cpes.count && package->cpe.len == 0; i++) {
        if (is_cpe(component->cpes.items[i])) {
            package->cpe = component->cpes.items[i];
        }
    }
    package->declared = declare_license(preparation, component);
    add_properties(preparation, component, package);
}

static void prepare_os(struct preparation *preparation, const struct pl_os *os)
{
    struct pl_sbom_properties *list = &preparation->sbom->os_properties;
    if (os->id.len == 0) {
        return;
    }
    preparation->sbom->os_ref = PL_STR("OperatingSystem");
    add_property(preparation->arena, list, "plimsoll:os:name", os->name);
    add_property(preparation->arena, list, "plimsoll:os:version", os->version);
    add_property(preparation->arena, list, "plimsoll:os:pretty_name", os->pretty_name);
    add_property(preparation->arena, list, "plimsoll:os:version_codename", os->version_codename);
    add_property(preparation->arena, list, "plimsoll:os:id_like", os->id_like);
    add_property(preparation->arena, list, "plimsoll:os:cpe_name", os->cpe_name);
    add_property(preparation->arena, list, "plimsoll:os:variant_id", os->variant_id);
    add_property(preparation->arena, list, "plimsoll:os:build_id", os->build_id);
}

/* pkg:oci/NAME@DIGEST?repository_url=... (purl-spec, types/oci) for an image that was reached by
 * its name; a file's path names no repository. */
static pl_str oci_purl(struct pl_arena *arena, const struct pl_subject *subject)
{
    bool is_file = pl_str_ends_with(subject->source, PL_STR("archive")) ||
                   pl_str_ends_with(subject->source, PL_STR("dir"));
    pl_str name = subject->name;
    pl_str rest = PL_STR_EMPTY;
    if (!pl_str_eq(subject->kind, PL_STR("image")) || is_file || subject->digest.len == 0) {
        return PL_STR_EMPTY;
    }
    pl_str_cut(name, '@', &name, &rest);
    size_t slash = pl_str_find_last_char(name, '/');
    size_t colon = pl_str_find_last_char(name, ':');
    pl_str tag = PL_STR_EMPTY;
    if (colon != SIZE_MAX && (slash == SIZE_MAX || colon > slash)) {
        tag = pl_str_skip(name, colon + 1);
        name = pl_str_sub(name, 0, colon);
    }
    pl_str platform = subject->platform;
    pl_str arch = PL_STR_EMPTY;
    pl_str_cut(platform, '/', &platform, &arch);
    pl_str_cut(arch, '/', &arch, &rest);
    struct pl_purl_qualifier qualifiers[] = {
        {PL_STR("arch"), arch}, {PL_STR("repository_url"), name}, {PL_STR("tag"), tag}};
    struct pl_purl purl = {.type = PL_STR("oci"),
                           .name = slash == SIZE_MAX ? name : pl_str_skip(name, slash + 1),
                           .version = subject->digest,
                           .qualifiers = qualifiers,
                           .qualifier_count = PL_ARRAY_LEN(qualifiers)};
    return pl_purl_format(arena, &purl);
}

static void prepare_subject(struct preparation *preparation, const struct pl_subject *subject)
{
    struct pl_sbom *sbom = preparation->sbom;
    struct pl_arena *arena = preparation->arena;
    struct pl_sbom_properties *list = &sbom->subject_properties;
    sbom->subject_ref = PL_STR("Subject");
    sbom->subject_purl = oci_purl(arena, subject);
    add_property(arena, list, "plimsoll:kind", subject->kind);
    add_property(arena, list, "plimsoll:source", subject->source);
    add_property(arena, list, "plimsoll:platform", subject->platform);
    for (size_t i = 0; i < subject->layers.count; i++) {
        const struct pl_layer_info *layer = &subject->layers.items[i];
        add_property(arena, list, "plimsoll:layer",
                     layer->diff_id.len > 0 ? layer->diff_id : layer->digest);
    }
}

static void prepare_gaps(struct preparation *preparation, const struct pl_gaps *gaps)
{
    for (size_t i = 0; i < gaps->count; i++) {
        const struct pl_gap *gap = &gaps->items[i];
        *pl_vec_push(preparation->arena, &preparation->sbom->gaps) = pl_arena_format(
            preparation->arena, PL_STR_FMT "%s" PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(gap->layer),
            gap->layer.len > 0 ? ": " : "", PL_STR_ARG(gap->path), gap->path.len > 0 ? ": " : "",
            PL_STR_ARG(gap->reason));
    }
}

static int compare_extracted(const void *a, const void *b)
{
    return pl_str_cmp(((const struct pl_sbom_extracted *)a)->id,
                      ((const struct pl_sbom_extracted *)b)->id);
}

static bool is_digits(pl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!pl_char_is_digit(s.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* To the second and in UTC, which is all that SPDX allows (clause 6.9); empty for another form. */
static pl_str clean_time(struct pl_arena *arena, pl_str text)
{
    enum { TO_THE_SECOND = 19 };
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    pl_str rest = pl_str_skip(text, TO_THE_SECOND);
    bool is_plain = text.len > TO_THE_SECOND && pl_str_ends_with(text, PL_STR("Z"));
    if (rest.len > 1) {
        is_plain = is_plain && rest.ptr[0] == '.' && is_digits(pl_str_sub(rest, 1, rest.len - 2));
    }
    for (size_t i = 0; i < TO_THE_SECOND && is_plain; i++) {
        is_plain = shape[i] == 'd' ? pl_char_is_digit(text.ptr[i]) : text.ptr[i] == shape[i];
    }
    return is_plain ? pl_arena_format(arena, "%.*sZ", (int)TO_THE_SECOND, text.ptr) : PL_STR_EMPTY;
}

void pl_sbom_prepare(struct pl_arena *arena, const struct pl_report *report, pl_str created,
                     struct pl_sbom *ret)
{
    struct pl_sbom sbom = {
        .report = report,
        .created = clean_time(arena, created.len > 0 ? created : report->subject.created)};
    struct preparation preparation = {.arena = arena,
                                      .sbom = &sbom,
                                      .licenses = pl_licenses_new(),
                                      .distro = distro_of(arena, &report->subject.os)};
    prepare_subject(&preparation, &report->subject);
    prepare_os(&preparation, &report->subject.os);
    for (size_t i = 0; i < report->components.count; i++) {
        prepare_package(&preparation, &report->components.items[i]);
    }
    pl_sbom_name_packages(arena, &sbom);
    pl_sbom_link_packages(arena, &sbom);
    prepare_gaps(&preparation, &report->gaps);
    if (sbom.extracted.count > 1) {
        qsort(sbom.extracted.items, sbom.extracted.count, sizeof(*sbom.extracted.items),
              compare_extracted);
    }
    sbom.uuid = pl_sbom_identity(arena, &sbom);
    pl_licenses_free(preparation.licenses);
    pl_map_release(&preparation.extracted);
    *ret = sbom;
}
