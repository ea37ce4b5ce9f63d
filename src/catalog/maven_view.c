/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which statement about a dependency counts (maven.apache.org/guides/introduction/
 * introduction-to-dependency-mechanism.html, "Dependency Management" and "Importing Dependencies";
 * the details are as Maven 3.8 has them):
 *
 *     1. what a project itself says, else its parent, else that one's parent
 *     2. what BOMs say that any of these import: the first in order, those of the project first.
 *        A BOM may import further ones, and its own statements come before theirs.
 *
 * Everything that is inherited is worked out with the project's own properties, but a BOM is a
 * project of its own and uses its own. Of two statements with one key in one file the first counts,
 * unless the list is joined with another, of a parent or of BOMs: then the last. An import of what
 * a parent imports, too, in another version, takes its place.
 */
#include "catalog/maven_view.h"
#include "base/limits.h"

struct import {
    struct pl_maven_project *bom; /* NULL: it is not here */
    pl_str name; /* only then */
};

struct imports {
    PL_VEC_FIELDS(struct import);
};

struct pl_maven_view {
    struct pl_maven_projects *projects;
    struct pl_maven_project *project;
    struct pl_maven_values *values;
    struct pl_arena *arena; /* of what follows: of `values`, or of all projects */
    struct imports imports;
};

static void add_import(struct pl_maven_view *view, const struct pl_maven_dependency *statement)
{
    struct pl_maven_coordinates at =
        pl_maven_pom_coordinates(&view->project->pom, view->values, &statement->at);
    struct pl_maven_project *bom = pl_maven_projects_find(view->projects, &at);
    struct import *import = pl_vec_push(view->arena, &view->imports);
    import->bom = bom;
    if (!bom) {
        at.group = at.group.len > 0 ? at.group : statement->at.group;
        at.artifact = at.artifact.len > 0 ? at.artifact : statement->at.artifact;
        at.version = at.version.len > 0 ? at.version : statement->at.version;
        import->name = pl_maven_coordinates_text(view->arena, &at);
    }
}

static void add_imports(struct pl_maven_view *view)
{
    struct pl_map seen pl_automap = {0};
    for (const struct pl_maven_pom *it = &view->project->pom; it; it = it->above) {
        for (size_t i = 0; i < it->imports.count && pl_maven_values_step(view->values); i++) {
            void **place = pl_map_at(&seen, it->imports.items[i].key);
            if (!*place) {
                *place = view;
                add_import(view, &it->imports.items[i]);
            }
        }
    }
}

static struct pl_maven_view *open_in(struct pl_arena *arena, struct pl_maven_projects *projects,
                                     struct pl_maven_project *project,
                                     struct pl_maven_values *values)
{
    struct pl_maven_view *view = PL_ARENA_NEW(arena, struct pl_maven_view);
    *view = (struct pl_maven_view){
        .projects = projects, .project = project, .values = values, .arena = arena};
    add_imports(view);
    return view;
}

struct pl_maven_view *pl_maven_view_open(struct pl_maven_projects *projects,
                                         struct pl_maven_project *project,
                                         struct pl_maven_values *values)
{
    return open_in(&values->arena, projects, project, values);
}

/* The view of a BOM, which is kept for others that import it; NULL where there is no room. */
static struct pl_maven_view *view_of(struct pl_maven_view *view, struct pl_maven_project *bom)
{
    struct pl_maven_projects *projects = view->projects;
    if (!bom->view && pl_maven_projects_have_room(projects)) {
        bom->view = open_in(projects->arena, projects, bom, view->values);
    }
    if (bom->view) {
        bom->view->values = view->values;
    }
    return bom->view;
}

/* Is the list of this level joined with another? */
static bool is_joined(const struct pl_maven_view *view, const struct pl_maven_pom *pom)
{
    bool is_joined = pom == &view->project->pom && view->imports.count > 0;
    for (const struct pl_maven_pom *it = pom->above; it && !is_joined; it = it->above) {
        is_joined = it->managed.count + it->managed_made.count + it->imports.count > 0;
    }
    return is_joined;
}

/* The statement filed under `text` whose key comes to `key`; what cannot be worked out is still
 * equal to itself. */
static const struct pl_maven_dependency *
find_made(struct pl_maven_view *view, const struct pl_maven_table *table, pl_str text, pl_str key)
{
    size_t place = (uintptr_t)pl_map_find(&table->places, text);
    while (place > 0 && pl_maven_values_step(view->values)) {
        const struct pl_maven_dependency *it = &table->items[place - 1];
        pl_str made = pl_maven_pom_value(&view->project->pom, view->values, it->key);
        if (pl_str_eq(made.len > 0 ? made : it->key, key)) {
            return it;
        }
        place = it->next;
    }
    return NULL;
}

