/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The project object model of Maven (maven.apache.org/ref/current/maven-model/maven.html):
 *
 *     <project>
 *       <parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version>
 *         <relativePath>../pom.xml</relativePath></parent>
 *       <artifactId>a</artifactId>
 *       <properties><b.version>2.0</b.version></properties>
 *       <dependencyManagement><dependencies>     versions for dependencies that state none
 *         <dependency> ... <type>pom</type><scope>import</scope>      those of another file, a BOM
 *       <dependencies>
 *         <dependency> <groupId>g</groupId> <artifactId>b</artifactId> <version>1</version>
 *       <profiles><profile><activation><activeByDefault>true</activeByDefault></activation>
 *       <licenses><license><name>MIT</name><url>...</url></license></licenses>
 *
 * A profile that is active by default is part of the project, and stronger than it. Of dependencies
 * with one key the last counts (a project that states two is warned).
 *
 * Any text may hold ${name}: an element of the project by its path ("project.version",
 * "project.parent.version"; "pom." for "project." is an older way to write it), else a property,
 * else an element with nothing before its path. Properties may hold further ones; what names itself
 * has no value.
 */
#include "catalog/maven_pom.h"
#include "base/buf.h"
#include "base/limits.h"
#include "format/xml.h"

enum {
    DEPTH_MOST = 16, /* properties within properties; people nest two or three */
    PARTS_MOST = 32, /* all of one text together */
    TEXT_BYTES = 1024, /* longer ones are left out: properties that hold no version or name */
    VALUE_BYTES = 4096,
    STEP_BYTES = 64, /* of a value take as long as a look-up */
};

struct expansion {
    const struct pl_maven_pom *pom;
    struct pl_maven_values *values;
    struct pl_buf made;
    size_t parts;
};

bool pl_maven_values_are_full(const struct pl_maven_values *values)
{
    return values->steps >= PL_LIMIT_MAVEN_STEPS ||
           values->arena.used_bytes >= PL_LIMIT_MAVEN_VALUE_BYTES;
}

bool pl_maven_values_step(struct pl_maven_values *values)
{
    return values->steps < PL_LIMIT_MAVEN_STEPS && ++values->steps > 0;
}

/* "parent.version" and the like, as it is written. */
static pl_str element(const struct pl_maven_pom *pom, pl_str name)
{
    const struct pl_maven_coordinates *of = &pom->own;
    if (pl_str_starts_with(name, PL_STR("parent."))) {
        of = &pom->parent;
        name = pl_str_skip(name, 7);
    }
    return pl_str_eq(name, PL_STR("groupId"))      ? of->group
           : pl_str_eq(name, PL_STR("artifactId")) ? of->artifact
           : pl_str_eq(name, PL_STR("version"))    ? of->version
                                                   : PL_STR_EMPTY;
}

/* The property as the nearest states it; NULL when none does. */
static const pl_str *property(const struct expansion *expansion, pl_str name)
{
    const pl_str *found = NULL;
    for (const struct pl_maven_pom *it = expansion->pom;
         it && !found && pl_maven_values_step(expansion->values); it = it->above) {
        found = pl_map_find(&it->properties, name);
    }
    return found;
}

static bool find_value(const struct expansion *expansion, pl_str name, pl_str *ret)
{
    static const pl_str prefixes[] = {PL_STR_INIT("project."), PL_STR_INIT("pom.")};
    for (size_t i = 0; i < PL_ARRAY_LEN(prefixes); i++) {
        if (pl_str_starts_with(name, prefixes[i])) {
            *ret = element(expansion->pom, pl_str_skip(name, prefixes[i].len));
            if (ret->len > 0) {
                return true;
            }
        }
    }
    const pl_str *found = property(expansion, name);
    *ret = found ? *found : element(expansion->pom, name);
    return found || ret->len > 0;
}

static bool expand(struct expansion *expansion, pl_str text, size_t depth)
{
    while (text.len > 0) {
        size_t at = pl_str_find(text, PL_STR("${"));
        if (at == SIZE_MAX) {
            pl_buf_append(&expansion->made, text);
            break;
        }
        pl_buf_append(&expansion->made, pl_str_sub(text, 0, at));
        pl_str name = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        if (!pl_str_cut(pl_str_skip(text, at + 2), '}', &name, &text) || depth == DEPTH_MOST ||
            ++expansion->parts > PARTS_MOST || !find_value(expansion, name, &value) ||
            !expand(expansion, value, depth + 1)) {
            return false;
        }
    }
    return !expansion->made.overflowed;
}

