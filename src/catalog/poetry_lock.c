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
#include "format/toml.h"

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

static void add_package(struct pl_python_lock *lock, const json_t *package, const json_t *old_files)
{
    pl_str name = pl_json_str(package, "name");
    struct pl_distinct_facts facts = {
        .is_dev = is_for_development(package),
        .is_optional = json_is_true(json_object_get(package, "optional")),
    };
    bool is_new = false;
    struct pl_component *component =
        is_local(package)
            ? NULL
            : pl_distinct_add(&lock->list, name, pl_json_str(package, "version"), &facts, &is_new);
    if (!component || !is_new) {
        return;
    }
    const json_t *files = pl_json_array(package, "files");
    pl_python_lock_files(lock, component,
                         files ? files : json_object_getn(old_files, name.ptr, name.len), "hash");
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(package, "dependencies"), &each)) {
        pl_python_lock_depends(lock, component, each.key, PL_STR_EMPTY);
    }
}

static enum pl_status read_poetry_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                       struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_toml_parse(pl_span_str(file->content), "the file", &document, err);
    struct pl_python_lock lock pl_autopythonlock = PL_PYTHON_LOCK_INIT(sink);
    const json_t *packages = pl_json_array(document, "package");
    const json_t *files = pl_json_object(pl_json_object(document, "metadata"), "files");
    for (size_t i = 0; i < json_array_size(packages); i++) {
        const json_t *package = json_array_get(packages, i);
        pl_python_lock_know(&lock, pl_json_str(package, "name"), pl_json_str(package, "version"));
    }
    for (size_t i = 0; i < json_array_size(packages); i++) {
        add_package(&lock, json_array_get(packages, i), files);
    }
    return st;
}

const struct pl_cataloger pl_cataloger_poetry_lock = {
    .name = "poetry-lock",
    .summary = "poetry.lock of Python's Poetry",
    .patterns = (const char *const[]){"**/poetry.lock", NULL},
    .read = read_poetry_lock,
};
