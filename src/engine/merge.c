/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/merge.h"
#include "base/limits.h"
#include "base/map.h"
#include "engine/ownership.h"
#include "engine/unify.h"
#include "image/path.h"
#include "model/license.h"
#include "model/package_type.h"
#include "model/vendor.h"

/* A file of some layer that no layer above hides. */
struct visible_file {
    const struct pl_evidence_file *file;
    size_t layer;
};

struct visible_files {
    PL_VEC_FIELDS(struct visible_file);
};

struct merge {
    struct pl_arena *arena;
    const struct pl_evidence *const *layers;
    size_t count;
    const struct pl_catalog_matcher *matcher;
    struct pl_map whiteouts; /* of the layers above the one at hand */
    struct pl_map opaques;
    struct pl_map seen; /* paths that are visible */
    struct visible_files files;
    struct pl_strs paths; /* of those files, in byte order */
    size_t joined; /* strings copied and lists joined to components so far */
    bool is_cut; /* a limit kept something from being joined */
    struct pl_owned_lists owned;
    struct pl_merged *result;
};

static bool is_replaced_above(const struct merge *merge, pl_str path, size_t layer)
{
    uint64_t hash = pl_str_hash(path);
    for (size_t above = layer + 1; above < merge->count; above++) {
        if (pl_evidence_replaces(merge->layers[above], hash)) {
            return true;
        }
    }
    return false;
}

static bool is_hidden(const struct merge *merge, pl_str path, size_t layer)
{
    if (pl_map_find(&merge->seen, path)) {
        return true;
    }
    for (pl_str at = path; at.len > 0; at = pl_path_parent(at)) {
        if (pl_map_find(&merge->whiteouts, at) || is_replaced_above(merge, at, layer) ||
            pl_map_find(&merge->opaques, pl_path_parent(at))) {
            return true;
        }
    }
    return false;
}

/* From the top layer down, so that what hides is known before what may be hidden. */
static void find_visible(struct merge *merge)
{
    for (size_t layer = merge->count; layer-- > 0;) {
        const struct pl_evidence *evidence = merge->layers[layer];
        for (size_t i = 0; i < evidence->files.count; i++) {
            const struct pl_evidence_file *file = &evidence->files.items[i];
            if (!is_hidden(merge, file->path, layer)) {
                *pl_vec_push(merge->arena, &merge->files) = (struct visible_file){file, layer};
            }
        }
        for (size_t i = 0; i < evidence->files.count; i++) {
            pl_str path = evidence->files.items[i].path;
            *pl_map_at(&merge->seen, path) = merge;
        }
        for (size_t i = 0; i < evidence->whiteouts.count; i++) {
            *pl_map_at(&merge->whiteouts, evidence->whiteouts.items[i]) = merge;
        }
        for (size_t i = 0; i < evidence->opaques.count; i++) {
            *pl_map_at(&merge->opaques, evidence->opaques.items[i]) = merge;
        }
    }
}

static const struct pl_evidence_file *find_file(const struct pl_evidence *layer, pl_str path)
{
    size_t low = 0;
    size_t high = layer->files.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pl_str_cmp(layer->files.items[middle].path, path) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < layer->files.count && pl_str_eq(layer->files.items[low].path, path);
    return found ? &layer->files.items[low] : NULL;
}

static pl_str identity(struct pl_arena *arena, const struct pl_component *component)
{
    return pl_arena_format(arena, PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT,
                           PL_STR_ARG(component->type), PL_STR_ARG(component->name),
                           PL_STR_ARG(component->version), PL_STR_ARG(component->arch));
}

/* The layer that introduced each component of a database file: a package manager rewrites the whole
 * file in every layer, so the versions of the file below are asked until one lacks the component.
 */
static size_t *find_origins(const struct merge *merge, struct pl_arena *scratch,
                            const struct visible_file *visible)
{
    const struct pl_components *components = &visible->file->components;
    size_t *origins = PL_ARENA_ARRAY(scratch, size_t, components->count);
    bool *is_settled = PL_ARENA_ARRAY(scratch, bool, components->count);
    for (size_t i = 0; i < components->count; i++) {
        origins[i] = visible->layer;
    }
    for (size_t layer = visible->layer; layer-- > 0;) {
        const struct pl_evidence_file *older = find_file(merge->layers[layer], visible->file->path);
        if (!older) {
            continue;
        }
        struct pl_map present pl_automap = {0};
        for (size_t i = 0; i < older->components.count; i++) {
            *pl_map_at(&present, identity(scratch, &older->components.items[i])) = scratch;
        }
        for (size_t i = 0; i < components->count; i++) {
            if (!is_settled[i] && pl_map_find(&present, identity(scratch, &components->items[i]))) {
                origins[i] = layer;
            } else {
                is_settled[i] = true;
            }
        }
    }
    return origins;
}

