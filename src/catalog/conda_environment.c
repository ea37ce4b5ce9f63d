/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment.yml of conda (docs.conda.io, "Creating an environment file manually"):
 *
 *     dependencies:
 *       - numpy=1.26.4=py312_0       name=version=build
 *       - conda-forge::scipy==1.11   channel::name==version
 *       - python>=3.9                a range
 *       - pip:
 *         - requests==2.31.0         packages of Python's own index
 *
 * Only what "=" or "==" pins to one version is a package; one equals sign leaves later parts of the
 * version open, but is how conda itself writes what it has installed ("conda env export"). The list
 * below "pip" is not conda's.
 */
#include "catalog/distinct.h"
#include "format/yaml.h"

static void add_dependency(struct pl_distinct *list, pl_str text)
{
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    size_t channel = pl_str_find(text, PL_STR("::"));
    text = pl_str_trim(channel == SIZE_MAX ? text : pl_str_skip(text, channel + 2));
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (pl_char_is_blank(c) || c == '<' || c == '>' || c == '!' || c == '~' || c == '|' ||
            c == ',' || c == '*' || c == '[') {
            return; /* a range, or conditions */
        }
    }
    if (!pl_str_cut(text, '=', &name, &version)) {
        return;
    }
    version = pl_str_starts_with(version, PL_STR("=")) ? pl_str_skip(version, 1) : version;
    pl_str_cut(version, '=', &version, &(pl_str){0});
    if (name.len > 0 && version.len > 0) {
        pl_distinct_add(list, name, version,
                        &(struct pl_distinct_facts){.relation = PL_RELATION_DIRECT});
    }
}

static enum pl_status read_conda_environment(struct pl_sink *sink,
                                             const struct pl_catalog_file *file,
                                             struct pl_error *err)
{
    json_t *environment pl_autojson = NULL;
    pl_str text = pl_span_str(file->content);
    /* The name is a common one. */
    if (!pl_str_contains(text, PL_STR("dependencies:"))) {
        return PL_OK;
    }
    enum pl_status st = pl_yaml_parse(text, "the file", &environment, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "conda", .scope = PL_SCOPE_DECLARED};
    const json_t *dependencies = pl_json_array(environment, "dependencies");
    for (size_t i = 0; i < json_array_size(dependencies); i++) {
        add_dependency(&list, pl_json_text(json_array_get(dependencies, i)));
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_conda_environment = {
    .name = "conda-environment",
    .summary = "Pinned packages of conda's environment.yml",
    .patterns = (const char *const[]){"**/environment.yml", "**/environment.yaml", NULL},
    .read = read_conda_environment,
};
