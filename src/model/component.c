/* SPDX-License-Identifier: Apache-2.0 */
#include "model/component.h"
#include "model/package_type.h"

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

const char *pl_relation_to_string(enum pl_relation relation)
{
    static const char *const names[] = {
#define X(name, text) text,
        PL_RELATION_LIST(X)
#undef X
    };
    return names[relation];
}

/* rpm's epoch is a qualifier of its own. */
static void split_epoch(struct pl_purl *purl)
{
    pl_str epoch = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    if (pl_str_eq(purl->type, PL_STR("rpm")) && pl_str_cut(purl->version, ':', &epoch, &rest)) {
        purl->version = rest;
        purl->qualifiers[purl->qualifier_count++] =
            (struct pl_purl_qualifier){PL_STR("epoch"), epoch};
    }
}

pl_str pl_component_purl(struct pl_arena *arena, const struct pl_component *component)
{
    const struct pl_package_type *type = pl_package_type_find(component->type);
    struct pl_purl purl = {.type = type ? pl_str_from(type->purl_type) : component->type,
                           .name = component->name,
                           .version = component->version};
    if (type) {
        pl_package_type_split(type, component->name, &purl);
    }
    if (component->vendor_id.len > 0) {
        purl.namespace = component->vendor_id;
    }
    purl.qualifiers =
        PL_ARENA_ARRAY(arena, struct pl_purl_qualifier, component->qualifiers.count + 2);
    if (component->arch.len > 0) {
        purl.qualifiers[purl.qualifier_count++] =
            (struct pl_purl_qualifier){PL_STR("arch"), component->arch};
    }
    split_epoch(&purl);
    for (size_t i = 0; i < component->qualifiers.count; i++) {
        struct pl_purl_qualifier *qualifier = &purl.qualifiers[purl.qualifier_count++];
        pl_str_cut(component->qualifiers.items[i], '=', &qualifier->key, &qualifier->value);
    }
    return pl_purl_format(arena, &purl);
}

bool pl_component_is_system_package(const struct pl_component *component)
{
    const struct pl_package_type *type = pl_package_type_find(component->type);
    return type && type->is_system;
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
