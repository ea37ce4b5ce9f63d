/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed distributions of CPAN (CPAN::Meta::Spec): cpanm leaves the metadata below ".meta" in
 * the library, and some install it with their modules:
 *
 *     { "name": "ExtUtils-Helpers", "version": "0.028", "license": ["perl_5"],
 *       "prereqs": { "runtime": { "requires": { "Carp": "0" } } } }
 *
 * The needs are of modules, and which distributions have these is not stated. Of version 1 the
 * licence is a string. The licence "unknown" says nothing.
 */
#include "base/limits.h"
#include "catalog/cataloger.h"
#include "format/yaml.h"

static void add_license(struct pl_sink *sink, struct pl_component *component, pl_str license)
{
    if (!pl_str_eq(license, PL_STR("unknown")) && component->licenses.count < PL_LIMIT_LICENSES &&
        !pl_strs_contain(&component->licenses, license)) {
        pl_sink_push(sink, &component->licenses, license);
    }
}

static enum pl_status read_perl_meta(struct pl_sink *sink, const struct pl_catalog_file *file,
                                     struct pl_error *err)
{
    json_t *meta pl_autojson = NULL;
    pl_str text = pl_span_str(file->content);
    enum pl_status st = pl_str_ends_with(file->path, PL_STR(".yml"))
                            ? pl_yaml_parse(text, "the file", &meta, err)
                            : pl_json_parse_loose(text, "the file", &meta, err);
    if (st < 0) {
        return st;
    }
    struct pl_component *component = pl_catalog_component(
        sink, PL_SCOPE_INSTALLED, "cpan", pl_json_str(meta, "name"), pl_json_str(meta, "version"));
    if (component) {
        const json_t *licenses = json_object_get(meta, "license");
        add_license(sink, component, pl_json_text(licenses));
        for (size_t i = 0; i < json_array_size(licenses); i++) {
            add_license(sink, component, pl_json_text(json_array_get(licenses, i)));
        }
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_perl_meta = {
    .name = "perl-meta",
    .summary = "Installed distributions of CPAN, from their metadata",
    .patterns = (const char *const[]){"**/.meta/*/MYMETA.json", "**/perl5/**/META.json",
                                      "**/perl5/**/META.yml", NULL},
    .read = read_perl_meta,
};
