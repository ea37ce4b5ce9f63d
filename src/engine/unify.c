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
 * changed: a capacity of zero marks what is borrowed. */
static void make_own(struct pl_arena *arena, struct pl_strs *list)
{
    if (list->capacity > 0) {
        return;
    }
    struct pl_strs own = {0};
    for (size_t i = 0; i < list->count; i++) {
        *pl_vec_push(arena, &own) = list->items[i];
    }
    *list = own;
}

static bool is_same(pl_str a, pl_str b)
{
    return pl_str_eq(a, b);
}

/* "x@1.0" says all that "x" does. */
static bool is_said_by(pl_str bare, pl_str whole)
{
    return pl_str_starts_with(whole, bare) && (whole.len == bare.len || whole.ptr[bare.len] == '@');
}

/* Adds what nothing in the list covers, in the place of what it covers itself. */
static void join_list(struct pl_arena *arena, struct pl_strs *into, const struct pl_strs *more,
                      bool (*is_covered)(pl_str, pl_str))
{
    if (into->count == 0) {
        *into = (struct pl_strs){.items = more->items, .count = more->count};
        return;
    }
    for (size_t i = 0; i < more->count; i++) {
        pl_str item = more->items[i];
        size_t at = 0;
        while (at < into->count && !is_covered(item, into->items[at]) &&
               !is_covered(into->items[at], item)) {
            at++;
        }
        if (at < into->count && is_covered(item, into->items[at])) {
            continue;
        }
        if (at < into->count) {
            make_own(arena, into);
            into->items[at] = item;
        } else if (into->count < PL_LIMIT_UNIFIED_STRINGS) {
            make_own(arena, into);
            *pl_vec_push(arena, into) = item;
        }
    }
}

static enum pl_relation join_relation(enum pl_relation a, enum pl_relation b)
{
    if (a == PL_RELATION_DIRECT || b == PL_RELATION_DIRECT) {
        return PL_RELATION_DIRECT;
    }
    return a == PL_RELATION_UNKNOWN ? b : a;
}

/* A directory of an installed package does not say what it is needed for; a lock file does. */
static bool says_what_for(const struct pl_component *component)
{
    return component->scope == PL_SCOPE_DECLARED || component->is_dev || component->is_optional ||
           component->relation != PL_RELATION_UNKNOWN;
}

static void join_purpose(struct pl_component *into, const struct pl_component *more)
{
    if (!says_what_for(more)) {
        return;
    }
    bool is_first = !says_what_for(into);
    into->is_dev = more->is_dev && (is_first || into->is_dev);
    into->is_optional = more->is_optional && (is_first || into->is_optional);
    into->relation = join_relation(into->relation, more->relation);
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
    join_purpose(into, more);
    into->scope = more->scope == PL_SCOPE_INSTALLED ? PL_SCOPE_INSTALLED : into->scope;
    into->vendor = into->vendor.len > 0 ? into->vendor : more->vendor;
    join_basis(into, more);
    join_list(arena, &into->licenses, &more->licenses, is_same);
    join_list(arena, &into->hashes, &more->hashes, is_same);
    join_list(arena, &into->depends, &more->depends, is_said_by);
    join_list(arena, &into->cpes, &more->cpes, is_same);
    join_list(arena, &into->contains, &more->contains, is_same);
    join_locations(arena, &into->locations, &more->locations);
}

void pl_unify(struct pl_arena *arena, struct pl_components *components)
{
    size_t kept = 0;
    for (size_t i = 0; i < components->count; i++) {
        struct pl_component *component = &components->items[i];
        struct pl_component *last = kept > 0 ? &components->items[kept - 1] : NULL;
        bool may_join =
            !pl_component_is_system_package(component) || component->scope == PL_SCOPE_DECLARED;
        if (last && may_join && is_same_package(last, component)) {
            join(arena, last, component);
        } else {
            components->items[kept++] = *component;
        }
    }
    components->count = kept;
}
