/* SPDX-License-Identifier: Apache-2.0 */
#include "base/compiler.h"
#include "version/scheme.h"

#define PL_VERSION_SCHEME(name) extern const struct pl_version_scheme pl_version_scheme_##name;
#include "version/schemes.def"
#undef PL_VERSION_SCHEME

/* The closing NULL keeps the array from being empty and is not counted. */
static const struct pl_version_scheme *const all_schemes[] = {
#define PL_VERSION_SCHEME(name) &pl_version_scheme_##name,
#include "version/schemes.def"
#undef PL_VERSION_SCHEME
    NULL,
};

const struct pl_version_scheme *const *pl_version_schemes(size_t *ret_count)
{
    *ret_count = PL_ARRAY_LEN(all_schemes) - 1;
    return all_schemes;
}

static bool is_one_of(pl_str name, const char *const *names)
{
    while (names && *names && !pl_str_eq(name, pl_str_from(*names))) {
        names++;
    }
    return names && *names;
}

const struct pl_version_scheme *pl_version_scheme_find(pl_str name)
{
    for (const struct pl_version_scheme *const *row = all_schemes; *row; row++) {
        if (pl_str_eq(name, pl_str_from((*row)->name)) || is_one_of(name, (*row)->aliases)) {
            return *row;
        }
    }
    return NULL;
}

const struct pl_version_scheme *pl_version_scheme_for_ecosystem(pl_str ecosystem)
{
    pl_str base = PL_STR_EMPTY;
    pl_str release = PL_STR_EMPTY;
    pl_str_cut(ecosystem, ':', &base, &release);
    for (const struct pl_version_scheme *const *row = all_schemes; *row; row++) {
        if (is_one_of(base, (*row)->ecosystems)) {
            return *row;
        }
    }
    return NULL;
}