pl_str pl_maven_pom_value(const struct pl_maven_pom *pom, struct pl_maven_values *values,
                          pl_str text)
{
    if (!pl_str_contains(text, PL_STR("${"))) {
        return text;
    }
    struct expansion expansion = {.pom = pom, .values = values, .made = PL_BUF_INIT(VALUE_BYTES)};
    pl_str value = PL_STR_EMPTY;
    if (!pl_maven_values_are_full(values) && expand(&expansion, text, 0)) {
        value = pl_str_trim(pl_arena_dup(&values->arena, pl_buf_str(&expansion.made)));
    }
    values->steps += 1 + expansion.made.len / STEP_BYTES;
    pl_buf_release(&expansion.made);
    return value;
}

struct pl_maven_coordinates pl_maven_pom_coordinates(const struct pl_maven_pom *pom,
                                                     struct pl_maven_values *values,
                                                     const struct pl_maven_coordinates *written)
{
    return (struct pl_maven_coordinates){pl_maven_pom_value(pom, values, written->group),
                                         pl_maven_pom_value(pom, values, written->artifact),
                                         pl_maven_pom_value(pom, values, written->version)};
}

/* A pom.xml on its way from the tree of its elements, which goes. */
struct reader {
    struct pl_arena *arena;
    struct pl_maven_pom *pom;
    struct pl_map places; /* of dependencies, by key, from 1 */
};

static pl_str text_of(const struct reader *reader, const struct pl_xml_node *node, const char *name)
{
    pl_str text = pl_xml_text(node, name);
    return text.len > 0 && text.len <= TEXT_BYTES ? pl_arena_dup(reader->arena, text)
                                                  : PL_STR_EMPTY;
}

static struct pl_maven_coordinates read_coordinates(const struct reader *reader,
                                                    const struct pl_xml_node *node)
{
    return (struct pl_maven_coordinates){text_of(reader, node, "groupId"),
                                         text_of(reader, node, "artifactId"),
                                         text_of(reader, node, "version")};
}

static struct pl_maven_dependency read_dependency(const struct reader *reader,
                                                  const struct pl_xml_node *node)
{
    struct pl_maven_dependency it = {.at = read_coordinates(reader, node),
                                     .scope = text_of(reader, node, "scope"),
                                     .optional = text_of(reader, node, "optional")};
    pl_str type = text_of(reader, node, "type");
    pl_str classifier = text_of(reader, node, "classifier");
    it.key =
        pl_arena_format(reader->arena, PL_STR_FMT ":" PL_STR_FMT ":" PL_STR_FMT "%s" PL_STR_FMT,
                        PL_STR_ARG(it.at.group), PL_STR_ARG(it.at.artifact),
                        PL_STR_ARG(type.len > 0 ? type : PL_STR("jar")),
                        classifier.len > 0 ? ":" : "", PL_STR_ARG(classifier));
    return it;
}

static const struct pl_xml_node *dependencies_of(const struct pl_xml_node *node)
{
    return pl_xml_child(pl_xml_child(node, "dependencies"), "dependency");
}

static void read_dependencies(struct reader *reader, const struct pl_xml_node *node)
{
    struct pl_maven_statements *list = &reader->pom->dependencies;
    for (const struct pl_xml_node *it = dependencies_of(node); it;
         it = pl_xml_next(it, "dependency")) {
        struct pl_maven_dependency dependency = read_dependency(reader, it);
        void **place = pl_map_at(&reader->places, dependency.key);
        if (*place) {
            list->items[(uintptr_t)*place - 1] = dependency;
        } else {
            *pl_vec_push(reader->arena, list) = dependency;
            *place = (void *)(uintptr_t)list->count;
        }
    }
}

/* What a profile says takes the place of what was said before. */
static void file_under(const struct reader *reader, struct pl_maven_table *table, pl_str text,
                       const struct pl_maven_dependency *statement, bool is_profile)
{
    void **place = pl_map_at(&table->places, text);
    size_t own = table->count;
    *pl_vec_push(reader->arena, table) = *statement;
    table->items[own].last = own;
    if (!*place || is_profile) {
        table->items[own].next = (uintptr_t)*place;
        *place = (void *)(uintptr_t)(own + 1);
    } else {
        struct pl_maven_dependency *first = &table->items[(uintptr_t)*place - 1];
        table->items[first->last].next = own + 1;
        first->last = own;
    }
}

