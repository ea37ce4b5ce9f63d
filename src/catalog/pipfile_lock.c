/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pipfile.lock of Pipenv (pipenv.pypa.io, "Pipfile & Pipfile.lock"), JSON:
 *
 *     { "_meta": { ... },
 *       "default": { "click": { "version": "==8.2.1", "hashes": ["sha256:..."], "markers": "..." },
 *                    "own": { "editable": true, "path": "." },
 *                    "fork": { "git": "https://...", "ref": "0123..." } },
 *       "develop": { ... } }
 *
 * Since 2022.10.9 there may be further categories beside these two. What comes from git, a URL or a
 * path has no version.
 */
#include "catalog/python_package.h"

static void add_package(struct pl_python_lock *lock, pl_str name, const json_t *package,
                        const struct pl_distinct_facts *facts)
{
    pl_str version = pl_json_str(package, "version");
    if (version.len == 0) {
        return;
    }
    while (version.len > 0 && (version.ptr[0] == '=' || version.ptr[0] == ' ')) {
        version = pl_str_skip(version, 1);
    }
    struct pl_component *component = pl_distinct_add(&lock->list, name, version, facts);
    /* One that another category states, too, may have its hashes here. */
    component = component ? component : pl_distinct_find(&lock->list, name, version);
    if (!component || component->hashes.count > 0) {
        return;
    }
    const json_t *hashes = pl_json_array(package, "hashes");
    for (size_t i = 0; i < json_array_size(hashes); i++) {
        pl_python_add_hash(lock->list.sink, component, pl_json_text(json_array_get(hashes, i)));
    }
}

static enum pl_status read_pipfile_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &document, err);
    struct pl_python_lock lock pl_autopythonlock = PL_PYTHON_LOCK_INIT(sink);
    struct pl_json_member category = {0};
    while (pl_json_next(document, &category)) {
        if (pl_str_starts_with(category.key, PL_STR("_"))) {
            continue;
        }
        bool is_dev = pl_str_eq(category.key, PL_STR("develop"));
        struct pl_distinct_facts facts = {
            .is_dev = is_dev,
            .is_optional = !is_dev && !pl_str_eq(category.key, PL_STR("default")),
        };
        struct pl_json_member each = {0};
        while (pl_json_next(category.value, &each)) {
            add_package(&lock, each.key, each.value, &facts);
        }
    }
    return st;
}

const struct pl_cataloger pl_cataloger_pipfile_lock = {
    .name = "pipfile-lock",
    .summary = "Pipfile.lock of Python's Pipenv",
    .patterns = (const char *const[]){"**/Pipfile.lock", NULL},
    .read = read_pipfile_lock,
};
