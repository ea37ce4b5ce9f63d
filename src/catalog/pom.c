/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pom.xml of a project built with Maven (catalog/maven_pom.c has the format): what it depends
 * on, in the versions that it, its parents and the BOMs it imports state, as far as these are among
 * the files (catalog/maven_projects.c, catalog/maven_view.c).
 *
 *     <dependencies>
 *       <dependency> <groupId>g</groupId> <artifactId>a</artifactId> <version>1.0</version>
 *         <scope>test</scope> <optional>true</optional> </dependency>
 *
 * A project has its parents' dependencies too. Version and scope are managed where the dependency
 * states none; being optional is not. "[1.0]" is exactly 1.0; other brackets are ranges, as are
 * LATEST and RELEASE, and "1.0" itself is but a wish that Maven follows unless something nearer
 * says otherwise. What depends on another project here is no package. A jar carries the pom.xml of
 * what it was made of, of which the jar itself tells more.
 */
#include "base/limits.h"
#include "catalog/distinct.h"
#include "catalog/maven_view.h"

enum {
    STEPS_OF_ONE =
        16, /* a dependency takes as long as so many look-ups, apart from those it takes */
};

/* One file while it is read. */
struct reading {
    struct pl_maven_projects *projects;
    struct pl_maven_project *project;
    struct pl_maven_values values;
    struct pl_maven_view *view;
    struct pl_map seen; /* keys of dependencies as they are written */
    struct pl_distinct list;
    size_t known; /* dependencies with a version, a range being one */
    size_t unknown;
    pl_str first_unknown;
};

static pl_str value_of(struct reading *reading, pl_str text)
{
    return pl_maven_pom_value(&reading->project->pom, &reading->values, text);
}

/* What is managed for this dependency; an empty statement when nothing is. */
static struct pl_maven_dependency find_managed(struct reading *reading,
                                               const struct pl_maven_dependency *dependency)
{
    struct pl_maven_managed managed = {0};
    pl_str key = value_of(reading, dependency->key);
    if (!pl_maven_view_find(reading->view, key.len > 0 ? key : dependency->key, &managed)) {
        return (struct pl_maven_dependency){0};
    }
    struct pl_maven_dependency found = {0};
    found.at.version =
        pl_maven_pom_value(managed.by, &reading->values, managed.statement->at.version);
    found.scope = pl_maven_pom_value(managed.by, &reading->values, managed.statement->scope);
    return found;
}

static bool is_range(pl_str version)
{
    return pl_str_find_char(version, ',') != SIZE_MAX ||
           pl_str_find_char(version, '[') != SIZE_MAX ||
           pl_str_find_char(version, '(') != SIZE_MAX || pl_str_eq(version, PL_STR("LATEST")) ||
           pl_str_eq(version, PL_STR("RELEASE"));
}

/* "[1.0]" */
static pl_str without_brackets(pl_str version)
{
    bool is_exact = version.len > 2 && version.ptr[0] == '[' && version.ptr[version.len - 1] == ']';
    return is_exact ? pl_str_trim(pl_str_sub(version, 1, version.len - 2)) : version;
}

static bool is_project_here(const struct reading *reading, const struct pl_maven_coordinates *at)
{
    const struct pl_maven_project *found = pl_maven_projects_find(reading->projects, at);
    return found && found->is_project;
}

static void add_unknown(struct reading *reading, const struct pl_maven_dependency *dependency)
{
    if (reading->unknown++ == 0) {
        reading->first_unknown =
            pl_arena_format(&reading->values.arena, PL_STR_FMT ":" PL_STR_FMT,
                            PL_STR_ARG(dependency->at.group), PL_STR_ARG(dependency->at.artifact));
    }
}

static void add_dependency(struct reading *reading, const struct pl_maven_dependency *dependency)
{
    struct pl_maven_dependency managed = find_managed(reading, dependency);
    struct pl_maven_coordinates at =
        pl_maven_pom_coordinates(&reading->project->pom, &reading->values, &dependency->at);
    pl_str scope = value_of(reading, dependency->scope);
    scope = dependency->scope.len > 0 ? scope : managed.scope;
    at.version = dependency->at.version.len > 0 ? at.version : managed.at.version;
    at.version = without_brackets(at.version);
    /* "system" is a file of this machine. */
    if (pl_str_eq(scope, PL_STR("system")) || is_project_here(reading, &at)) {
        return;
    }
    if (at.group.len == 0 || at.artifact.len == 0 || at.version.len == 0) {
        add_unknown(reading, dependency);
        return;
    }
    reading->known++;
    if (is_range(at.version)) {
        return;
    }
    struct pl_distinct_facts facts = {
        .is_dev = pl_str_eq(scope, PL_STR("test")),
        .is_optional = pl_str_eq(value_of(reading, dependency->optional), PL_STR("true")),
        .relation = PL_RELATION_DIRECT,
    };
    pl_str name = pl_arena_format(&reading->values.arena, PL_STR_FMT ":" PL_STR_FMT,
                                  PL_STR_ARG(at.group), PL_STR_ARG(at.artifact));
    pl_distinct_add(&reading->list, name, at.version, &facts);
}

