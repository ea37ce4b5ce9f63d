/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pdm.lock of PDM (pdm-project.org, "Lock file"), TOML:
 *
 *     [[package]]
 *     name = "requests"
 *     version = "2.27.1"
 *     groups = ["default", "tests"]               from lock_version 4.4 on
 *     dependencies = ["certifi>=2017.4.17", "chardet<5,>=3.0.2; python_version < \"3\""]
 *     files = [{file = "requests-2.27.1.tar.gz", hash = "sha256:..."}]
 *
 * A package with extras has an entry of its own with the same name and version. "path" is a local
 * project. Up to 4.1 the hashes stand in [metadata.files] by "NAME VERSION". A group may be an
 * extra of the project or one for development: the file does not say which, but "dev" is what pdm
 * itself calls the latter.
 */
#include "catalog/python_package.h"

static struct pl_distinct_facts facts_of(const json_t *package)
{
    const json_t *groups = pl_json_array(package, "groups");
    bool is_default = json_array_size(groups) == 0;
    bool is_dev = !is_default;
    for (size_t i = 0; i < json_array_size(groups); i++) {
        pl_str group = pl_json_text(json_array_get(groups, i));
        is_default = is_default || pl_str_eq(group, PL_STR("default"));
        is_dev = is_dev && pl_str_eq(group, PL_STR("dev"));
    }
    return (struct pl_distinct_facts){.is_dev = is_dev, .is_optional = !is_default && !is_dev};
}

static void add_package(struct pl_python_lock *lock, const json_t *package)
{
    pl_str name = pl_json_str(package, "name");
    pl_str version = pl_json_str(package, "version");
    struct pl_distinct_facts facts = facts_of(package);
    struct pl_component *component = json_object_get(package, "path")
                                         ? NULL
                                         : pl_distinct_add(&lock->list, name, version, &facts);
    if (!component) {
        return;
    }
    const json_t *files = pl_json_array(package, "files");
    if (!files && lock->old_files) {
        pl_str key = pl_arena_format(&lock->arena, PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(name),
                                     PL_STR_ARG(version));
        files = json_object_getn(lock->old_files, key.ptr, key.len);
    }
    pl_python_lock_files(lock, component, files, "hash");
    const json_t *needs = pl_json_array(package, "dependencies");
    for (size_t i = 0; i < json_array_size(needs); i++) {
        pl_str rest = PL_STR_EMPTY;
        pl_str need = pl_python_requirement_name(pl_json_text(json_array_get(needs, i)), &rest);
        if (!pl_str_eq(need, name)) {
            pl_python_lock_depends(lock, component, need, PL_STR_EMPTY);
        }
    }
}

static enum pl_status read_pdm_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                    struct pl_error *err)
{
    return pl_python_lock_read(sink, file, "package", add_package, err);
}

const struct pl_cataloger pl_cataloger_pdm_lock = {
    .name = "pdm-lock",
    .summary = "pdm.lock of Python's PDM",
    .patterns = (const char *const[]){"**/pdm.lock", NULL},
    .read = read_pdm_lock,
};
