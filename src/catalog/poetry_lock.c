/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poetry.lock of Poetry (python-poetry.org, "Lock file"; written by poetry's packages/locker.py),
 * TOML:
 *
 *     [[package]]
 *     name = "anyio"
 *     version = "4.3.0"
 *     optional = false
 *     category = "dev"                            up to lock-version 1.x, "main" otherwise
 *     groups = ["main", "dev"]                    from 2.1 on
 *     files = [{file = "anyio-4.3.0.tar.gz", hash = "sha256:..."}]
 *     [package.dependencies]
 *     idna = ">=2.8"
 *     colorama = {version = "*", markers = "..."}
 *     [package.source]
 *     type = "git"                                or legacy, url, file, directory
 *
 * Up to 1.x the hashes stand in [metadata.files], by name. A package that only other groups than
 * "main" want is for development.
 */
#include "catalog/python_package.h"

static bool is_for_development(const json_t *package)
{
    if (pl_str_eq(pl_json_str(package, "category"), PL_STR("dev"))) {
        return true;
    }
    const json_t *groups = pl_json_array(package, "groups");
    for (size_t i = 0; i < json_array_size(groups); i++) {
        if (pl_str_eq(pl_json_text(json_array_get(groups, i)), PL_STR("main"))) {
            return false;
        }
    }
    return json_array_size(groups) > 0;
}

static bool is_local(const json_t *package)
{
    pl_str type = pl_json_str(pl_json_object(package, "source"), "type");
    return pl_str_eq(type, PL_STR("directory")) || pl_str_eq(type, PL_STR("file"));
}

static void add_package(struct pl_python_lock *lock, const json_t *package)
{
    pl_str name = pl_json_str(package, "name");
    struct pl_distinct_facts facts = {
        .is_dev = is_for_development(package),
        .is_optional = json_is_true(json_object_get(package, "optional")),
    };
    struct pl_component *component =
        is_local(package)
            ? NULL
            : pl_distinct_add(&lock->list, name, pl_json_str(package, "version"), &facts);
    if (!component) {
        return;
    }
    const json_t *files = pl_json_array(package, "files");
    pl_python_lock_files(lock, component,
                         files ? files : json_object_getn(lock->old_files, name.ptr, name.len),
                         "hash");
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(package, "dependencies"), &each)) {
        pl_python_lock_depends(lock, component, each.key, PL_STR_EMPTY);
    }
}

static enum pl_status read_poetry_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                       struct pl_error *err)
{
    return pl_python_lock_read(sink, file, "package", add_package, err);
}

const struct pl_cataloger pl_cataloger_poetry_lock = {
    .name = "poetry-lock",
    .summary = "poetry.lock of Python's Poetry",
    .patterns = (const char *const[]){"**/poetry.lock", NULL},
    .read = read_poetry_lock,
};
