/* SPDX-License-Identifier: Apache-2.0 */
#include "model/component.h"
#include "model/purl.h"

const char *pl_since_image_to_string(enum pl_since_image since)
{
    static const char *const names[] = {
#define X(name, text) text,
        PL_SINCE_IMAGE_LIST(X)
#undef X
    };
    return names[since];
}

const char *pl_scope_to_string(enum pl_scope scope)
{
    switch (scope) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_SCOPE_LIST(X)
#undef X
    }
    return "installed";
}

pl_str pl_component_purl(struct pl_arena *arena, const struct pl_component *component)
{
    struct pl_purl purl = {.type = component->type,
                           .namespace = component->vendor_id,
                           .name = component->name,
                           .version = component->version};
    struct pl_purl_qualifier qualifiers[2];
    if (component->arch.len > 0) {
        qualifiers[purl.qualifier_count++] =
            (struct pl_purl_qualifier){PL_STR("arch"), component->arch};
    }
    pl_str epoch = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    if (pl_str_eq(component->type, PL_STR("rpm")) &&
        pl_str_cut(component->version, ':', &epoch, &rest)) {
        purl.version = rest;
        qualifiers[purl.qualifier_count++] = (struct pl_purl_qualifier){PL_STR("epoch"), epoch};
    }
    purl.qualifiers = qualifiers;
    return pl_purl_format(arena, &purl);
}

bool pl_component_is_system_package(const struct pl_component *component)
{
    return pl_str_eq(component->type, PL_STR("deb")) || pl_str_eq(component->type, PL_STR("apk")) ||
           pl_str_eq(component->type, PL_STR("rpm"));
}

int pl_component_compare(const struct pl_component *a, const struct pl_component *b)
{
    int order = pl_str_cmp(a->type, b->type);
    if (order == 0) {
        order = pl_str_cmp(a->name, b->name);
    }
    if (order == 0) {
        order = pl_str_cmp(a->version, b->version);
    }
    if (order == 0) {
        order = pl_str_cmp(a->arch, b->arch);
    }
    if (order == 0) {
        order = (int)a->scope - (int)b->scope;
    }
    if (order == 0 && a->locations.count > 0 && b->locations.count > 0) {
        order = pl_str_cmp(a->locations.items[0].path, b->locations.items[0].path);
    }
    return order;
}
