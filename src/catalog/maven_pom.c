/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The project object model of Maven (maven.apache.org/ref/current/maven-model/maven.html):
 *
 *     <project>
 *       <parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent>
 *       <artifactId>a</artifactId>
 *       <properties><b.version>2.0</b.version></properties>
 *       <licenses><license><name>MIT</name><url>...</url></license></licenses>
 *     </project>
 *
 * Group and version are the parent's where the project has none of its own. Any text may hold
 * ${name}: a property, or an element of the project by its path ("project.version",
 * "project.parent.version"; "pom." for "project." and nothing before the name are older ways to
 * write it). Properties may hold further ones; what names itself has no value.
 */
#include "catalog/maven_pom.h"
#include "base/buf.h"
#include "base/limits.h"

enum {
    DEPTH_MOST = 16, /* properties within properties; people nest two or three */
    STEPS_MOST = 32, /* all of one text together */
    VALUE_BYTES = 4096,
    MADE_BYTES = 16 << 20, /* all texts together */
};

struct expansion {
    const struct pl_maven_pom *pom;
    struct pl_buf made;
    size_t steps;
};

/* "project.parent.version" and the like. */
static pl_str element_value(const struct pl_maven_pom *pom, pl_str name)
{
    static const char *const fields[] = {"groupId", "artifactId", "version"};
    const pl_str own[] = {pom->group, pom->artifact, pom->version};
    static const pl_str prefixes[] = {PL_STR_INIT("project."), PL_STR_INIT("pom.")};
    for (size_t i = 0; i < PL_ARRAY_LEN(prefixes); i++) {
        if (pl_str_starts_with(name, prefixes[i])) {
            name = pl_str_skip(name, prefixes[i].len);
            break;
        }
    }
    bool is_parent = pl_str_starts_with(name, PL_STR("parent."));
    name = pl_str_skip(name, is_parent ? 7 : 0);
    for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
        if (pl_str_eq(name, pl_str_from(fields[i]))) {
            return is_parent ? pl_xml_text(pom->parent, fields[i]) : own[i];
        }
    }
    return PL_STR_EMPTY;
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
        if (!pl_str_cut(pl_str_skip(text, at + 2), '}', &name, &text) || depth == DEPTH_MOST ||
            ++expansion->steps > STEPS_MOST) {
            return false;
        }
        const struct pl_xml_node *property = pl_map_find(&expansion->pom->properties, name);
        pl_str value = property ? pl_xml_text(property, NULL) : element_value(expansion->pom, name);
        if ((!property && value.len == 0) || !expand(expansion, value, depth + 1)) {
            return false;
        }
    }
    return !expansion->made.overflowed;
}

pl_str pl_maven_pom_value(struct pl_maven_pom *pom, pl_str text)
{
    if (!pl_str_contains(text, PL_STR("${"))) {
        return text;
    }
    struct expansion expansion = {.pom = pom, .made = PL_BUF_INIT(VALUE_BYTES)};
    pl_str value = PL_STR_EMPTY;
    if (pom->made_bytes < MADE_BYTES && expand(&expansion, text, 0)) {
        value = pl_str_trim(pl_arena_dup(pom->arena, pl_buf_str(&expansion.made)));
        pom->made_bytes += expansion.made.len + expansion.steps * 64; /* steps take time instead */
    }
    pl_buf_release(&expansion.made);
    return value;
}

/* Its own, else the parent's. */
static pl_str coordinate(struct pl_maven_pom *pom, const char *name)
{
    pl_str text = pl_xml_text(pom->project, name);
    if (text.len == 0) {
        text = pl_xml_text(pom->parent, name);
    }
    return pl_maven_pom_value(pom, text);
}

enum pl_status pl_maven_pom_read(struct pl_arena *arena, pl_span content, struct pl_maven_pom *ret,
                                 struct pl_error *err)
{
    struct pl_maven_pom pom = {.arena = arena};
    enum pl_status st = pl_xml_parse(arena, pl_span_str(content), "the file", &pom.project, err);
    if (st < 0) {
        return st;
    }
    if (!pl_xml_is(pom.project, "project")) {
        return pl_error_set(err, PL_E_PARSE, "the file is no project of Maven");
    }
    pom.parent = pl_xml_child(pom.project, "parent");
    const struct pl_xml_node *properties = pl_xml_child(pom.project, "properties");
    for (const struct pl_xml_node *it = properties ? properties->first : NULL; it; it = it->next) {
        *pl_map_at(&pom.properties, it->name) = (void *)(uintptr_t)it;
    }
    pom.artifact = pl_maven_pom_value(&pom, pl_xml_text(pom.project, "artifactId"));
    pom.group = coordinate(&pom, "groupId");
    pom.version = coordinate(&pom, "version");
    *ret = pom;
    return PL_OK;
}

void pl_maven_pom_release(struct pl_maven_pom *pom)
{
    pl_map_release(&pom->properties);
}

void pl_maven_pom_add_licenses(struct pl_maven_pom *pom, struct pl_sink *sink,
                               struct pl_component *component)
{
    const struct pl_xml_node *it = pl_xml_child(pl_xml_child(pom->project, "licenses"), "license");
    for (size_t i = 0; it && i < PL_LIMIT_LICENSES; i++, it = pl_xml_next(it, "license")) {
        pl_str name = pl_xml_text(it, "name");
        name = pl_maven_pom_value(pom, name.len > 0 ? name : pl_xml_text(it, "url"));
        if (!pl_strs_contain(&component->licenses, name)) {
            pl_sink_push(sink, &component->licenses, name);
        }
    }
}
