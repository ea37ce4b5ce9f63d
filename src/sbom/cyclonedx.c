/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/cyclonedx.h"

const char *pl_cyclonedx_subject_type(const struct pl_sbom *sbom)
{
    pl_str kind = sbom->report->subject.kind;
    bool is_container = pl_str_eq(kind, PL_STR("image")) || pl_str_eq(kind, PL_STR("container"));
    return is_container ? "container" : "application";
}

const char *pl_cyclonedx_package_type(const struct pl_sbom_package *package)
{
    pl_str type = package->component->type;
    bool is_program = pl_str_eq(type, PL_STR("binary")) || pl_str_eq(type, PL_STR("kernel")) ||
                      pl_str_eq(type, PL_STR("generic"));
    return pl_str_eq(type, PL_STR("oci")) ? "container" : is_program ? "application" : "library";
}

const char *pl_cyclonedx_scope(const struct pl_component *component)
{
    /* "Excluded" is the word for what is used in development and tests alone. */
    return component->is_dev ? "excluded" : component->is_optional ? "optional" : NULL;
}

const char *pl_cyclonedx_hash_name(pl_str algorithm)
{
    static const char *const names[][2] = {{"md5", "MD5"},
                                           {"sha1", "SHA-1"},
                                           {"sha256", "SHA-256"},
                                           {"sha384", "SHA-384"},
                                           {"sha512", "SHA-512"}};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        if (pl_str_eq(algorithm, pl_str_from(names[i][0]))) {
            return names[i][1];
        }
    }
    return NULL;
}

struct pl_strs pl_cyclonedx_layers(struct pl_arena *arena, const struct pl_component *component)
{
    struct pl_strs layers = {0};
    for (size_t i = 0; i < component->locations.count; i++) {
        if (component->locations.items[i].layer.len > 0) {
            pl_strs_add_unique(arena, &layers, component->locations.items[i].layer);
        }
    }
    return layers;
}