static void add_license(struct merge *merge, struct pl_component *component, pl_str license)
{
    if (component->licenses.count < PL_LIMIT_LICENSES) {
        pl_strs_add_unique(merge->arena, &component->licenses, license);
    } else {
        merge->is_cut = true;
    }
}

/* Many components of one name times many lists of that name would be without bounds. */
static bool may_join(struct merge *merge, size_t count)
{
    if (count > PL_LIMIT_JOINS - merge->joined) {
        merge->is_cut = true;
        return false;
    }
    merge->joined += count;
    return true;
}

/* The first list is borrowed as it is: nearly every package has but one, and the lists are long. A
 * capacity of zero marks what is borrowed. */
static void add_files(struct merge *merge, struct pl_strs *files, const struct pl_strs *more)
{
    if (files->count == 0) {
        *files = (struct pl_strs){.items = more->items, .count = more->count};
        return;
    }
    size_t count = files->count + more->count;
    if (!may_join(merge, count)) {
        return;
    }
    pl_str *items = PL_ARENA_ARRAY(merge->arena, pl_str, count);
    memcpy(items, files->items, files->count * sizeof(*items));
    if (more->count > 0) {
        memcpy(items + files->count, more->items, more->count * sizeof(*items));
    }
    *files = (struct pl_strs){.items = items, .count = count, .capacity = count};
}

static void add_components(struct merge *merge, const struct visible_file *visible)
{
    struct pl_arena scratch pl_autoarena = {0};
    const size_t *origins = find_origins(merge, &scratch, visible);
    for (size_t i = 0; i < visible->file->components.count; i++) {
        struct pl_component *added = pl_vec_push(merge->arena, &merge->result->components);
        *added = visible->file->components.items[i];
        /* The lists are copied before anything is joined to them: evidence stays as it is. */
        added->licenses = (struct pl_strs){0};
        for (size_t j = 0; j < visible->file->components.items[i].licenses.count; j++) {
            add_license(merge, added, visible->file->components.items[i].licenses.items[j]);
        }
        added->hashes.capacity = 0;
        added->depends.capacity = 0;
        added->cpes.capacity = 0;
        added->cataloger = visible->file->cataloger;
        /* A bill of materials says itself where things are. */
        if (added->locations.count > 0) {
            continue;
        }
        struct pl_location *location = pl_vec_push(merge->arena, &added->locations);
        location->path =
            added->inside.len == 0
                ? visible->file->path
                : pl_arena_format(merge->arena, PL_STR_FMT "!" PL_STR_FMT,
                                  PL_STR_ARG(visible->file->path), PL_STR_ARG(added->inside));
        location->layer = merge->layers[origins[i]]->diff_id;
    }
}

/* The components of one package name, in a chain through `next`. */
struct named {
    struct pl_component *component;
    struct named *next;
};

static pl_str name_key(struct pl_arena *arena, pl_str type, pl_str name)
{
    return pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(type), PL_STR_ARG(name));
}

static void note_owned(struct merge *merge, const struct pl_path_hashes *paths,
                       struct pl_component *owner)
{
    const struct pl_package_type *type = pl_package_type_find(owner->type);
    if (paths->count > 0 && type && type->is_owner) {
        *pl_vec_push(merge->arena, &merge->owned) = (struct pl_owned_list){paths, owner};
    }
}

