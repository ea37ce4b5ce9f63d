/* SPDX-License-Identifier: Apache-2.0 */
/*
 * renv.lock of R (rstudio.github.io/renv, "Lockfiles"), JSON:
 *
 *     { "R": { "Version": "4.2.3", "Repositories": [...] },
 *       "Packages": { "mime": { "Package": "mime", "Version": "0.7", "Source": "Repository",
 *           "Repository": "CRAN", "Hash": "908d...", "Requirements": ["tools"] } } }
 *
 * Only what comes from a repository is a package of CRAN: other sources are "Bioconductor",
 * "GitHub", "GitLab", "git", "Local". The hash is renv's own. "Requirements" may be missing, or
 * instead there are the fields of DESCRIPTION, "Imports" and "Depends", as lists.
 */
#include "catalog/distinct.h"
#include "catalog/need.h"
#include "format/json.h"

static void add_needs(struct pl_sink *sink, struct pl_component *component, const json_t *packages,
                      const json_t *needs)
{
    for (size_t i = 0; i < json_array_size(needs); i++) {
        pl_str words = pl_json_text(json_array_get(needs, i));
        pl_str name = PL_STR_EMPTY;
        pl_str_next_word(&words, &name);
        pl_str version = pl_json_str(json_object_getn(packages, name.ptr, name.len), "Version");
        if (!pl_str_eq(name, PL_STR("R")) && name.len > 0) {
            pl_need_add(sink, component, name, version);
        }
    }
}

static enum pl_status read_r_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                  struct pl_error *err)
{
    static const char *const needs[] = {"Requirements", "Depends", "Imports", "LinkingTo"};
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &document, err);
    const json_t *packages = pl_json_object(document, "Packages");
    struct pl_json_member each = {0};
    while (pl_json_next(packages, &each)) {
        if (!pl_str_eq(pl_json_str(each.value, "Source"), PL_STR("Repository"))) {
            continue;
        }
        pl_str name = pl_json_str(each.value, "Package");
        struct pl_component *component =
            pl_catalog_component(sink, PL_SCOPE_DECLARED, "cran", name.len > 0 ? name : each.key,
                                 pl_json_str(each.value, "Version"));
        for (size_t i = 0; component && i < PL_ARRAY_LEN(needs); i++) {
            add_needs(sink, component, packages, pl_json_array(each.value, needs[i]));
        }
    }
    return st;
}

const struct pl_cataloger pl_cataloger_r_lock = {
    .name = "r-lock",
    .summary = "renv.lock of R",
    .patterns = (const char *const[]){"**/renv.lock", NULL},
    .read = read_r_lock,
};
