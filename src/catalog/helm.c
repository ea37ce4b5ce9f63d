/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Charts of Helm (helm.sh/docs/topics/charts): Chart.yaml says what a chart is, Chart.lock which
 * versions its dependencies were resolved to, and the dependencies themselves are unpacked in its
 * folder charts/.
 *
 *     Chart.yaml     name: postgresql            Chart.lock     dependencies:
 *                    version: 12.1.0                            - name: common
 *                    annotations:                                 repository: https://...
 *                      licenses: Apache-2.0                       version: 2.2.1
 *
 * So a chart within a folder charts/ is a package that is there, and any other is a project; what a
 * Chart.lock names is declared, but for charts of the project itself (file://). What Chart.yaml
 * says of dependencies are ranges.
 */
#include "catalog/distinct.h"
#include "format/yaml.h"

static void read_chart(struct pl_sink *sink, const json_t *chart)
{
    pl_str name = pl_json_str(chart, "name");
    pl_str version = pl_json_str(chart, "version");
    struct pl_component *component =
        name.len == 0 || version.len == 0
            ? NULL
            : pl_catalog_component(sink, PL_SCOPE_INSTALLED, "helm", name, version);
    if (component) {
        const json_t *annotations = pl_json_object(chart, "annotations");
        pl_sink_push(sink, &component->licenses, pl_json_str(annotations, "licenses"));
        pl_sink_push(sink, &component->licenses,
                     pl_json_str(annotations, "artifacthub.io/license"));
    }
}

static void read_lock(struct pl_sink *sink, const json_t *lock)
{
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "helm", .scope = PL_SCOPE_DECLARED};
    const json_t *dependencies = pl_json_array(lock, "dependencies");
    for (size_t i = 0; i < json_array_size(dependencies); i++) {
        const json_t *chart = json_array_get(dependencies, i);
        if (!pl_str_starts_with(pl_json_str(chart, "repository"), PL_STR("file:"))) {
            pl_distinct_add(&list, pl_json_str(chart, "name"), pl_json_str(chart, "version"),
                            &(struct pl_distinct_facts){.relation = PL_RELATION_DIRECT});
        }
    }
}

static enum pl_status read_helm(struct pl_sink *sink, const struct pl_catalog_file *file,
                                struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_yaml_parse(pl_span_str(file->content), "the file", &document, err);
    if (st < 0) {
        return st;
    }
    if (pl_str_ends_with(file->path, PL_STR("Chart.lock"))) {
        read_lock(sink, document);
    } else {
        read_chart(sink, document);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_helm = {
    .name = "helm",
    .summary = "Helm charts in charts/, and those that a Chart.lock names",
    .patterns = (const char *const[]){"**/charts/*/Chart.yaml", "**/Chart.lock", NULL},
    .read = read_helm,
};
