/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folders in which NuGet keeps the packages it has unpacked (learn.microsoft.com, "Managing the
 * global packages, cache, and temp folders"), each with its description (".nuspec File Reference"):
 *
 *     ~/.nuget/packages/newtonsoft.json/12.0.3/newtonsoft.json.nuspec
 *
 *     <package><metadata>
 *       <id>Newtonsoft.Json</id> <version>12.0.3</version>
 *       <license type="expression">MIT</license>       or type="file": the name of a file
 *       <licenseUrl>https://licenses.nuget.org/MIT</licenseUrl>      the older way
 *       <dependencies><group targetFramework="net45"><dependency id="A" version="1.0"/></group>
 *
 * The folder may be anywhere (NUGET_PACKAGES, tools, fallback folders), so it is known by the names
 * of its directories: name and version in lower case. A .nuspec elsewhere is somebody's project.
 */
#include "catalog/cataloger.h"
#include "format/xml.h"

/* ".../NAME/VERSION/NAME.nuspec" */
static bool is_in_folder(pl_str path)
{
    pl_str name = PL_STR_EMPTY;
    size_t slash = pl_str_find_last_char(path, '/');
    if (slash == SIZE_MAX) {
        return false;
    }
    name = pl_str_skip(path, slash + 1);
    name = pl_str_sub(name, 0, name.len - strlen(".nuspec"));
    pl_str dir = pl_str_sub(path, 0, slash);
    size_t version = pl_str_find_last_char(dir, '/');
    if (version == SIZE_MAX) {
        return false;
    }
    dir = pl_str_sub(dir, 0, version);
    pl_str parent = pl_str_after_last(dir, '/');
    return pl_str_eq_nocase(parent, name);
}

static void add_license(struct pl_sink *sink, struct pl_component *component,
                        const struct pl_xml_node *metadata)
{
    const struct pl_xml_node *license = pl_xml_child(metadata, "license");
    if (license && pl_str_eq_nocase(pl_xml_attribute(license, "type"), PL_STR("expression"))) {
        pl_sink_push(sink, &component->licenses, pl_xml_text(license, NULL));
    } else if (!license) {
        pl_sink_push(sink, &component->licenses, pl_xml_text(metadata, "licenseUrl"));
    }
}

/* The same package is often needed for several frameworks. */
static void add_depends(struct pl_sink *sink, struct pl_component *component,
                        const struct pl_xml_node *list)
{
    enum { DEPENDS_MOST = 500 }; /* the names are compared each with each */
    for (const struct pl_xml_node *it = list ? list->first : NULL; it; it = it->next) {
        pl_str id = pl_str_trim(pl_xml_attribute(it, "id"));
        if (pl_xml_is(it, "group")) {
            const struct pl_xml_node *each = pl_xml_child(it, "dependency");
            for (; each && component->depends.count < DEPENDS_MOST;
                 each = pl_xml_next(each, "dependency")) {
                id = pl_str_trim(pl_xml_attribute(each, "id"));
                if (!pl_strs_contain(&component->depends, id)) {
                    pl_sink_push(sink, &component->depends, id);
                }
            }
        } else if (pl_xml_is(it, "dependency") && component->depends.count < DEPENDS_MOST &&
                   !pl_strs_contain(&component->depends, id)) {
            pl_sink_push(sink, &component->depends, id);
        }
    }
}

static enum pl_status read_nuget_installed(struct pl_sink *sink, const struct pl_catalog_file *file,
                                           struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_xml_node *root = NULL;
    if (!is_in_folder(file->path)) {
        return PL_OK;
    }
    enum pl_status st = pl_xml_parse(&scratch, pl_span_str(file->content), "the file", &root, err);
    if (st < 0) {
        return st;
    }
    const struct pl_xml_node *metadata = pl_xml_child(root, "metadata");
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "nuget", pl_xml_text(metadata, "id"),
                             pl_xml_text(metadata, "version"));
    if (component) {
        component->vendor = pl_sink_str(sink, pl_xml_text(metadata, "authors"));
        add_license(sink, component, metadata);
        add_depends(sink, component, pl_xml_child(metadata, "dependencies"));
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_nuget_installed = {
    .name = "nuget-installed",
    .summary = "Packages that NuGet has unpacked, from the .nuspec of each",
    .patterns = (const char *const[]){"**/*.nuspec", NULL},
    .read = read_nuget_installed,
};