static const struct pl_maven_dependency *find_stated(struct pl_maven_view *view,
                                                     const struct pl_maven_pom *pom, pl_str key)
{
    size_t place = (uintptr_t)pl_map_find(&pom->managed.places, key);
    if (place > 0) {
        const struct pl_maven_dependency *first = &pom->managed.items[place - 1];
        return is_joined(view, pom) ? &pom->managed.items[first->last] : first;
    }
    pl_str artifact = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    pl_str_cut(key, ':', &artifact, &rest);
    pl_str_cut(rest, ':', &artifact, &rest);
    const struct pl_maven_dependency *found = find_made(view, &pom->managed_made, artifact, key);
    return found ? found : find_made(view, &pom->managed_made, PL_STR_EMPTY, key);
}

static const struct pl_maven_dependency *find_own(struct pl_maven_view *view, pl_str key)
{
    const struct pl_maven_dependency *found = NULL;
    for (const struct pl_maven_pom *it = &view->project->pom;
         it && !found && pl_maven_values_step(view->values); it = it->above) {
        found = find_stated(view, it, key);
    }
    return found;
}

/* One that was asked before in the same search had nothing to say. */
static bool find_at(struct pl_maven_view *view, pl_str key, unsigned depth,
                    struct pl_maven_managed *ret)
{
    const struct pl_maven_dependency *own = find_own(view, key);
    if (own) {
        *ret = (struct pl_maven_managed){own, &view->project->pom};
        return true;
    }
    for (size_t i = 0; i < view->imports.count && depth < PL_LIMIT_MAVEN_DEPTH; i++) {
        struct pl_maven_project *bom = view->imports.items[i].bom;
        if (!pl_maven_values_step(view->values)) {
            return false;
        }
        if (!bom || bom->seen_in == view->projects->lookups) {
            continue;
        }
        bom->seen_in = view->projects->lookups;
        struct pl_maven_view *there = view_of(view, bom);
        if (there && find_at(there, key, depth + 1, ret)) {
            return true;
        }
    }
    return false;
}

bool pl_maven_view_find(struct pl_maven_view *view, pl_str key, struct pl_maven_managed *ret)
{
    view->project->seen_in = ++view->projects->lookups;
    return find_at(view, key, 0, ret);
}

static void add_missing(struct pl_maven_view *view, struct pl_maven_missing *missing,
                        const char *what, pl_str name)
{
    pl_str text = pl_arena_format(&view->values->arena, "%s " PL_STR_FMT, what, PL_STR_ARG(name));
    for (size_t i = 0; i < missing->count && i < PL_ARRAY_LEN(missing->names); i++) {
        if (pl_str_eq(missing->names[i], text)) {
            return;
        }
    }
    if (missing->count < PL_ARRAY_LEN(missing->names)) {
        missing->names[missing->count] = text;
    }
    missing->count++;
}

static void add_missing_parent(struct pl_maven_view *view, struct pl_maven_missing *missing)
{
    const struct pl_maven_project *top = view->project;
    while (top->parent) {
        top = top->parent;
    }
    if (top->pom.parent.artifact.len == 0) {
        return;
    }
    missing->is_cut = missing->is_cut || top->is_cut;
    add_missing(view, missing, "parent",
                pl_maven_coordinates_text(&view->values->arena, &top->pom.parent));
}

static void find_missing(struct pl_maven_view *view, unsigned depth,
                         struct pl_maven_missing *missing)
{
    add_missing_parent(view, missing);
    for (size_t i = 0; i < view->imports.count && depth < PL_LIMIT_MAVEN_DEPTH &&
                       missing->count <= PL_ARRAY_LEN(missing->names);
         i++) {
        const struct import *import = &view->imports.items[i];
        if (!pl_maven_values_step(view->values)) {
            return;
        }
        if (!import->bom) {
            add_missing(view, missing, "BOM", import->name);
        } else if (import->bom->seen_in != view->projects->lookups) {
            import->bom->seen_in = view->projects->lookups;
            struct pl_maven_view *there = view_of(view, import->bom);
            if (there) {
                find_missing(there, depth + 1, missing);
            }
        }
    }
}

void pl_maven_view_missing(struct pl_maven_view *view, struct pl_maven_missing *ret)
{
    struct pl_maven_missing missing = {0};
    view->project->seen_in = ++view->projects->lookups;
    find_missing(view, 0, &missing);
    *ret = missing;
}
