/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/upstream.h"
#include "model/evidence.h"

/* NAME-VERSION-RELEASE.src.rpm */
static bool split_source_rpm(pl_str file, pl_str *ret_name, pl_str *ret_version)
{
    static const char *const endings[] = {".src.rpm", ".nosrc.rpm"};
    for (size_t i = 0; i < PL_ARRAY_LEN(endings); i++) {
        pl_str ending = pl_str_from(endings[i]);
        if (!pl_str_ends_with(file, ending)) {
            continue;
        }
        pl_str stem = pl_str_sub(file, 0, file.len - ending.len);
        size_t release = pl_str_find_last_char(stem, '-');
        size_t version = release == SIZE_MAX
                             ? SIZE_MAX
                             : pl_str_find_last_char(pl_str_sub(stem, 0, release), '-');
        if (version == SIZE_MAX || version == 0) {
            return false;
        }
        *ret_name = pl_str_sub(stem, 0, version);
        *ret_version = pl_str_skip(stem, version + 1);
        return true;
    }
    return false;
}

/* Trivy states the parts of a version apart. */
static bool from_trivy(struct pl_arena *arena, const struct pl_sbom_properties *properties,
                       struct pl_sbom_upstream *upstream)
{
    pl_str version = pl_sbom_property(properties, "aquasecurity:trivy:SrcVersion");
    pl_str release = pl_sbom_property(properties, "aquasecurity:trivy:SrcRelease");
    pl_str epoch = pl_sbom_property(properties, "aquasecurity:trivy:SrcEpoch");
    upstream->source_name = pl_sbom_property(properties, "aquasecurity:trivy:SrcName");
    /* The name of a source rpm has no epoch. */
    bool has_epoch = epoch.len > 0 && !pl_str_eq(upstream->type, PL_STR("rpm"));
    upstream->source_version =
        pl_arena_format(arena, PL_STR_FMT "%s" PL_STR_FMT "%s" PL_STR_FMT,
                        PL_STR_ARG(has_epoch ? epoch : PL_STR_EMPTY), has_epoch ? ":" : "",
                        PL_STR_ARG(version), release.len > 0 ? "-" : "", PL_STR_ARG(release));
    return upstream->source_name.len > 0 && version.len > 0;
}

static bool from_syft(const struct pl_sbom_properties *properties,
                      struct pl_sbom_upstream *upstream)
{
    pl_str source = pl_sbom_property(properties, "syft:metadata:source");
    pl_str origin = pl_sbom_property(properties, "syft:metadata:originPackage");
    if (split_source_rpm(pl_sbom_property(properties, "syft:metadata:sourceRpm"),
                         &upstream->source_name, &upstream->source_version)) {
        return true;
    }
    upstream->source_name = source.len > 0 ? source : origin;
    upstream->source_version = pl_sbom_property(properties, "syft:metadata:sourceVersion");
    return upstream->source_name.len > 0;
}

static bool from_own(const struct pl_sbom_properties *properties, struct pl_sbom_upstream *upstream)
{
    upstream->source_name = pl_sbom_property(properties, "plimsoll:source:name");
    upstream->source_version = pl_sbom_property(properties, "plimsoll:source:version");
    return upstream->source_name.len > 0;
}

static bool from_qualifier(const struct pl_purl *purl, struct pl_sbom_upstream *upstream)
{
    pl_str value = pl_purl_qualifier(purl, PL_STR("upstream"));
    if (split_source_rpm(value, &upstream->source_name, &upstream->source_version)) {
        return true;
    }
    pl_str_cut(value, '@', &upstream->source_name, &upstream->source_version);
    return upstream->source_name.len > 0;
}

/* "built package from: NAME VERSION", with more behind a semicolon. The version is that of the
 * binary package's own scheme, where an epoch is not part of a source rpm's name. */
static bool from_source_info(pl_str text, struct pl_sbom_upstream *upstream)
{
    pl_str mark = PL_STR("built package from: ");
    pl_str rest = PL_STR_EMPTY;
    size_t at = pl_str_find(text, mark);
    if (at == SIZE_MAX) {
        return false;
    }
    pl_str_cut(pl_str_skip(text, at + mark.len), ';', &text, &rest);
    pl_str_cut(pl_str_trim(text), ' ', &upstream->source_name, &upstream->source_version);
    if (pl_str_eq(upstream->type, PL_STR("rpm")) &&
        pl_str_cut(upstream->source_version, ':', &text, &rest)) {
        upstream->source_version = rest;
    }
    return upstream->source_name.len > 0;
}