static void read_managed(const struct reader *reader, const struct pl_xml_node *node,
                         bool is_profile)
{
    const struct pl_xml_node *it = dependencies_of(pl_xml_child(node, "dependencyManagement"));
    for (; it; it = pl_xml_next(it, "dependency")) {
        struct pl_maven_dependency dependency = read_dependency(reader, it);
        if (pl_str_eq(dependency.scope, PL_STR("import")) &&
            pl_str_eq(pl_xml_text(it, "type"), PL_STR("pom"))) {
            *pl_vec_push(reader->arena, &reader->pom->imports) = dependency;
            continue;
        }
        bool is_made = pl_str_contains(dependency.key, PL_STR("${"));
        bool is_odd = pl_str_contains(dependency.at.artifact, PL_STR("${"));
        if (is_made) {
            file_under(reader, &reader->pom->managed_made,
                       is_odd ? PL_STR_EMPTY : dependency.at.artifact, &dependency, is_profile);
        } else {
            file_under(reader, &reader->pom->managed, dependency.key, &dependency, is_profile);
        }
    }
}

static void read_properties(const struct reader *reader, const struct pl_xml_node *node)
{
    const struct pl_xml_node *properties = pl_xml_child(node, "properties");
    for (const struct pl_xml_node *it = properties ? properties->first : NULL; it; it = it->next) {
        if (it->name.len <= TEXT_BYTES) {
            pl_str *value = PL_ARENA_NEW(reader->arena, pl_str);
            *value = text_of(reader, it, NULL);
            *pl_map_at(&reader->pom->properties, pl_arena_dup(reader->arena, it->name)) = value;
        }
    }
}

/* What a project and a profile may both have. */
static void read_base(struct reader *reader, const struct pl_xml_node *node, bool is_profile)
{
    read_properties(reader, node);
    read_managed(reader, node, is_profile);
    read_dependencies(reader, node);
}

static void read_profiles(struct reader *reader, const struct pl_xml_node *project)
{
    const struct pl_xml_node *it = pl_xml_child(pl_xml_child(project, "profiles"), "profile");
    for (; it; it = pl_xml_next(it, "profile")) {
        if (pl_str_eq(pl_xml_text(pl_xml_child(it, "activation"), "activeByDefault"),
                      PL_STR("true"))) {
            read_base(reader, it, true);
        }
    }
}

static void read_own(const struct reader *reader, const struct pl_xml_node *project)
{
    struct pl_maven_pom *pom = reader->pom;
    const struct pl_xml_node *parent = pl_xml_child(project, "parent");
    const struct pl_xml_node *path = pl_xml_child(parent, "relativePath");
    pom->own = read_coordinates(reader, project);
    if (parent) {
        pom->parent = read_coordinates(reader, parent);
        pom->relative_path = path ? text_of(reader, path, NULL) : PL_STR("../pom.xml");
        pom->own.group = pom->own.group.len > 0 ? pom->own.group : pom->parent.group;
        pom->own.version = pom->own.version.len > 0 ? pom->own.version : pom->parent.version;
    }
}

static void read_licenses(const struct reader *reader, const struct pl_xml_node *project)
{
    const struct pl_xml_node *it = pl_xml_child(pl_xml_child(project, "licenses"), "license");
    for (size_t i = 0; it && i < PL_LIMIT_LICENSES; i++, it = pl_xml_next(it, "license")) {
        pl_str name = text_of(reader, it, "name");
        *pl_vec_push(reader->arena, &reader->pom->licenses) =
            name.len > 0 ? name : text_of(reader, it, "url");
    }
}

enum pl_status pl_maven_pom_read(struct pl_arena *arena, pl_span content, struct pl_maven_pom *ret,
                                 struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_xml_node *project = NULL;
    enum pl_status st = pl_xml_parse(&scratch, pl_span_str(content), "the file", &project, err);
    if (st < 0) {
        return st;
    }
    if (!pl_xml_is(project, "project")) {
        return pl_error_set(err, PL_E_PARSE, "the file is no project of Maven");
    }
    struct pl_maven_pom pom = {0};
    struct reader reader = {.arena = arena, .pom = &pom};
    read_own(&reader, project);
    read_base(&reader, project, false);
    read_profiles(&reader, project);
    read_licenses(&reader, project);
    pl_map_release(&reader.places);
    *ret = pom;
    return PL_OK;
}

void pl_maven_pom_release(struct pl_maven_pom *pom)
{
    pl_map_release(&pom->properties);
    pl_map_release(&pom->managed.places);
    pl_map_release(&pom->managed_made.places);
}
