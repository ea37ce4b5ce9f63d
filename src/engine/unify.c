/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unify.h"
#include "base/limits.h"

static bool are_same_strs(const struct pl_strs *a, const struct pl_strs *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!pl_str_eq(a->items[i], b->items[i])) {
            return false;
        }
    }
    return true;
}

static bool is_same_package(const struct pl_component *a, const struct pl_component *b)
{
    return pl_str_eq(a->type, b->type) && pl_str_eq(a->name, b->name) &&
           pl_str_eq(a->version, b->version) && pl_str_eq(a->arch, b->arch) &&
           pl_str_eq(a->vendor_id, b->vendor_id) && are_same_strs(&a->qualifiers, &b->qualifiers);
}

/* Lists of different places mostly say the same. They are views into evidence until something is
 * added: a capacity of zero marks what is borrowed. */
static void join_list(struct pl_arena *arena, struct pl_strs *into, const struct pl_strs *more)
{
    if (into->count == 0) {
        *into = (struct pl_strs){.items = more->items, .count = more->count};
        return;
    }
    for (size_t i = 0; i < more->count && into->count < PL_LIMIT_UNIFIED_STRINGS; i++) {
        if (pl_strs_contain(into, more->items[i])) {
            continue;
        }
        if (into->capacity == 0) {
            struct pl_strs own = {0};
            for (size_t j = 0; j < into->count; j++) {
                *pl_vec_push(arena, &own) = into->items[j];
            }
            *into = own;
        }
        *pl_vec_push(arena, into) = more->items[i];
    }
}

static enum pl_relation join_relation(enum pl_relation a, enum pl_relation b)
{
    if (a == PL_RELATION_DIRECT || b == PL_RELATION_DIRECT) {
        return PL_RELATION_DIRECT;
    }
    return a == PL_RELATION_UNKNOWN ? b : a;
}

static void join_basis(struct pl_component *into, const struct pl_component *more)
{
    bool is_surer = more->confidence == 0 || more->confidence > into->confidence;
    if (into->confidence > 0 && is_surer) {
        into->confidence = more->confidence;
        into->basis = more->basis;
        into->cataloger = more->cataloger;
    }
}

static void join_locations(struct pl_arena *arena, struct pl_locations *into,
                           const struct pl_locations *more)
{
    for (size_t i = 0; i < more->count; i++) {
        const struct pl_location *last = &into->items[into->count - 1];
        const struct pl_location *next = &more->items[i];
        if (!pl_str_eq(last->path, next->path) || !pl_str_eq(last->layer, next->layer)) {
            *pl_vec_push(arena, into) = *next;
        }
    }
}

static void join(struct pl_arena *arena, struct pl_component *into, const struct pl_component *more)
{
    into->scope = more->scope == PL_SCOPE_INSTALLED ? PL_SCOPE_INSTALLED : into->scope;
    into->relation = join_relation(into->relation, more->relation);
    into->is_dev = into->is_dev && more->is_dev;
    into->is_optional = into->is_optional && more->is_optional;
    into->vendor = into->vendor.len > 0 ? into->vendor : more->vendor;
    join_basis(into, more);
    join_list(arena, &into->licenses, &more->licenses);
    join_list(arena, &into->hashes, &more->hashes);
    join_list(arena, &into->depends, &more->depends);
    join_list(arena, &into->cpes, &more->cpes);
    join_locations(arena, &into->locations, &more->locations);
}

void pl_unify(struct pl_arena *arena, struct pl_components *components)
{
    size_t kept = 0;
    for (size_t i = 0; i < components->count; i++) {
        struct pl_component *component = &components->items[i];
        struct pl_component *last = kept > 0 ? &components->items[kept - 1] : NULL;
        if (last && is_same_package(last, component) &&
            !pl_component_is_system_package(component)) {
            join(arena, last, component);
        } else {
            components->items[kept++] = *component;
        }
    }
    components->count = kept;
}