void pl_sbom_upstream_find(struct pl_arena *arena, const struct pl_sbom_said *said,
                           const struct pl_purl *purl, struct pl_sbom_upstream *upstream)
{
    bool is_found = from_own(&said->properties, upstream) ||
                    from_trivy(arena, &said->properties, upstream) ||
                    from_qualifier(purl, upstream) || from_syft(&said->properties, upstream) ||
                    from_source_info(said->source_info, upstream);
    bool has_always =
        pl_str_eq(upstream->type, PL_STR("deb")) || pl_str_eq(upstream->type, PL_STR("apk"));
    if (!is_found) {
        upstream->source_name = has_always ? upstream->name : PL_STR_EMPTY;
        upstream->source_version = PL_STR_EMPTY;
    }
    if (upstream->source_version.len == 0 && upstream->source_name.len > 0 && has_always) {
        upstream->source_version = upstream->version;
    }
}

static pl_str either(pl_str first, pl_str second)
{
    return first.len > 0 ? first : second;
}

void pl_sbom_reading_os(struct pl_sbom_reading *reading, pl_str name, pl_str version,
                        const struct pl_sbom_properties *properties)
{
    struct pl_sink *sink = reading->sink;
    pl_str id = pl_sbom_property(properties, "syft:distro:id");
    pl_str release = pl_sbom_property(properties, "syft:distro:versionID");
    if (reading->os.id.len > 0 || (name.len == 0 && id.len == 0)) {
        return;
    }
    reading->os = (struct pl_os){
        .id = pl_sink_str(
            sink, id.len > 0 ? id : pl_os_id_of_name(pl_arena_lower(&reading->arena, name))),
        .version_id = pl_sink_str(sink, either(release, version)),
        .name = pl_sink_str(sink, pl_sbom_property(properties, "plimsoll:os:name")),
        .version = pl_sink_str(sink, pl_sbom_property(properties, "plimsoll:os:version")),
        .version_codename =
            pl_sink_str(sink, pl_sbom_property(properties, "plimsoll:os:version_codename")),
        .id_like = pl_sink_str(sink, either(pl_sbom_property(properties, "plimsoll:os:id_like"),
                                            pl_sbom_property(properties, "syft:distro:idLike:0"))),
        .pretty_name =
            pl_sink_str(sink, either(pl_sbom_property(properties, "plimsoll:os:pretty_name"),
                                     pl_sbom_property(properties, "syft:distro:prettyName"))),
        .cpe_name = pl_sink_str(sink, pl_sbom_property(properties, "plimsoll:os:cpe_name")),
        .variant_id = pl_sink_str(sink, pl_sbom_property(properties, "plimsoll:os:variant_id")),
        .build_id = pl_sink_str(sink, pl_sbom_property(properties, "plimsoll:os:build_id")),
    };
}

static pl_str most_stated(struct pl_sbom_reading *reading)
{
    struct pl_map votes pl_automap = {0};
    pl_str winner = PL_STR_EMPTY;
    size_t most = 0;
    for (size_t i = 0; i < reading->releases.count; i++) {
        void **votes_of = pl_map_at(&votes, reading->releases.items[i].distro);
        size_t count = (uintptr_t)*votes_of + 1;
        *votes_of = (void *)(uintptr_t)count;
        if (count > most) {
            most = count;
            winner = reading->releases.items[i].distro;
        }
    }
    return winner;
}

static pl_str namespace_with(const struct pl_sbom_reading *reading, pl_str distro)
{
    for (size_t i = 0; i < reading->releases.count; i++) {
        if (pl_str_eq(reading->releases.items[i].distro, distro)) {
            return reading->releases.items[i].namespace;
        }
    }
    return PL_STR_EMPTY;
}

void pl_sbom_settle_release(struct pl_sbom_reading *reading)
{
    static const struct pl_sbom_properties none = {0};
    struct pl_sink *sink = reading->sink;
    pl_str winner = most_stated(reading);
    if (reading->os.id.len == 0) {
        pl_str name = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        if (winner.len > 0 && pl_char_is_digit(winner.ptr[0])) {
            /* Some leave the name to the namespace: pkg:apk/alpine/musl?distro=3.19.1. */
            name = namespace_with(reading, winner);
            version = winner;
        } else {
            pl_os_split_distro(winner, &name, &version);
        }
        pl_sbom_reading_os(reading, name, version, &none);
    }
    size_t others = 0;
    for (size_t i = 0; i < reading->releases.count; i++) {
        const struct pl_sbom_release *release = &reading->releases.items[i];
        if (!pl_str_eq(release->distro, winner)) {
            others++;
            pl_sink_push(sink, &sink->file->components.items[release->place].qualifiers,
                         pl_arena_format(&reading->arena, "distro=" PL_STR_FMT,
                                         PL_STR_ARG(release->distro)));
        }
    }
    if (others > 0) {
        pl_sink_gap(sink,
                    "%zu packages are of another system than " PL_STR_FMT
                    ", by whose advisories they are judged",
                    others, PL_STR_ARG(pl_str_sub(winner, 0, 60)));
    }
    if (reading->os.id.len > 0) {
        pl_sink_os(sink, &reading->os);
    }
}
