/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types and namespaces are those of the package URL specification, ecosystems those that the OSV
 * schema defines (section "Defined Ecosystems"). Of qualifiers the specification knows "distro"
 * alone, and leaves open what is in it; tools write:
 *
 *     Syft                distro=debian-12, rhel-9.4, opensuse-leap-15.5: os-release's id and
 * version Trivy               distro=debian-12.4, redhat-9.4, amazon-2; for apk and others 3.19.1
 * alone Docker Scout        os_name=debian&os_version=12&os_distro=bookworm Debian, OSV
 * distro=bookworm, esm-infra/xenial
 */
#include "model/ecosystem.h"
#include "base/compiler.h"
#include "model/kubernetes.h"
#include "model/package_type.h"

/* Where the namespace of a purl is not the id of os-release. */
static pl_str id_of_namespace(const struct pl_purl *purl)
{
    static const char *const names[][2] = {
        {"redhat", "rhel"},    {"suse", "sles"},           {"amazon", "amzn"},
        {"oracle", "ol"},      {"rocky-linux", "rocky"},   {"opensuse", "opensuse-leap"},
        {"alma", "almalinux"}, {"cbl-mariner", "mariner"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        if (pl_str_eq(purl->namespace, pl_str_from(names[i][0]))) {
            return pl_str_from(names[i][1]);
        }
    }
    return purl->namespace;
}

/* "debian-12", "12", "bookworm", "esm-infra/xenial" */
static void read_distro(pl_str distro, struct pl_os *os)
{
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    if (pl_str_find_char(distro, '/') != SIZE_MAX) {
        os->version_codename = pl_str_after_last(distro, '/');
        return;
    }
    pl_os_split_distro(distro, &name, &version);
    bool is_version = distro.len > 0 && pl_char_is_digit(distro.ptr[0]);
    if (is_version) {
        os->version_id = distro;
    } else if (version.len > 0) {
        os->id = pl_os_id_of_name(name);
        os->version_id = version;
    } else {
        os->version_codename = distro;
    }
}

bool pl_os_of_purl(const struct pl_purl *purl, struct pl_os *ret)
{
    struct pl_os os = {.id = id_of_namespace(purl)};
    pl_str distro = pl_purl_qualifier(purl, PL_STR("distro"));
    pl_str os_name = pl_purl_qualifier(purl, PL_STR("os_name"));
    if (distro.len > 0) {
        read_distro(distro, &os);
    } else if (os_name.len > 0) {
        os.id = pl_os_id_of_name(os_name);
        os.version_id = pl_purl_qualifier(purl, PL_STR("os_version"));
        os.version_codename = pl_purl_qualifier(purl, PL_STR("os_distro"));
    }
    const struct pl_distro *known = pl_os_distro(&os);
    if (!known || !pl_str_eq(purl->type, pl_str_from(known->package_type))) {
        return false;
    }
    *ret = os;
    return true;
}

static enum pl_status add_distribution(struct pl_arena *arena, const struct pl_purl *purl,
                                       const struct pl_os *os, struct pl_package_keys *ret,
                                       struct pl_error *err)
{
    const struct pl_distro *distro = pl_os_distro(os);
    struct pl_strs ecosystems = pl_os_ecosystems(arena, os);
    pl_str source = pl_purl_qualifier(purl, PL_STR("upstream"));
    pl_str ignored = PL_STR_EMPTY;
    pl_str_cut(source, '@', &source, &ignored);
    bool is_source = distro->by != PL_DISTRO_BY_PACKAGE && source.len > 0;
    if (ecosystems.count == 0) {
        return pl_error_set(err, PL_E_USAGE,
                            "the release is missing: add ?distro=" PL_STR_FMT
                            "-VERSION to the package URL, or name the ecosystem (\"%s:...\")",
                            PL_STR_ARG(os->id), distro->ecosystem);
    }
    for (size_t i = 0; i < ecosystems.count; i++) {
        *pl_vec_push(arena, ret) = (struct pl_package_key){.ecosystem = ecosystems.items[i],
                                                           .name = is_source ? source : purl->name};
    }
    /* Whoever writes about a release may leave out that it has long-term support. */
    pl_str suffix = PL_STR(":LTS");
    pl_str first = ecosystems.items[0];
    if (pl_str_ends_with(first, suffix)) {
        *pl_vec_push(arena, ret) =
            (struct pl_package_key){.ecosystem = pl_str_sub(first, 0, first.len - suffix.len),
                                    .name = is_source ? source : purl->name};
    }
    return PL_OK;
}

bool pl_ecosystem_has_packages(pl_str ecosystem)
{
    return !pl_str_eq(ecosystem, PL_STR(PL_SUPPRESSION_ECOSYSTEM)) &&
           !pl_str_eq(ecosystem, PL_STR(PL_END_OF_LIFE_ECOSYSTEM)) &&
           !pl_str_eq(ecosystem, PL_STR(PL_REPOSITORY_ECOSYSTEM));
}

/* Kubernetes' advisories, and of a program those of Go's ecosystem on the module it is in. */
static void add_kubernetes(struct pl_arena *arena, const struct pl_purl *purl,
                           struct pl_package_keys *ret)
{
    const pl_str whole = PL_STR(PL_KUBERNETES_WHOLE);
    const pl_str ecosystem = PL_STR(PL_KUBERNETES_ECOSYSTEM);
    pl_str release = pl_kubernetes_release(arena, purl->version);
    *pl_vec_push(arena, ret) = (struct pl_package_key){ecosystem, purl->name, release};
    if (pl_kubernetes_is_program(purl->name)) {
        *pl_vec_push(arena, ret) = (struct pl_package_key){ecosystem, whole, release};
        *pl_vec_push(arena, ret) = (struct pl_package_key){
            PL_STR("Go"), whole,
            release.len > 0 ? pl_arena_format(arena, "v" PL_STR_FMT, PL_STR_ARG(release))
                            : PL_STR_EMPTY};
    }
}

enum pl_status pl_ecosystem_of_purl(struct pl_arena *arena, const struct pl_purl *purl,
                                    struct pl_package_keys *ret, struct pl_error *err)
{
    struct pl_package_keys keys = {0};
    enum pl_status st = PL_OK;
    const struct pl_package_type *type = pl_package_type_of_purl(purl->type);
    bool is_kubernetes = type && strcmp(type->name, PL_KUBERNETES_TYPE) == 0;
    if (is_kubernetes && pl_kubernetes_is_meant(purl->namespace)) {
        add_kubernetes(arena, purl, &keys);
    } else if (!is_kubernetes && type && type->ecosystem[0] != '\0') {
        *pl_vec_push(arena, &keys) =
            (struct pl_package_key){.ecosystem = pl_str_from(type->ecosystem),
                                    .name = pl_package_type_join(type, arena, purl)};
    }
    struct pl_os os = {0};
    if (keys.count == 0 && pl_os_of_purl(purl, &os)) {
        st = add_distribution(arena, purl, &os, &keys, err);
    }
    if (st == PL_OK && keys.count == 0) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            "no ecosystem is known for packages of \"" PL_STR_FMT "%s" PL_STR_FMT
                            "\"; name it with --ecosystem",
                            PL_STR_ARG(purl->type), purl->namespace.len > 0 ? "/" : "",
                            PL_STR_ARG(purl->namespace));
    }
    if (st == PL_OK) {
        *ret = keys;
    }
    return st;
}
