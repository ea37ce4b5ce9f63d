/* SPDX-License-Identifier: Apache-2.0 */
#include "report/packages.h"

/* A finding with what it is grouped and sorted by. */
struct item {
    const struct pl_finding *finding;
    pl_str type;
    pl_str name;
    pl_str version;
    pl_str fix;
};

struct items {
    PL_VEC_FIELDS(struct item);
};

/* More than a few alternatives help nobody; real advisories name one, seldom two. */
static pl_str join_few(struct pl_arena *arena, const struct pl_strs *list)
{
    enum { FEW = 4 };
    pl_str joined = list->count > 0 ? list->items[0] : PL_STR_EMPTY;
    for (size_t i = 1; i < list->count && i < FEW; i++) {
        joined = pl_arena_format(arena, PL_STR_FMT ", " PL_STR_FMT, PL_STR_ARG(joined),
                                 PL_STR_ARG(list->items[i]));
    }
    return list->count > FEW ? pl_arena_format(arena, PL_STR_FMT ", ...", PL_STR_ARG(joined))
                             : joined;
}

static pl_str fix_of(struct pl_arena *arena, const struct pl_finding *finding)
{
    if (finding->fix_state == PL_FIX_SUBSCRIPTION) {
        return pl_arena_format(arena, PL_STR_FMT " (subscription)",
                               PL_STR_ARG(join_few(arena, &finding->fix_versions)));
    }
    return finding->fix_state == PL_FIX_FIXED ? join_few(arena, &finding->fix_versions)
                                              : PL_STR_EMPTY;
}

static struct item make_item(struct pl_arena *arena, const struct pl_finding *finding)
{
    const struct pl_component *component = finding->component;
    bool has_source = component->source_name.len > 0;
    return (struct item){
        .finding = finding,
        .type = component->type,
        .name = has_source ? component->source_name : component->name,
        .version = has_source && component->source_version.len > 0 ? component->source_version
                                                                   : component->version,
        .fix = fix_of(arena, finding),
    };
}

static int compare_package(const struct item *a, const struct item *b)
{
    int order = pl_str_cmp(a->name, b->name);
    if (order == 0) {
        order = pl_str_cmp(a->version, b->version);
    }
    return order != 0 ? order : pl_str_cmp(a->type, b->type);
}

static int compare_entry(const struct item *a, const struct item *b)
{
    int order = (int)a->finding->severity - (int)b->finding->severity;
    if (order == 0) {
        order = (int)a->finding->fix_state - (int)b->finding->fix_state;
    }
    return order != 0 ? order : pl_str_cmp(a->fix, b->fix);
}

static int compare_items(const void *left, const void *right)
{
    const struct item *a = left;
    const struct item *b = right;
    int order = compare_package(a, b);
    if (order == 0) {
        order = compare_entry(a, b);
    }
    return order != 0 ? order : pl_str_cmp(a->finding->id, b->finding->id);
}

static int compare_packages(const void *left, const void *right)
{
    const struct pl_package *a = left;
    const struct pl_package *b = right;
    int order = (int)a->entries.items[0].severity - (int)b->entries.items[0].severity;
    if (order == 0) {
        order = pl_str_cmp(a->name, b->name);
    }
    if (order == 0) {
        order = pl_str_cmp(a->version, b->version);
    }
    return order != 0 ? order : pl_str_cmp(a->type, b->type);
}

static void sort_unique(struct pl_strs *list)
{
    pl_strs_sort(list);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (kept == 0 || !pl_str_eq(list->items[kept - 1], list->items[i])) {
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
}

/* The sorted items are of one package. */
static void fill_package(struct pl_arena *arena, const struct item *items, size_t count,
                         struct pl_package *package)
{
    package->type = items[0].type;
    package->name = items[0].name;
    package->version = items[0].finding->component->version;
    struct pl_package_entry *entry = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct pl_finding *finding = items[i].finding;
        if (i == 0 || compare_entry(&items[i - 1], &items[i]) != 0) {
            entry = pl_vec_push(arena, &package->entries);
            entry->severity = finding->severity;
            entry->fix_state = finding->fix_state;
            entry->fix = items[i].fix;
        }
        if (entry->ids.count == 0 ||
            !pl_str_eq(entry->ids.items[entry->ids.count - 1], finding->id)) {
            *pl_vec_push(arena, &entry->ids) = finding->id;
        }
        *pl_vec_push(arena, &package->binaries) = finding->component->name;
        if (finding->fix_state == PL_FIX_FIXED) {
            *pl_vec_push(arena, &package->fixable) = finding->component->name;
        }
        if (!pl_str_eq(package->version, finding->component->version)) {
            package->version = items[0].version;
        }
    }
    sort_unique(&package->binaries);
    sort_unique(&package->fixable);
}

static void count_package(struct pl_packages *packages, const struct pl_package *package)
{
    for (size_t i = 0; i < package->entries.count; i++) {
        const struct pl_package_entry *entry = &package->entries.items[i];
        packages->by_severity[entry->severity] += entry->ids.count;
        packages->vulnerabilities += entry->ids.count;
        packages->with_fix += entry->fix_state == PL_FIX_FIXED ? entry->ids.count : 0;
    }
}

struct pl_packages pl_packages_group(struct pl_arena *arena, const struct pl_findings *findings)
{
    struct pl_packages packages = {0};
    struct items items = {0};
    for (size_t i = 0; i < findings->count; i++) {
        const struct pl_finding *finding = &findings->items[i];
        if (pl_finding_counts(finding)) {
            *pl_vec_push(arena, &items) = make_item(arena, finding);
        } else {
            packages.left_out += finding->apart == PL_APART_NOT;
        }
    }
    if (items.count > 1) {
        qsort(items.items, items.count, sizeof(*items.items), compare_items);
    }
    for (size_t first = 0, next = 0; first < items.count; first = next) {
        while (next < items.count &&
               compare_package(&items.items[first], &items.items[next]) == 0) {
            next++;
        }
        struct pl_package *package = pl_vec_push(arena, &packages);
        fill_package(arena, items.items + first, next - first, package);
        count_package(&packages, package);
    }
    if (packages.count > 1) {
        qsort(packages.items, packages.count, sizeof(*packages.items), compare_packages);
    }
    return packages;
}
