/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Composer of PHP (getcomposer.org, "composer.lock", and composer's src/Composer/Repository/
 * FilesystemRepository.php): the lock file, and the record of what is installed, composer/
 * installed.json in the folder "vendor" or what a project calls it.
 *
 *     composer.lock:      { "packages": [...], "packages-dev": [...] }
 *     installed.json, 1:  [...]
 *     installed.json, 2:  { "packages": [...], "dev": true, "dev-package-names": ["a/b"] }
 *
 *     { "name": "pear/log", "version": "1.13.3", "license": ["MIT"],
 *       "dist": { "type": "zip", "shasum": "", "reference": "21af..." },
 *       "require": { "pear/pear_exception": "1.0.1 || 1.0.2", "php": ">5.2", "ext-json": "*" } }
 *
 * The version is the tag as it is, with or without a "v", or the branch ("dev-master"). What is
 * needed without a slash in its name is PHP itself, an extension of it, or a library of the system.
 * A "dist" of the type "path" is a folder of the project. In both files the project itself is
 * missing, so that nothing can be said of what it asks for.
 */
#include "base/limits.h"
#include "base/map.h"
#include "catalog/distinct.h"
#include "catalog/need.h"
#include "format/json.h"

struct composer {
    struct pl_distinct list;
    struct pl_map packages; /* const json_t by name */
    struct pl_map dev_names;
};

static void know(struct composer *composer, const json_t *packages)
{
    for (size_t i = 0; i < json_array_size(packages); i++) {
        json_t *package = json_array_get(packages, i);
        *pl_map_at(&composer->packages, pl_json_str(package, "name")) = package;
    }
}

static void add_licenses(struct pl_sink *sink, struct pl_component *component, const json_t *value)
{
    pl_sink_push(sink, &component->licenses, pl_json_text(value));
    for (size_t i = 0; i < json_array_size(value) && i < PL_LIMIT_LICENSES; i++) {
        pl_str license = pl_json_text(json_array_get(value, i));
        if (!pl_strs_contain(&component->licenses, license)) {
            pl_sink_push(sink, &component->licenses, license);
        }
    }
}

static void add_requires(struct composer *composer, struct pl_component *component,
                         const json_t *require)
{
    struct pl_json_member each = {0};
    while (pl_json_next(require, &each)) {
        if (!pl_str_contains(each.key, PL_STR("/"))) {
            continue;
        }
        const json_t *package = pl_map_find(&composer->packages, each.key);
        pl_need_add(composer->list.sink, component, each.key, pl_json_str(package, "version"));
    }
}

static void add_package(struct composer *composer, const json_t *package, bool is_dev)
{
    pl_str name = pl_json_str(package, "name");
    const json_t *dist = pl_json_object(package, "dist");
    const struct pl_distinct_facts facts = {
        .is_dev = is_dev || pl_map_find(&composer->dev_names, name),
    };
    struct pl_component *component =
        pl_str_eq(pl_json_str(dist, "type"), PL_STR("path"))
            ? NULL
            : pl_distinct_add(&composer->list, name, pl_json_str(package, "version"), &facts);
    if (!component) {
        return;
    }
    add_licenses(composer->list.sink, component, json_object_get(package, "license"));
    pl_catalog_add_hash(composer->list.sink, component, PL_STR("sha1"),
                        pl_json_str(dist, "shasum"));
    add_requires(composer, component, pl_json_object(package, "require"));
}

static void add_packages(struct composer *composer, const json_t *packages, bool is_dev)
{
    for (size_t i = 0; i < json_array_size(packages); i++) {
        add_package(composer, json_array_get(packages, i), is_dev);
    }
}

static enum pl_status read_composer(struct pl_sink *sink, const struct pl_catalog_file *file,
                                    struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &document, err);
    bool is_installed = pl_str_ends_with(file->path, PL_STR("installed.json"));
    struct composer composer = {
        .list = {.sink = sink,
                 .type = "composer",
                 .scope = is_installed ? PL_SCOPE_INSTALLED : PL_SCOPE_DECLARED},
    };
    const json_t *packages =
        json_is_array(document) ? document : pl_json_array(document, "packages");
    const json_t *dev_packages = pl_json_array(document, "packages-dev");
    const json_t *dev_names = pl_json_array(document, "dev-package-names");
    for (size_t i = 0; i < json_array_size(dev_names); i++) {
        *pl_map_at(&composer.dev_names, pl_json_text(json_array_get(dev_names, i))) = document;
    }
    know(&composer, packages);
    know(&composer, dev_packages);
    add_packages(&composer, packages, false);
    add_packages(&composer, dev_packages, true);
    pl_map_release(&composer.packages);
    pl_map_release(&composer.dev_names);
    pl_distinct_release(&composer.list);
    return st;
}

const struct pl_cataloger pl_cataloger_composer = {
    .name = "composer",
    .summary = "PHP's Composer: composer.lock and its record of what is installed",
    .patterns = (const char *const[]){"**/composer.lock", "**/composer/installed.json", NULL},
    .read = read_composer,
};