static void join(struct merge *merge, struct pl_arena *scratch, const struct pl_map *by_name,
                 const struct pl_attachments *attachments, bool are_licenses)
{
    for (size_t i = 0; i < attachments->count; i++) {
        const struct pl_attachment *attachment = &attachments->items[i];
        pl_str key = name_key(scratch, attachment->type, attachment->name);
        bool is_noted = false;
        for (struct named *named = pl_map_find(by_name, key); named; named = named->next) {
            struct pl_component *component = named->component;
            if (!may_join(merge, 1)) {
                return;
            }
            if (attachment->arch.len > 0 && !pl_str_eq(attachment->arch, component->arch)) {
                continue;
            }
            if (!are_licenses) {
                /* Of several packages of one name any speaks for the path. */
                if (!is_noted) {
                    note_owned(merge, &attachment->owned, component);
                    is_noted = true;
                }
                add_files(merge, &component->files, &attachment->values);
                continue;
            }
            for (size_t j = 0; j < attachment->values.count && may_join(merge, 1); j++) {
                add_license(merge, component, attachment->values.items[j]);
            }
        }
    }
}

static void join_attachments(struct merge *merge)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_map by_name pl_automap = {0};
    struct pl_components *components = &merge->result->components;
    for (size_t i = 0; i < components->count; i++) {
        struct pl_component *component = &components->items[i];
        void **chain = pl_map_at(&by_name, name_key(&scratch, component->type, component->name));
        struct named *named = PL_ARENA_NEW(&scratch, struct named);
        *named = (struct named){component, *chain};
        *chain = named;
        /* rpm states the files in the component: they are borrowed as well. */
        component->files.capacity = 0;
        note_owned(merge, &component->owned, component);
    }
    for (size_t i = 0; i < merge->files.count; i++) {
        join(merge, &scratch, &by_name, &merge->files.items[i].file->files, false);
        join(merge, &scratch, &by_name, &merge->files.items[i].file->licenses, true);
    }
}

/* Debian lets the documentation directory of a package be a link to that of another package of the
 * same source (policy, section 12.3): then the licences stated there hold for both. */
static void share_licenses(struct merge *merge)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_map by_source pl_automap = {0};
    struct pl_components *components = &merge->result->components;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < components->count; i++) {
            struct pl_component *component = &components->items[i];
            if (component->source_name.len == 0) {
                continue;
            }
            pl_str key = pl_arena_format(
                &scratch, PL_STR_FMT "/" PL_STR_FMT "@" PL_STR_FMT, PL_STR_ARG(component->type),
                PL_STR_ARG(component->source_name), PL_STR_ARG(component->source_version));
            const struct pl_component *stated = pl_map_find(&by_source, key);
            if (pass == 0 && component->licenses.count > 0 && !stated) {
                *pl_map_at(&by_source, key) = component;
            } else if (pass == 1 && component->licenses.count == 0 && stated) {
                component->licenses = stated->licenses;
            }
        }
    }
}

static void merge_os(struct merge *merge)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_os_source *sources =
        PL_ARENA_ARRAY(&scratch, struct pl_os_source, merge->files.count);
    size_t count = 0;
    for (size_t i = 0; i < merge->files.count; i++) {
        const struct pl_evidence_file *file = merge->files.items[i].file;
        if (file->has_os) {
            sources[count++] = (struct pl_os_source){file->path, file->os};
        }
    }
    merge->result->os = pl_os_merge(merge->arena, sources, count);
    for (size_t i = 0; i < merge->result->components.count; i++) {
        struct pl_component *component = &merge->result->components.items[i];
        const struct pl_package_type *type = pl_package_type_find(component->type);
        if (component->vendor_id.len == 0 && type && type->is_distro) {
            component->vendor_id = merge->result->os.id;
        }
        struct pl_third_party vendor = {0};
        if (type && type->is_system &&
            pl_third_party_of(merge->arena, &merge->result->os, component, &vendor)) {
            component->third_party = vendor.name;
            component->third_party_ecosystem = vendor.ecosystem;
        }
    }
}

static void understand_licenses(struct merge *merge)
{
    struct pl_licenses *licenses PL_CLEANUP(pl_licenses_freep) = pl_licenses_new();
    for (size_t i = 0; i < merge->result->components.count; i++) {
        struct pl_component *component = &merge->result->components.items[i];
        component->license_expression =
            pl_licenses_join(licenses, merge->arena, &component->licenses);
    }
}

static void add_gap(struct merge *merge, pl_str path, pl_str layer, pl_str reason)
{
    *pl_vec_push(merge->arena, &merge->result->gaps) = (struct pl_gap){path, layer, reason};
}

