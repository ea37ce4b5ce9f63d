/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.yaml.lock of Haskell's Stack (docs.haskellstack.org, "Lock files"):
 *
 *     packages:
 *     - completed:
 *         hackage: HTTP-4000.3.16@sha256:6042643c...,5947
 *
 * These are the packages beyond the snapshot, which is a list of its own, elsewhere. The name ends
 * at the last hyphen before the version; the hash is that of the package's description and not of
 * the package. Packages from git and archives are not Hackage's.
 */
#include "catalog/distinct.h"
#include "format/yaml.h"

static enum pl_status read_stack_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                      struct pl_error *err)
{
    json_t *lock pl_autojson = NULL;
    enum pl_status st = pl_yaml_parse(pl_span_str(file->content), "the file", &lock, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "hackage", .scope = PL_SCOPE_DECLARED};
    const json_t *packages = pl_json_array(lock, "packages");
    for (size_t i = 0; i < json_array_size(packages); i++) {
        const json_t *completed = pl_json_object(json_array_get(packages, i), "completed");
        pl_str name = pl_json_str(completed, "hackage");
        if (name.len == 0) {
            continue;
        }
        pl_str_cut(name, '@', &name, &(pl_str){0});
        size_t hyphen = pl_str_find_last_char(name, '-');
        pl_str version = hyphen == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(name, hyphen + 1);
        pl_distinct_add(&list, pl_str_sub(name, 0, hyphen), version,
                        &(struct pl_distinct_facts){0});
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_stack_lock = {
    .name = "stack-lock",
    .summary = "stack.yaml.lock: packages of Hackage that Stack locked",
    .patterns = (const char *const[]){"**/stack.yaml.lock", NULL},
    .read = read_stack_lock,
};
