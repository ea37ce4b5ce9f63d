/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packages.config of NuGet (learn.microsoft.com, "packages.config reference"), which older projects
 * have: all packages of a project, whoever asked for them.
 *
 *     <packages>
 *       <package id="Newtonsoft.Json" version="6.0.4" targetFramework="net45" />
 *       <package id="StyleCop" version="4.7.49" developmentDependency="true" />
 *     </packages>
 */
#include "catalog/distinct.h"
#include "format/xml.h"

static enum pl_status read_nuget_config(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_xml_node *root = NULL;
    enum pl_status st = pl_xml_parse(&scratch, pl_span_str(file->content), "the file", &root, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "nuget", .scope = PL_SCOPE_DECLARED};
    const struct pl_xml_node *it = pl_xml_is(root, "packages") ? root->first : NULL;
    for (; it; it = it->next) {
        pl_str id = pl_str_trim(pl_xml_attribute(it, "id"));
        struct pl_distinct_facts facts = {
            .is_dev =
                pl_str_eq_nocase(pl_xml_attribute(it, "developmentDependency"), PL_STR("true"))};
        if (pl_xml_is(it, "package")) {
            pl_distinct_add(&list, id, pl_str_trim(pl_xml_attribute(it, "version")), &facts);
        }
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_nuget_config = {
    .name = "nuget-config",
    .summary = "packages.config of NuGet",
    .patterns = (const char *const[]){"**/packages.config", NULL},
    .read = read_nuget_config,
};
