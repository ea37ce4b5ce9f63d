/* SPDX-License-Identifier: Apache-2.0 */
#include "model/package_type.h"
#include "base/compiler.h"

enum flag { SYSTEM = 1 << 0, DISTRO = 1 << 1, OWNER = 1 << 2 };

static const struct pl_package_type types[] = {
#define PL_PACKAGE_TYPE(type, purl_type, naming, ecosystem, flags)                                 \
    {type,                                                                                         \
     purl_type,                                                                                    \
     PL_PACKAGE_NAMING_##naming,                                                                   \
     ecosystem,                                                                                    \
     ((flags)&SYSTEM) != 0,                                                                        \
     ((flags)&DISTRO) != 0,                                                                        \
     ((flags) & (SYSTEM | OWNER)) != 0},
#include "model/package_types.def"
#undef PL_PACKAGE_TYPE
};

const struct pl_package_type *pl_package_types(size_t *ret_count)
{
    *ret_count = PL_ARRAY_LEN(types);
    return types;
}

const struct pl_package_type *pl_package_type_find(pl_str name)
{
    size_t low = 0;
    size_t high = PL_ARRAY_LEN(types);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pl_str_cmp(pl_str_from(types[middle].name), name);
        if (order == 0) {
            return &types[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const struct pl_package_type *pl_package_type_of_purl(pl_str purl_type)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(types); i++) {
        if (pl_str_eq(purl_type, pl_str_from(types[i].purl_type))) {
            return &types[i];
        }
    }
    return NULL;
}

/* Where namespace and name part; SIZE_MAX: nowhere. A separator at an end parts nothing. */
static size_t find_separator(const struct pl_package_type *type, pl_str name)
{
    size_t at = SIZE_MAX;
    switch (type->naming) {
    case PL_PACKAGE_NAMING_ALONE:
        break;
    case PL_PACKAGE_NAMING_SLASH:
        at = pl_str_find_last_char(name, '/');
        break;
    case PL_PACKAGE_NAMING_COLON:
        at = pl_str_find_last_char(name, ':');
        break;
    case PL_PACKAGE_NAMING_TAIL:
        at = pl_str_find_char(name, '/');
        break;
    }
    return at == 0 || (at != SIZE_MAX && at + 1 == name.len) ? SIZE_MAX : at;
}

void pl_package_type_split(const struct pl_package_type *type, pl_str name, struct pl_purl *ret)
{
    size_t at = find_separator(type, name);
    if (at == SIZE_MAX) {
        ret->name = name;
    } else if (type->naming == PL_PACKAGE_NAMING_TAIL) {
        ret->name = pl_str_sub(name, 0, at);
        ret->subpath = pl_str_skip(name, at + 1);
    } else {
        ret->namespace = pl_str_sub(name, 0, at);
        ret->name = pl_str_skip(name, at + 1);
    }
}

pl_str pl_package_type_join(const struct pl_package_type *type, struct pl_arena *arena,
                            const struct pl_purl *purl)
{
    if (type->naming == PL_PACKAGE_NAMING_TAIL && purl->subpath.len > 0) {
        return pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(purl->name),
                               PL_STR_ARG(purl->subpath));
    }
    bool has_namespace =
        type->naming == PL_PACKAGE_NAMING_SLASH || type->naming == PL_PACKAGE_NAMING_COLON;
    if (!has_namespace || purl->namespace.len == 0) {
        return purl->name;
    }
    return pl_arena_format(arena, PL_STR_FMT "%c" PL_STR_FMT, PL_STR_ARG(purl->namespace),
                           type->naming == PL_PACKAGE_NAMING_COLON ? ':' : '/',
                           PL_STR_ARG(purl->name));
}
