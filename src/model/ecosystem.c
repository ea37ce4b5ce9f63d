/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types and namespaces are those of the package URL specification, ecosystems those that the OSV
 * schema defines (section "Defined Ecosystems").
 */
#include "model/ecosystem.h"
#include "model/package_type.h"

/* How many dotted parts of a release count, and what stands before and after. Further rows for one
 * distribution are further names of the release. */
static const struct {
    const char *type;
    const char *namespace;
    const char *ecosystem;
    const char *before;
    unsigned parts; /* 0: the ecosystem has no releases */
    const char *after;
} distributions[] = {
    {"alpm", "arch", "Arch Linux", "", 0, ""},
    {"deb", "debian", "Debian", ":", 1, ""},
    {"deb", "ubuntu", "Ubuntu", ":", 2, ":LTS"},
    {"deb", "ubuntu", "Ubuntu", ":", 2, ""},
    {"apk", "alpine", "Alpine", ":v", 2, ""},
    {"apk", "alpaquita", "Alpaquita", ":", 1, ""},
    {"apk", "bellsoft-hardened-containers", "BellSoft Hardened Containers", ":", 1, ""},
    {"apk", "chainguard", "Chainguard", "", 0, ""},
    {"apk", "cleanstart", "CleanStart", "", 0, ""},
    {"apk", "minimos", "MinimOS", "", 0, ""},
    {"apk", "wolfi", "Wolfi", "", 0, ""},
    {"rpm", "almalinux", "AlmaLinux", ":", 1, ""},
    {"rpm", "mageia", "Mageia", ":", 1, ""},
    {"rpm", "openeuler", "openEuler", ":", 2, ""},
    {"rpm", "rocky", "Rocky Linux", ":", 1, ""},
    {"rpm", "rocky-linux", "Rocky Linux", ":", 1, ""},
};

/* Code names that purls carry in place of a number. */
static const struct {
    const char *name;
    const char *release;
} code_names[] = {
    {"trixie", "13"},   {"bookworm", "12"}, {"bullseye", "11"}, {"buster", "10"},
    {"noble", "24.04"}, {"jammy", "22.04"}, {"focal", "20.04"}, {"bionic", "18.04"},
};

/* "debian-12" -> "12", "bookworm" -> "12", "3.19.1" with two parts -> "3.19". */
static pl_str release_of(pl_str distro, pl_str namespace, unsigned parts)
{
    if (pl_str_starts_with(distro, namespace) && distro.len > namespace.len &&
        distro.ptr[namespace.len] == '-') {
        distro = pl_str_skip(distro, namespace.len + 1);
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(code_names); i++) {
        if (pl_str_eq(distro, pl_str_from(code_names[i].name))) {
            distro = pl_str_from(code_names[i].release);
        }
    }
    for (size_t i = 0; i < distro.len; i++) {
        if (distro.ptr[i] == '.' && --parts == 0) {
            return pl_str_sub(distro, 0, i);
        }
    }
    return distro;
}

static enum pl_status add_distribution(struct pl_arena *arena, const struct pl_purl *purl,
                                       size_t row, struct pl_package_keys *ret,
                                       struct pl_error *err)
{
    pl_str source = pl_purl_qualifier(purl, PL_STR("upstream"));
    pl_str ignored = PL_STR_EMPTY;
    pl_str_cut(source, '@', &source, &ignored);
    struct pl_package_key key = {.ecosystem = pl_str_from(distributions[row].ecosystem),
                                 .name = source.len > 0 ? source : purl->name};
    if (distributions[row].parts > 0) {
        pl_str release = release_of(pl_purl_qualifier(purl, PL_STR("distro")), purl->namespace,
                                    distributions[row].parts);
        if (release.len == 0) {
            return pl_error_set(err, PL_E_USAGE,
                                "the release is missing: add ?distro=" PL_STR_FMT
                                "-VERSION to the package URL, or name the ecosystem (\"%s%s...\")",
                                PL_STR_ARG(purl->namespace), distributions[row].ecosystem,
                                distributions[row].before);
        }
        key.ecosystem = pl_arena_format(arena, "%s%s" PL_STR_FMT "%s", distributions[row].ecosystem,
                                        distributions[row].before, PL_STR_ARG(release),
                                        distributions[row].after);
    }
    *pl_vec_push(arena, ret) = key;
    return PL_OK;
}

enum pl_status pl_ecosystem_of_purl(struct pl_arena *arena, const struct pl_purl *purl,
                                    struct pl_package_keys *ret, struct pl_error *err)
{
    struct pl_package_keys keys = {0};
    enum pl_status st = PL_OK;
    const struct pl_package_type *type = pl_package_type_of_purl(purl->type);
    if (type && type->ecosystem[0] != '\0') {
        *pl_vec_push(arena, &keys) =
            (struct pl_package_key){.ecosystem = pl_str_from(type->ecosystem),
                                    .name = pl_package_type_join(type, arena, purl)};
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(distributions) && st == PL_OK; i++) {
        if (pl_str_eq(purl->type, pl_str_from(distributions[i].type)) &&
            pl_str_eq(purl->namespace, pl_str_from(distributions[i].namespace))) {
            st = add_distribution(arena, purl, i, &keys, err);
        }
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
