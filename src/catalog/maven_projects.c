/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How Maven finds a parent (maven.apache.org/ref/current/maven-model-builder, "parent resolution
 * until super-pom"):
 *
 *     <parent> ... </parent>                               ../pom.xml
 *     <relativePath>../build</relativePath>                the pom.xml of a directory
 *     <relativePath/>                                      none: from a repository
 *
 * The file there has to have the group, artifact and version that the child states, compared as
 * they are written, so that ${revision} is equal to itself; else the parent comes from the projects
 * that are built together, or from the local repository (~/.m2/repository/GROUP/ARTIFACT/VERSION/
 * ARTIFACT-VERSION.pom). Poms of a repository have no relativePath.
 */
#include "catalog/maven_projects.h"
#include "base/limits.h"

pl_str pl_maven_coordinates_text(struct pl_arena *arena, const struct pl_maven_coordinates *at)
{
    return pl_arena_format(arena, PL_STR_FMT ":" PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(at->group),
                           PL_STR_ARG(at->artifact), PL_STR_ARG(at->version));
}

static bool is_complete(const struct pl_maven_coordinates *at)
{
    return at->group.len > 0 && at->artifact.len > 0 && at->version.len > 0;
}

static struct pl_maven_project *find_in(const struct pl_map *table,
                                        const struct pl_maven_coordinates *at)
{
    struct pl_arena scratch pl_autoarena = {0};
    return is_complete(at) ? pl_map_find(table, pl_maven_coordinates_text(&scratch, at)) : NULL;
}

struct pl_maven_project *pl_maven_projects_find(const struct pl_maven_projects *projects,
                                                const struct pl_maven_coordinates *at)
{
    return find_in(&projects->by_coordinates, at);
}

static bool is_project_path(pl_str path)
{
    return pl_str_eq(pl_str_after_last(path, '/'), PL_STR("pom.xml")) &&
           !pl_str_contains(path, PL_STR("META-INF/maven/"));
}

bool pl_maven_projects_have_room(const struct pl_maven_projects *projects)
{
    return projects->arena->used_bytes + projects->table_bytes < PL_LIMIT_MAVEN_BYTES;
}

/* Keeps a table that is complete as long as all the rest. */
static void keep(struct pl_maven_projects *projects, struct pl_map *table)
{
    if (table->slots) {
        pl_arena_adopt(projects->arena, table->slots);
        projects->table_bytes += table->capacity * sizeof(*table->slots);
    }
}

static void read_project(struct pl_maven_projects *projects, struct pl_maven_project *project,
                         const struct pl_catalog_file *file)
{
    struct pl_error err = PL_ERROR_INIT;
    project->path = file->path;
    project->is_project = is_project_path(file->path);
    if (!pl_maven_projects_have_room(projects)) {
        project->failure = PL_STR("the poms that are read together take more memory than they "
                                  "may; this one was not read");
        return;
    }
    if (pl_maven_pom_read(projects->arena, file->content, &project->pom, &err) < 0) {
        project->failure = pl_arena_dup(projects->arena, pl_str_from(err.msg));
        return;
    }
    keep(projects, &project->pom.properties);
    keep(projects, &project->pom.managed.places);
    keep(projects, &project->pom.managed_made.places);
}

/* Projects come before what is packaged, and then the first by path. */
static void add_to(struct pl_maven_projects *projects, struct pl_map *table,
                   struct pl_maven_project *project, const struct pl_maven_coordinates *at)
{
    if (project->failure.len > 0 || !is_complete(at) || !pl_maven_projects_have_room(projects)) {
        return;
    }
    void **place = pl_map_at(table, pl_maven_coordinates_text(projects->arena, at));
    const struct pl_maven_project *known = *place;
    if (!known || (project->is_project && !known->is_project)) {
        *place = project;
    }
}

/* The path of a file, taken from the directory of another; empty when it leaves the root. */
static pl_str resolve(struct pl_arena *arena, pl_str from, pl_str relative)
{
    size_t slash = pl_str_find_last_char(from, '/');
    pl_str dir = slash == SIZE_MAX ? PL_STR_EMPTY : pl_str_sub(from, 0, slash);
    char *path = pl_arena_alloc(arena, dir.len + relative.len + 2, 1);
    size_t len = dir.len;
    pl_str segment = PL_STR_EMPTY;
    memcpy(path, dir.ptr, dir.len);
    while (pl_str_next_piece(&relative, '/', &segment)) {
        if (segment.len == 0 || pl_str_eq(segment, PL_STR("."))) {
            continue;
        }
        if (!pl_str_eq(segment, PL_STR(".."))) {
            path[len] = '/';
            memcpy(path + len + (len > 0), segment.ptr, segment.len);
            len += segment.len + (len > 0);
            continue;
        }
        if (len == 0) {
            return PL_STR_EMPTY;
        }
        size_t up = pl_str_find_last_char(pl_str_make(path, len), '/');
        len = up == SIZE_MAX ? 0 : up;
    }
    return pl_str_make(path, len);
}

/* The file that relativePath leads to; Windows' separators are as good. */
static const struct pl_catalog_file *find_relative(const struct pl_catalog_together *together,
                                                   const struct pl_maven_project *project)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str relative = pl_arena_dup(&scratch, project->pom.relative_path);
    char *bytes = (char *)(uintptr_t)relative.ptr;
    for (size_t i = 0; i < relative.len; i++) {
        bytes[i] = bytes[i] == '\\' ? '/' : bytes[i];
    }
    pl_str path = resolve(&scratch, project->path, relative);
    const struct pl_catalog_file *found = pl_catalog_find(together, path);
    if (found) {
        return found;
    }
    return pl_catalog_find(together, pl_arena_format(&scratch, PL_STR_FMT "%spom.xml",
                                                     PL_STR_ARG(path), path.len > 0 ? "/" : ""));
}

