/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/diff.h"

const char *pl_sbom_change_to_string(enum pl_sbom_change_kind kind)
{
    static const char *const names[] = {
#define X(name, text) text,
        PL_SBOM_CHANGE_LIST(X)
#undef X
    };
    return names[kind];
}

/* Packages of one type and name: a run of a sorted list. */
struct run {
    const struct pl_component *items;
    size_t count;
};

static int compare_names(const struct pl_component *a, const struct pl_component *b)
{
    int order = pl_str_cmp(a->type, b->type);
    return order != 0 ? order : pl_str_cmp(a->name, b->name);
}

static struct run run_at(const struct pl_components *list, size_t at)
{
    struct run run = {.items = list->items + at};
    while (at + run.count < list->count &&
           compare_names(&list->items[at], &list->items[at + run.count]) == 0) {
        run.count++;
    }
    return run;
}

static int compare_versions(const struct pl_component *a, const struct pl_component *b)
{
    int order = pl_str_cmp(a->version, b->version);
    return order != 0 ? order : pl_str_cmp(a->arch, b->arch);
}

static bool has_same_licenses(const struct pl_component *a, const struct pl_component *b)
{
    if (a->license_expression.len > 0 || b->license_expression.len > 0) {
        return pl_str_eq(a->license_expression, b->license_expression);
    }
    if (a->licenses.count != b->licenses.count) {
        return false;
    }
    for (size_t i = 0; i < a->licenses.count; i++) {
        if (!pl_str_eq(a->licenses.items[i], b->licenses.items[i])) {
            return false;
        }
    }
    return true;
}

static void add(struct pl_arena *arena, struct pl_sbom_changes *list, enum pl_sbom_change_kind kind,
                const struct pl_component *from, const struct pl_component *to)
{
    *pl_vec_push(arena, list) = (struct pl_sbom_change){kind, from, to};
}

/* Steps over both runs together; what only one has is noted, and is a change of version when each
 * has one of it alone. */
static void compare_runs(struct pl_arena *arena, struct run from, struct run to,
                         struct pl_sbom_changes *ret)
{
    size_t first = ret->count;
    size_t removed = 0;
    size_t added = 0;
    for (size_t i = 0, j = 0; i < from.count || j < to.count;) {
        int order = i == from.count ? 1
                    : j == to.count ? -1
                                    : compare_versions(&from.items[i], &to.items[j]);
        if (order < 0) {
            add(arena, ret, PL_SBOM_REMOVED, &from.items[i++], NULL);
            removed++;
        } else if (order > 0) {
            add(arena, ret, PL_SBOM_ADDED, NULL, &to.items[j++]);
            added++;
        } else {
            if (!has_same_licenses(&from.items[i], &to.items[j])) {
                add(arena, ret, PL_SBOM_RELICENSED, &from.items[i], &to.items[j]);
            }
            i++;
            j++;
        }
    }
    if (removed == 1 && added == 1 && ret->count == first + 2) {
        struct pl_sbom_change *one = &ret->items[first];
        const struct pl_sbom_change *other = &ret->items[first + 1];
        *one = (struct pl_sbom_change){PL_SBOM_CHANGED, one->from ? one->from : other->from,
                                       one->to ? one->to : other->to};
        ret->count--;
    }
}

struct pl_sbom_changes pl_sbom_diff(struct pl_arena *arena, const struct pl_components *from,
                                    const struct pl_components *to)
{
    struct pl_sbom_changes changes = {0};
    struct run nothing = {0};
    for (size_t i = 0, j = 0; i < from->count || j < to->count;) {
        int order = i == from->count ? 1
                    : j == to->count ? -1
                                     : compare_names(&from->items[i], &to->items[j]);
        struct run old = order <= 0 ? run_at(from, i) : nothing;
        struct run new = order >= 0 ? run_at(to, j) : nothing;
        compare_runs(arena, old, new, &changes);
        i += old.count;
        j += new.count;
    }
    return changes;
}
