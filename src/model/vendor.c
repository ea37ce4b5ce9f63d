/* SPDX-License-Identifier: Apache-2.0 */
#include "model/vendor.h"
#include "base/compiler.h"

enum field { BUILDER, VERSION };

static const struct {
    const char *type;
    enum field field;
    const char *pattern;
    const char *at_home;
    const char *name;
    const char *ecosystem;
} rows[] = {
#define PL_VENDOR(type, field, pattern, at_home, name, ecosystem)                                  \
    {type, field, pattern, at_home, name, ecosystem},
#include "model/vendors.def"
#undef PL_VENDOR
};

static bool is_at_home(const char *homes, pl_str id)
{
    pl_str rest = pl_str_from(homes);
    pl_str home = PL_STR_EMPTY;
    while (pl_str_next_word(&rest, &home)) {
        if (pl_str_eq(home, id)) {
            return true;
        }
    }
    return false;
}

/* The major release that a package of Enterprise Linux was built for, "9" of "1.2-3.el9_4". */
static pl_str enterprise_release(pl_str version)
{
    size_t at = 0;
    while (at < version.len && !pl_str_starts_with(pl_str_skip(version, at), PL_STR(".el"))) {
        at++;
    }
    version = pl_str_skip(version, at < version.len ? at + 3 : version.len);
    size_t digits = 0;
    while (digits < version.len && pl_char_is_digit(version.ptr[digits])) {
        digits++;
    }
    return pl_str_sub(version, 0, digits);
}

static bool find_row(struct pl_arena *arena, const struct pl_os *os,
                     const struct pl_component *component, struct pl_third_party *ret)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        pl_str text = rows[i].field == BUILDER ? component->vendor : component->version;
        if (text.len == 0 || !pl_str_eq(component->type, pl_str_from(rows[i].type)) ||
            !pl_str_fits(text, pl_str_from(rows[i].pattern)) ||
            is_at_home(rows[i].at_home, os->id)) {
            continue;
        }
        bool has_feed = rows[i].ecosystem[0] != '\0';
        pl_str release = has_feed ? enterprise_release(component->version) : PL_STR_EMPTY;
        if (has_feed && release.len == 0) {
            return false;
        }
        ret->name = pl_str_from(rows[i].name);
        ret->ecosystem = has_feed ? pl_arena_format(arena, "%s:" PL_STR_FMT, rows[i].ecosystem,
                                                    PL_STR_ARG(release))
                                  : PL_STR_EMPTY;
        return true;
    }
    return false;
}

/* Distributions of Debian's family; their packages may name them as the origin. */
static bool names_a_distribution(pl_str origin, const struct pl_os *os)
{
    static const char *const names[] = {"canonical", "debian", "devuan", "kali",
                                        "mint",      "pop",    "raspb",  "ubuntu"};
    struct pl_arena scratch pl_autoarena = {0};
    pl_str lower = pl_arena_lower(&scratch, origin);
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        if (pl_str_contains(lower, pl_str_from(names[i]))) {
            return true;
        }
    }
    return os->id.len == 0 || pl_str_contains(lower, os->id);
}

/* "NodeSource Support" of "NodeSource Support <support@nodesource.com>" */
static pl_str name_of(pl_str vendor)
{
    pl_str name = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    return pl_str_cut(vendor, '<', &name, &rest) && pl_str_trim(name).len > 0 ? pl_str_trim(name)
                                                                              : vendor;
}

bool pl_third_party_of(struct pl_arena *arena, const struct pl_os *os,
                       const struct pl_component *component, struct pl_third_party *ret)
{
    if (find_row(arena, os, component, ret)) {
        return true;
    }
    if (component->origin.len == 0 || names_a_distribution(component->origin, os)) {
        return false;
    }
    /* Tools that make packages without a distribution write "none" where nothing was stated. */
    bool is_named = !pl_str_eq(component->origin, PL_STR("none"));
    pl_str name = name_of(is_named ? component->origin : component->vendor);
    *ret = (struct pl_third_party){.name = name.len > 0 ? name : component->origin};
    return true;
}
