/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pom.xml of a project built with Maven (catalog/maven_pom.c has the format): what it depends
 * on, where this file alone tells the version.
 *
 *     <dependencyManagement><dependencies>         versions for dependencies that state none
 *       <dependency> <groupId>g</groupId> <artifactId>a</artifactId> <version>1.0</version>
 *     <dependencies>
 *       <dependency> ... <scope>test</scope> <optional>true</optional> </dependency>
 *
 * "[1.0]" is exactly 1.0; other brackets are ranges, and "1.0" itself is but a wish that Maven
 * follows unless something nearer says otherwise. Most versions of larger projects stand in their
 * parent or in BOMs, which are other files: those dependencies are not packages here. A jar carries
 * the pom.xml of what it was made of, of which the jar itself tells more.
 */
#include "catalog/distinct.h"
#include "catalog/maven_pom.h"

/* "group:artifact"; empty when one cannot be told. */
static pl_str name_of(struct pl_maven_pom *pom, const struct pl_xml_node *dependency)
{
    pl_str group = pl_maven_pom_value(pom, pl_xml_text(dependency, "groupId"));
    pl_str artifact = pl_maven_pom_value(pom, pl_xml_text(dependency, "artifactId"));
    if (group.len == 0 || artifact.len == 0) {
        return PL_STR_EMPTY;
    }
    return pl_arena_format(pom->arena, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(group),
                           PL_STR_ARG(artifact));
}

/* The one version that is meant; empty for ranges and what is stated elsewhere. */
static pl_str version_of(struct pl_maven_pom *pom, const struct pl_xml_node *dependency)
{
    pl_str version = pl_maven_pom_value(pom, pl_xml_text(dependency, "version"));
    if (version.len > 2 && version.ptr[0] == '[' && version.ptr[version.len - 1] == ']') {
        version = pl_str_trim(pl_str_sub(version, 1, version.len - 2));
    }
    bool is_range = pl_str_find_char(version, ',') != SIZE_MAX ||
                    pl_str_find_char(version, '[') != SIZE_MAX ||
                    pl_str_find_char(version, '(') != SIZE_MAX;
    return is_range ? PL_STR_EMPTY : version;
}

static const struct pl_xml_node *dependencies_of(const struct pl_xml_node *node)
{
    return pl_xml_child(pl_xml_child(node, "dependencies"), "dependency");
}

/* Maps names to the nodes of dependencyManagement; the first of a name counts. */
static void find_managed(struct pl_maven_pom *pom, struct pl_map *managed)
{
    const struct pl_xml_node *it =
        dependencies_of(pl_xml_child(pom->project, "dependencyManagement"));
    for (; it; it = pl_xml_next(it, "dependency")) {
        pl_str name = name_of(pom, it);
        void **place = pl_map_at(managed, name);
        if (!*place) {
            *place = (void *)(uintptr_t)it;
        }
    }
}

static bool is_text(struct pl_maven_pom *pom, const struct pl_xml_node *node, const char *name,
                    const char *wanted)
{
    return pl_str_eq(pl_maven_pom_value(pom, pl_xml_text(node, name)), pl_str_from(wanted));
}

static void add_dependency(struct pl_distinct *list, struct pl_maven_pom *pom,
                           const struct pl_map *managed, const struct pl_xml_node *dependency)
{
    pl_str name = name_of(pom, dependency);
    const struct pl_xml_node *elsewhere = pl_map_find(managed, name);
    pl_str version = version_of(pom, dependency);
    if (pl_xml_text(dependency, "version").len == 0 && elsewhere) {
        version = version_of(pom, elsewhere);
    }
    const struct pl_xml_node *scope = dependency;
    if (pl_xml_text(dependency, "scope").len == 0 && elsewhere) {
        scope = elsewhere;
    }
    /* "system" is a file of this machine. */
    if (name.len == 0 || version.len == 0 || is_text(pom, scope, "scope", "system")) {
        return;
    }
    struct pl_distinct_facts facts = {
        .is_dev = is_text(pom, scope, "scope", "test"),
        .is_optional = is_text(pom, dependency, "optional", "true"),
        .relation = PL_RELATION_DIRECT,
    };
    bool is_new = false;
    pl_distinct_add(list, name, version, &facts, &is_new);
}

static enum pl_status read_pom(struct pl_sink *sink, const struct pl_catalog_file *file,
                               struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_map managed pl_automap = {0};
    struct pl_maven_pom pom pl_automavenpom = {0};
    if (pl_str_contains(file->path, PL_STR("META-INF/maven/"))) {
        return PL_OK;
    }
    enum pl_status st = pl_maven_pom_read(&scratch, file->content, &pom, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "maven", .scope = PL_SCOPE_DECLARED};
    find_managed(&pom, &managed);
    for (const struct pl_xml_node *it = dependencies_of(pom.project); it;
         it = pl_xml_next(it, "dependency")) {
        add_dependency(&list, &pom, &managed, it);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_pom = {
    .name = "pom",
    .summary = "pom.xml of Maven: dependencies whose version the file itself tells",
    .patterns = (const char *const[]){"**/pom.xml", NULL},
    .read = read_pom,
};