/* The first visible path that is not before `path`, in byte order. */
static pl_str first_from(const struct merge *merge, pl_str path)
{
    size_t low = 0;
    size_t high = merge->paths.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pl_str_cmp(merge->paths.items[middle], path) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < merge->paths.count ? merge->paths.items[low] : PL_STR_EMPTY;
}

static bool is_visible_or_leads_there(struct merge *merge, pl_str path)
{
    pl_str below = pl_arena_format(merge->arena, PL_STR_FMT "/", PL_STR_ARG(path));
    return pl_str_eq(first_from(merge, path), path) ||
           pl_str_starts_with(first_from(merge, below), below);
}

/* A link in the place of a database, or of a directory on the way to one, that leads to where no
 * cataloger looks: what is there was not seen. */
static void check_link(struct merge *merge, const struct visible_file *visible)
{
    const struct pl_evidence_file *file = visible->file;
    pl_str target = pl_path_resolve(merge->arena, file->path, file->link);
    bool is_read_there = pl_catalog_match(merge->matcher, target) ||
                         pl_catalog_leads_to(merge->matcher, target) ||
                         is_visible_or_leads_there(merge, target);
    if (!is_read_there) {
        add_gap(merge, file->path, merge->layers[visible->layer]->diff_id,
                pl_arena_format(merge->arena,
                                "is a link to " PL_STR_FMT ", where no package data is looked for",
                                PL_STR_ARG(target)));
    }
}

static int compare_gaps(const void *a, const void *b)
{
    const struct pl_gap *left = a;
    const struct pl_gap *right = b;
    int order = pl_str_cmp(left->layer, right->layer);
    if (order == 0) {
        order = pl_str_cmp(left->path, right->path);
    }
    return order != 0 ? order : pl_str_cmp(left->reason, right->reason);
}

static void collect_gaps(struct merge *merge)
{
    for (size_t i = 0; i < merge->files.count; i++) {
        *pl_vec_push(merge->arena, &merge->paths) = merge->files.items[i].file->path;
    }
    pl_strs_sort(&merge->paths);
    if (merge->is_cut) {
        add_gap(merge, PL_STR_EMPTY, PL_STR_EMPTY,
                PL_STR("its packages claim more files or licences than are kept; some are left "
                       "out"));
    }
    for (size_t layer = 0; layer < merge->count; layer++) {
        const struct pl_evidence *evidence = merge->layers[layer];
        for (size_t i = 0; i < evidence->gaps.count; i++) {
            add_gap(merge, evidence->gaps.items[i].path, evidence->diff_id,
                    evidence->gaps.items[i].reason);
        }
    }
    for (size_t i = 0; i < merge->files.count; i++) {
        const struct visible_file *visible = &merge->files.items[i];
        for (size_t j = 0; j < visible->file->gaps.count; j++) {
            add_gap(merge, visible->file->path, merge->layers[visible->layer]->diff_id,
                    visible->file->gaps.items[j].reason);
        }
        if (visible->file->type == PL_ENTRY_SYMLINK) {
            check_link(merge, visible);
        }
    }
    struct pl_gaps *gaps = &merge->result->gaps;
    if (gaps->count > 1) {
        qsort(gaps->items, gaps->count, sizeof(*gaps->items), compare_gaps);
    }
}

static int compare_components(const void *a, const void *b)
{
    return pl_component_compare(a, b);
}

void pl_merge(struct pl_arena *arena, const struct pl_catalog_matcher *matcher,
              const struct pl_evidence *const *layers, size_t count, struct pl_merged *ret)
{
    *ret = (struct pl_merged){0};
    struct merge merge = {
        .arena = arena, .layers = layers, .count = count, .matcher = matcher, .result = ret};
    find_visible(&merge);
    for (size_t i = 0; i < merge.files.count; i++) {
        add_components(&merge, &merge.files.items[i]);
    }
    if (ret->components.count > 1) {
        qsort(ret->components.items, ret->components.count, sizeof(*ret->components.items),
              compare_components);
    }
    merge_os(&merge);
    join_attachments(&merge);
    pl_ownership_settle(arena, layers, count, &merge.owned, &ret->components);
    pl_unify(arena, &ret->components);
    share_licenses(&merge);
    understand_licenses(&merge);
    collect_gaps(&merge);
    pl_map_release(&merge.whiteouts);
    pl_map_release(&merge.opaques);
    pl_map_release(&merge.seen);
}
