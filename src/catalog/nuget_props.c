/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directory.Packages.props, the versions of all packages of a repository in one place
 * (learn.microsoft.com, "Central Package Management"), a project file of MSBuild:
 *
 *     <Project>
 *       <PropertyGroup><JsonVersion>13.0.1</JsonVersion></PropertyGroup>
 *       <ItemGroup>
 *         <PackageVersion Include="Newtonsoft.Json" Version="$(JsonVersion)" />
 *         <GlobalPackageReference Include="StyleCop" Version="4.7.49" />
 *         <PackageReference Update="Serilog" Version="2.10.0" />     before there was
 * PackageVersion
 *
 * Versions may be child elements as well. Properties are put in where the file itself states them;
 * conditions are not looked at. Ranges and floating versions ("1.*") are no packages.
 */
#include "catalog/nuget_project.h"
#include "format/xml.h"

static void find_properties(const struct pl_xml_node *project, struct pl_map *properties)
{
    const struct pl_xml_node *group = pl_xml_child(project, "PropertyGroup");
    for (; group; group = pl_xml_next(group, "PropertyGroup")) {
        for (const struct pl_xml_node *it = group->first; it; it = it->next) {
            *pl_map_at(properties, it->name) = (void *)(uintptr_t)it;
        }
    }
}

/* A version that is one property as a whole; properties in properties are followed some steps. */
static pl_str version_of(const struct pl_map *properties, const struct pl_xml_node *item)
{
    enum { STEPS_MOST = 8 };
    pl_str text = pl_xml_attribute(item, "Version");
    text = pl_str_trim(text.len > 0 ? text : pl_xml_text(item, "Version"));
    for (size_t i = 0; i < STEPS_MOST && pl_str_starts_with(text, PL_STR("$(")); i++) {
        pl_str name = PL_STR_EMPTY;
        pl_str rest = PL_STR_EMPTY;
        pl_str_cut(pl_str_skip(text, 2), ')', &name, &rest);
        const struct pl_xml_node *property = rest.len == 0 ? pl_map_find(properties, name) : NULL;
        if (!property) {
            break;
        }
        text = pl_xml_text(property, NULL);
    }
    return pl_nuget_exact_version(text);
}

static void add_item(struct pl_distinct *list, const struct pl_map *properties,
                     const struct pl_xml_node *item)
{
    bool is_global = pl_xml_is(item, "GlobalPackageReference");
    if (!is_global && !pl_xml_is(item, "PackageVersion") && !pl_xml_is(item, "PackageReference")) {
        return;
    }
    pl_str name = pl_xml_attribute(item, "Include");
    name = pl_str_trim(name.len > 0 ? name : pl_xml_attribute(item, "Update"));
    pl_str version = version_of(properties, item);
    if (name.len > 0 && version.len > 0 && pl_str_find_char(name, '$') == SIZE_MAX) {
        pl_distinct_add(list, name, version, &(struct pl_distinct_facts){.is_dev = is_global});
    }
}

static enum pl_status read_nuget_props(struct pl_sink *sink, const struct pl_catalog_file *file,
                                       struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_map properties pl_automap = {0};
    const struct pl_xml_node *project = NULL;
    enum pl_status st =
        pl_xml_parse(&scratch, pl_span_str(file->content), "the file", &project, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "nuget", .scope = PL_SCOPE_DECLARED};
    find_properties(project, &properties);
    const struct pl_xml_node *group = pl_xml_child(project, "ItemGroup");
    for (; group; group = pl_xml_next(group, "ItemGroup")) {
        for (const struct pl_xml_node *it = group->first; it; it = it->next) {
            add_item(&list, &properties, it);
        }
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_nuget_props = {
    .name = "nuget-props",
    .summary = "Directory.Packages.props of NuGet",
    .patterns = (const char *const[]){"**/Directory.Packages.props", NULL},
    .read = read_nuget_props,
};