/* One that a nearer pom states, too, counts no more. */
static void add_unless_seen(struct reading *reading, const struct pl_maven_dependency *dependency)
{
    void **place = pl_map_at(&reading->seen, dependency->key);
    if (!*place) {
        *place = reading;
        add_dependency(reading, dependency);
    }
}

/* Its own dependencies, and those of its parents. */
static void add_dependencies(struct reading *reading)
{
    for (const struct pl_maven_pom *it = &reading->project->pom; it; it = it->above) {
        for (size_t i = 0; i < it->dependencies.count; i++) {
            if (pl_maven_values_are_full(&reading->values)) {
                return;
            }
            reading->values.steps += STEPS_OF_ONE;
            add_unless_seen(reading, &it->dependencies.items[i]);
        }
    }
}

/* "parent g:a:v, BOM g:b:v and more" */
static pl_str list_missing(struct reading *reading, const struct pl_maven_missing *missing)
{
    struct pl_arena *arena = &reading->values.arena;
    pl_str text = PL_STR_EMPTY;
    for (size_t i = 0; i < missing->count && i < PL_ARRAY_LEN(missing->names); i++) {
        text =
            pl_arena_format(arena, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(text), i > 0 ? ", " : "",
                            PL_STR_ARG(pl_str_sub(missing->names[i], 0, 100)));
    }
    bool is_more = missing->count > PL_ARRAY_LEN(missing->names);
    return pl_arena_format(arena, PL_STR_FMT "%s", PL_STR_ARG(text), is_more ? " and more" : "");
}

/* One gap says what cannot be told, and where it would stand. */
static void tell_unknown(struct reading *reading)
{
    struct pl_maven_missing missing = {0};
    struct pl_sink *sink = reading->list.sink;
    size_t all = reading->known + reading->unknown;
    if (pl_maven_values_are_full(&reading->values)) {
        pl_sink_gap(sink, "the poms that are read together take more work than they may; not all "
                          "dependencies of this one were seen");
        return;
    }
    if (reading->unknown == 0) {
        return;
    }
    pl_maven_view_missing(reading->view, &missing);
    if (missing.count > 0) {
        pl_sink_gap(sink, "%zu of %zu dependencies have no version here: %s " PL_STR_FMT,
                    reading->unknown, all,
                    missing.is_cut ? "there is a cycle or too long a chain of parents at"
                                   : "not among the files are",
                    PL_STR_ARG(list_missing(reading, &missing)));
    } else {
        pl_sink_gap(sink,
                    "%zu of %zu dependencies have no version in this file, its parents and BOMs, "
                    "the first being " PL_STR_FMT,
                    reading->unknown, all, PL_STR_ARG(pl_str_sub(reading->first_unknown, 0, 200)));
    }
}

static void read_project(struct pl_sink *sink, struct pl_maven_projects *projects,
                         struct pl_maven_project *project)
{
    struct reading reading = {.projects = projects,
                              .project = project,
                              .values = {.steps = projects->steps},
                              .list = {.sink = sink, .type = "maven", .scope = PL_SCOPE_DECLARED}};
    reading.view = pl_maven_view_open(projects, project, &reading.values);
    add_dependencies(&reading);
    tell_unknown(&reading);
    projects->steps = reading.values.steps;
    pl_distinct_release(&reading.list);
    pl_map_release(&reading.seen);
    pl_maven_values_release(&reading.values);
}

static enum pl_status read_among(struct pl_sink *sink, struct pl_catalog_together *together,
                                 pl_str path, struct pl_error *err)
{
    if (!together->memory) {
        together->memory = pl_maven_projects_new(together);
    }
    struct pl_maven_projects *projects = together->memory;
    const struct pl_catalog_file *file = pl_catalog_find(together, path);
    struct pl_maven_project *project = &projects->items[file - together->files];
    if (!project->is_project) {
        return PL_OK;
    }
    if (project->failure.len > 0) {
        return pl_error_set(err, PL_E_PARSE, PL_STR_FMT, PL_STR_ARG(project->failure));
    }
    read_project(sink, projects, project);
    return PL_OK;
}

static enum pl_status read_pom(struct pl_sink *sink, const struct pl_catalog_file *file,
                               struct pl_error *err)
{
    if (file->together) {
        return read_among(sink, file->together, file->path, err);
    }
    struct pl_catalog_together alone = {.files = file, .count = 1};
    enum pl_status st = read_among(sink, &alone, file->path, err);
    pl_arena_release(&alone.arena);
    return st;
}

const struct pl_cataloger pl_cataloger_pom = {
    .name = "pom",
    .summary = "pom.xml of Maven: dependencies, in the versions that it, its parents and BOMs tell",
    .patterns = (const char *const[]){"**/pom.xml", "**/*.pom", NULL},
    .reads_together = true,
    .read = read_pom,
};