/* A range as the version ("[1,2)") is taken to hold what stands at the place. */
static bool is_stated_parent(const struct pl_maven_coordinates *stated,
                             const struct pl_maven_coordinates *found)
{
    char first = stated->version.len > 0 ? stated->version.ptr[0] : 0;
    return pl_str_eq(stated->group, found->group) && pl_str_eq(stated->artifact, found->artifact) &&
           (pl_str_eq(stated->version, found->version) || first == '[' || first == '(');
}

static struct pl_maven_project *find_parent(const struct pl_maven_projects *projects,
                                            const struct pl_catalog_together *together,
                                            const struct pl_maven_project *project)
{
    const struct pl_maven_pom *pom = &project->pom;
    const struct pl_catalog_file *file = NULL;
    if (project->is_project && pom->relative_path.len > 0) {
        file = find_relative(together, project);
    }
    if (file) {
        struct pl_maven_project *there = &projects->items[file - together->files];
        if (there != project && is_stated_parent(&pom->parent, &there->pom.own)) {
            return there;
        }
    }
    return find_in(&projects->by_written, &pom->parent);
}

/* A parent whose coordinates have to be worked out first. */
static struct pl_maven_project *find_made_parent(const struct pl_maven_projects *projects,
                                                 struct pl_maven_values *values,
                                                 const struct pl_maven_project *project)
{
    struct pl_maven_coordinates at =
        pl_maven_pom_coordinates(&project->pom, values, &project->pom.parent);
    return pl_maven_projects_find(projects, &at);
}

/* Gives each of a chain its depth, from the top down, and cuts what is a cycle or too long. */
static void settle(struct pl_maven_project *project, struct pl_maven_project **stack)
{
    size_t count = 0;
    struct pl_maven_project *it = project;
    for (; it && it->depth == 0 && !it->is_open; it = it->parent) {
        it->is_open = true;
        stack[count++] = it;
    }
    if (it && it->is_open) {
        stack[count - 1]->parent = NULL;
        stack[count - 1]->is_cut = true;
    }
    while (count > 0) {
        it = stack[--count];
        if (it->parent && it->parent->depth >= PL_LIMIT_MAVEN_DEPTH) {
            it->parent = NULL;
            it->is_cut = true;
        }
        it->depth = it->parent ? it->parent->depth + 1 : 1;
        it->pom.above = it->parent ? &it->parent->pom : NULL;
        it->is_open = false;
    }
}

/* Works out all coordinates, now that parents are known. */
static void settle_all(struct pl_maven_projects *projects)
{
    struct pl_maven_project **stack =
        PL_ARENA_ARRAY(projects->arena, struct pl_maven_project *, projects->count);
    struct pl_maven_values values pl_automavenvalues = {.steps = projects->steps};
    for (size_t i = 0; i < projects->count; i++) {
        projects->items[i].depth = 0;
    }
    pl_map_release(&projects->by_coordinates);
    for (size_t i = 0; i < projects->count; i++) {
        struct pl_maven_project *it = &projects->items[i];
        settle(it, stack);
        struct pl_maven_coordinates at = pl_maven_pom_coordinates(&it->pom, &values, &it->pom.own);
        add_to(projects, &projects->by_coordinates, it, &at);
        pl_arena_clear(&values.arena);
    }
    projects->steps = values.steps;
}

static void join(struct pl_maven_projects *projects, const struct pl_catalog_together *together)
{
    for (size_t i = 0; i < projects->count; i++) {
        struct pl_maven_project *it = &projects->items[i];
        it->parent = it->pom.parent.artifact.len > 0 ? find_parent(projects, together, it) : NULL;
    }
    settle_all(projects);
    struct pl_maven_values values pl_automavenvalues = {.steps = projects->steps};
    bool is_found = false;
    for (size_t i = 0; i < projects->count; i++) {
        struct pl_maven_project *it = &projects->items[i];
        if (it->pom.parent.artifact.len > 0 && !it->parent && !it->is_cut) {
            it->parent = find_made_parent(projects, &values, it);
            is_found = is_found || it->parent;
            pl_arena_clear(&values.arena);
        }
    }
    projects->steps = values.steps;
    if (is_found) {
        settle_all(projects);
    }
}

struct pl_maven_projects *pl_maven_projects_new(struct pl_catalog_together *together)
{
    struct pl_maven_projects *projects = PL_ARENA_NEW(&together->arena, struct pl_maven_projects);
    projects->arena = &together->arena;
    projects->count = together->count;
    projects->items = PL_ARENA_ARRAY(projects->arena, struct pl_maven_project, projects->count);
    for (size_t i = 0; i < projects->count; i++) {
        struct pl_maven_project *it = &projects->items[i];
        read_project(projects, it, &together->files[i]);
        add_to(projects, &projects->by_written, it, &it->pom.own);
    }
    join(projects, together);
    keep(projects, &projects->by_written);
    keep(projects, &projects->by_coordinates);
    return projects;
}
