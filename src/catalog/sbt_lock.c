/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.sbt.lock of sbt-dependency-lock (github.com/stringbean/sbt-dependency-lock), JSON:
 *
 *     { "lockVersion": 1, "configurations": ["compile", "test"], "dependencies": [
 *         { "org": "org.typelevel", "name": "cats-core_2.12", "version": "2.9.0",
 *           "artifacts": [{ "name": "cats-core_2.12.jar", "hash": "sha1:844f..." }],
 *           "configurations": ["compile", "runtime", "test"] } ] }
 *
 * For development is what no configuration but tests ("test", "it" for integration) asks for.
 */
#include "catalog/distinct.h"
#include "format/json.h"

static bool is_for_tests(const json_t *configurations)
{
    for (size_t i = 0; i < json_array_size(configurations); i++) {
        pl_str name = pl_json_text(json_array_get(configurations, i));
        if (!pl_str_starts_with(name, PL_STR("test")) && !pl_str_eq(name, PL_STR("it"))) {
            return false;
        }
    }
    return json_array_size(configurations) > 0;
}

static void add_dependency(struct pl_distinct *list, const json_t *dependency)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str org = pl_json_str(dependency, "org");
    pl_str name = pl_json_str(dependency, "name");
    struct pl_distinct_facts facts = {
        .is_dev = is_for_tests(pl_json_array(dependency, "configurations"))};
    if (org.len > 0 && name.len > 0) {
        name =
            pl_arena_format(&scratch, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(org), PL_STR_ARG(name));
    }
    struct pl_component *component =
        pl_distinct_add(list, name, pl_json_str(dependency, "version"), &facts);
    const json_t *artifacts = pl_json_array(dependency, "artifacts");
    for (size_t i = 0; component && i < json_array_size(artifacts); i++) {
        pl_str algorithm = PL_STR_EMPTY;
        pl_str hex = PL_STR_EMPTY;
        pl_str_cut(pl_json_str(json_array_get(artifacts, i), "hash"), ':', &algorithm, &hex);
        pl_catalog_add_hash(list->sink, component, algorithm, hex);
    }
}

static enum pl_status read_sbt_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                    struct pl_error *err)
{
    json_t *lock pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &lock, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "maven", .scope = PL_SCOPE_DECLARED};
    const json_t *dependencies = pl_json_array(lock, "dependencies");
    for (size_t i = 0; i < json_array_size(dependencies); i++) {
        add_dependency(&list, json_array_get(dependencies, i));
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_sbt_lock = {
    .name = "sbt-lock",
    .summary = "build.sbt.lock of sbt-dependency-lock",
    .patterns = (const char *const[]){"**/build.sbt.lock", NULL},
    .read = read_sbt_lock,
};
