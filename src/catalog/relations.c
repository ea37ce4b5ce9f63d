/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/relations.h"
#include "base/limits.h"

struct pl_relation_package {
    pl_str name;
    size_t needed_by; /* the last component that was given its name, from 1 */
};

void pl_relations_release(struct pl_relations *relations)
{
    pl_map_release(&relations->packages);
    pl_map_release(&relations->providers);
    pl_arena_release(&relations->arena);
}

static struct pl_relation_package *package_of(struct pl_relations *relations, pl_str name)
{
    struct pl_relation_package *package = pl_map_find(&relations->packages, name);
    if (!package) {
        package = PL_ARENA_NEW(&relations->arena, struct pl_relation_package);
        package->name = pl_arena_dup(&relations->arena, name);
        *pl_map_at(&relations->packages, package->name) = package;
    }
    return package;
}

void pl_relations_package(struct pl_relations *relations, pl_str name)
{
    relations->current = package_of(relations, name);
}

static bool may_note(struct pl_relations *relations, pl_str capability)
{
    if (!relations->current || capability.len == 0) {
        return false;
    }
    relations->noted++;
    if (relations->noted == PL_LIMIT_RELATIONS) {
        pl_sink_gap(relations->sink,
                    "its packages need and provide more than %d things; what "
                    "needs what is not complete",
                    PL_LIMIT_RELATIONS);
    }
    return relations->noted < PL_LIMIT_RELATIONS;
}

void pl_relations_provide(struct pl_relations *relations, pl_str capability)
{
    if (may_note(relations, capability) && !pl_map_find(&relations->providers, capability)) {
        *pl_map_at(&relations->providers, pl_arena_dup(&relations->arena, capability)) =
            relations->current;
    }
}

static void add_need(struct pl_relations *relations, pl_str capability, bool is_alternative)
{
    if (may_note(relations, capability)) {
        *pl_vec_push(&relations->arena, &relations->needs) = (struct pl_relation_need){
            .component = relations->sink->file->components.count - 1,
            .capability = pl_arena_dup(&relations->arena, capability),
            .is_alternative = is_alternative,
        };
    }
}

void pl_relations_need(struct pl_relations *relations, pl_str capability)
{
    add_need(relations, capability, false);
}

/* "libc6:any (>= 2.36) [amd64]" is about libc6. */
static pl_str deb822_name(pl_str relation)
{
    relation = pl_str_trim(relation);
    size_t end = 0;
    while (end < relation.len && !pl_char_is_blank(relation.ptr[end]) &&
           !memchr("(:[<", relation.ptr[end], 4)) {
        end++;
    }
    return pl_str_sub(relation, 0, end);
}

void pl_relations_provide_deb822(struct pl_relations *relations, pl_str field)
{
    pl_str piece = PL_STR_EMPTY;
    while (pl_str_next_piece(&field, ',', &piece)) {
        pl_relations_provide(relations, deb822_name(piece));
    }
}

void pl_relations_need_deb822(struct pl_relations *relations, pl_str field)
{
    pl_str piece = PL_STR_EMPTY;
    while (pl_str_next_piece(&field, ',', &piece)) {
        pl_str alternative = PL_STR_EMPTY;
        bool is_first = true;
        while (pl_str_next_piece(&piece, '|', &alternative)) {
            pl_str name = deb822_name(alternative);
            add_need(relations, name, !is_first);
            is_first = is_first && name.len == 0;
        }
    }
}

/* Files that are needed by their path: who owns them provides them. */
static void find_file_owners(struct pl_relations *relations)
{
    struct pl_map wanted pl_automap = {0};
    for (size_t i = 0; i < relations->needs.count; i++) {
        pl_str path = relations->needs.items[i].capability;
        if (path.ptr[0] == '/' && !pl_map_find(&relations->providers, path)) {
            *pl_map_at(&wanted, pl_str_skip(path, 1)) = &relations->needs.items[i];
        }
    }
    const struct pl_components *components = &relations->sink->file->components;
    for (size_t i = 0; wanted.count > 0 && i < components->count; i++) {
        const struct pl_component *component = &components->items[i];
        for (size_t f = 0; f < component->files.count; f++) {
            const struct pl_relation_need *need = pl_map_find(&wanted, component->files.items[f]);
            if (need && !pl_map_find(&relations->providers, need->capability)) {
                *pl_map_at(&relations->providers, need->capability) =
                    package_of(relations, component->name);
            }
        }
    }
}

static bool may_be_name(pl_str capability)
{
    static const char never[] = "/():";
    for (size_t i = 0; never[i]; i++) {
        if (pl_str_find_char(capability, never[i]) != SIZE_MAX) {
            return false;
        }
    }
    return true;
}

static void give(struct pl_relations *relations, size_t index, struct pl_relation_package *package)
{
    struct pl_component *component = &relations->sink->file->components.items[index];
    if (package->needed_by != index + 1 && !pl_str_eq(package->name, component->name)) {
        package->needed_by = index + 1;
        pl_sink_push(relations->sink, &component->depends, package->name);
    }
}

/* The packages themselves come before others that provide what has their name. */
static void provide_packages(struct pl_relations *relations)
{
    for (size_t i = 0; i < relations->packages.capacity; i++) {
        struct pl_relation_package *package = relations->packages.slots[i].value;
        if (package) {
            *pl_map_at(&relations->providers, package->name) = package;
        }
    }
}

void pl_relations_finish(struct pl_relations *relations)
{
    provide_packages(relations);
    find_file_owners(relations);
    size_t end = 0;
    for (size_t i = 0; i < relations->needs.count; i = end) {
        const struct pl_relation_need *group = &relations->needs.items[i];
        struct pl_relation_package *met = pl_map_find(&relations->providers, group->capability);
        for (end = i + 1; end < relations->needs.count; end++) {
            const struct pl_relation_need *other = &relations->needs.items[end];
            if (!other->is_alternative) {
                break;
            }
            met = met ? met : pl_map_find(&relations->providers, other->capability);
        }
        if (met) {
            give(relations, group->component, met);
            continue;
        }
        for (size_t each = i; each < end; each++) {
            pl_str name = relations->needs.items[each].capability;
            if (may_be_name(name)) {
                give(relations, group->component, package_of(relations, name));
            }
        }
    }
}
