/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pylock.toml (packaging.python.org, "pylock.toml Specification"; PEP 751), TOML:
 *
 *     lock-version = "1.0"
 *     [[packages]]
 *     name = "attrs"
 *     version = "25.1.0"                          not for what is built from a source tree
 *     dependencies = [{name = "spam", version = "1.0.0"}]
 *     wheels = [{name = "attrs-25.1.0-py3-none-any.whl", hashes = {sha256 = "..."}}]
 *     sdist = {name = "attrs-25.1.0.tar.gz", hashes = {sha256 = "..."}}
 *
 * instead of wheels and sdist also archive, vcs or directory, the last being local. One package may
 * stand there several times, for several platforms.
 */
#include "catalog/python_package.h"

static void add_hashes(struct pl_sink *sink, struct pl_component *component, const json_t *artifact)
{
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(artifact, "hashes"), &each)) {
        pl_catalog_add_hash(sink, component, each.key, pl_json_text(each.value));
    }
}

static void add_package(struct pl_python_lock *lock, const json_t *package)
{
    pl_str version = pl_json_str(package, "version");
    bool is_source_tree = json_object_get(package, "vcs") || json_object_get(package, "archive");
    if (json_object_get(package, "directory") || (is_source_tree && version.len == 0)) {
        return;
    }
    const struct pl_distinct_facts facts = {0};
    struct pl_component *component =
        pl_distinct_add(&lock->list, pl_json_str(package, "name"), version, &facts);
    if (!component) {
        return;
    }
    const json_t *wheels = pl_json_array(package, "wheels");
    for (size_t i = 0; i < json_array_size(wheels); i++) {
        add_hashes(lock->list.sink, component, json_array_get(wheels, i));
    }
    add_hashes(lock->list.sink, component, pl_json_object(package, "sdist"));
    add_hashes(lock->list.sink, component, pl_json_object(package, "archive"));
    const json_t *needs = pl_json_array(package, "dependencies");
    for (size_t i = 0; i < json_array_size(needs); i++) {
        const json_t *need = json_array_get(needs, i);
        pl_python_lock_depends(lock, component, pl_json_str(need, "name"),
                               pl_json_str(need, "version"));
    }
}

static enum pl_status read_pylock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                  struct pl_error *err)
{
    return pl_python_lock_read(sink, file, "packages", add_package, err);
}

const struct pl_cataloger pl_cataloger_pylock = {
    .name = "pylock",
    .summary = "pylock.toml, the lock file that Python's tools have in common",
    .patterns = (const char *const[]){"**/pylock.toml", "**/pylock.*.toml", NULL},
    .read = read_pylock,
};
